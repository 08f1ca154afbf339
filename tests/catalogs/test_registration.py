import random

import pytest

from vidgen_assets.catalogs.catalog import LoadedCatalog, judge
from vidgen_assets.catalogs.registration import (
    CatalogVersion,
    changed_shards,
    plan_registration,
    read_rows_parquet,
    rows_parquet,
    work_s,
)
from vidgen_assets.catalogs.shards import interactive_shard
from vidgen_assets.catalogs.source import CatalogSource, Form
from vidgen_assets.clips.errors import ArtifactCorrupt
from vidgen_assets.clips.post_costs import PostCosts
from vidgen_assets.clips.prices import load_price_book

_SHIPPED = load_price_book()
_GRADING = {"post_cpu_s_per_megapixel_frame": PostCosts(grade=0.5)}
BOOK = _SHIPPED.model_copy(update={"estimate": _SHIPPED.estimate.model_copy(update=_GRADING)})
HEADER = "id,prompt,duration_s,priority,campaign,owner,customer\n"


def a_row(clip: str, prompt: str = "a lamp", priority: str = "standard", duration_s: str = "10") -> str:
    return f"{clip},{prompt},{duration_s},{priority},spring,studio,lumen\n"


def loaded(*rows: str) -> LoadedCatalog:
    source = CatalogSource("shop.csv", Form.CSV, (HEADER + "".join(rows)).encode())
    return judge(source, templates=(), profiles={"standard"})


def version(*rows: str, previous: CatalogVersion | None = None) -> CatalogVersion:
    return plan_registration(loaded(*rows), previous, "/catalogs/shop", target_s=60)


def many(count: int = 40) -> list[str]:
    return [a_row(f"clip-{n}") for n in range(count)]


def test_shards_are_sized_by_the_price_book_s_estimate() -> None:
    # 40 clips of 10 s that a model makes, at 19 GPU seconds and 3 of processor a second, are 8,800 s of work
    assert version(*many()).assignments.generations[0].shard_count == 147  # of 60 s, rounded up


def test_the_steps_of_a_profile_make_a_clip_more_work() -> None:
    """A grade at half a second a megapixel-frame: ten seconds of 720p at 30 frames a second."""
    catalog = "id,prompt,template,duration_s,profile,campaign,owner,customer\n"
    rows = "".join(
        f"{name},{prompt},{template},10,{profile},c,o,k\n"
        for name, prompt, template, profile in (
            ("plain", "a lamp", "", "standard"),
            ("polished", "a lamp", "", "polished"),
            ("card", "", "product_card", "standard"),
            ("polished-card", "", "product_card", "polished"),
        )
    )
    source = CatalogSource("shop.csv", Form.CSV, (catalog + rows).encode())
    judged = judge(source, templates={"product_card"}, profiles={"standard", "polished"})
    plain, polished, card, polished_card = (work_s(row, BOOK) for row in judged.rows)
    megapixel_frames = 1.280 * 0.720 * 300
    assert polished - plain == pytest.approx(megapixel_frames * 0.5)
    assert polished_card - card == pytest.approx(2 * megapixel_frames * 0.5)  # drawn, and drawn again


def test_a_held_row_and_an_interactive_one_have_a_shard_too() -> None:
    made = version(a_row("a"), a_row("b", duration_s="x"), a_row("c", priority="interactive"))
    assert set(made.assignments.shard_of) == {"a", "b", "c"}
    assert made.assignments.shard_of["c"] == interactive_shard("shop", "c")


def test_reordering_changes_no_shard() -> None:
    rows = many()
    first = version(*rows)
    assert changed_shards(first, version(*random.Random(1).sample(rows, 40), previous=first)) == set()


def test_editing_adding_and_removing_change_the_shards_of_those_clips_alone() -> None:
    rows = many()
    first = version(*rows)
    edited = version(a_row("clip-0", "a desk"), *rows[1:39], a_row("new"), previous=first)
    of = {**first.assignments.shard_of, **edited.assignments.shard_of}
    assert changed_shards(first, edited) == {of["clip-0"], of["clip-39"], of["new"]}


def test_mending_a_held_row_changes_its_shard() -> None:
    first = version(*many(), a_row("z", duration_s="x"))
    mended = version(*many(), a_row("z"), previous=first)
    assert changed_shards(first, mended) == {mended.assignments.shard_of["z"]}


def test_everything_is_new_at_first() -> None:
    made = version(*many())
    assert changed_shards(None, made) == made.assignments.shards


def test_rows_come_back_from_parquet_by_shard_and_equal_versions_give_equal_bytes() -> None:
    made = version(*many(), a_row("z", duration_s="x"), a_row("z"))
    data = rows_parquet(made)
    assert data == rows_parquet(made)
    assert sorted(read_rows_parquet(data), key=lambda row: row.row_number) == list(made.rows)
    by_shard = [read_rows_parquet(data, shard) for shard in made.assignments.shards]
    assert sum(map(len, by_shard)) == len(made.rows)
    assert all(
        made.assignments.shard_of[row.clip_id] == s
        for s, rows in zip(made.assignments.shards, by_shard, strict=True)
        for row in rows
    )


def test_damaged_rows_are_told_from_missing_ones() -> None:
    with pytest.raises(ArtifactCorrupt):
        read_rows_parquet(rows_parquet(version(*many()))[:-20])
