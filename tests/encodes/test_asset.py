"""Frames that come out otherwise on this machine: audited again before they are encoded, never trusted."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from quality_checks.check import Exhibit
from quality_checks.encodes import redrawn_frames_pass
from quality_checks.thresholds import THRESHOLDS
from resources.workshop import Workshop, open_workshop
from tests.builders import a_spec
from tests.synthetic.frames import SyntheticFrames, a_clip, black, solid
from tests.synthetic.media import a_soundtrack
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.errors import ErrorKind
from vidgen_assets.clips.generation import Frame
from vidgen_assets.clips.ledger import Status
from vidgen_assets.clips.profiles import OutputProfile, load_profiles
from vidgen_assets.clips.renditions import REDRAWN_AUDIT_FILE, REDRAWN_FRAMES_FILE, Encoding
from vidgen_assets.clips.verdicts import Finding, Outcome
from vidgen_assets.encodes.asset import ENCODES
from vidgen_assets.frames.asset import FRAMES
from vidgen_assets.frames.record import record_frames
from vidgen_assets.frames.recording import FrameRecording
from vidgen_assets.stages.stage import Tags, Task
from vidgen_assets.stages.work import Worked, work_on

CLIP = a_clip(20, width=480, height=270)
SPEC = a_spec(frame_count=20, fps=CLIP.shape.fps)


def brighter(frames: SyntheticFrames, by: int = 1) -> SyntheticFrames:
    """Another processor's rounding: every picture one level up."""
    return SyntheticFrames(frames.shape, lambda n: np.minimum(frames.draw(n), 254) + np.uint8(by), frames.drawn_count)


@dataclass
class OtherMachine:
    """A backend whose drawings are those of `drawings`, one after the other; the last one stays."""

    drawings: list[SyntheticFrames]
    drawn: list[int] = field(default_factory=list)
    name = "template"

    def decode(self, spec: object, latents: bytes, media: object) -> "OtherMachine":
        return self

    @property
    def shape(self) -> Any:
        return self.drawings[0].shape

    def __iter__(self) -> Iterator[Frame]:
        drawing = self.drawings[min(len(self.drawn), len(self.drawings) - 1)]
        self.drawn.append(len(self.drawn))
        return iter(drawing)


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return open_workshop(str(tmp_path / "store"), home=tmp_path, workers=1)


def encoded(shop: Workshop, *drawings: SyntheticFrames, retry_failed: bool = False) -> Worked:
    """The work on a clip whose audited frames are `CLIP`'s, on a machine that draws `drawings`."""
    audited = record_frames(CLIP, recipe={"of": "the test"}).to_bytes()
    silence = a_soundtrack(shop.scratch / f"sound-{time.monotonic_ns()}", SPEC)
    artifacts = {
        "soundtracks": shop.artifacts.put_tree(silence),
        "captions": shop.artifacts.put_bytes(b"none are burnt in"),
        "latents": shop.artifacts.put_bytes(b"latents"),
        "frames": shop.artifacts.put_bytes(audited),
    }
    task = Task("clip-1", "trace", Tags(), "shop", known_spec=SPEC, artifacts=artifacts)
    machine: Any = OtherMachine(list(drawings))
    return work_on(ENCODES, task, replace(shop, backends={"template": machine}), retry_failed=retry_failed)


def files(worked: Worked, shop: Workshop) -> dict[str, Artifact]:
    assert worked.row.artifact is not None, worked.row.problem
    return shop.artifacts.listing(worked.row.artifact.digest)


def why(worked: Worked) -> str:
    assert worked.row.artifact is None
    assert worked.row.problem is not None
    return worked.row.problem.message


def test_the_audited_frames_are_encoded_without_another_word(shop: Workshop) -> None:
    assert REDRAWN_AUDIT_FILE not in files(encoded(shop, CLIP), shop)


def test_frames_that_differ_and_pass_are_encoded_and_say_so(shop: Workshop) -> None:
    here = brighter(CLIP)
    worked = encoded(shop, here)
    assert worked.row.status is Status.MADE
    kept = files(worked, shop)
    recording = FrameRecording.from_bytes(shop.artifacts.read(kept[REDRAWN_FRAMES_FILE].digest))
    assert recording == record_frames(here, recipe={"of": "the test"})
    audit = json.loads(shop.artifacts.read(kept[REDRAWN_AUDIT_FILE].digest))
    assert audit["redrawn_frames"] == kept[REDRAWN_FRAMES_FILE].digest
    assert audit["audited_frames"] == worked.task.artifacts["frames"].digest
    assert set(audit["findings"]) == {str(check.id) for check in FRAMES.checks}
    assert {finding["outcome"] for finding in audit["findings"].values()} == {"pass"}


def looked_at(folder: Path, shop: Workshop) -> Finding:
    return redrawn_frames_pass(Exhibit(spec=SPEC, path=folder, tools=shop.media, thresholds=THRESHOLDS))


def test_frames_drawn_otherwise_are_judged_by_a_signed_check_too(shop: Workshop, tmp_path: Path) -> None:
    assert looked_at(tmp_path, shop).measurements == {"redrawn": 0.0}
    recording = tmp_path / REDRAWN_FRAMES_FILE
    recording.write_bytes(record_frames(brighter(CLIP), recipe={}).to_bytes())
    assert looked_at(tmp_path, shop).outcome is Outcome.PASS
    recording.write_bytes(record_frames(black(CLIP, 0, 20), recipe={}).to_bytes())
    found = looked_at(tmp_path, shop)
    assert found.outcome is Outcome.FAIL
    assert "frames_are_not_black" in found.reason


def test_what_is_encoded_is_what_was_audited_here(shop: Workshop, tmp_path: Path) -> None:
    """The poster is made of the very frames that the encoder was given."""
    elsewhere = open_workshop(str(tmp_path / "elsewhere"), home=tmp_path / "elsewhere")
    here = files(encoded(shop, brighter(CLIP, by=60)), shop)
    there = files(encoded(elsewhere, CLIP), elsewhere)
    assert here["poster.jpg"].digest != there["poster.jpg"].digest


@pytest.mark.parametrize(
    ("drawing", "says"),
    [
        (black(CLIP, 0, 20), "frames_are_not_black"),
        (SyntheticFrames(CLIP.shape, lambda _: CLIP.draw(0), 20), "frames_are_not_frozen"),
        (SyntheticFrames(CLIP.shape, lambda n: solid(480, 270, 90 if n % 2 else 160), 20), "frames_do_not_flicker"),
        (SyntheticFrames(CLIP.shape, CLIP.draw, 19), "19 of the 20 frames"),
        (SyntheticFrames(CLIP.shape, brighter(CLIP).draw, 19), "frames_have_the_promised_count_and_size"),
    ],
    ids=["black", "frozen", "flickering", "the right frames and one too few", "other frames and one too few"],
)
def test_frames_that_differ_and_do_not_pass_are_not_encoded(
    shop: Workshop, drawing: SyntheticFrames, says: str
) -> None:
    worked = encoded(shop, drawing)
    assert worked.row.status is Status.FAILED
    assert says in why(worked)


def test_a_stream_of_another_shape_is_not_the_audited_one(shop: Workshop) -> None:
    slower = SyntheticFrames(type(CLIP.shape)(480, 270, Fraction(5), 20), CLIP.draw, 20)
    assert "5 frames a second, not 10" in why(encoded(shop, slower))


def test_frames_that_never_come_out_twice_the_same_are_not_encoded(shop: Workshop) -> None:
    worked = encoded(shop, brighter(CLIP, 1), brighter(CLIP, 2), brighter(CLIP, 3))
    assert "isn't the frame that was audited" in why(worked)


def test_a_machine_that_cannot_draw_it_costs_one_attempt_and_another_may_be_asked(shop: Workshop) -> None:
    assert "don't pass" in why(encoded(shop, black(CLIP, 0, 20)))
    remembered = encoded(shop, CLIP)
    assert remembered.row.problem is not None
    assert remembered.row.problem.kind is ErrorKind.PERMANENT
    assert remembered.row.tries == 0
    assert encoded(shop, CLIP, retry_failed=True).row.status is Status.MADE


@pytest.mark.parametrize("moment", [1, 10, 19])
def test_an_encoder_that_is_killed_leaves_no_part_of_an_artifact_and_the_next_attempt_is_whole(
    shop: Workshop, moment: int
) -> None:
    def draw(frame: int) -> Frame:
        if frame == moment and machine_is_hostile:
            for child in psutil.Process().children(recursive=True):
                child.kill()
        return CLIP.draw(frame)

    machine_is_hostile = True
    killed = encoded(shop, SyntheticFrames(CLIP.shape, draw, CLIP.drawn_count))
    assert why(killed)
    assert killed.row.problem is not None
    assert killed.row.problem.kind.is_retriable
    assert [path for path in shop.scratch.rglob("*.mp4") if path.is_file()] == []

    machine_is_hostile = False
    again = encoded(shop, CLIP)
    elsewhere = encoded(open_workshop(str(shop.scratch / "elsewhere"), home=shop.scratch / "home", workers=1), CLIP)
    assert again.row.artifact is not None
    assert again.row.artifact == elsewhere.row.artifact


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> OutputProfile:
    """The clip's profile, whose encoder refuses its preset, with a safe one to fall back to."""
    asked = load_profiles()[SPEC.profile]
    broken = asked.model_copy(update={"preset": "nonsense", "fallback": "safe"})
    profiles = {broken.name: broken, "safe": asked.model_copy(update={"name": "safe"})}
    for place in ("vidgen_assets.encodes.asset", "quality_checks.encodes"):
        monkeypatch.setattr(f"{place}.load_profiles", lambda: profiles)
    return broken


def test_where_an_encoder_fails_the_safe_profile_is_used_and_the_encoding_says_so(
    failing: OutputProfile, shop: Workshop, tmp_path: Path
) -> None:
    worked = encoded(shop, CLIP)
    assert worked.row.status is Status.MADE, worked.row.problem
    kept = shop.artifacts.check_out(worked.row.artifact, tmp_path / "kept") if worked.row.artifact else tmp_path
    fallback = Encoding.read(kept).fallback
    assert fallback is not None
    assert fallback.profile == failing.name
    assert "nonsense" in fallback.because
    exhibit = Exhibit(spec=SPEC, path=kept, tools=shop.media, thresholds=THRESHOLDS)
    assert {check.examine(exhibit).outcome for check in ENCODES.checks} == {Outcome.PASS}


def test_an_encoder_that_fails_without_a_safe_profile_fails_the_clip(
    failing: OutputProfile, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = failing.model_copy(update={"fallback": None})
    monkeypatch.setattr("vidgen_assets.encodes.asset.load_profiles", lambda: {alone.name: alone})
    assert "nonsense" in why(encoded(shop, CLIP))
