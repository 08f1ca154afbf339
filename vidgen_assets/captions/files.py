"""WebVTT (W3C) and SubRip, as text. Written here: the libraries at hand take `{`, `<` and `&` in a text for markup.

Players run every line as its own first letter does. A line of Arabic or Hebrew that begins with a Latin word has an
unseen mark before it, so that it runs with the rest of its caption.
"""

from collections.abc import Iterator, Mapping

from vidgen_assets.clips.captions import Captions
from vidgen_assets.templates.bidi import caption_lines

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def webvtt(captions: Captions) -> str:
    """Every cue with its number as its name; the characters that WebVTT reads as markup are escaped."""
    return "\n".join(["WEBVTT\n", *_blocks(captions, ".", _ESCAPED)])


def subrip(captions: Captions) -> str:
    """The form that editors and upload pages take. It knows no escaping."""
    return "\n".join(_blocks(captions, ",", {}))


def _blocks(captions: Captions, mark: str, escaped: Mapping[int, str]) -> Iterator[str]:
    for number, cue in enumerate(captions.cues, start=1):
        text = "\n".join(caption_lines(cue.lines, captions.language)).translate(escaped)
        yield f"{number}\n{_clock(cue.start_s, mark)} --> {_clock(cue.end_s, mark)}\n{text}\n"


def _clock(seconds: float, mark: str) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}{mark}{milliseconds % 1000:03}"
