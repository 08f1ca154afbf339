import itertools
import json
import random

from hypothesis import given
from hypothesis import strategies as st

from vidgen_assets.catalogs.shards import Assignments, Generation, clips_by_shard, plan_shards

IDS = st.sets(st.text("abcdefgh0123-", min_size=1, max_size=6), min_size=1, max_size=60)
SECONDS = st.floats(0.1, 2000)


def placed(*clips: str, work_s: float = 100, previous: Assignments | None = None, target_s: float = 900) -> Assignments:
    return plan_shards("shop", previous, dict.fromkeys(clips, work_s), (), target_s)


@given(IDS, IDS, SECONDS)
def test_insertion_and_deletion_never_move_a_clip(before: set[str], after: set[str], work_s: float) -> None:
    first = placed(*before, work_s=work_s)
    second = placed(*after, work_s=work_s, previous=first)
    assert all(second.shard_of[clip] == first.shard_of[clip] for clip in before & after)
    assert set(second.shard_of) == after


@given(IDS, st.randoms(use_true_random=False))
def test_order_decides_nothing(clips: set[str], rng: random.Random) -> None:
    ordered = sorted(clips)
    shuffled = rng.sample(ordered, len(ordered))
    assert placed(*ordered).shard_of == placed(*shuffled).shard_of


@given(IDS, st.sets(st.sampled_from("abcdefgh")), SECONDS)
def test_every_clip_is_in_exactly_one_shard(clips: set[str], urgent: set[str], work_s: float) -> None:
    interactive = {clip for clip in clips if clip[0] in urgent}
    plan = plan_shards("shop", None, dict.fromkeys(clips, work_s), interactive)
    in_shards = list(itertools.chain.from_iterable(clips_by_shard(plan).values()))
    assert sorted(in_shards) == sorted(clips)
    assert all(clips_by_shard(plan)[plan.shard_of[clip]] == [clip] for clip in interactive)


@given(st.lists(IDS, min_size=1, max_size=6), SECONDS)
def test_however_a_catalog_grows_the_newest_generation_holds_no_more_than_twice_the_target(
    arrivals: list[set[str]], work_s: float
) -> None:
    plan, clips = None, set[str]()
    for arrived in arrivals:
        clips |= arrived
        plan = placed(*clips, work_s=work_s, previous=plan)
        for generation in plan.generations:
            inside = [s for s in plan.shard_of.values() if s.startswith(f"shop.g{generation.index}.")]
            assert len(inside) * work_s / generation.shard_count <= 2 * 900
    assert plan
    assert Assignments.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_a_generation_has_a_shard_for_each_target_of_work() -> None:
    assert placed(*map(str, range(100)), work_s=90).generations == (Generation(1, 10),)


def test_outgrowing_opens_a_generation_of_its_own_size() -> None:
    first = placed(*map(str, range(10)), work_s=90)  # 900 s: one shard
    same = placed(*map(str, range(20)), work_s=90, previous=first)  # 1,800 s in it: just twice the target
    grown = placed(*map(str, range(60)), work_s=90, previous=same)  # 40 more clips, 3,600 s: four shards
    assert (same.generations, grown.generations) == ((Generation(1, 1),), (Generation(1, 1), Generation(2, 4)))
    assert {grown.shard_of[str(n)] for n in range(20)} == {"shop.g1.0000"}
    assert {grown.shard_of[str(n)][:8] for n in range(20, 60)} == {"shop.g2."}


def test_an_interactive_clip_has_a_key_made_of_its_id() -> None:
    plan = plan_shards("shop", None, {"lamp": 18.0}, {"lamp"})
    assert plan.shards == {"shop.i.c98e85f24900"}  # the first digits of the SHA-256 of "lamp"
    assert plan.generations == ()
