"""Safety: words that came with an upload, its pictures before a guard, and what happens when nobody can look."""

from pathlib import Path

import numpy as np
import pytest

from quality_checks.arrivals import (
    arrivals_obey_the_policy,
    previews_obey_the_policy,
    thumbnails_obey_the_policy,
)
from quality_checks.check import Specimen
from resources.picture_guard import ConfiguredGuard
from tests.arrivals.uploads import TOOLS, Looked, Uploads, look
from vidgen_assets.arrivals.facts import Facts
from vidgen_assets.arrivals.previews import make_preview
from vidgen_assets.clips.errors import CapacityError, InputError, PermanentError
from vidgen_assets.clips.verdicts import Finding, Outcome

GUARDS = "tests.arrivals.guards"
BLACK = [np.zeros((4, 4, 3), np.uint8)] * 2


def guard(setting: str | None, *, is_required: bool = False) -> ConfiguredGuard:
    return ConfiguredGuard(f"{GUARDS}:{setting}" if setting else None, is_required=is_required)


@pytest.fixture(scope="module")
def seen(uploads: Uploads, tmp_path_factory: pytest.TempPathFactory) -> Looked:
    return look(uploads.get("colours.mp4"), tmp_path_factory.mktemp("seen"))


def judged(seen: Looked, tmp_path: Path, setting: str | None) -> Finding:
    return arrivals_obey_the_policy(Specimen(seen.folder, TOOLS, guard(setting), tmp_path))


def test_without_a_guard_the_rules_on_words_are_all_and_the_verdict_says_so(seen: Looked, tmp_path: Path) -> None:
    finding = judged(seen, tmp_path, None)

    assert finding.outcome is Outcome.PASS
    assert "coverage: rules only" in finding.reason
    assert finding.measurements["coverage_rules_only"] == 1.0


def test_a_picture_the_guard_is_sure_of_fails_and_says_where(seen: Looked, tmp_path: Path) -> None:
    finding = judged(seen, tmp_path, "redness")

    assert finding.outcome is Outcome.FAIL
    assert "red 1.00 at 0.8 s" in finding.reason
    assert finding.measurements["highest_red"] == 1.0
    assert "coverage_rules_only" not in finding.measurements


def test_a_picture_the_guard_isnt_sure_of_is_for_a_person(seen: Looked, tmp_path: Path) -> None:
    assert judged(seen, tmp_path, "unsure").outcome is Outcome.REVIEW


def test_words_in_tags_and_names_obey_the_policy_that_prompts_obey(uploads: Uploads, tmp_path: Path) -> None:
    titled = look(uploads.get("titled.mp4"), tmp_path / "seen")
    finding = judged(titled, tmp_path, None)

    assert finding.outcome is Outcome.FAIL
    assert "in title" in finding.reason
    assert "bomb" not in finding.reason, "masked"


def test_an_upload_of_which_nothing_was_seen_isnt_safe(seen: Looked, tmp_path: Path) -> None:
    Facts.read(seen.folder).model_copy(update={"samples": ()}).write(tmp_path)
    finding = arrivals_obey_the_policy(Specimen(tmp_path, TOOLS, guard(None), tmp_path))

    assert finding.outcome is Outcome.FAIL


def test_the_preview_is_looked_at_too(uploads: Uploads, seen: Looked, tmp_path: Path) -> None:
    make_preview(uploads.get("colours.mp4"), seen.facts, TOOLS, tmp_path)
    (tmp_path / "scratch").mkdir()
    finding = previews_obey_the_policy(Specimen(tmp_path, TOOLS, guard("redness"), tmp_path / "scratch"))

    assert finding.outcome is Outcome.FAIL
    assert "red 1.00" in finding.reason
    assert finding.measurements["pictures"] == 10


def test_a_thumbnail_that_shows_another_picture_than_was_sampled_is_seen_too(seen: Looked, tmp_path: Path) -> None:
    """An index can lead who seeks to other pictures than who reads the file through."""
    (tmp_path / "poster.jpg").write_bytes((seen.folder / "008.jpg").read_bytes())
    passing = thumbnails_obey_the_policy(Specimen(tmp_path, TOOLS, guard("redness"), tmp_path))
    (tmp_path / "thumbnail-1.jpg").write_bytes((seen.folder / "000.jpg").read_bytes())
    failing = thumbnails_obey_the_policy(Specimen(tmp_path, TOOLS, guard("redness"), tmp_path))

    assert (passing.outcome, failing.outcome) == (Outcome.PASS, Outcome.FAIL)
    assert "in thumbnail-1.jpg" in failing.reason


def test_where_a_guard_is_required_nothing_is_seen_without_one() -> None:
    with pytest.raises(InputError, match="no guard"):
        guard(None, is_required=True).scores(())
    assert ConfiguredGuard("none", is_required=True).scores(()) is None, "a decision, and said as one"
    assert guard(None).scores(BLACK) is None


@pytest.mark.parametrize("setting", ["tests.nowhere:scores", f"{GUARDS}:nothing", "no module", ""])
def test_a_guard_that_cant_be_loaded_sees_nothing(setting: str) -> None:
    with pytest.raises(InputError, match="can't be loaded"):
        ConfiguredGuard(setting, is_required=False).scores(())


def test_a_guard_that_doesnt_answer_for_each_picture_has_seen_none() -> None:
    with pytest.raises(PermanentError, match="every picture"):
        guard("forgetful").scores(BLACK)
    with pytest.raises(PermanentError, match="gave no score"):
        guard("confused").scores(BLACK)
    with pytest.raises(CapacityError, match="no room"):
        guard("starving").scores(BLACK)
