"""The command lines of the sound: whatever the customer sent, or silence, as AAC of exactly the clip's length.

Pure functions. The sound is encoded before the frames: what can't be decoded is refused before anything is drawn.
"""

from fractions import Fraction
from pathlib import Path

import ffmpeg

from vidgen_assets.clips.profiles import AudioFormat
from vidgen_assets.clips.renditions import SOUND_FILE
from vidgen_assets.encodes.graph import QUIET, Stream

# Long enough that a cut is no click, too short to be heard as a fade.
_FADE_S = Fraction(1, 50)
# A share of packets that don't decode; more is not a scratch but another format, or a torn file.
_MOST_DECODE_ERRORS = 0.1
# ffmpeg's AAC coder rounds otherwise with AVX than without; scalar code costs 4 ms more for a second of sound (of 30).
_SAME_ON_ALL_PROCESSORS = ("-cpuflags", "0")
# Only formats that hold sound themselves. Playlists and scripts (hls, dash, concat, …) name other files and
# addresses, so a customer's file could make us read ours.
ALLOWED_FORMATS = ("aac", "aiff", "amr", "caf", "flac", "matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2", "mp3", "ogg", "wav")


def sample_count(duration_s: Fraction, audio: AudioFormat) -> int:
    """Samples per channel in `duration_s`, to the nearest."""
    return max(1, round(duration_s * audio.sample_rate_hz))


def sound_arguments(sound: Path | None, duration_s: Fraction, audio: AudioFormat) -> list[str]:
    """`sound`, or silence, padded or cut to `duration_s`, with short fades at both ends."""
    source = _silence(audio) if sound is None else _recording(sound, duration_s, audio)
    samples = sample_count(duration_s, audio)
    fade = max(1, min(samples // 2, round(_FADE_S * audio.sample_rate_hz)))
    fitted = (
        source.filter("apad", whole_len=samples)
        .filter("atrim", end_sample=samples)
        .filter("afade", type="in", start_sample=0, nb_samples=fade)
        .filter("afade", type="out", start_sample=samples - fade, nb_samples=fade)
    )
    encoded = ffmpeg.output(
        fitted,
        SOUND_FILE,
        acodec="aac",
        audio_bitrate=audio.bitrate_bps,
        fflags="+bitexact",
        flags="+bitexact",
        map_metadata=-1,
        max_error_rate=_MOST_DECODE_ERRORS,
    )
    return [*_SAME_ON_ALL_PROCESSORS, *encoded.global_args(*QUIET).get_args()]


def _silence(audio: AudioFormat) -> Stream:
    layout = f"{audio.channels}c"
    return ffmpeg.input(f"anullsrc=r={audio.sample_rate_hz}:cl={layout}", format="lavfi")


def _recording(sound: Path, duration_s: Fraction, audio: AudioFormat) -> Stream:
    source = ffmpeg.input(
        f"file:{sound}",
        protocol_whitelist="file",
        format_whitelist=",".join(ALLOWED_FORMATS),
        t=float(duration_s) + 1,  # no more is read than is heard
    )
    layout = {1: "mono", 2: "stereo"}.get(audio.channels, f"{audio.channels}c")
    return source["a:0"].filter("aresample", audio.sample_rate_hz).filter("aformat", channel_layouts=layout)
