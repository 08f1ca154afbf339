from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest

from quality_checks.check import Exhibit
from quality_checks.latents import latents_are_well_formed
from quality_checks.thresholds import THRESHOLDS
from tests.builders import a_spec
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.clips.verdicts import Finding, Outcome

SPEC = a_spec(fps=Fraction(30_000, 1001), frame_count=180, width=1280, height=720)
SHAPE = {"width": 1280, "height": 720, "fps": "30000/1001", "frame_count": 180}
LAYERS = [{"kind": "backdrop", "seed": 7}]


def examined(data: bytes, folder: Path) -> Finding:
    path = folder / "latents.json"
    path.write_bytes(data)
    return latents_are_well_formed(Exhibit(SPEC, path, cast(MediaTools, None), THRESHOLDS))


def test_a_canonical_timeline_in_the_specs_shape_passes(tmp_path: Path) -> None:
    finding = examined(canonical_json({**SHAPE, "layers": LAYERS}), tmp_path)

    assert finding.outcome is Outcome.PASS, finding.reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the latents are empty"),
        (b"\x93NUMPY", "the latents aren't JSON"),
        (b'{"layers": NaN}', "the latents aren't JSON"),
        (b"[" * 100_000, "the latents aren't JSON"),
        (b"[1,2]", "the latents are a JSON list, not an object"),
        (b'{"layers": [1]}', "the latents aren't canonical JSON"),
        (b'{"layers":[1],"layers":[1]}', "the latents aren't canonical JSON"),
        (canonical_json(SHAPE), "the timeline draws nothing"),
        (canonical_json({**SHAPE, "layers": []}), "the timeline draws nothing"),
        (canonical_json({"layers": LAYERS}), "the timeline's shape isn't the spec's: width is missing"),
    ],
    ids=["empty", "binary", "NaN", "deep", "list", "spaced", "twice", "shape only", "no layers", "no shape"],
)
def test_what_cannot_be_drawn_from_fails(data: bytes, reason: str, tmp_path: Path) -> None:
    finding = examined(data, tmp_path)

    assert finding.outcome is Outcome.FAIL
    assert finding.reason.startswith(reason)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("width", 1920, "width is 1920, promised 1280"),
        ("height", None, "height is None, promised 720"),
        ("fps", "30", "fps is '30', promised 30000/1001"),
        ("fps", "1e999999999", "fps is '1e999999999', promised 30000/1001"),
        ("frame_count", 179, "frame_count is 179, promised 180"),
        ("frame_count", True, "frame_count is True, promised 180"),
    ],
)
def test_a_shape_that_is_not_the_specs_fails_by_field(field: str, value: Any, reason: str, tmp_path: Path) -> None:
    finding = examined(canonical_json({**SHAPE, field: value, "layers": LAYERS}), tmp_path)

    assert (finding.outcome, finding.reason) == (Outcome.FAIL, f"the timeline's shape isn't the spec's: {reason}")


def test_every_field_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    finding = examined(canonical_json({"height": 720, "fps": "25", "layers": LAYERS}), tmp_path)

    assert "width is missing" in finding.reason
    assert "fps is '25'" in finding.reason
    assert "frame_count is missing" in finding.reason
