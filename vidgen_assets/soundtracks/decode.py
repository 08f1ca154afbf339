"""The command lines that turn sounds into arrays: whatever the customer sent, and what an engine spoke.

Arrays are float32 of (samples, 2) at 48 kHz, full scale ±1. Scalar code throughout: the same samples on every x86-64.
"""

from pathlib import Path

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.ffmpeg_options import QUIET
from vidgen_assets.clips.media_tools import MediaTools, Tool, ToolFailed
from vidgen_assets.clips.soundtrack import CHANNELS, SAMPLE_RATE_HZ
from vidgen_assets.clips.spec import MediaFile
from vidgen_assets.clips.speech import Samples

Sound = NDArray[np.float32]

# ffmpeg's filters and coders round otherwise with AVX than without; scalar code costs 4 ms more for a second of sound.
SAME_ON_ALL_PROCESSORS = ("-cpuflags", "0")
# A share of packets that don't decode; more is not a scratch but another format, or a torn file.
_MOST_DECODE_ERRORS = 0.1
# Only formats that hold sound themselves. Playlists and scripts (hls, dash, concat, …) name other files and
# addresses, so a customer's file could make us read ours.
ALLOWED_FORMATS = ("aac", "aiff", "amr", "caf", "flac", "matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2", "mp3", "ogg", "wav")
# Speech is evened out before it's measured: 3 to 1 over -24 dBFS took the peaks of espeak-ng from 15.7 to 13.4 dB over
# its loudness, and 14.5 is what -16 LUFS under -1.5 dBTP leaves (2026-11).
_COMPRESSOR = {"threshold": "-24dB", "ratio": 3, "attack": 5, "release": 80, "makeup": 2}
# A net against hanging: a minute of any of these formats decodes within a second.
_DEADLINE_S = 120.0


def recording_arguments(path: Path, duration_s: float) -> list[str]:
    """The first `duration_s` of the sound in `path` to raw samples on standard output."""
    source = ffmpeg.input(
        f"file:{path}", protocol_whitelist="file", format_whitelist=",".join(ALLOWED_FORMATS), t=duration_s
    )
    sound = source["a:0"].filter("aresample", SAMPLE_RATE_HZ).filter("aformat", channel_layouts="stereo")
    return _to_samples(sound, max_error_rate=_MOST_DECODE_ERRORS)


def voice_arguments(sample_rate_hz: int) -> list[str]:
    """Raw mono samples of 16 bits on standard input to raw stereo samples, evened out, on standard output."""
    source = ffmpeg.input("pipe:0", format="s16le", ar=sample_rate_hz, ac=1)
    stereo = source.filter("aresample", SAMPLE_RATE_HZ).filter("aformat", channel_layouts="stereo")
    return _to_samples(stereo.filter("acompressor", **_COMPRESSOR))


def _to_samples(sound: object, **options: object) -> list[str]:
    out = ffmpeg.output(sound, "pipe:1", format="f32le", acodec="pcm_f32le", **options)
    return [*SAME_ON_ALL_PROCESSORS, *out.global_args(*QUIET).get_args()]


def decoded(file: MediaFile, path: Path, duration_s: float, tools: MediaTools) -> tuple[Sound, float]:
    """The first `duration_s` of the customer's sound, and the processor seconds it took. A file of floats whose peak is
    over full scale is brought down to it, by one gain.

    Raises `InputError` for what can't be decoded, or holds no sound at all.
    """
    try:
        run = tools.run(Tool.FFMPEG, recording_arguments(path, duration_s), deadline_s=_DEADLINE_S)
    except ToolFailed as error:
        raise _undecodable(file, error.found) from error
    sound = _as_array(run.stdout)
    if not len(sound):
        raise _undecodable(file, "it holds no sound")
    sound = np.nan_to_num(sound, posinf=1.0, neginf=-1.0)
    return sound / max(np.float32(1.0), np.abs(sound).max()), run.cpu_s


def voiced(samples: Samples, sample_rate_hz: int, tools: MediaTools) -> tuple[Sound, float]:
    """What an engine spoke, evened out; and the processor seconds it took."""
    raw = samples.astype("<i2").tobytes()
    run = tools.run(Tool.FFMPEG, voice_arguments(sample_rate_hz), deadline_s=_DEADLINE_S, stdin=[raw])
    return _as_array(run.stdout), run.cpu_s


def _as_array(raw: bytes) -> Sound:
    return np.frombuffer(raw[: len(raw) // 8 * 8], dtype="<f4").reshape(-1, CHANNELS).astype(np.float32)


def _undecodable(file: MediaFile, why: str) -> InputError:
    return InputError(
        f"the sound can't be decoded: {why}",
        field="audio",
        value=file.reference,
        allowed=[name.split(",")[0] for name in ALLOWED_FORMATS],
        remedy="Send a file that plays, in one of these formats.",
    )
