"""Where a row may take pictures and sounds from: the catalog's own folder, and prefixes of object stores.

This is the rule over names; opening a file without leaving its folder is `prompts/media.py`.
"""

import re
from collections.abc import Collection

import polars as pl

from vidgen_assets.clips.errors import InputError

SCHEMES = ("s3", "gs", "az")

_ROOT = re.compile(rf"({'|'.join(SCHEMES)})://[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9._~+=@-]+)*/?")
_URI = rf"^({'|'.join(SCHEMES)})://"
# A colon would make it a URI or a drive; '.', '..' and empty segments, a '~' in front and backslashes lead elsewhere.
_ESCAPES = r"^[/~]|[\\:]|(^|/)\.{0,2}(/|$)"
_URI_ESCAPES = r"[\\:%?#]|(^|/)\.{0,2}(/|$)"  # percent signs, since a store may decode %2e%2e


class Roots:
    """Object-store prefixes that references may lie under, besides the catalog's own folder."""

    def __init__(self, prefixes: Collection[str] = ()) -> None:
        """Raises `InputError` for a prefix that is no plain `scheme://bucket/prefix`."""
        for prefix in prefixes:
            if not _ROOT.fullmatch(prefix):
                raise InputError(
                    "an allowed media root is no object-store prefix",
                    field="media_roots",
                    value=prefix,
                    allowed=(f"{scheme}://bucket/prefix" for scheme in SCHEMES),
                )
        self._prefixes = tuple(prefix.rstrip("/") + "/" for prefix in prefixes)

    @property
    def allowed(self) -> str:
        """The rule in words."""
        stores = f", or a URI under {', '.join(self._prefixes)}" if self._prefixes else ""
        return f"a relative path inside of the catalog's folder{stores}"

    def admit(self, cell: pl.Expr) -> pl.Expr:
        """Whether each reference is a relative path that goes nowhere else, or a URI under one of the prefixes."""
        relative = ~cell.str.contains(_ESCAPES)
        if not self._prefixes:
            return relative
        under = pl.any_horizontal(cell.str.starts_with(prefix) for prefix in self._prefixes)
        return relative | (under & ~cell.str.replace(_URI, "").str.contains(_URI_ESCAPES))
