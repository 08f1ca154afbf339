from fractions import Fraction

import pytest

from tests.builders import a_spec
from vidgen_assets.manifests.metadata import iso_duration, metadata_inputs


@pytest.mark.parametrize(
    ("duration_s", "written"),
    [
        (Fraction(6), "PT6S"),
        (Fraction(150 * 1001, 30_000), "PT5.005S"),
        (Fraction(1, 30), "PT0.033S"),
        (Fraction(60), "PT1M0S"),
        (Fraction(599_999_9, 100_000), "PT1M0S"),  # 59.99999 s to the nearest millisecond
        (Fraction(905, 10), "PT1M30.5S"),
    ],
)
def test_durations_are_written_as_iso_8601(duration_s: Fraction, written: str) -> None:
    assert iso_duration(duration_s) == written


def test_a_clip_is_named_by_its_headline_then_its_prompt_then_its_id() -> None:
    assert metadata_inputs(a_spec(variables={"headline": "Oak", "supporting": "Lasts"}))["name"] == "Oak"
    assert metadata_inputs(a_spec(variables={}, prompt="an oak chair"))["name"] == "an oak chair"
    assert metadata_inputs(a_spec(variables={}, clip_id="clip-7"))["name"] == "clip-7"


def test_a_clip_without_a_text_is_described_by_its_name() -> None:
    assert metadata_inputs(a_spec(variables={"headline": "Oak", "supporting": "Lasts"}))["description"] == "Lasts"
    assert metadata_inputs(a_spec(variables={"headline": "Oak"}))["description"] == "Oak"
