"""Every rule is documented, has a package that breaks it, and says what to do."""

from pathlib import Path

import pytest

from quality_checks import package_promises
from tests.packages import test_faulty_dash, test_faulty_hls, test_faulty_media
from vidgen_assets.packages.rule import Rule
from vidgen_assets.packages.rulebook import RULES
from vidgen_assets.packages.validate import validate

PAGE = (Path(__file__).parents[2] / "docs" / "validation.md").read_text(encoding="utf-8")
BROKEN_BY_WHOLE_PACKAGES = {"package-manifest", "hls-multivariant", "dash-index"}
"""In `test_faulty_media.py` and `test_foreign.py`."""


def test_a_package_of_ours_breaks_no_rule(whole: Path) -> None:
    report = validate(whole)

    assert [str(fault) for fault in report.faults] == []
    assert report.measurements["length_s"] == pytest.approx(1.5)


def test_every_rule_is_broken_by_a_test() -> None:
    cases = (*test_faulty_hls.CASES.values(), *test_faulty_dash.CASES.values(), *test_faulty_media.CASES.values())
    broken = set[str]().union(*(expected for _, expected in cases)) | BROKEN_BY_WHOLE_PACKAGES

    assert broken == set(RULES)


@pytest.mark.parametrize("rule", [*RULES.values(), *package_promises.RULES], ids=lambda rule: rule.id)
def test_every_rule_stands_on_the_page_as_it_is(rule: Rule) -> None:
    assert f"| `{rule.id}` | {rule.severity} | {rule.demands} | {rule.source} |" in PAGE


def test_the_page_has_no_rule_that_is_gone() -> None:
    on_page = {
        line.split("`")[1]
        for line in PAGE.splitlines()
        if line.startswith("| `") and line.split("|")[2].strip() in ("error", "warning")
    }

    assert on_page == {*RULES, *(rule.id for rule in package_promises.RULES)}
