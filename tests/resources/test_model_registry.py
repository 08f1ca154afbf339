"""The model registry: changes that may be made, states that a reader may see, and a record that can't be bent."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resources.keys import Signer
from resources.model_registry import SERIES, ModelRegistry
from resources.object_store import ObjectStore
from resources.records import Records
from tests.builders import a_release, a_signer
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.errors import InputError, PermanentError
from vidgen_assets.models.lifecycle import Stamp
from vidgen_assets.models.registry import Event, Status, fold

ACTIVE, CANARY, FROZEN, RETIRED = Status.ACTIVE, Status.CANARY, Status.FROZEN, Status.RETIRED
WHY = Stamp("as it is", "ana", "12:00")


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return a_signer(tmp_path / "keys")


@pytest.fixture
def objects() -> ObjectStore:
    return ObjectStore("memory:///")


@pytest.fixture
def records(objects: ObjectStore) -> Records:
    return Records(objects)


@pytest.fixture
def registry(records: Records, signer: Signer) -> ModelRegistry:
    return ModelRegistry(records, signer)


def register(registry: ModelRegistry, name: str, status: Status, share: float = 0.0, **changes: Any) -> None:
    release = a_release(name, **changes)
    registry.register(release, status=status, share=share, reason="new", by="ana", recorded_at="12:00")


def set_status(registry: ModelRegistry, name: str, status: Status, share: float = 0.0) -> None:
    registry.set_status(name, status, share=share, reason="so", by="ana", recorded_at="12:00")


def statuses(registry: ModelRegistry) -> dict[str, Status]:
    return {name: standing.status for name, standing in registry.state().releases.items()}


def test_what_is_registered_is_there_with_its_whole_content(registry: ModelRegistry) -> None:
    register(registry, "one", ACTIVE)
    register(registry, "two", CANARY, 0.1)
    state = registry.state()
    assert state.standing("one").release == a_release("one")
    assert (state.standing("two").status, state.standing("two").share) == (CANARY, 0.1)
    assert state.active("backdrops") is state.standing("one")


def test_the_same_content_again_is_no_change(registry: ModelRegistry, records: Records) -> None:
    register(registry, "one", ACTIVE)
    register(registry, "one", CANARY, 0.5)
    assert records.numbers(SERIES) == [1]
    assert statuses(registry) == {"one": ACTIVE}


def test_an_id_stands_for_one_content_for_ever(registry: ModelRegistry) -> None:
    register(registry, "one", ACTIVE)
    with pytest.raises(InputError, match=r"another content already: memory_gib: 0\.5 and 2\.0") as refused:
        register(registry, "one", ACTIVE, memory_gib=2)
    assert (refused.value.field, refused.value.value) == ("id", "one")


def test_a_family_has_one_active_release(registry: ModelRegistry) -> None:
    register(registry, "one", ACTIVE)
    with pytest.raises(InputError, match="has an active release: one") as refused:
        register(registry, "two", ACTIVE)
    assert "promote" in (refused.value.remedy or "")
    register(registry, "two", CANARY, 0.1)
    with pytest.raises(InputError, match="has an active release: one"):
        set_status(registry, "two", ACTIVE)
    register(registry, "other", ACTIVE, family="other")


@pytest.mark.parametrize("status", [FROZEN, RETIRED])
def test_a_release_begins_as_canary_or_active(registry: ModelRegistry, status: Status) -> None:
    with pytest.raises(InputError, match="doesn't begin so"):
        register(registry, "one", status)


def test_a_release_that_cannot_be_run_is_not_registered(registry: ModelRegistry) -> None:
    with pytest.raises(InputError, match="no adapter"):
        register(registry, "one", ACTIVE, pipeline="PaintPipeline")
    assert statuses(registry) == {}


@pytest.mark.parametrize("share", [-0.1, 0.8, float("nan")])
def test_the_shares_of_a_familys_canaries_are_at_most_everything(registry: ModelRegistry, share: float) -> None:
    register(registry, "one", CANARY, 0.25)
    with pytest.raises(InputError, match="no such share") as refused:
        register(registry, "two", CANARY, share)
    assert refused.value.allowed == "0 to 0.75, since other canaries of backdrops have 0.25"
    set_status(registry, "one", CANARY, 1.0)


def test_a_promotion_is_one_entry(registry: ModelRegistry, records: Records) -> None:
    """So no reader of a part of the record finds a family with two active releases, or with none."""
    register(registry, "one", ACTIVE)
    register(registry, "two", CANARY, 0.1)
    registry.promote("two", WHY)
    assert statuses(registry) == {"one": RETIRED, "two": ACTIVE}
    assert registry.state().standing("two").share == 0
    assert records.numbers(SERIES) == [1, 2, 3]


def test_only_a_canary_is_promoted(registry: ModelRegistry) -> None:
    register(registry, "one", ACTIVE)
    with pytest.raises(InputError, match="only a canary is promoted"):
        registry.promote("one", WHY)
    with pytest.raises(InputError, match="no such model release"):
        registry.promote("gone", WHY)


def test_a_frozen_release_is_suspended_with_the_reason(registry: ModelRegistry, records: Records) -> None:
    register(registry, "one", ACTIVE)
    assert registry.suspended() == {}
    registry.freeze("one", Stamp("it flickers", "ana", "13:00", {"flicker": 4.5}))
    registry.freeze("one", Stamp("again", "ana", "14:00"))
    assert registry.suspended() == {"one": "it flickers"}
    assert registry.events()[-1].evidence == {"flicker": 4.5}
    assert records.numbers(SERIES) == [1, 2]


def three_generations(registry: ModelRegistry) -> None:
    register(registry, "one", ACTIVE)
    for name in ("two", "three"):
        register(registry, name, CANARY, 0.1)
        registry.promote(name, WHY)


def test_a_rollback_restores_the_release_before(registry: ModelRegistry) -> None:
    three_generations(registry)
    assert registry.rollback("three", WHY) == "two"
    assert statuses(registry) == {"one": RETIRED, "two": ACTIVE, "three": FROZEN}
    assert registry.rollback("two", WHY) == "one"
    assert statuses(registry) == {"one": ACTIVE, "two": FROZEN, "three": FROZEN}
    assert registry.rollback("one", WHY) is None
    assert registry.state().active("backdrops") is None


def test_a_rollback_passes_over_what_is_frozen(registry: ModelRegistry) -> None:
    three_generations(registry)
    registry.freeze("two", WHY)
    assert registry.rollback("three", WHY) == "one"


def test_a_release_that_was_frozen_first_is_rolled_back_all_the_same(registry: ModelRegistry) -> None:
    three_generations(registry)
    registry.freeze("three", WHY)
    assert registry.rollback("three", WHY) == "two"
    assert registry.rollback("three", WHY) is None
    assert statuses(registry)["two"] is ACTIVE


def test_rolling_a_canary_back_leaves_the_active_one(registry: ModelRegistry) -> None:
    register(registry, "one", ACTIVE)
    register(registry, "two", CANARY, 0.1)
    assert registry.rollback("two", WHY) is None
    assert statuses(registry) == {"one": ACTIVE, "two": FROZEN}


def test_at_every_entry_a_family_that_has_an_active_release_has_one(registry: ModelRegistry, records: Records) -> None:
    three_generations(registry)
    registry.rollback("three", WHY)
    for length in range(1, len(records.numbers(SERIES)) + 1):
        entries = (json.loads(records.read(SERIES, n) or b"") for n in range(1, length + 1))
        rows = [row for entry in entries for row in entry["statement"]["model_events"]]
        state = fold(Event.from_json(row) for row in rows)
        assert sum(s.status is ACTIVE for s in state.releases.values()) == 1


def test_the_same_change_may_be_made_twice(registry: ModelRegistry) -> None:
    """Frozen, tried again and frozen again in the same moment: the second freeze is no copy of the first."""
    register(registry, "one", CANARY, 0.1)
    for status in (FROZEN, CANARY, FROZEN):
        set_status(registry, "one", status)
        assert statuses(registry)["one"] is status


def test_a_change_that_another_overtakes_is_planned_anew(records: Records, signer: Signer) -> None:
    """Two people promote at once: the second finds the first's promotion, not the state they both had looked at."""
    mine, theirs = ModelRegistry(records, signer), ModelRegistry(records, signer)
    register(mine, "one", ACTIVE)
    register(mine, "two", CANARY, 0.1)
    register(mine, "three", CANARY, 0.1)
    append, overtakers = records.append, [lambda: theirs.promote("two", WHY)]

    def overtaken(series: str, data: bytes) -> int:
        if overtakers:
            overtakers.pop()()
        return append(series, data)

    records.append = overtaken
    mine.promote("three", WHY)
    assert statuses(mine) == {"one": RETIRED, "two": RETIRED, "three": ACTIVE}


def test_a_customers_tier_is_kept(registry: ModelRegistry) -> None:
    registry.set_tier("lumen", "pilot", by="ana", recorded_at="12:00")
    assert (registry.state().tier_of("lumen"), registry.state().tier_of("other")) == ("pilot", "standard")
    with pytest.raises(InputError, match="the tier is empty"):
        registry.set_tier("lumen", " ", by="ana", recorded_at="12:00")


def _forge(records: Records) -> None:
    entry = json.loads(records.read(SERIES, 2) or b"")
    entry["statement"]["model_events"][0]["what"]["status"] = "active"
    records.append(SERIES, canonical_json(entry))


@pytest.mark.parametrize("tamper", [_forge, lambda records: records.append(SERIES, b"{")], ids=["forged", "unreadable"])
def test_nothing_is_said_over_an_entry_that_cannot_be_trusted(
    registry: ModelRegistry, records: Records, tamper: Callable[[Records], None]
) -> None:
    register(registry, "one", CANARY, 0.1)
    registry.freeze("one", WHY)
    tamper(records)
    for question in (registry.state, registry.suspended, registry.events):
        with pytest.raises(PermanentError) as refused:
            question()
        assert refused.value.value == "records/models/00000003"
        assert refused.value.remedy


def test_a_removed_entry_is_noticed(registry: ModelRegistry, objects: ObjectStore) -> None:
    register(registry, "one", CANARY, 0.1)
    registry.freeze("one", WHY)
    set_status(registry, "one", CANARY, 0.1)
    objects.delete("records/models/00000002")
    with pytest.raises(PermanentError, match="is missing"):
        registry.suspended()


def test_a_copy_of_an_earlier_change_changes_nothing(registry: ModelRegistry, records: Records) -> None:
    register(registry, "one", CANARY, 0.1)
    registry.freeze("one", WHY)
    records.append(SERIES, records.read(SERIES, 1) or b"")
    assert registry.suspended() == {"one": "as it is"}


def test_a_strangers_release_stops_everything(registry: ModelRegistry, records: Records, tmp_path: Path) -> None:
    register(ModelRegistry(records, a_signer(tmp_path / "stranger")), "one", ACTIVE)
    with pytest.raises(PermanentError, match="no trusted key"):
        registry.state()


def test_a_genuine_entry_of_another_edition_is_named(registry: ModelRegistry, records: Records, signer: Signer) -> None:
    statement = {"model_events": [{"kind": "sold", "what": {}}], "after": 0}
    signature = signer.sign(canonical_json(statement))
    entry = {"statement": statement, "key_id": signer.key_id, "signature": signature}
    records.append(SERIES, canonical_json(entry))
    with pytest.raises(PermanentError, match="another edition"):
        registry.state()
