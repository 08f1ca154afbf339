"""The error tree: the kind decides what follows, the text says what to do."""

import pytest

from vidgen_assets.clips import errors
from vidgen_assets.clips.errors import (
    ArtifactCorrupt,
    AuditPending,
    CapacityError,
    ErrorKind,
    GateClosed,
    InputError,
    PermanentError,
    PolicyError,
    TransientError,
    VidgenError,
    shorten,
)


def test_every_error_says_in_order_where_what_which_what_is_allowed_and_what_to_do() -> None:
    error = InputError(
        "the clip is too long",
        stage="prompts",
        clip_id="clip-1",
        field="duration_s",
        value=900,
        allowed="1 to 600",
        remedy="Shorten it.",
    )
    assert str(error) == (
        "prompts clip-1: the clip is too long. Field duration_s = 900. Allowed: 1 to 600. Shorten it."
    )


def test_what_is_not_known_is_not_said() -> None:
    assert str(PermanentError("it broke")) == "it broke."
    assert str(PermanentError("it broke!", field="x")) == "it broke! Field x."


def test_allowed_values_are_listed() -> None:
    assert InputError("no", allowed=(value for value in ("one", "two"))).allowed == "one, two"


@pytest.mark.parametrize(
    ("error", "kind", "is_retriable", "holds_the_clip"),
    [
        (TransientError, ErrorKind.TRANSIENT, True, False),
        (CapacityError, ErrorKind.CAPACITY, True, False),
        (AuditPending, ErrorKind.TRANSIENT, True, False),
        (InputError, ErrorKind.INPUT, False, True),
        (PolicyError, ErrorKind.POLICY, False, True),
        (GateClosed, ErrorKind.POLICY, False, True),
        (PermanentError, ErrorKind.PERMANENT, False, False),
        (ArtifactCorrupt, ErrorKind.PERMANENT, False, False),
    ],
)
def test_the_kind_decides_what_follows(
    error: type[VidgenError], kind: ErrorKind, is_retriable: bool, holds_the_clip: bool
) -> None:
    assert error.kind is kind
    assert (kind.is_retriable, kind.holds_the_clip) == (is_retriable, holds_the_clip)


def test_every_kind_has_an_error_and_every_error_a_sentence_about_it() -> None:
    tree = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, VidgenError)]
    assert {e.kind for e in tree} == set(ErrorKind)
    assert all(e.__doc__ for e in tree)


def test_an_error_is_placed_once() -> None:
    error = InputError("wrong", clip_id="clip-1")
    assert error.located(stage="frames", clip_id="clip-2") is error
    assert (error.stage, error.clip_id) == ("frames", "clip-1")


def test_hostile_values_are_one_safe_line() -> None:
    assert shorten("a\x1b[31m\n") == "'a\\u001b[31m\\u000a'"
    assert shorten("x" * 100) == f"'{'x' * 80}…' (100 characters)"
    assert shorten(7) == "7"
    assert "\u202e" not in str(InputError("wrong", field="name", value="abc\u202egpj.exe"))
