"""Specs: exact rates, frozen values, and a digest that survives the way through JSON."""

import json
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from tests.builders import a_digest, a_spec
from vidgen_assets.clips.spec import Aspect, ClipSpec, MediaFile


def test_a_spec_comes_back_from_json_as_it_went() -> None:
    image = MediaFile(reference="mug.png", digest=a_digest(), size_bytes=5)
    spec = a_spec(fps=Fraction(30000, 1001), image=image, variables={"price": 9.5, "new": True, "n": 3, "name": "Mug"})
    read = ClipSpec.model_validate(json.loads(json.dumps(spec.to_json())))
    assert read == spec
    assert read.digest == spec.digest
    assert [type(value) for value in read.variables.values()] == [float, bool, int, str]


def test_a_duration_is_frames_over_rate_exactly() -> None:
    assert a_spec(fps=Fraction(30000, 1001), frame_count=30000).duration_s == 1001


@pytest.mark.parametrize(
    ("written", "rate"),
    [("30", Fraction(30)), (25, Fraction(25)), ("29.97", Fraction(2997, 100)), ("30000/1001", Fraction(30000, 1001))],
)
def test_a_rate_is_read_exactly(written: str | int, rate: Fraction) -> None:
    assert a_spec(fps=written).fps == rate


@pytest.mark.parametrize("written", ["", "-30", "30/0", "3e1", "nan", "30fps", "1/2/3", " 30", "1" * 7, None, "३०"])
def test_what_is_no_rate_is_refused(written: str | None) -> None:
    with pytest.raises(ValidationError, match="a rate reads like"):
        a_spec(fps=written)


def test_every_change_changes_the_digest() -> None:
    changes: dict[str, Any] = {
        "seed": 8,
        "prompt": "a lamp",
        "frame_count": 31,
        "aspect": Aspect.SQUARE,
        "campaign": "winter",
    }
    digests = {a_spec().model_copy(update={name: value}).digest for name, value in changes.items()} | {a_spec().digest}
    assert len(digests) == len(changes) + 1


def test_a_spec_is_frozen_and_knows_its_fields() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        a_spec().seed = 8  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(ValidationError, match="not permitted"):
        a_spec(colour="red")


def test_an_aspect_is_its_ratio() -> None:
    assert {aspect.value: aspect.ratio for aspect in Aspect} == {
        "16:9": Fraction(16, 9),
        "9:16": Fraction(9, 16),
        "1:1": Fraction(1),
        "4:5": Fraction(4, 5),
    }
