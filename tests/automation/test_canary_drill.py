"""The drill: a release whose clips are damaged is tried out, found and frozen, without anybody looking.

Real routing by share, prompts, gate, frames with their checks, records, registry and sensor. A small backend stands
for the models: its frames are moving bars, and those of the canary are damaged. Every clip has a shard of its own.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import dagster as dg
import pytest

from quality_checks.catalogue import REQUIRED
from resources.factory import Factory
from resources.workshop import Workshop, open_workshop
from tests.builders import NOON
from tests.end_to_end.catalogs import write_catalog
from tests.prompts.models_at_work import AdmitsAll, a_prompt_row, register
from tests.synthetic.frames import SyntheticFrames, a_clip, black, flickering
from vidgen_assets.automation.canaries import FREEZER, freeze_worse_releases
from vidgen_assets.automation.enrol import enrol
from vidgen_assets.catalogs.source import read_source
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.generation import FrameStream, GenerationBackend, MediaShelf
from vidgen_assets.clips.ledger import LedgerRow, Problem
from vidgen_assets.clips.ledger import Status as ClipStatus
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.verdicts import Finding, Outcome
from vidgen_assets.clips.work import Recipe
from vidgen_assets.frames.asset import FRAMES
from vidgen_assets.models.canary import refused_clips_to_freeze
from vidgen_assets.models.registry import Status
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.stages.line import Orders, run_stage
from vidgen_assets.stages.stage import Made, Stage, Task, through_the_gate

pytestmark = pytest.mark.drill

CLIPS, SHARE = 64, 0.25
GOOD, DAMAGED = "backdrops-1", "backdrops-2"

Damage = Callable[[SyntheticFrames], SyntheticFrames]


@dataclass
class DamagingBackend(AdmitsAll):
    """Latents are the spec's name; frames are bars that move, damaged for one release."""

    damage: Damage
    keeps_frames = False

    def decode_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        return {}

    def decode(self, spec: ClipSpec, latents: bytes, media: MediaShelf) -> FrameStream:
        sound = a_clip(spec.frame_count, width=spec.width, height=spec.height, fps=spec.fps)
        return self.damage(sound) if spec.route.release == DAMAGED else sound


@dataclass
class Drill:
    """A factory with a sound active release and a damaged canary, worked clip by clip."""

    home: Path
    damage: Damage

    def __post_init__(self) -> None:
        self.factory = Factory(store_url=str(self.home / "store"), home=str(self.home))
        seconds = itertools.count()
        shop = open_workshop(
            str(self.home / "store"),
            home=self.home,
            workers=1,
            clock=lambda: NOON + timedelta(seconds=next(seconds)),
        )
        backend = cast(GenerationBackend, DamagingBackend(self.damage))
        self.shop: Workshop = replace(shop, backends={**shop.backends, "diffusion": backend})
        self.captions = _toy("captions", (PROMPTS,))
        self.latents = _toy("latents", (PROMPTS,))
        self.encodes = _toy("encodes", (PROMPTS, self.captions, self.latents, FRAMES))
        register(self.shop, GOOD, Status.ACTIVE)
        register(self.shop, DAMAGED, Status.CANARY, share=SHARE)

    def catalog(self, name: str, clips: int) -> dict[str, str]:
        """A catalog of interactive clips, routed: shard to release, in a fixed order."""
        rows = [a_prompt_row(f"clip-{n:02}", priority="interactive") for n in range(clips)]
        path = write_catalog(self.home / f"{name}.csv", rows)
        shards = enrol(read_source(path), str(self.home), self.shop).shards
        return {shard: self._routed(shard) for shard in sorted(shards)}

    def make(self, shard: str) -> None:
        for stage in (self.captions, self.latents, FRAMES, self.encodes):
            run_stage(stage, shard, self.shop, Orders("drill"))

    def tick(self) -> str:
        reason = freeze_worse_releases(dg.build_sensor_context(), factory=self.factory)
        assert isinstance(reason, dg.SkipReason)
        return reason.skip_message or ""

    def why_held(self, stage: Stage, shard: str) -> Problem:
        (row,) = run_stage(stage, shard, self.shop, Orders("drill")).attempt.rows
        assert row.status is ClipStatus.HELD
        assert row.problem is not None
        return row.problem

    def row(self, stage: str, shard: str) -> LedgerRow:
        attempt = self.shop.ledgers.latest(stage, shard)
        assert attempt is not None
        return attempt.rows[0]

    @property
    def is_frozen(self) -> bool:
        return self.shop.models.state().standing(DAMAGED).status is Status.FROZEN

    def _routed(self, shard: str) -> str:
        (row,) = run_stage(PROMPTS, shard, self.shop, Orders("drill")).attempt.rows
        assert row.digest is not None, row.problem
        return ClipSpec.model_validate_json(self.shop.artifacts.read(row.digest)).route.release


def _toy(name: str, upstream: tuple[Stage, ...]) -> Stage:
    """A stage that makes a few bytes, each required check of which passes."""
    passing = tuple(replace(check, examine=lambda _: Finding(Outcome.PASS, "fine")) for check in REQUIRED[name])

    def inputs(task: Task, _shop: Workshop) -> dict[str, Any]:
        return {"stage": name, "spec": task.spec.to_json()}

    def make(task: Task, shop: Workshop, _scratch: Path) -> Made:
        return Made(canonical_json(inputs(task, shop)))

    return Stage(name, upstream, Recipe(name, 1), passing, inputs, make, through_the_gate)


def slightly_flickering(frames: SyntheticFrames) -> SyntheticFrames:
    """Five steps of brightness within a second, where six turns are allowed: it passes every check."""
    return flickering(frames, 0, 5, step_luma=30)


def all_black(frames: SyntheticFrames) -> SyntheticFrames:
    return black(frames, 0, frames.drawn_count)


def until_frozen(
    drill: Drill, release_of: dict[str, str], promised: Callable[[int], int]
) -> tuple[Sequence[str], Sequence[str]]:
    """Make clip after clip and look after each of the canary's; the shards of either release that were made.

    `promised` says after how many canary clips it is frozen, beside so many of the baseline.
    """
    made: dict[str, list[str]] = {GOOD: [], DAMAGED: []}
    for shard, release in release_of.items():
        drill.make(shard)
        made[release].append(shard)
        if release == DAMAGED:
            drill.tick()
            if drill.is_frozen:
                return made[GOOD], made[DAMAGED]
            assert len(made[DAMAGED]) < promised(len(made[GOOD])), drill.tick()
    raise AssertionError(f"not frozen after {len(made[DAMAGED])} clips: {drill.tick()}")


def test_a_release_of_black_clips_is_frozen_within_as_many_clips_as_the_policy_promises(tmp_path: Path) -> None:
    drill = Drill(tmp_path, all_black)
    release_of = drill.catalog("shop", CLIPS)
    sound, damaged = until_frozen(drill, release_of, refused_clips_to_freeze)
    assert (len(sound), len(damaged)) == (28, 11)
    _assert_rolled_back(drill, release_of, damaged)
    assert drill.row("encodes", damaged[0]).status is ClipStatus.HELD


def test_a_release_whose_clips_pass_and_are_worse_is_frozen_too(tmp_path: Path) -> None:
    drill = Drill(tmp_path, slightly_flickering)
    release_of = drill.catalog("shop", CLIPS)
    sound, damaged = until_frozen(drill, release_of, lambda _: 18)
    assert all(drill.row("encodes", shard).status is ClipStatus.MADE for shard in damaged)
    assert (len(sound), len(damaged)) == (39, 17)
    _assert_rolled_back(drill, release_of, damaged)


def _assert_rolled_back(drill: Drill, release_of: dict[str, str], damaged: Sequence[str]) -> None:
    """Frozen by the sensor with its evidence; new clips go to the active release, old ones are held."""
    event = drill.shop.models.events()[-1]
    assert (event.by, event.what["share"]) == (FREEZER, 0.0)
    assert event.evidence["canary"]["clips"] == len(damaged)
    assert set(drill.catalog("after", 16).values()) == {GOOD}
    assert DAMAGED in release_of.values()
    waiting = [shard for shard, release in release_of.items() if release == DAMAGED and shard not in damaged]
    for problem in (drill.why_held(drill.latents, waiting[0]), drill.why_held(FRAMES, damaged[0])):
        assert (problem.field, problem.value) == ("model", DAMAGED)
        assert "is frozen: worse than its baseline" in problem.message


def test_a_sound_canary_is_not_frozen(tmp_path: Path) -> None:
    drill = Drill(tmp_path, lambda frames: frames)
    for shard in drill.catalog("shop", CLIPS // 2):
        drill.make(shard)
    assert drill.tick().startswith(f"{DAMAGED}: 0 of its ")
    assert not drill.is_frozen


def test_the_next_catalog_would_have_had_canary_clips(tmp_path: Path) -> None:
    """So that "all new clips go to the active release" means something."""
    drill = Drill(tmp_path, all_black)
    assert DAMAGED in drill.catalog("after", 16).values()
