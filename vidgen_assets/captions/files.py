"""WebVTT (W3C) and SubRip, as text. Written here: the libraries at hand take `{`, `<` and `&` in a text for markup.

Players run every line as its own first letter does. A line of Arabic or Hebrew that begins with a Latin word has an
unseen mark before it, so that it runs with the rest of its caption. SubRip knows no escaping, yet players look for
markup in it: an unseen mark keeps apart what they would read so.
"""

import re
from collections.abc import Callable, Iterator

from vidgen_assets.clips.captions import Captions
from vidgen_assets.clips.vtt_times import escaped, span
from vidgen_assets.templates.bidi import caption_lines

WORD_JOINER = "\u2060"
"""No width, no break, not seen: what stands around it is a tag, an entity or an arrow to no player."""

# HTML tags; braces of SubStation and MicroDVD; `\N` and `\h`, which are breaks to what plays by ffmpeg; entities, which
# VLC resolves; and the arrow, which makes a line of times of a text.
_READ_AS_MARKUP = re.compile(r"[<{\\](?! )|&(?=#?\w+;)|--(?=>)")


def webvtt(captions: Captions) -> str:
    """Every cue with its number as its name; the characters that WebVTT reads as markup are escaped."""
    return "\n".join(["WEBVTT\n", *_blocks(captions, ".", escaped)])


def subrip(captions: Captions) -> str:
    """The form that editors and upload pages take; a word joiner stands within whatever they would read as markup."""
    return "\n".join(_blocks(captions, ",", lambda text: _READ_AS_MARKUP.sub(rf"\g<0>{WORD_JOINER}", text)))


def _blocks(captions: Captions, mark: str, as_text: Callable[[str], str]) -> Iterator[str]:
    for number, cue in enumerate(captions.cues, start=1):
        text = as_text("\n".join(caption_lines(cue.lines, captions.language)))
        yield f"{number}\n{span(cue.start_s, cue.end_s, mark)}\n{text}\n"
