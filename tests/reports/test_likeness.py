"""How alike two makings are: numbers worked by hand, and what tolerances say of them."""

from fractions import Fraction

import numpy as np
import pytest
from safetensors.numpy import save

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.generation import Frame, FrameShape
from vidgen_assets.frames.features import FeatureMeter
from vidgen_assets.frames.recording import FrameRecording, RecordedFrame
from vidgen_assets.models.release import Tolerance
from vidgen_assets.reports.likeness import (
    FramesLikeness,
    LatentsLikeness,
    Psnr,
    compare_frames,
    compare_latents,
    luma_tolerance,
    psnr,
)

STRICT = Tolerance(latents_relative_l2=0.05, frames_psnr_db=40.0)
LOOSE = Tolerance(latents_relative_l2=0.1, frames_psnr_db=30.0)


def tensors(*values: float) -> bytes:
    return save({"latents": np.array(values, dtype=np.float32)})


def grey(level: int, size: int = 16) -> Frame:
    frame = np.full((size, size, 4), level, dtype=np.uint8)
    frame[..., 3] = 255
    return frame


def recorded(*frames: Frame) -> FrameRecording:
    meter = FeatureMeter()
    rows = [
        RecordedFrame(width=f.shape[1], height=f.shape[0], digest=Digest.of_bytes(f.data), features=meter.measure(f))
        for f in frames
    ]
    shape = FrameShape(16, 16, Fraction(8), len(frames))
    return FrameRecording(shape=shape, recipe={}, frames=tuple(rows), evidence=())


def test_equal_bytes_need_no_numbers() -> None:
    assert compare_latents(b"{}", b"{}") == LatentsLikeness(are_equal=True)


def test_the_difference_of_tensors_is_told_in_numbers() -> None:
    found = compare_latents(tensors(3, 4), tensors(3, 4.5))  # norm 5, difference 0.5
    assert (found.max_abs_difference, found.relative_l2) == (0.5, 0.1)
    assert found.is_within(LOOSE)
    assert not found.is_within(STRICT)


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        (b'{"format":1}', b'{"format":2}', "aren't tensors"),
        (tensors(1, 2), b"\0\0\0\x18ftypmp42", "aren't tensors"),
        (tensors(1, 2), tensors(1, 2, 3), "recorded {'latents': (2,)}, made {'latents': (3,)}"),
        (tensors(1, 2), tensors(1, float("nan")), "no numbers"),
    ],
)
def test_what_has_no_numbers_is_within_no_tolerance(before: bytes, now: bytes, why: str) -> None:
    found = compare_latents(before, now)
    assert why in found.why_no_numbers
    assert found.relative_l2 is None
    assert not found.is_within(LOOSE)


def test_psnr_is_that_of_the_squared_error() -> None:
    found = psnr([grey(100), grey(100)], [grey(100), grey(105)])  # squared errors 0 and 25, 12.5 on average
    assert found.lowest_frame == 1
    assert found.lowest_db == pytest.approx(34.1514, abs=1e-4)
    assert found.mean_db == pytest.approx(37.1617, abs=1e-4)


def test_frames_are_told_apart_by_digest_and_measured() -> None:
    found = compare_frames(recorded(grey(100), grey(100)), recorded(grey(100), grey(103)))
    assert found.different == (1,)
    assert found.features is not None
    assert found.features["luma_mean"] == found.features["change_peak"] == found.features["grid"] == 3
    assert found.features["near_black_fraction"] == 0


@pytest.mark.parametrize(
    ("now", "why"),
    [([grey(1)], "the counts differ"), ([grey(1), grey(1, size=8)], "the sizes differ")],
)
def test_frames_of_other_counts_or_sizes_are_within_no_tolerance(now: list[Frame], why: str) -> None:
    found = compare_frames(recorded(grey(1), grey(1)), recorded(*now))
    assert found.why_no_psnr == why
    assert not found.are_equal
    assert not found.is_within(LOOSE)


@pytest.mark.parametrize(("tolerance", "is_within"), [(LOOSE, True), (STRICT, False)])
def test_the_worst_frame_decides(tolerance: Tolerance, is_within: bool) -> None:
    found = FramesLikeness(2, 2, (1,), psnr=Psnr(lowest_db=34.0, lowest_frame=1, mean_db=60.0))
    assert found.is_within(tolerance) is is_within


@pytest.mark.parametrize(("level", "is_within"), [(102, True), (103, False)])
def test_without_pixels_brightness_decides(level: int, is_within: bool) -> None:
    """40 dB is a root mean square error of 2.55 levels."""
    assert luma_tolerance(STRICT) == pytest.approx(2.55)
    assert compare_frames(recorded(grey(100)), recorded(grey(level))).is_within(STRICT) is is_within
