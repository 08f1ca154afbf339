"""The promised loudness by one gain over the whole track: ffmpeg's loudnorm in two passes, linear.

Where single peaks stand in the way of that gain they are limited first, and by how much is written down. loudnorm falls
back to a dynamic mode without a word when its conditions don't hold; that is an error here.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import ffmpeg
import numpy as np

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.media_tools import MediaTools, Tool
from vidgen_assets.clips.soundtrack import CHANNELS, HIGHEST_PEAK_DBTP, SAMPLE_RATE_HZ, TARGET_LUFS, Loudness
from vidgen_assets.soundtracks.decode import SAME_ON_ALL_PROCESSORS, Sound

_DEADLINE_S = 120.0
_QUIETEST_LUFS = -69.0
"""The meter's own gate is at -70: what is below has no loudness, and stays as it is."""
_LOUDEST_LUFS = -1.0  # loudnorm takes no measurement over 0 in its second pass
# The limiter holds samples: it works on four for each one, so that hardly a peak is between them, and the way back to
# 48 kHz lifts those of short noises by up to 1 dB. At 48 kHz they came out 3 dB over what was promised (2026-11).
_LIMITER_RATE_HZ = 4 * SAMPLE_RATE_HZ
_LIMITER_MARGIN_DB = 1.0
_MOST_ROUNDS = 6
_ROUNDING_DB = 0.01  # loudnorm adds up these numbers once more, and a hair too much headroom makes it dynamic
_REPORT = re.compile(r"\{[^{}]*\}")
# loudnorm's ranges; outside of them, and at exactly zero, it takes a measurement for missing and becomes dynamic.
_LEAST_RANGE_LU, _WIDEST_RANGE_LU = 1.0, 50.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What loudnorm says of a sound: LUFS, dBTP, LU; its pass's processor seconds."""

    lufs: float
    peak_dbtp: float
    range_lu: float
    threshold_lufs: float
    cpu_s: float


def measured(raw: Path, tools: MediaTools, *, gain_db: float = 0.0, limits: bool = False) -> Measured:
    """The loudness of the samples in `raw`, after a gain and the limiter if asked for."""
    out = ffmpeg.output(_norm(_before(raw, gain_db, limits)), "-", format="null")
    said, cpu_s = _reported(out, tools, raw.parent)
    return Measured(
        lufs=float(said["input_i"]),
        peak_dbtp=float(said["input_tp"]),
        range_lu=float(said["input_lra"]),
        threshold_lufs=float(said["input_thresh"]),
        cpu_s=cpu_s,
    )


def levelled(sound: Sound, out: Path, tools: MediaTools) -> tuple[Loudness | None, float]:
    """Write `sound` as FLAC at the promised loudness; says what was done, and the processor seconds it took.

    A silence, or what is too quiet to be measured, is written as it is. Raises `PermanentError` if loudnorm isn't
    linear.
    """
    raw = out.with_suffix(".f32")
    raw.write_bytes(sound.astype("<f4").tobytes())
    try:
        return _levelled(raw, out, tools, is_heard=bool(np.any(sound)))
    finally:
        raw.unlink()


def _levelled(raw: Path, out: Path, tools: MediaTools, *, is_heard: bool) -> tuple[Loudness | None, float]:
    if not is_heard:
        return None, _written_as_is(raw, out, tools)
    first = found = measured(raw, tools)
    cpu_s = first.cpu_s
    if first.lufs < _QUIETEST_LUFS:
        return None, cpu_s + _written_as_is(raw, out, tools)
    gain_db, limits = 0.0, False
    while found.lufs > _LOUDEST_LUFS:  # more than once only where even the meter's scale, to 30 LUFS, ends below
        gain_db += TARGET_LUFS - found.lufs
        found = measured(raw, tools, gain_db=gain_db)
        cpu_s += found.cpu_s
    for _ in range(_MOST_ROUNDS):
        if _headroom_db(found) >= 0:
            break
        gain_db, limits = gain_db + TARGET_LUFS - found.lufs, True
        found = measured(raw, tools, gain_db=gain_db, limits=True)
        cpu_s += found.cpu_s
    target_lufs = TARGET_LUFS + min(0.0, _headroom_db(found) - _ROUNDING_DB)
    wide_lu = min(_WIDEST_RANGE_LU, max(_LEAST_RANGE_LU, found.range_lu + 1))
    second = _norm(_before(raw, gain_db, limits), found, target_lufs=target_lufs, range_lu=wide_lu)
    said, second_cpu_s = _reported(ffmpeg.output(second, out.name, **_flac()), tools, raw.parent)
    if said["normalization_type"] != "linear":
        raise PermanentError(f"loudnorm was {said['normalization_type']}, not linear: {said}", field="loudness")
    limited_db = max(0.0, first.peak_dbtp + gain_db - found.peak_dbtp) if limits else 0.0
    return (
        Loudness(
            input_lufs=first.lufs,
            input_peak_dbtp=first.peak_dbtp,
            gain_db=round(gain_db + target_lufs - found.lufs, 2),
            limited_by_db=round(limited_db, 2),
            target_lufs=round(target_lufs, 2),
            output_lufs=float(said["output_i"]),
            # loudnorm looks between the samples while it measures, and not in its second pass
            output_peak_dbtp=round(found.peak_dbtp + target_lufs - found.lufs, 2),
        ),
        cpu_s + second_cpu_s,
    )


def _headroom_db(found: Measured) -> float:
    """What is left under the highest peak after the gain to the target; negative where peaks stand in its way."""
    return HIGHEST_PEAK_DBTP - (found.peak_dbtp + TARGET_LUFS - found.lufs)


def _before(raw: Path, gain_db: float, limits: bool) -> object:
    sound = ffmpeg.input(raw.name, format="f32le", ar=SAMPLE_RATE_HZ, ac=CHANNELS)
    if limits:
        sound = sound.filter("aresample", _LIMITER_RATE_HZ)
    if gain_db:
        sound = sound.filter("volume", f"{gain_db}dB", precision="float")
    if not limits:
        return sound
    ceiling = 10 ** ((HIGHEST_PEAK_DBTP - _LIMITER_MARGIN_DB) / 20)
    held = sound.filter("alimiter", limit=round(ceiling, 6), attack=5, release=50, level=False, latency=True)
    return held.filter("aresample", SAMPLE_RATE_HZ)  # or the first pass would measure other samples than are written


def _norm(
    sound: object, found: Measured | None = None, *, target_lufs: float = TARGET_LUFS, range_lu: float = 11.0
) -> object:
    options: dict[str, object] = {"I": target_lufs, "TP": HIGHEST_PEAK_DBTP, "LRA": range_lu, "print_format": "json"}
    if found is not None:
        options |= {
            "linear": True,
            "measured_I": found.lufs,
            "measured_TP": found.peak_dbtp,
            "measured_LRA": max(0.01, found.range_lu),
            "measured_thresh": max(-69.9, found.threshold_lufs),
        }
    return sound.filter("loudnorm", **options)  # pyright: ignore[reportAttributeAccessIssue]


def _flac() -> dict[str, object]:
    return {
        "acodec": "flac", "ar": SAMPLE_RATE_HZ, "sample_fmt": "s16", "fflags": "+bitexact", "flags": "+bitexact",
        "map_metadata": -1,
    }  # fmt: skip


def _written_as_is(raw: Path, out: Path, tools: MediaTools) -> float:
    written = ffmpeg.output(_before(raw, 0.0, False), out.name, **_flac()).global_args("-y", "-nostats", "-v", "error")
    arguments = [*SAME_ON_ALL_PROCESSORS, *written.get_args()]
    return tools.run(Tool.FFMPEG, arguments, deadline_s=_DEADLINE_S, cwd=raw.parent).cpu_s


def _reported(out: object, tools: MediaTools, cwd: Path) -> tuple[dict[str, str], float]:
    """loudnorm's report: the last thing it says on standard error, at the level `info`."""
    line = out.global_args("-y", "-hide_banner", "-nostats", "-v", "info").get_args()  # pyright: ignore[reportAttributeAccessIssue]
    run = tools.run(Tool.FFMPEG, [*SAME_ON_ALL_PROCESSORS, *line], deadline_s=_DEADLINE_S, cwd=cwd)
    reports = _REPORT.findall(run.stderr_tail)
    if not reports:
        raise PermanentError(f"loudnorm said nothing: {run.stderr_tail[-300:]}", field="loudness")
    return json.loads(reports[-1]), run.cpu_s
