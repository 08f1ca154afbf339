import hashlib
import io
import json
import re
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from tests.synthetic.frames import a_clip, black, miscounted, resized
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import Frame, FrameStream
from vidgen_assets.frames.record import record_frames, spread, verify_frame
from vidgen_assets.frames.recording import FrameRecording

RECIPE = {"backend": "template", "latents": Digest.of_bytes(b"timeline"), "decode": {"recipe": 1}}


def recorded(frames: FrameStream) -> FrameRecording:
    return record_frames(frames, recipe=RECIPE)


def test_a_frame_is_named_by_the_sha256_of_its_pixels() -> None:
    clip = a_clip(3)

    digests = [frame.digest for frame in recorded(clip).frames]

    assert digests == [f"sha256:{hashlib.sha256(frame.tobytes()).hexdigest()}" for frame in clip]


def test_the_same_frames_give_the_same_bytes() -> None:
    assert recorded(a_clip(12)).to_bytes() == recorded(a_clip(12)).to_bytes()


def test_a_recording_survives_its_bytes() -> None:
    recording = recorded(a_clip(12, fps=Fraction(30_000, 1001)))

    assert FrameRecording.from_bytes(recording.to_bytes()) == recording
    assert recording.shape.fps == Fraction(30_000, 1001)


def test_a_recording_is_json_that_anyone_can_read() -> None:
    document = json.loads(recorded(a_clip(2)).to_bytes())

    assert document["shape"] == {"width": 160, "height": 90, "fps": "10", "frame_count": 2}
    assert document["recipe"]["latents"] == RECIPE["latents"]


def test_frames_drawn_again_pass() -> None:
    clip = a_clip(5)
    verify = verify_frame(recorded(clip))

    for index, frame in enumerate(clip):
        verify(index, frame)


def test_another_frame_is_named_with_both_digests() -> None:
    clip = a_clip(5)
    verify = verify_frame(recorded(clip))
    altered = clip.draw(3)
    altered[0, 0, 0] ^= 1

    with pytest.raises(PermanentError, match="frame 3") as raised:
        verify(3, altered)

    assert Digest.of_bytes(altered.data) in str(raised.value)
    assert Digest.of_bytes(clip.draw(3).data) in str(raised.value)


def test_the_same_bytes_in_another_shape_are_another_frame() -> None:
    clip = a_clip(1, width=40, height=20)
    turned = clip.draw(0).reshape(40, 20, 4)

    with pytest.raises(PermanentError, match="is 20x40, recorded 40x20"):
        verify_frame(recorded(clip))(0, turned)


def test_a_frame_past_the_end_is_refused() -> None:
    with pytest.raises(PermanentError, match=r"frame 5, drawn again.* it is past"):
        verify_frame(recorded(a_clip(5)))(5, a_clip().draw(5))


def test_wrong_sizes_and_counts_are_recorded_as_they_are() -> None:
    recording = recorded(miscounted(resized(a_clip(10), 4, 2, width=80, height=45), 7))

    assert [(frame.width, frame.height) for frame in recording.frames] == [
        (160, 90), (160, 90), (160, 90), (160, 90), (80, 45), (80, 45), (160, 90),
    ]  # fmt: skip
    assert recording.shape.frame_count == 10


def test_a_stream_that_never_ends_is_read_one_frame_too_far() -> None:
    assert len(recorded(miscounted(a_clip(4), 10**9)).frames) == 5


@pytest.mark.parametrize(
    "broken",
    [np.zeros((9, 16, 3), np.uint8), np.zeros((9, 16, 4), np.float32), np.zeros((18, 16, 4), np.uint8)[::2]],
    ids=["rgb", "float", "strided"],
)
def test_what_is_no_frame_is_refused_by_index(broken: Frame) -> None:
    clip = a_clip(3)
    stream = type(clip)(clip.shape, lambda index: broken if index == 2 else clip.draw(index), 3)

    with pytest.raises(PermanentError, match="frame 2 isn't a picture") as raised:
        recorded(stream)

    assert raised.value.allowed == "a contiguous uint8 array of shape (height, width, 4)"


def test_evidence_shows_the_frames_it_names() -> None:
    recording = record_frames(black(a_clip(10), 7, 1), recipe=RECIPE, evidence=[0, 7])

    brightness = [np.asarray(Image.open(io.BytesIO(e.jpeg)).convert("L")).mean() for e in recording.evidence]

    assert [e.frame_index for e in recording.evidence] == [0, 7]
    assert brightness == pytest.approx([140, 0], abs=3)


def test_evidence_is_small_and_keeps_its_aspect() -> None:
    (evidence,) = record_frames(a_clip(1, width=720, height=1280), recipe=RECIPE).evidence

    assert Image.open(io.BytesIO(evidence.jpeg)).size == (180, 320)


@pytest.mark.parametrize(
    ("frame_count", "indices"),
    [(0, (0,)), (1, (0,)), (2, (0, 1)), (5, (0, 1, 2, 3, 4)), (101, (0, 25, 50, 75, 100))],
)
def test_evidence_is_spread_from_the_first_frame_to_the_last(frame_count: int, indices: tuple[int, ...]) -> None:
    assert spread(frame_count) == indices


@pytest.mark.parametrize(
    ("tamper", "field"),
    [
        (lambda data: data[: len(data) // 2], None),
        (lambda _: b"", None),
        (lambda _: b"[1, 2]", None),
        (lambda data: data.replace(b"sha256:", b"sha1:", 1), "frames.0.digest"),
        (
            lambda data: re.sub(rb'"luma_mean":[0-9.]+', b'"luma_mean":"bright"', data, count=1),
            "frames.0.features.luma_mean",
        ),
        (lambda data: data.replace(b'"features_version":1', b'"features_version":2'), "features_version"),
        (lambda data: data.replace(b'"recipe":', b'"note":1,"recipe":'), "note"),
    ],
    ids=["torn", "empty", "other JSON", "digest", "feature", "version", "unknown field"],
)
def test_tampered_bytes_are_refused_with_the_field_named(tamper: Callable[[bytes], bytes], field: str | None) -> None:
    tampered = tamper(recorded(a_clip(3)).to_bytes())

    with pytest.raises(PermanentError, match="recording can't be read") as raised:
        FrameRecording.from_bytes(tampered)

    assert raised.value.field == field
    assert raised.value.remedy
