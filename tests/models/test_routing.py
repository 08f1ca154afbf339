"""Routing: a route stays, a name is obeyed, a canary gets its share of those it is for, the active release the rest."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_release, a_served_release
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import Route
from vidgen_assets.models.registry import RegistryState, ReleaseStanding, Status
from vidgen_assets.models.release import ModelRelease
from vidgen_assets.models.routing import Asked, RecordedRoute, choose_release, point_of


def asked(clip_id: str = "lamp", **changes: Any) -> Asked:
    values: dict[str, Any] = {"model": None, "priority": "standard", "tier": "standard", "has_image": False}
    return Asked(catalog="shop", clip_id=clip_id, **{**values, **changes})


def a_state(*standings: tuple[ModelRelease, Status, float]) -> RegistryState:
    found = {r.id: ReleaseStanding(r, status, share, "because", "12:00") for r, status, share in standings}
    return RegistryState(releases=found)


ONE = a_release("one")
TWO = a_release("two")
FRAMED = a_release("framed-1", family="framed", pipeline="WanImageToVideoPipeline")


def test_a_route_stays_whatever_became_of_its_release() -> None:
    previous = RecordedRoute(Route(backend="diffusion", release="one", reason="then"), asked(), "12:00")
    for status in Status:
        state = a_state((ONE, status, 0), (TWO, Status.ACTIVE, 0))
        again = asked(priority="batch", tier="pilot")
        assert choose_release(again, state, previous=previous) == previous.route


@pytest.mark.parametrize(("changes", "release"), [({"model": "two"}, "two"), ({"has_image": True}, "framed-1")])
def test_another_question_is_answered_anew(changes: dict[str, Any], release: str) -> None:
    previous = RecordedRoute(Route(backend="diffusion", release="one", reason="then"), asked(), "12:00")
    state = a_state((ONE, Status.ACTIVE, 0), (TWO, Status.CANARY, 0), (FRAMED, Status.ACTIVE, 0))
    assert choose_release(asked(**changes), state, previous=previous).release == release


def test_a_release_is_had_by_its_name() -> None:
    state = a_state((ONE, Status.ACTIVE, 0), (TWO, Status.CANARY, 0))
    route = choose_release(asked(model="two"), state, previous=None)
    assert route == Route(backend="diffusion", release="two", reason="asked for by name")


@pytest.mark.parametrize("status", [Status.FROZEN, Status.RETIRED])
def test_a_release_that_is_out_of_use_is_refused_by_name_with_what_there_is(status: Status) -> None:
    state = a_state((ONE, Status.ACTIVE, 0), (TWO, status, 0))
    with pytest.raises(InputError, match=f"{status}: because") as refused:
        choose_release(asked(model="two"), state, previous=None)
    assert (refused.value.field, refused.value.value, refused.value.allowed) == ("model", "two", "backdrops, one")


def test_a_family_is_had_by_its_name() -> None:
    other = a_release("other-1", family="other")
    state = a_state((ONE, Status.ACTIVE, 0), (other, Status.ACTIVE, 0))
    assert choose_release(asked(model="other"), state, previous=None).release == "other-1"
    assert choose_release(asked(), state, previous=None).release == "one"


def test_without_a_name_the_oldest_active_release_that_fits_decides_the_family() -> None:
    state = a_state((FRAMED, Status.ACTIVE, 0), (TWO, Status.ACTIVE, 0), (a_served_release(), Status.ACTIVE, 0))
    assert choose_release(asked(), state, previous=None).release == "two"
    assert choose_release(asked(has_image=True), state, previous=None).release == "framed-1"


def test_a_server_takes_clips_of_both_kinds() -> None:
    state = a_state((a_served_release(), Status.ACTIVE, 0))
    for has_image in (False, True):
        assert choose_release(asked(has_image=has_image), state, previous=None).backend == "remote"


@given(st.integers(0, 10_000))
def test_a_canary_gets_exactly_the_clips_below_its_share(number: int) -> None:
    state = a_state((ONE, Status.ACTIVE, 0), (TWO, Status.CANARY, 0.1))
    question = asked(f"clip-{number}")
    point = point_of(question, "backdrops")
    route = choose_release(question, state, previous=None)
    assert 0 <= point < 1
    assert route.release == ("two" if point < 0.1 else "one")
    assert f"point {point:.3f}" in route.reason


def test_a_share_is_met_over_many_clips_and_kept_as_it_grows() -> None:
    def canaries(share: float) -> set[str]:
        state = a_state((ONE, Status.ACTIVE, 0), (TWO, Status.CANARY, share))
        clips = [f"clip-{n}" for n in range(2000)]
        return {c for c in clips if choose_release(asked(c), state, previous=None).release == "two"}

    small, large = canaries(0.1), canaries(0.3)
    assert 150 < len(small) < 250
    assert 520 < len(large) < 680
    assert small < large


def test_several_canaries_stand_side_by_side_in_the_order_of_registration() -> None:
    third = a_release("three")
    state = a_state((ONE, Status.ACTIVE, 0), (TWO, Status.CANARY, 0.25), (third, Status.CANARY, 0.25))
    for n in range(200):
        question = asked(f"clip-{n}")
        point = point_of(question, "backdrops")
        expected = "two" if point < 0.25 else "three" if point < 0.5 else "one"
        assert choose_release(question, state, previous=None).release == expected


@pytest.mark.parametrize(
    ("changes", "release"),
    [({}, "one"), ({"priority": "batch"}, "one"), ({"priority": "batch", "tier": "pilot"}, "two")],
)
def test_a_canary_gets_only_the_classes_and_tiers_it_is_for(changes: dict[str, Any], release: str) -> None:
    pilot = a_release("two", eligibility={"priorities": ["batch"], "tiers": ["pilot"]})
    state = a_state((ONE, Status.ACTIVE, 0), (pilot, Status.CANARY, 1.0))
    assert choose_release(asked(**changes), state, previous=None).release == release


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (asked(model="gone"), "no such model release or family"),
        (asked(model="one", has_image=True), "from a prompt alone"),
        (asked(model="backdrops", has_image=True), "from a prompt alone"),
        (asked(model="framed"), "begins with an image"),
        (asked(model="cold"), "cold has no active release"),
    ],
)
def test_a_clip_that_nothing_can_make_is_refused_with_what_there_is(question: Asked, said: str) -> None:
    cold = a_release("cold-1", family="cold")
    state = a_state((ONE, Status.ACTIVE, 0), (FRAMED, Status.ACTIVE, 0), (cold, Status.FROZEN, 0))
    with pytest.raises(InputError, match=said) as refused:
        choose_release(question, state, previous=None)
    assert refused.value.allowed == ("framed, framed-1" if question.has_image else "backdrops, one")


def test_an_empty_registry_says_what_to_do() -> None:
    with pytest.raises(InputError, match="no active release") as refused:
        choose_release(asked(), RegistryState(), previous=None)
    assert "Name a template" in (refused.value.remedy or "")
