"""What `vidgen models compare` says."""

from rich.console import Console

from tests.builders import NOON, a_release
from vidgen_assets.cli.comparing import comparison_json, print_comparison
from vidgen_assets.models.canary import Trial, weigh
from vidgen_assets.models.registry import ReleaseStanding, Status
from vidgen_assets.reports.model_comparison import ReleaseComparison


def standing(release_id: str, status: Status, share: float = 0.0) -> ReleaseStanding:
    return ReleaseStanding(a_release(release_id), status, share, "a test", NOON.isoformat())


def compared(*, refused: int, has_baseline: bool = True) -> ReleaseComparison:
    """Thirty accepted clips of the baseline, ten of the canary."""
    old = [Trial(f"old {n}", False, True, 1.0) for n in range(30)] if has_baseline else []
    new = [Trial(f"new {n}", True, n >= refused, 0.5) for n in range(10)]
    baseline = standing("one", Status.ACTIVE) if has_baseline else None
    return ReleaseComparison(standing("two", Status.CANARY, 0.25), baseline, weigh(old + new))


def printed(*found: ReleaseComparison) -> str:
    console = Console(width=120, color_system=None)
    with console.capture() as capture:
        print_comparison(found, console)
    return capture.get()


def test_without_canaries_it_says_so() -> None:
    assert printed() == "no release is a canary\n"
    assert comparison_json([]) == {"canaries": []}


def test_a_canary_stands_above_its_baseline_with_the_reason_below() -> None:
    header, canary, baseline, *why = printed(compared(refused=10)).splitlines()
    assert header.split() == ["release", "share", "refused", "evidence", "mean", "rank", "evidence", "verdict"]
    assert canary.split()[:5] == ["two", "25%", "10", "of", "10"]
    assert canary.split()[-1] == "freeze"
    assert baseline.split() == ["against", "one", "0", "of", "30"]
    assert why[0].startswith("two: 10 of its 10 clips were refused, where 0 of the baseline's 30 were")


def test_a_canary_without_a_baseline_says_what_is_missing() -> None:
    _, canary, baseline, why = printed(compared(refused=0, has_baseline=False)).splitlines()
    assert canary.split()[-1] == "watch"
    assert baseline.strip() == "no active release"
    assert why == "two: 10 of its clips were judged, and none of the baseline's to compare them with."


def test_the_json_names_both_and_has_the_evidence() -> None:
    (told,) = comparison_json([compared(refused=10)])["canaries"]
    assert (told["family"], told["canary_release"], told["baseline_release"]) == ("backdrops", "two", "one")
    assert (told["verdict"], told["share"]) == ("freeze", 0.25)
    assert told["canary"] == {"clips": 10, "refused": 10}
