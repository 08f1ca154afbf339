"""The command line of the sound: a soundtrack as AAC of exactly the clip's length.

A pure function. What the sound is was decided in `soundtracks/`; here it is only coded.
"""

from fractions import Fraction
from pathlib import Path

import ffmpeg

from vidgen_assets.clips.ffmpeg_options import QUIET
from vidgen_assets.clips.profiles import AudioFormat
from vidgen_assets.clips.soundtrack import sample_count

# ffmpeg's AAC coder rounds otherwise with AVX than without; scalar code costs 4 ms more for a second of sound (of 30).
_SAME_ON_ALL_PROCESSORS = ("-cpuflags", "0")
_LAYOUTS = {1: "mono", 2: "stereo"}


def sound_arguments(track: Path, out: str, duration_s: Fraction, audio: AudioFormat) -> list[str]:
    """`track` at the profile's rate and channels, padded or cut to `duration_s`, into the file `out`."""
    samples = sample_count(duration_s, audio.sample_rate_hz)
    layout = _LAYOUTS.get(audio.channels, f"{audio.channels}c")
    fitted = (
        ffmpeg.input(f"file:{track}")["a:0"]
        .filter("aresample", audio.sample_rate_hz)
        .filter("aformat", channel_layouts=layout)
        .filter("apad", whole_len=samples)
        .filter("atrim", end_sample=samples)
    )
    encoded = ffmpeg.output(
        fitted,
        out,
        acodec="aac",
        audio_bitrate=audio.bitrate_bps,
        fflags="+bitexact",
        flags="+bitexact",
        map_metadata=-1,
    )
    return [*_SAME_ON_ALL_PROCESSORS, *encoded.global_args(*QUIET).get_args()]
