"""The columns a catalog may have, which of them are required, and what stands in for an empty cell.

The rules that cells obey live in `contract.py`; the guide for authors is `docs/catalogs.md`.
"""

import difflib
import re
from collections.abc import Collection

from vidgen_assets.clips.errors import InputError, shorten

COLUMNS = (
    "id", "prompt", "template", "backdrop", "variables", "script", "voice", "audio_description", "language", "image",
    "audio", "model", "use", "territories", "duration_s", "fps", "aspect", "seed", "profile", "priority", "campaign",
    "owner", "customer",
)  # fmt: skip
ALLOWED_COLUMNS = f"{', '.join(COLUMNS)}, variables.NAME"
AS_LONG_AS_SPOKEN = "auto"
"""What `duration_s` says for a clip that lasts as long as its narration."""
REQUIRED = ("id", "duration_s", "campaign", "owner", "customer")
BUILT_IN_DEFAULTS = {
    "language": "en",
    "fps": "30",
    "aspect": "16:9",
    "profile": "standard",
    "priority": "standard",
    "use": "commercial",
    "territories": "worldwide",
}
VARIABLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
VARIABLE_PREFIX = "variables."
ROW_NUMBER = "row_number"
"""Column of the table itself, never of the file: 1 for the first row of data."""


def is_variable(column: str) -> bool:
    """Whether `column` reads `variables.NAME` with a usable name."""
    name = column.removeprefix(VARIABLE_PREFIX)
    return name != column and VARIABLE_NAME.fullmatch(name) is not None


def is_known(column: str) -> bool:
    return column in COLUMNS or is_variable(column)


def suggestion(column: str) -> str:
    """What to do about a column nobody reads: the nearest known one, or the form of a variable."""
    if column.startswith(VARIABLE_PREFIX):
        return "Name a variable with lower-case letters, digits and underscores: variables.price."
    near = difflib.get_close_matches(column.strip().lower(), COLUMNS, n=1)
    return f"Did you mean {near[0]}?" if near else "Remove it, or call it variables.NAME if a template reads it."


def refuse_unknown(columns: Collection[str], file: str) -> None:
    """Raise `InputError` naming every column of `columns` that nobody reads, each with the nearest known one."""
    unknown = [column for column in columns if not is_known(column)]
    if unknown:
        shown = "; ".join(f"{shorten(column, 40)}: {suggestion(column)}" for column in unknown[:10])
        more = f" And {len(unknown) - 10} more." if len(unknown) > 10 else ""
        raise InputError(
            f"{file} has columns the factory does not know",
            field="columns",
            allowed=ALLOWED_COLUMNS,
            remedy=shown + more,
        )


def refuse_missing(columns: Collection[str], file: str) -> None:
    """Raise `InputError` if a column every row needs is neither in the file nor among its defaults."""
    missing = [column for column in REQUIRED if column not in columns]
    if not {"prompt", "template"} & set(columns):
        missing.append("prompt or template")
    if missing:
        raise InputError(
            f"{file} lacks {', '.join(missing)}",
            field="columns",
            allowed=ALLOWED_COLUMNS,
            remedy="Add the columns, or give one value for the whole catalog in its .defaults.yaml.",
        )
