"""Who is compared with whom, by which clips, in which order."""

from pathlib import Path

from resources.workshop import Workshop, open_workshop
from tests.prompts.models_at_work import register
from tests.reports.judged_books import JudgedBooks
from vidgen_assets.models.canary import CanaryVerdict, Trial
from vidgen_assets.models.registry import Status
from vidgen_assets.reports.model_comparison import compare, trials
from vidgen_assets.reports.model_outcomes import Outcome


def a_shop(folder: Path) -> Workshop:
    """`one` is active, `two` its canary."""
    shop = open_workshop(str(folder / "store"), home=folder)
    register(shop, "one", Status.ACTIVE)
    register(shop, "two", Status.CANARY, share=0.25)
    return shop


def judged_clips(shop: Workshop, *, baseline: int, canary: int, refused: int, catalog: str = "shop") -> None:
    """A catalog judged to the end, the first `refused` clips of the canary refused."""
    books = JudgedBooks(shop, catalog)
    old = {f"old-{n}": "one" for n in range(baseline)}
    new = {f"new-{n}": "two" for n in range(canary)}
    books.routed(**old, **new)
    books.walked(**{f"new-{n}": "frames" for n in range(refused)})


def an_outcome(name: str, release: str, day: int, *, catalog: str = "shop", accepted: bool | None = True) -> Outcome:
    return Outcome(name, catalog, release, accepted, None, f"2026-11-{day:02}")


def names(found: list[Trial]) -> list[str]:
    return [trial.name for trial in found]


def test_a_canary_stands_beside_the_active_release_of_its_family(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    judged_clips(shop, baseline=30, canary=10, refused=10)
    (found,) = compare(shop)
    assert found.baseline is not None
    assert (found.canary.release.id, found.baseline.release.id) == ("two", "one")
    assert found.comparison.verdict is CanaryVerdict.FREEZE
    tally = found.comparison.tally
    assert (tally.baseline_clips, tally.baseline_refused, tally.canary_clips, tally.canary_refused) == (30, 0, 10, 10)


def test_a_sound_canary_is_watched_on(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    judged_clips(shop, baseline=30, canary=10, refused=0)
    (found,) = compare(shop)
    assert found.comparison.verdict is CanaryVerdict.WATCH


def test_what_isnt_a_canary_is_not_compared(tmp_path: Path) -> None:
    shop = open_workshop(str(tmp_path / "store"), home=tmp_path)
    assert compare(shop) == []
    register(shop, "one", Status.ACTIVE)
    assert compare(shop) == []


def test_without_an_active_release_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    shop = open_workshop(str(tmp_path / "store"), home=tmp_path)
    register(shop, "two", Status.CANARY, share=0.25)
    judged_clips(shop, baseline=30, canary=10, refused=10)
    (found,) = compare(shop)
    assert found.baseline is None
    assert found.comparison.verdict is CanaryVerdict.WATCH
    assert found.to_json()["baseline_release"] is None


def test_the_baselines_clips_of_other_catalogs_dont_count(tmp_path: Path) -> None:
    """Another customer's prompts may be easier, and are no measure of these."""
    shop = a_shop(tmp_path)
    judged_clips(shop, baseline=30, canary=0, refused=0, catalog="easy")
    judged_clips(shop, baseline=5, canary=2, refused=0)
    (found,) = compare(shop)
    assert (found.comparison.tally.baseline_clips, found.comparison.tally.canary_clips) == (5, 2)


def test_clips_that_arent_judged_and_releases_of_nobody_here_dont_count() -> None:
    seen = [
        an_outcome("lamp", "one", 1),
        an_outcome("mug", "two", 1),
        an_outcome("vase", "two", 1, accepted=None),
        an_outcome("card", "template/product_card", 1),
    ]
    assert names(trials("two", "one", seen)) == ["shop/lamp", "shop/mug"]


def test_clips_speak_in_the_order_in_which_they_were_judged() -> None:
    seen = [an_outcome("c", "one", 3), an_outcome("b", "two", 2), an_outcome("a", "two", 1), an_outcome("d", "one", 2)]
    assert names(trials("two", "one", seen)) == ["shop/a", "shop/d", "shop/b", "shop/c"]


def test_a_catalog_that_the_canary_comes_to_later_adds_to_what_was_said() -> None:
    """Its older clips come in when the canary does, not before what was heard already."""
    first = [an_outcome("lamp", "one", 1), an_outcome("mug", "two", 2)]
    elsewhere = [an_outcome("vase", "one", 1, catalog="late")]
    assert names(trials("two", "one", first + elsewhere)) == ["shop/lamp", "shop/mug"]
    later = [*first, *elsewhere, an_outcome("fig", "two", 9, catalog="late")]
    assert names(trials("two", "one", later)) == ["shop/lamp", "shop/mug", "late/vase", "late/fig"]
