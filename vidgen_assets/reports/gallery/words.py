"""Numbers as people read them: money, durations, sizes, measurements. The filters of the gallery's pages."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_CENT = Decimal("0.01")
_BYTES_PER_UNIT = 1000
_ABBREVIATIONS = {"cpu", "hls", "id", "lufs", "mp4", "psnr", "qa", "ssim", "vmaf"}


def money(amount: Decimal, currency: str) -> str:
    """`USD 12.30`; below a cent two significant digits, since a template clip costs a fraction of one."""
    if amount >= _CENT or amount == 0:
        shown = amount.quantize(_CENT, ROUND_HALF_UP)
    else:
        shown = amount.quantize(Decimal(1).scaleb(amount.adjusted() - 1), ROUND_HALF_UP)
    return f"{currency} {shown:,f}"


def seconds(value: Fraction | float) -> str:
    """`0.42 s`, `12.5 s`, `640 s`: three significant digits, never an exponent."""
    number = float(value)
    digits = 0 if number >= 100 else 1 if number >= 10 else 2
    text = f"{number:,.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if digits else text} s"


def running_time(value: Fraction | float) -> str:
    """`0:05`, `12:40`, `1:02:03`: as a player shows it, to the nearest second and never 0:00 for a video."""
    whole = max(1, round(value)) if value else 0
    hours, rest = divmod(whole, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def size(count_bytes: int) -> str:
    """`640 B`, `12 kB`, `3.4 MB`."""
    if count_bytes < _BYTES_PER_UNIT:
        return f"{count_bytes} B"
    amount, units = count_bytes / _BYTES_PER_UNIT, ["kB", "MB", "GB"]
    while amount >= _BYTES_PER_UNIT and len(units) > 1:
        amount /= _BYTES_PER_UNIT
        units.pop(0)
    return f"{amount:.{0 if amount >= 10 else 1}f} {units[0]}"


def number(value: float) -> str:
    """A measurement: whole from a thousand on, otherwise four significant digits."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def plain(name: str) -> str:
    """A check's or field's name as words: `frames_do_not_flicker` reads `frames do not flicker`."""
    return " ".join(word.upper() if word in _ABBREVIATIONS else word for word in name.split("_"))


def moment(time: datetime) -> str:
    """`22 November 2026, 12:00 UTC`."""
    return f"{time.day} {time:%B %Y, %H:%M %Z}".rstrip()
