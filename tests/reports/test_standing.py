"""Where a clip stands follows from the newest records, and a stale record says nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

from resources.workshop import Workshop, open_workshop
from tests.builders import NOON, a_check, a_digest, a_row, a_verdict
from tests.end_to_end.catalogs import a_clip, write_catalog
from vidgen_assets.automation.enrol import enrol
from vidgen_assets.catalogs.source import read_source
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import ErrorKind, InputError
from vidgen_assets.clips.ledger import LedgerRow, Problem, Status, Usage
from vidgen_assets.releases.address import ENVELOPE, Address
from vidgen_assets.releases.asset import RELEASES
from vidgen_assets.reports.standing import WALK, Standing, State, find_clip, standings, verdicts_on

SHARD = "shop.g1.0000"
UPSTREAM: Mapping[str, tuple[str, ...]] = {
    **{stage.name: tuple(up.name for up in stage.upstream) for stage in RELEASES.upstream},
    "releases": tuple(up.name for up in RELEASES.upstream),
}
BROKEN = Problem(ErrorKind.PERMANENT, "it broke")
WRONG = Problem(ErrorKind.INPUT, "no price")


@dataclass
class Books:
    """The records of a catalog of one clip, written attempt by attempt."""

    shop: Workshop
    digests: dict[str, Digest] = field(default_factory=dict)

    def made(self, *stages: str, edition: str = "1", fit: bool | None = True) -> None:
        """An attempt of each stage that made the clip from what its upstream holds now."""
        for stage in stages:
            self.digests[stage] = a_digest(f"{stage} {edition}")
            self.attempt(stage, self._row(stage, artifact=Artifact(self.digests[stage], 10)), fit=fit)

    def stopped(self, stage: str, status: Status, problem: Problem, **changes: object) -> None:
        self.attempt(stage, self._row(stage, **{"status": status, "problem": problem, "artifact": None, **changes}))

    def attempt(self, stage: str, *rows: LedgerRow, fit: bool | None = True) -> None:
        """`fit=None` leaves the attempt unpublished."""
        written = self.shop.ledgers.append(stage, SHARD, rows, run_id="run", recorded_at=NOON.isoformat())
        if fit is not None:
            self.shop.publications.publish(
                written, is_fit=fit, reason="because", policy_version="p", recorded_at=NOON.isoformat()
            )

    def lay_out(self) -> Address:
        address = Address("shop", "lamp", self.digests["releases"])
        self.shop.objects.put(f"{address.folder}/{ENVELOPE}", b"signed")
        return address

    def standing(self) -> Standing:
        (found,) = standings(self.shop)
        return found

    def _row(self, stage: str, **changes: object) -> LedgerRow:
        inputs = {name: self.digests[name] for name in UPSTREAM[stage] if name in self.digests}
        values: dict[str, object] = {"inputs": inputs, "cost": Decimal("0.5"), "usage": Usage(2.0, 3.0), **changes}
        return a_row("lamp", **values)


@pytest.fixture
def books(tmp_path: Path) -> Books:
    shop = open_workshop(str(tmp_path / "store"), home=tmp_path)
    path = write_catalog(tmp_path / "shop.csv", [a_clip("lamp")])
    enrol(read_source(path), str(tmp_path), shop)
    return Books(shop)


def state_of(books: Books) -> tuple[State, str]:
    standing = books.standing()
    return standing.state, standing.stage


def test_nothing_registered_is_nothing(tmp_path: Path) -> None:
    assert standings(open_workshop(str(tmp_path / "store"), home=tmp_path)) == []


def test_the_walk_is_the_graph_in_order() -> None:
    assert set(WALK) == set(UPSTREAM)
    assert all(WALK.index(up) < WALK.index(stage) for stage, ups in UPSTREAM.items() for up in ups)


def test_registered_and_not_begun_waits(books: Books) -> None:
    assert state_of(books) == (State.WAITING, "")
    assert books.standing().trace_id == ""


def test_half_way_waits_at_the_furthest_stage(books: Books) -> None:
    books.made("prompts", "latents", "frames")
    assert state_of(books) == (State.WAITING, "frames")
    assert books.standing().trace_id == "trace-lamp"


@pytest.mark.parametrize(("status", "state"), [(Status.HELD, State.HELD), (Status.FAILED, State.FAILED)])
def test_stopped_is_said_where_it_was_stopped(books: Books, status: Status, state: State) -> None:
    books.made("prompts", "latents")
    books.stopped("frames", status, BROKEN)
    books.stopped("encodes", status, BROKEN, inputs={})
    assert state_of(books) == (state, "frames")
    assert books.standing().problem == BROKEN


def test_a_row_held_at_the_door(books: Books) -> None:
    books.stopped("prompts", Status.HELD, WRONG)
    for stage in WALK[1:]:
        books.stopped(stage, Status.HELD, WRONG, inputs={})
    assert state_of(books) == (State.HELD, "prompts")


def test_a_verdict_against_frames_is_said_by_the_stage_that_the_gate_kept_them_from(books: Books) -> None:
    books.made("prompts", "latents", "frames")
    books.stopped("encodes", Status.HELD, BROKEN, inputs={"frames": books.digests["frames"]})
    assert state_of(books) == (State.HELD, "encodes")
    books.made("frames", edition="2")
    assert state_of(books) == (State.WAITING, "frames"), "the verdict was on other frames"


def test_a_reason_carried_along_is_forgotten_when_its_origin_is_mended(books: Books) -> None:
    books.stopped("prompts", Status.HELD, WRONG)
    books.stopped("latents", Status.HELD, WRONG, inputs={})
    books.made("prompts")
    assert state_of(books) == (State.WAITING, "prompts")


def test_released_has_its_address(books: Books) -> None:
    books.made(*WALK)
    address = books.lay_out()
    assert state_of(books) == (State.RELEASED, "releases")
    assert books.standing().address == address


def test_published_and_not_laid_out_waits(books: Books) -> None:
    books.made(*WALK)
    assert state_of(books) == (State.WAITING, "releases")
    assert books.standing().address is None


def test_a_release_that_was_never_published_waits(books: Books) -> None:
    books.made(*WALK[:-1])
    books.made("releases", fit=None)
    books.lay_out()
    assert state_of(books) == (State.WAITING, "releases")


def test_an_unfit_shard_fails_its_clips_and_says_where_to_look(books: Books) -> None:
    books.made("prompts", "latents")
    books.made("frames", fit=False)
    assert state_of(books) == (State.FAILED, "frames")
    problem = books.standing().problem
    assert problem is not None
    assert "not fit at frames: because" in problem.message
    assert problem.remedy == "See the checks of frames for this shard."


@pytest.mark.parametrize("stage", ["prompts", "latents", "frames", "encodes", "qa_scores"])
def test_a_release_made_from_what_has_changed_since_is_no_longer_the_clip(books: Books, stage: str) -> None:
    books.made(*WALK)
    books.lay_out()
    books.made(stage, edition="2")
    assert books.standing().state is State.WAITING
    assert books.standing().stage != "releases"


def test_cost_is_that_of_every_attempt(books: Books) -> None:
    books.made("prompts", "latents")
    books.made("latents", edition="2")
    assert books.standing().cost == Decimal("1.5")
    assert {mark.stage: mark.cost for mark in books.standing().marks} == {
        "prompts": Decimal("0.5"),
        "latents": Decimal("1.0"),
    }
    (latents,) = [mark for mark in books.standing().marks if mark.stage == "latents"]
    assert (latents.attempt, latents.wall_s, latents.cpu_s, latents.digest) == (2, 4.0, 6.0, a_digest("latents 2"))


def test_a_clip_that_left_and_came_back_is_shown(books: Books) -> None:
    """Its newest `prompts` were made without it, and no later stage has run since."""
    books.made("prompts", "latents")
    books.attempt("prompts")
    assert state_of(books) == (State.WAITING, "")
    assert books.standing().trace_id == "trace-lamp"


def test_a_clip_is_found_by_its_name(books: Books) -> None:
    assert find_clip("lamp", books.shop) == find_clip("shop/lamp", books.shop) == books.standing()


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(books: Books) -> None:
    with pytest.raises(InputError) as raised:
        find_clip("lmap", books.shop)
    assert raised.value.allowed == "lamp"


def test_a_name_that_two_catalogs_have_asks_which(books: Books, tmp_path: Path) -> None:
    path = write_catalog(tmp_path / "other.csv", [a_clip("lamp")])
    enrol(read_source(path), str(tmp_path), books.shop)
    with pytest.raises(InputError) as raised:
        find_clip("lamp", books.shop)
    assert raised.value.allowed == "other/lamp, shop/lamp"
    assert find_clip("other/lamp", books.shop).catalog == "other"


def test_verdicts_on_a_clip_are_those_on_its_bytes_of_now(books: Books) -> None:
    books.made("prompts", "frames")
    ours = a_verdict(digest=books.digests["frames"], check=a_check("frames"))
    first = a_verdict(digest=books.digests["prompts"], check=a_check("prompts", "rows_are_fine"))
    for verdict in (ours, a_verdict(digest=a_digest("older frames"))):
        books.shop.verdicts.record("frames", SHARD, [verdict])
    books.shop.verdicts.record("prompts", SHARD, [first])
    assert verdicts_on(books.standing(), books.shop) == [first, ours]
