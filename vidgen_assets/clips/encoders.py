"""The video encoders a profile may name, by ffmpeg's names for them, and what their streams are."""

from dataclasses import dataclass
from enum import StrEnum


class Encoder(StrEnum):
    X264 = "libx264"
    X265 = "libx265"
    SVT_AV1 = "libsvtav1"
    H264_NVENC = "h264_nvenc"
    HEVC_NVENC = "hevc_nvenc"
    AV1_NVENC = "av1_nvenc"

    @property
    def stream(self) -> "CodedStream":
        return _STREAMS[self]

    @property
    def needs_gpu(self) -> bool:
        return self in (Encoder.H264_NVENC, Encoder.HEVC_NVENC, Encoder.AV1_NVENC)

    @property
    def presets(self) -> tuple[str, ...]:
        """The presets that its ffmpeg takes, the quickest first for those that have names."""
        if self is Encoder.SVT_AV1:
            return tuple(str(number) for number in range(14))
        return tuple(f"p{number}" for number in range(1, 8)) if self.needs_gpu else _X26X_PRESETS

    @property
    def qualities(self) -> range:
        """The constant qualities (x264's CRF, and what the others call theirs) that are worth trying, best first."""
        return range(18, 59) if self in (Encoder.SVT_AV1, Encoder.AV1_NVENC) else range(14, 42)


@dataclass(frozen=True, slots=True)
class CodedStream:
    """What ffprobe calls an encoder's stream."""

    codec_name: str
    profile: str
    tag: str
    """Of the sample entry in an MP4. `hvc1`: Apple's players refuse `hev1`."""


_X26X_PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")
_H264 = CodedStream("h264", "High", "avc1")
_HEVC = CodedStream("hevc", "Main", "hvc1")
_AV1 = CodedStream("av1", "Main", "av01")
_STREAMS = {
    Encoder.X264: _H264,
    Encoder.X265: _HEVC,
    Encoder.SVT_AV1: _AV1,
    Encoder.H264_NVENC: _H264,
    Encoder.HEVC_NVENC: _HEVC,
    Encoder.AV1_NVENC: _AV1,
}
