"""What counts for and against a release, and what doesn't count at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from resources.workshop import open_workshop
from tests.builders import a_digest
from tests.reports.judged_books import JudgedBooks
from vidgen_assets.clips.errors import ErrorKind
from vidgen_assets.clips.ledger import Problem
from vidgen_assets.clips.verdicts import Outcome
from vidgen_assets.reports.model_outcomes import outcomes


@pytest.fixture
def books(tmp_path: Path) -> JudgedBooks:
    """A lamp made by `one` and a mug made by `two`, routed and nothing more."""
    books = JudgedBooks(open_workshop(str(tmp_path / "store"), home=tmp_path))
    books.routed(lamp="one", mug="two")
    return books


def accepted(books: JudgedBooks) -> dict[str, bool | None]:
    return {each.clip_id: each.accepted for each in outcomes(books.shop)}


def test_nothing_recorded_is_no_outcome(tmp_path: Path) -> None:
    assert outcomes(open_workshop(str(tmp_path / "store"), home=tmp_path)) == []


def test_a_clip_that_passes_to_the_end_speaks_for_its_release(books: JudgedBooks) -> None:
    books.walked()
    lamp, mug = outcomes(books.shop)
    assert (lamp.name, lamp.release, lamp.accepted, lamp.quality) == ("shop/lamp", "one", True, 1.0)
    assert (mug.name, mug.release, mug.accepted, mug.quality) == ("shop/mug", "two", True, 1.0)


@pytest.mark.parametrize("stage", ["latents", "frames", "encodes"])
def test_a_refusal_anywhere_speaks_against_it(books: JudgedBooks, stage: str) -> None:
    books.walked(mug=stage)
    assert accepted(books) == {"lamp": True, "mug": False}


def test_a_clip_for_review_was_refused(books: JudgedBooks) -> None:
    books.walked("latents")
    books.made("frames")
    books.judged("frames", books.rows["frames"]["lamp"], Outcome.REVIEW)
    books.walked("encodes")
    assert accepted(books)["lamp"] is False


def test_quality_is_the_headroom_of_the_frames(books: JudgedBooks) -> None:
    """Three reversals a second, where six are allowed."""
    books.walked("latents")
    books.made("frames")
    measured = {"brightness_reversals_per_s": 3.0}
    books.judged("frames", books.rows["frames"]["lamp"], Outcome.PASS, frames_do_not_flicker=measured)
    books.walked("encodes")
    assert {each.clip_id: each.quality for each in outcomes(books.shop)} == {"lamp": 0.5, "mug": 1.0}


def test_a_shard_counts_as_a_whole_once_its_encodes_are_judged(books: JudgedBooks) -> None:
    """Or refusals, which are known first, would make every release look bad for a while."""
    books.walked("latents", "frames", mug="frames")
    assert outcomes(books.shop) == []
    books.made("encodes", fit=None)
    assert outcomes(books.shop) == []
    books.walked("encodes")
    assert accepted(books) == {"lamp": True, "mug": False}


@pytest.mark.parametrize("stage", ["latents", "frames"])
def test_an_unfit_shard_counts_at_once_since_it_goes_no_further(books: JudgedBooks, stage: str) -> None:
    stages = ("latents", "frames")
    books.walked(*stages[: stages.index(stage)])
    books.made(stage, refused=["mug"], fit=False)
    assert accepted(books) == {"lamp": True, "mug": False}


@pytest.mark.parametrize("stage", ["latents", "frames"])
def test_a_model_that_fails_for_good_is_refused(books: JudgedBooks, stage: str) -> None:
    books.walked(*("latents", "frames")[: ("latents", "frames").index(stage)])
    books.stopped(stage, "mug", Problem(ErrorKind.PERMANENT, "its latents are not a number"))
    books.walked(*("frames", "encodes")[("latents", "frames").index(stage) :])
    assert accepted(books)["mug"] is False


def test_a_failure_that_is_remembered_still_counts(books: JudgedBooks) -> None:
    problem = Problem(ErrorKind.PERMANENT, "its latents are not a number")
    books.stopped("latents", "mug", problem, tries=0, work_key=a_digest("key"))
    books.walked("frames", "encodes")
    assert accepted(books)["mug"] is False


@pytest.mark.parametrize("kind", [ErrorKind.TRANSIENT, ErrorKind.CAPACITY, ErrorKind.INPUT, ErrorKind.POLICY])
def test_what_no_model_can_help_says_nothing(books: JudgedBooks, kind: ErrorKind) -> None:
    books.stopped("latents", "mug", Problem(kind, "the store was away"))
    books.walked("frames", "encodes")
    assert accepted(books)["mug"] is None


def test_an_encoder_that_fails_is_not_the_models_fault(books: JudgedBooks) -> None:
    books.walked("latents", "frames")
    books.stopped("encodes", "mug", Problem(ErrorKind.PERMANENT, "ffmpeg fell over"))
    assert accepted(books)["mug"] is None


def test_a_reason_that_is_carried_along_is_no_failure_of_this_stage(books: JudgedBooks) -> None:
    problem = Problem(ErrorKind.PERMANENT, "at prompts: a defect")
    books.stopped("latents", "mug", problem, tries=0)
    books.walked("frames", "encodes")
    assert accepted(books)["mug"] is None


def test_a_clip_without_every_verdict_says_nothing(books: JudgedBooks) -> None:
    books.walked("latents", "frames")
    rows = [books.a_made_row("encodes", clip_id, "1") for clip_id in ("lamp", "mug")]
    books.attempt("encodes", rows)
    assert accepted(books) == {"lamp": None, "mug": None}


def test_a_clip_that_is_made_anew_waits_for_its_new_verdicts(books: JudgedBooks) -> None:
    books.walked(mug="frames")
    books.day += 1
    books.routed(lamp="one", mug="one")
    assert outcomes(books.shop) == []
    books.walked()
    assert {(each.clip_id, each.release, each.accepted) for each in outcomes(books.shop)} == {
        ("lamp", "one", True),
        ("mug", "one", True),
    }


def test_a_row_made_from_another_spec_says_nothing(books: JudgedBooks) -> None:
    books.walked("latents")
    stale = {"prompts": a_digest("an earlier spec")}
    problem = Problem(ErrorKind.PERMANENT, "it broke")
    books.stopped("frames", "mug", problem)
    books.attempt("frames", [replace(row, inputs=stale) for row in books.rows["frames"].values()])
    books.walked("encodes")
    assert accepted(books)["mug"] is None


def test_a_damaged_ledger_leaves_out_its_own_shard_only(books: JudgedBooks) -> None:
    books.walked()
    other = JudgedBooks(books.shop, catalog="other")
    other.routed(vase="one")
    other.walked()
    books.shop.records.append("ledger/frames/shop.g1.0000", b"not Parquet")
    assert {each.catalog for each in outcomes(books.shop)} == {"other"}


def test_an_outcome_has_the_time_of_its_last_verdict_and_keeps_it(books: JudgedBooks) -> None:
    books.walked()
    first = {each.recorded_at for each in outcomes(books.shop)}
    books.day += 5
    for stage in ("prompts", "latents", "frames", "encodes"):
        books.attempt(stage, list(books.rows[stage].values()))
    assert {each.recorded_at for each in outcomes(books.shop)} == first == {"2026-11-01T12:00:00.000+00:00"}
