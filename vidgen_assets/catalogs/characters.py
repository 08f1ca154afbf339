"""Which characters a cell may not hold, as character classes that Python's and Rust's regular expressions both read.

The characters stand in the classes themselves, since the two engines spell escapes differently.
"""

_LINE_BREAKS_AND_TABS = "\t\n"
_CONTROLS_BUT_THOSE = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_SEPARATORS = "\u2028\u2029"
_REORDERING = "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides, isolates: text that reads otherwise than it is
_INVISIBLE = "\xad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"

UNPRINTABLE_IN_TEXT = f"[{_CONTROLS_BUT_THOSE}{_SEPARATORS}{_REORDERING}]"
"""Refused in text of several lines. Joiners and direction marks stay: Arabic, Hindi and emoji are written with them."""

UNPRINTABLE_IN_LINE = f"[{_LINE_BREAKS_AND_TABS}{_CONTROLS_BUT_THOSE}{_SEPARATORS}{_REORDERING}]"
"""Refused in text of one line. A line break there is most often a quotation mark that was never closed."""

UNPRINTABLE_IN_NAME = f"[{_LINE_BREAKS_AND_TABS}{_CONTROLS_BUT_THOSE}{_SEPARATORS}{_REORDERING}{_INVISIBLE}]"
"""Refused in ids, tags and references: two names that look alike must be alike."""
