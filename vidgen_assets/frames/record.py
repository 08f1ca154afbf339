"""Drawing frames once to record them, and holding frames drawn again against the recording.

A template frame is cheaper to draw again (11 CPU ms at 720p) than to store and read back (54 as FFV1), so the
encoder draws it again and `verify_frame` proves that it encodes what was audited. Values are in `recording.py`.
"""

import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from PIL import Image

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import Frame, FrameStream, Measured
from vidgen_assets.frames.features import FeatureMeter
from vidgen_assets.frames.recording import Evidence, FrameRecording, RecordedFrame

EVIDENCE_COUNT = 5
_EVIDENCE_LONGEST_SIDE_PX = 320
_EVIDENCE_QUALITY = 82


class FramesDiffer(PermanentError):
    """Frames drawn again are not the frames that were audited."""


def record_frames(
    frames: FrameStream, *, recipe: Mapping[str, Any], evidence: Sequence[int] | None = None
) -> FrameRecording:
    """Draw `frames` once and record them; `evidence` are the frames kept as pictures, five spread evenly by default.

    Raises as `Recorder.watched`.
    """
    recorder = Recorder(frames, evidence)
    for _ in recorder.watched():
        pass
    return recorder.recording(recipe)


class Recorder:
    """Records a stream's frames as somebody else reads them: the encoder of what is stored, or nobody.

    Wrong sizes and counts are recorded, not refused: judging is the checks' work.
    """

    def __init__(self, frames: FrameStream, evidence: Sequence[int] | None = None) -> None:
        self._frames = frames
        self._pictured = frozenset(spread(frames.shape.frame_count) if evidence is None else evidence)
        self._recorded: list[RecordedFrame] = []
        self._pictures: list[Evidence] = []

    def watched(self) -> Iterator[Frame]:
        """The frames, recorded as they pass. A stream that has more frames than it promised is read one frame too far
        and no further, since a broken one may never end.

        Raises `PermanentError` for a frame that isn't a contiguous (height, width, 4) array of bytes.
        """
        meter = FeatureMeter()
        for index, frame in enumerate(islice(self._frames, self._frames.shape.frame_count + 1)):
            self._recorded.append(_recorded(index, frame, meter))
            self._pictures.extend(_pictures(index, frame, self._pictured))
            yield frame

    def recording(self, recipe: Mapping[str, Any], stored: Digest | None = None) -> FrameRecording:
        """What was recorded so far; `stored` is where the frames are kept, if they are."""
        return FrameRecording(
            shape=self._frames.shape,
            recipe=dict(recipe),
            frames=tuple(self._recorded),
            evidence=tuple(self._pictures),
            stored=stored,
            adherence=self._frames.adherence() if isinstance(self._frames, Measured) else None,
        )


def verify_frame(recording: FrameRecording) -> Callable[[int, Frame], None]:
    """A function of (index, frame) that raises `FramesDiffer` unless the frame is the recorded one, byte for byte.

    It sees one frame at a time: that none is missing at the end is for the caller to compare with `recording.frames`.
    """

    def verify(index: int, frame: Frame) -> None:
        if index >= len(recording.frames):
            raise _differs(index, "is past the end of the recording", len(recording.frames))
        recorded = recording.frames[index]
        height, width = frame.shape[:2]
        if (width, height) != (recorded.width, recorded.height):
            raise _differs(index, f"is {width}x{height}, recorded {recorded.width}x{recorded.height}")
        drawn = _digest(index, frame)
        if drawn != recorded.digest:
            raise _differs(index, f"has the digest {drawn}, recorded {recorded.digest}")

    return verify


def spread(frame_count: int, count: int = EVIDENCE_COUNT) -> tuple[int, ...]:
    """Up to `count` frame indices from the first to the last, evenly spread and without repetition."""
    last = max(0, frame_count - 1)
    return tuple(sorted({round(last * step / max(1, count - 1)) for step in range(count)}))


def evidence_picture(frame: Frame) -> bytes:
    """`frame` as a JPEG of at most 320 px on its longer side."""
    height, width = frame.shape[:2]
    picture = Image.frombuffer("RGBX", (width, height), frame, "raw", "RGBX", 0, 1).convert("RGB")
    picture.thumbnail((_EVIDENCE_LONGEST_SIDE_PX, _EVIDENCE_LONGEST_SIDE_PX), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_EVIDENCE_QUALITY)
    return out.getvalue()


def _recorded(index: int, frame: Frame, meter: FeatureMeter) -> RecordedFrame:
    digest = _digest(index, frame)
    height, width = frame.shape[:2]
    return RecordedFrame(width=width, height=height, digest=digest, features=meter.measure(frame))


def _pictures(index: int, frame: Frame, pictured: Collection[int]) -> list[Evidence]:
    return [Evidence(frame_index=index, jpeg=evidence_picture(frame))] if index in pictured else []


def _digest(index: int, frame: Frame) -> Digest:
    """Of the frame's own memory: no copy. Raises `PermanentError` where that memory isn't a frame's."""
    if frame.ndim != 3 or frame.shape[2] != 4 or frame.dtype != np.uint8 or not frame.flags.c_contiguous:
        layout = "contiguous" if frame.flags.c_contiguous else "not contiguous"
        raise PermanentError(
            f"frame {index} isn't a picture",
            field=f"frames[{index}]",
            value=f"{frame.dtype} array of shape {frame.shape}, {layout}",
            allowed="a contiguous uint8 array of shape (height, width, 4)",
            remedy="The backend's decoder is at fault; mend it and raise its recipe version.",
        )
    return Digest.of_bytes(frame.data)


def _differs(index: int, how: str, recorded_count: int | None = None) -> FramesDiffer:
    return FramesDiffer(
        f"frame {index}, drawn again, isn't the frame that was audited: it {how}"
        + (f" ({recorded_count} frames)" if recorded_count is not None else ""),
        field=f"frames[{index}]",
        remedy="Materialise the clip's frames again on this kind of machine, so that what is encoded has been audited.",
    )
