"""Times as WebVTT and SubRip write them, and text that WebVTT reads as text."""

from fractions import Fraction

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def escaped(text: str) -> str:
    """`text` with the characters that WebVTT reads as markup written so that it doesn't."""
    return text.translate(_ESCAPED)


def clock(seconds: float | Fraction, mark: str = ".") -> str:
    """`00:01:02.345`; SubRip's `mark` is a comma."""
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}{mark}{milliseconds % 1000:03}"


def span(start_s: float | Fraction, end_s: float | Fraction, mark: str = ".") -> str:
    """A cue's line of times."""
    return f"{clock(start_s, mark)} --> {clock(end_s, mark)}"
