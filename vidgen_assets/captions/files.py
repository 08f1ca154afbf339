"""WebVTT (W3C) and SubRip, as text. Written here: the libraries at hand take `{`, `<` and `&` in a text for markup."""

from vidgen_assets.clips.captions import Captions, Cue

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def webvtt(captions: Captions) -> str:
    """Every cue with its number as its name; the characters that WebVTT reads as markup are escaped."""
    blocks = (
        f"{number}\n{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n{_text(cue).translate(_ESCAPED)}\n"
        for number, cue in enumerate(captions.cues, start=1)
    )
    return "\n".join(["WEBVTT\n", *blocks])


def subrip(captions: Captions) -> str:
    """The form that editors and upload pages take. It knows no escaping."""
    blocks = (
        f"{number}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n{_text(cue)}\n"
        for number, cue in enumerate(captions.cues, start=1)
    )
    return "\n".join(blocks)


def _text(cue: Cue) -> str:
    return "\n".join(cue.lines)


def _clock(seconds: float, mark: str) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}{mark}{milliseconds % 1000:03}"
