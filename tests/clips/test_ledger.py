"""Ledger rows: which statuses have an artifact, and how a problem reads."""

import pytest

from tests.builders import a_digest, a_row
from vidgen_assets.clips.artifact import Artifact, Form
from vidgen_assets.clips.errors import ErrorKind, InputError
from vidgen_assets.clips.ledger import Problem, Status


@pytest.mark.parametrize(("status", "expected"), [("made", True), ("reused", True), ("held", False), ("failed", False)])
def test_only_finished_work_has_an_artifact(status: str, expected: bool) -> None:
    assert Status(status).has_artifact is expected


def test_a_rows_digest_is_its_artifacts() -> None:
    assert a_row().digest is None
    assert a_row(artifact=Artifact(a_digest(), 9)).digest == a_digest()


@pytest.mark.parametrize("form", Form)
def test_an_artifact_comes_back_from_json(form: Form) -> None:
    artifact = Artifact(a_digest(), 9, form)
    assert Artifact.from_json(artifact.to_json()) == artifact


def test_a_problem_keeps_the_fields_of_its_error() -> None:
    error = InputError(
        "too long", stage="prompts", field="duration_s", value=900, allowed=["1", "2"], remedy="Shorten it."
    )
    problem = Problem.of(error)
    assert problem == Problem(ErrorKind.INPUT, "too long", "duration_s", "900", "1, 2", "Shorten it.")
    assert Problem.from_json(problem.to_json()) == problem
    assert str(problem) == "too long. Field duration_s = 900. Allowed: 1, 2. Shorten it."


def test_a_problem_of_few_words_says_no_more() -> None:
    assert str(Problem.of(InputError("wrong."))) == "wrong."


def test_a_problem_keeps_a_hostile_value_short_and_safe() -> None:
    value = Problem.of(InputError("wrong", field="name", value="\x1b[2J" + "x" * 10_000)).value
    assert value is not None
    assert "\x1b" not in value
    assert len(value) < 130
