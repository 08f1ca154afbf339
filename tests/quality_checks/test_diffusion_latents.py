"""Latents of a model: whole, of this clip, and numbers."""

from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest
import torch

from quality_checks.check import Exhibit
from quality_checks.latents import latents_are_well_formed
from quality_checks.thresholds import THRESHOLDS
from tests.builders import a_spec
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.clips.spec import Route
from vidgen_assets.clips.verdicts import Finding, Outcome
from vidgen_assets.diffusion.tensor_file import pack

SPEC = a_spec(
    template=None, prompt="waves", fps=Fraction(16), frame_count=9, seed=7,
    route=Route(backend="diffusion", release="tiny", reason="asked for"),
)  # fmt: skip
DOCUMENT: dict[str, Any] = {
    "format": 1,
    "pipeline": "WanPipeline",
    "layout": "BCFHW",
    "shape": [1, 4, 3, 8, 14],
    "normalisation": {"mean": [0.0], "std": [1.0]},
    "vae": "sha256:…",
    "clip": {"width": 112, "height": 64, "frame_count": 9, "fps": "16", "seed": 7},
}


def noise() -> torch.Tensor:
    return torch.randn((1, 4, 3, 8, 14), generator=torch.Generator().manual_seed(0))


def examined(data: bytes, folder: Path, spec: Any = SPEC) -> Finding:
    path = folder / "latents"
    path.write_bytes(data)
    return latents_are_well_formed(Exhibit(spec, path, cast(MediaTools, None), THRESHOLDS))


def test_whole_latents_pass(tmp_path: Path) -> None:
    assert examined(pack({"latents": noise()}, DOCUMENT), tmp_path).outcome is Outcome.PASS


def broken(value: float) -> torch.Tensor:
    tensor = noise()
    tensor[0, 0, 0, 0, :2] = value
    return tensor


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no safetensors file"),
        (b"{}", "no safetensors file"),
        (pack({"latents": noise()}, DOCUMENT)[:-1], "no safetensors file"),
        (pack({"other": noise()}, DOCUMENT), "no safetensors file"),
        (pack({"latents": noise()}, {"format": 1}), "don't say their pipeline, layout, shape"),
        (pack({"latents": noise()}, {**DOCUMENT, "shape": [1]}), "its document says [1]"),
        (pack({"latents": noise()}, {**DOCUMENT, "clip": {**DOCUMENT["clip"], "seed": 8}}), "seed is 8, promised 7"),
        (pack({"latents": broken(float("nan"))}, DOCUMENT), "2 of 1344 values are no numbers"),
        (pack({"latents": broken(float("inf"))}, DOCUMENT), "2 of 1344 values are no numbers"),
        (pack({"latents": torch.zeros(1, 4, 3, 8, 14)}, DOCUMENT), "nothing was denoised"),
    ],
)
def test_what_frames_cant_be_decoded_from_fails(data: bytes, reason: str, tmp_path: Path) -> None:
    finding = examined(data, tmp_path)

    assert finding.outcome is Outcome.FAIL
    assert reason in finding.reason


def test_latents_of_a_backend_nobody_knows_fail(tmp_path: Path) -> None:
    other = SPEC.model_copy(update={"route": SPEC.route.model_copy(update={"backend": "dreams"})})

    assert "nobody knows" in examined(b"x", tmp_path, other).reason
