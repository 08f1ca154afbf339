"""`vidgen replay`: its exit codes, its JSON, and the tables for people."""

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.end_to_end.catalogs import a_clip
from tests.end_to_end.running import vidgen, vidgen_json
from tests.reports.replayed import STAGES, a_shop, artifact_of, make, record_other_latents, the
from vidgen_assets.cli.replaying import print_replay
from vidgen_assets.latents.asset import LATENTS
from vidgen_assets.models.release import Tolerance
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.reports.likeness import FramesLikeness, LatentsLikeness, Psnr
from vidgen_assets.reports.replay import EnvironmentDifference, Likeness, Promise, Replay
from vidgen_assets.soundtracks.asset import SOUNDTRACKS
from vidgen_assets.stages.stage import Stage

Capture = pytest.CaptureFixture[str]
EQUAL_FRAMES = FramesLikeness(9, 9, ())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def made(home: Path, stages: tuple[Stage, ...] = STAGES) -> None:
    home.mkdir()
    make(a_shop(home), home, a_clip("lamp"), stages=stages)


def a_replay(**changes: Any) -> Replay:
    """A model's clip, made elsewhere within tolerance."""
    values: dict[str, Any] = {
        "clip_id": "waves",
        "catalog": "shop",
        "backend": "diffusion",
        "release": "tiny",
        "verdict": Likeness.WITHIN_TOLERANCE,
        "promise": Promise.TOLERANCE,
        "why": "this is another environment: torch",
        "latents": LatentsLikeness(False, max_abs_difference=0.01234, relative_l2=0.004567),
        "frames": FramesLikeness(9, 9, (1, 2, 5), psnr=Psnr(41.234, 2, 44.5)),
        "tolerance": Tolerance(),
        "environment": (EnvironmentDifference("latents", "torch", "2.0", "2.1"),),
        "notes": (),
    }
    return Replay(**{**values, **changes})


def printed(found: Replay) -> list[str]:
    """The lines, with a single space for each gap."""
    console = Console(width=120, color_system=None)
    with console.capture() as capture:
        print_replay(found, console)
    return [" ".join(line.split()) for line in capture.get().splitlines()]


def test_an_equal_clip_ends_with_0(home: Path, capsys: Capture) -> None:
    made(home)
    assert vidgen("replay", "lamp") == 0
    said = capsys.readouterr().out
    assert "promise: exact, since a template is drawn alike on every x86-64 processor; kept" in said
    assert "all 24 equal" in said

    told = vidgen_json(capsys, "replay", "lamp")
    assert (told["verdict"], told["promise"], told["is_kept"]) == ("equal", "exact", True)
    assert told["latents"]["are_equal"]
    assert told["frames"]["drawn_count"] == 24


def test_a_broken_promise_ends_with_1(home: Path, tmp_path: Path, capsys: Capture) -> None:
    made(home)
    shop = a_shop(home)
    data = shop.artifacts.read(artifact_of(LATENTS, the("lamp", shop), shop).digest)
    record_other_latents(shop, the("lamp", shop), data.replace(b"Product lamp", b"Product lump"), tmp_path)

    assert vidgen("replay", "lamp") == 1
    assert "broken" in capsys.readouterr().out


def test_a_clip_that_is_not_there_ends_with_2(home: Path, capsys: Capture) -> None:
    assert vidgen("replay", "lamp") == 2
    assert "no such clip" in capsys.readouterr().err


def test_a_clip_without_latents_ends_with_2_and_says_what_to_do(home: Path, capsys: Capture) -> None:
    made(home, (PROMPTS, SOUNDTRACKS))
    assert vidgen("replay", "lamp") == 2
    said = capsys.readouterr().err
    assert "no latents yet" in said
    assert "`vidgen run` takes it on" in said


def test_numbers_stand_beside_what_is_tolerated() -> None:
    assert printed(a_replay()) == [
        "waves of shop, made again by diffusion, tiny",
        "within tolerance",
        "promise: tolerance, since this is another environment: torch; kept",
        "measured found tolerated",
        "latents, relative L2 0.00457 at most 0.02",
        "latents, largest difference 0.0123",
        "frames 3 of 9 differ, from frame 1 to 5",
        "frames, lowest PSNR 41.23 dB (frame 2) at least 35 dB",
        "frames, mean PSNR 44.50 dB",
        "environment recorded here",
        "latents torch 2.0 2.1",
    ]


def test_where_no_pixels_are_left_features_are_shown_and_why() -> None:
    frames = FramesLikeness(9, 9, (1,), features={"luma_mean": 1.5, "grid": 4.25}, why_no_psnr="they are gone")
    assert printed(a_replay(frames=frames))[6:10] == [
        "frames 1 of 9 differ, from frame 1 to 1",
        "frames, PSNR not computed: they are gone",
        "frames, largest difference of luma_mean 1.5 at most 4.53",
        "frames, largest difference of grid 4.25",
    ]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"latents": None}, "latents not made again"),
        ({"latents": LatentsLikeness(are_equal=True)}, "latents equal bytes"),
        ({"latents": LatentsLikeness(False, why_no_numbers="no tensors")}, "latents other bytes; no tensors"),
        ({"frames": FramesLikeness(9, 8, ())}, "frames 8, recorded 9"),
        ({"notes": ("resumed [twice]",)}, "note: resumed [twice]"),
        ({"promise": Promise.NONE}, "promise: none, since this is another environment: torch; nothing was promised"),
    ],
)
def test_each_part_is_told(changes: dict[str, Any], line: str) -> None:
    assert line in printed(a_replay(**changes))


@pytest.mark.parametrize(
    ("promise", "verdict", "is_well"),
    [
        (Promise.EXACT, Likeness.EQUAL, True),
        (Promise.EXACT, Likeness.WITHIN_TOLERANCE, False),
        (Promise.TOLERANCE, Likeness.WITHIN_TOLERANCE, True),
        (Promise.TOLERANCE, Likeness.DIFFERENT, False),
        (Promise.NONE, Likeness.EQUAL, True),
        (Promise.NONE, Likeness.DIFFERENT, False),
    ],
)
def test_the_exit_code_follows_promise_and_verdict(promise: Promise, verdict: Likeness, is_well: bool) -> None:
    assert a_replay(promise=promise, verdict=verdict, frames=EQUAL_FRAMES).is_well is is_well
