"""The sensor freezes what is worse, says why, and touches nothing else."""

from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from resources.factory import Factory
from resources.workshop import Workshop
from tests.prompts.models_at_work import register
from tests.reports.judged_books import JudgedBooks
from vidgen_assets.automation.canaries import FREEZER, freeze_worse_releases
from vidgen_assets.models.lifecycle import Stamp
from vidgen_assets.models.registry import Status
from vidgen_assets.reports import model_comparison


@dataclass
class Watch:
    """A factory whose canary `two` is watched by hand."""

    factory: Factory

    @property
    def shop(self) -> Workshop:
        return self.factory.workshop()

    def tick(self) -> str:
        reason = freeze_worse_releases(dg.build_sensor_context(), factory=self.factory)
        assert isinstance(reason, dg.SkipReason)
        return reason.skip_message or ""

    def judged(self, *, refused: int) -> None:
        """Thirty clips of `one`, ten of `two`."""
        books = JudgedBooks(self.shop)
        books.routed(**{f"old-{n}": "one" for n in range(30)}, **{f"new-{n}": "two" for n in range(10)})
        books.walked(**{f"new-{n}": "frames" for n in range(refused)})

    def status(self, release_id: str) -> Status:
        return self.shop.models.state().standing(release_id).status


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    watch = Watch(Factory(store_url=str(tmp_path / "store"), home=str(tmp_path)))
    register(watch.shop, "one", Status.ACTIVE)
    register(watch.shop, "two", Status.CANARY, share=0.25)
    return watch


def test_a_worse_canary_is_frozen_with_its_numbers(watch: Watch) -> None:
    watch.judged(refused=10)
    said = watch.tick()
    standing = watch.shop.models.state().standing("two")
    assert (standing.status, standing.share) == (Status.FROZEN, 0.0)
    assert standing.reason.startswith("worse than its baseline: 10 of its 10 clips were refused, where 0 of the")
    assert said.startswith("two is frozen: 10 of its 10 clips were refused")
    event = watch.shop.models.events()[-1]
    assert event.by == FREEZER
    assert event.evidence["canary"] == {"clips": 10, "refused": 10}
    assert event.evidence["refusals"]["evidence"] > event.evidence["refusals"]["needed"] == 250


def test_it_is_suspended_for_the_gate_and_the_active_release_is_not(watch: Watch) -> None:
    watch.judged(refused=10)
    watch.tick()
    assert set(watch.shop.models.suspended()) == {"two"}
    assert watch.status("one") is Status.ACTIVE


def test_a_sound_canary_is_left_alone(watch: Watch) -> None:
    watch.judged(refused=0)
    assert watch.tick().startswith("two: 0 of its 10 clips refused, 0 of the baseline's 30; evidence from refusals ")
    assert watch.status("two") is Status.CANARY


def test_a_tick_before_any_clip_says_so(watch: Watch) -> None:
    assert watch.tick() == "two: none of its clips was judged yet"


def test_once_frozen_it_is_no_canary_and_nothing_is_written_again(watch: Watch) -> None:
    watch.judged(refused=10)
    watch.tick()
    events = len(watch.shop.models.events())
    assert watch.tick() == "no release is a canary"
    assert len(watch.shop.models.events()) == events


def test_what_was_promoted_while_the_sensor_read_is_not_frozen(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    watch.judged(refused=10)
    read = model_comparison.outcomes

    def promoted_meanwhile(shop: Workshop) -> object:
        shop.models.promote("two", Stamp("it looks better", "ana", shop.now()))
        return read(shop)

    monkeypatch.setattr(model_comparison, "outcomes", promoted_meanwhile)
    watch.tick()
    assert watch.status("two") is Status.ACTIVE
