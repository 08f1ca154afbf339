"""Everything that can go wrong, as one shallow tree.

An error's `kind` alone decides whether work is tried again (`vidgen_assets/stages/retries.py`); its fields say what was
being done, what was found, what is allowed and what to do next. Formatting happens at the edge, in `__str__`.
"""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import PurePath
from typing import Any, ClassVar, Self

_LONGEST_VALUE_SHOWN = 80
_LONGEST_PATH_SHOWN = 1_000


class ErrorKind(StrEnum):
    """Why work failed; the one thing that decides what happens next."""

    TRANSIENT = "transient"  # the same call may succeed later: throttling, a lost connection, a pending audit
    CAPACITY = "capacity"  # the same call may succeed with more room: memory, disk, quota
    INPUT = "input"  # the request is wrong; only its author can mend it
    POLICY = "policy"  # the request is understood and not allowed
    PERMANENT = "permanent"  # the work itself is broken; trying again costs the same and fails the same

    @property
    def is_retriable(self) -> bool:
        return self in (ErrorKind.TRANSIENT, ErrorKind.CAPACITY)

    @property
    def holds_the_clip(self) -> bool:
        """Held clips wait for a person; failed clips wait for a machine."""
        return self in (ErrorKind.INPUT, ErrorKind.POLICY)


class VidgenError(Exception):
    """Work could not be done; the fields say where, what was found, what is allowed and what to do."""

    kind: ClassVar[ErrorKind] = ErrorKind.PERMANENT

    def __init__(
        self,
        found: str,
        *,
        stage: str | None = None,
        clip_id: str | None = None,
        field: str | None = None,
        value: Any = None,
        allowed: str | Iterable[str] | None = None,
        remedy: str | None = None,
    ) -> None:
        self.found = found
        self.stage = stage
        self.clip_id = clip_id
        self.field = field
        self.value = value
        self.allowed = allowed if isinstance(allowed, str | None) else ", ".join(map(str, allowed))
        self.remedy = remedy
        super().__init__(found)

    def __str__(self) -> str:
        where = " ".join(part for part in (self.stage, self.clip_id) if part)
        sentences = [f"{where}: {self.found}" if where else self.found]
        if self.field is not None:
            shown = "" if self.value is None else f" = {shorten(self.value)}"
            sentences.append(f"Field {self.field}{shown}.")
        if self.allowed:
            sentences.append(f"Allowed: {self.allowed}.")
        if self.remedy:
            sentences.append(self.remedy)
        return " ".join(s if s.endswith((".", "!", "?")) else f"{s}." for s in sentences)

    def located(self, *, stage: str | None = None, clip_id: str | None = None) -> Self:
        """The same error, its place filled in where it was still unknown."""
        self.stage = self.stage or stage
        self.clip_id = self.clip_id or clip_id
        return self

    def copied(self) -> Self:
        """The same error for another clip: each fills in its own place."""
        fields = {name: getattr(self, name) for name in ("stage", "clip_id", "field", "value", "allowed", "remedy")}
        return type(self)(self.found, **fields)


class TransientError(VidgenError):
    """The same call may succeed later."""

    kind = ErrorKind.TRANSIENT


class Interrupted(VidgenError):
    """Work was asked to stop (SIGTERM, Ctrl-C) and has saved what it had. No `TransientError`: not tried in place."""

    kind = ErrorKind.TRANSIENT


class CapacityError(VidgenError):
    """There was not enough memory, disk or quota."""

    kind = ErrorKind.CAPACITY


class InputError(VidgenError):
    """The request is wrong, and only its author can mend it."""

    kind = ErrorKind.INPUT


class PolicyError(VidgenError):
    """The request is understood and not allowed."""

    kind = ErrorKind.POLICY


class PermanentError(VidgenError):
    """The work itself is broken; another attempt would cost the same and fail the same."""

    kind = ErrorKind.PERMANENT


class ArtifactCorrupt(PermanentError):
    """Stored bytes do not have the digest they are stored under."""


class ArtifactMissing(PermanentError):
    """A record names an artifact that is not in the store."""


class GateClosed(PolicyError):
    """The upstream shard is not published as fit, so nothing of it may be used."""


class AuditPending(TransientError):
    """The newest attempt of the upstream shard has not been audited yet."""


def shorten(value: Any, limit: int = _LONGEST_VALUE_SHOWN) -> str:
    """`value` as one printable line of at most about `limit` characters, safe for a terminal; text is quoted."""
    if isinstance(value, PurePath):  # a path that's cut off leads nowhere
        return _printable(str(value), _LONGEST_PATH_SHOWN)
    if not isinstance(value, str):
        return _printable(str(value), limit)
    shown = f"'{_printable(value, limit)}'"
    return shown if len(value) <= limit else f"{shown} ({len(value)} characters)"


def _printable(text: str, limit: int) -> str:
    cut = text if len(text) <= limit else f"{text[:limit]}…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)
