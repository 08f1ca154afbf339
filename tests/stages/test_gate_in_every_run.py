"""The gate holds however work is started: nothing downstream is made from clips without a passing verdict.

Each test is one way of running. Where Dagster itself would let downstream work go ahead, it's the gate that stops it.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from quality_checks.thresholds import POLICY_VERSION
from resources.records import Records
from tests.builders import a_spec
from tests.dagster_machinery import SYNCHRONOUS, a_workspace, run_backfill
from tests.stages.factory_floor import SHARD, Floor
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.errors import AuditPending
from vidgen_assets.stages.line import Orders, run_stage

ALL = ("prompts", "frames", "encodes")
MOST = {("frames", f"clip-{n}") for n in range(1, 5)}  # 4 of 5: the shard is unfit


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    return Floor(tmp_path)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vidgen_assets.stages.retries._FIRST_WAIT_S", 0)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("shards", [SHARD])
        yield instance


def launch(floor: Floor, instance: dg.DagsterInstance, *assets: str) -> dg.ExecuteInProcessResult:
    job = floor.definitions().resolve_implicit_global_asset_job_def()
    return job.execute_in_process(
        instance=instance,
        partition_key=SHARD,
        asset_selection=[dg.AssetKey(name) for name in assets],
        raise_on_error=False,
    )


def said(result: dg.ExecuteInProcessResult, asset: str) -> str:
    failure = result.failure_data_for_node(asset)
    assert failure is not None
    assert failure.user_failure_data is not None
    return failure.user_failure_data.description or ""


def run_check(floor: Floor, instance: dg.DagsterInstance, asset: str) -> dg.ExecuteInProcessResult:
    keys = {
        dg.AssetCheckKey(dg.AssetKey(asset), f"{asset}_are_fine"),
        dg.AssetCheckKey(dg.AssetKey(asset), "shard_is_fit"),
    }
    job = floor.definitions().resolve_implicit_global_asset_job_def()
    subset = job.get_subset(asset_selection=set(), asset_check_selection=keys)
    return subset.execute_in_process(instance=instance, partition_key=SHARD, raise_on_error=False)


def materialised(instance: dg.DagsterInstance, asset: str) -> list[str | None]:
    records = instance.fetch_materializations(dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset)), limit=10).records
    return [record.partition_key for record in records]


def encoded(floor: Floor) -> set[str]:
    return {clip for stage, clip in floor.made if stage == "encodes"}


def test_same_run(floor: Floor, instance: dg.DagsterInstance) -> None:
    floor.refused = MOST
    result = launch(floor, instance, *ALL)
    assert not result.success
    assert encoded(floor) == set()
    assert materialised(instance, "frames") == []
    assert materialised(instance, "prompts") == [SHARD]


def test_same_run_with_a_fit_shard_holds_only_the_refused_clip(floor: Floor, instance: dg.DagsterInstance) -> None:
    floor.refused = {("frames", "clip-2")}
    assert launch(floor, instance, *ALL).success
    assert encoded(floor) == {"clip-1", "clip-3", "clip-4", "clip-5"}
    assert materialised(instance, "encodes") == [SHARD]


def test_later_run_of_the_downstream_asset_alone_after_a_failed_check(
    floor: Floor, instance: dg.DagsterInstance
) -> None:
    floor.refused = MOST
    launch(floor, instance, "prompts", "frames")
    result = launch(floor, instance, "encodes")
    assert not result.success
    assert encoded(floor) == set()
    assert "not fit" in said(result, "encodes")


def test_later_run_after_a_failed_check_does_not_fall_back_to_the_attempt_before(
    floor: Floor, instance: dg.DagsterInstance
) -> None:
    launch(floor, instance, *ALL)
    floor.made.clear()
    floor.refused, floor.content = MOST, {"frames": "other bytes"}
    launch(floor, instance, "frames")
    assert not launch(floor, instance, "encodes").success
    assert encoded(floor) == set()


def test_launch_by_hand_with_nothing_upstream(floor: Floor, instance: dg.DagsterInstance) -> None:
    result = launch(floor, instance, "encodes")
    assert not result.success
    assert "never been made" in said(result, "encodes")


def test_launch_without_checks_still_audits_and_publishes_nothing(floor: Floor, instance: dg.DagsterInstance) -> None:
    floor.refused = MOST
    launch(floor, instance, "prompts")
    job = floor.definitions().resolve_implicit_global_asset_job_def()
    subset = job.get_subset(asset_selection={dg.AssetKey("frames")}, asset_check_selection=set())
    result = subset.execute_in_process(instance=instance, partition_key=SHARD, raise_on_error=False)
    assert not result.success
    assert materialised(instance, "frames") == []


def test_pending_check(floor: Floor, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage was killed between its ledger and its publication."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    run_stage(floor.prompts, SHARD, floor.shop, Orders("run-1"))
    monkeypatch.setattr("vidgen_assets.stages.line._publish", killed)
    with pytest.raises(KeyboardInterrupt):
        run_stage(floor.frames, SHARD, floor.shop, Orders("run-2"))
    monkeypatch.undo()
    with pytest.raises(AuditPending, match="pending"):
        run_stage(floor.encodes, SHARD, floor.shop, Orders("run-3"))
    assert encoded(floor) == set()
    run_stage(floor.frames, SHARD, floor.shop, Orders("run-4"))
    run_stage(floor.encodes, SHARD, floor.shop, Orders("run-5"))
    assert len(encoded(floor)) == 5


def test_a_deleted_verdict(floor: Floor, instance: dg.DagsterInstance) -> None:
    launch(floor, instance, "prompts", "frames")
    verdicts = Records(floor.shop.objects)
    for number in verdicts.numbers(f"verdicts/frames/{SHARD}"):
        data = json.loads(verdicts.read(f"verdicts/frames/{SHARD}", number) or b"")
        if data["verdicts"][0]["statement"]["clip_id"] == "clip-3":
            floor.shop.objects.delete(f"records/verdicts/frames/{SHARD}/{number:08d}")
    launch(floor, instance, "encodes")
    assert encoded(floor) == {"clip-1", "clip-2", "clip-4", "clip-5"}
    assert "no genuine verdict" in floor.why("encodes", "clip-3")


@pytest.mark.parametrize("forgery", ["a refusal turned into a pass", "a signature copied from another verdict"])
def test_a_forged_verdict(floor: Floor, instance: dg.DagsterInstance, forgery: str) -> None:
    floor.refused = {("frames", "clip-3")}
    launch(floor, instance, "prompts", "frames")
    series = f"verdicts/frames/{SHARD}"
    rows = [json.loads(entry.data)["verdicts"][0] for entry in floor.shop.records.read_all(series)]
    refused = next(row for row in rows if row["statement"]["clip_id"] == "clip-3")
    refused["statement"]["outcome"] = "pass"
    if forgery.startswith("a signature"):
        refused["signature"] = next(r for r in rows if r["statement"]["clip_id"] == "clip-1")["signature"]
    floor.shop.records.append(series, canonical_json({"verdicts": [refused]}))
    launch(floor, instance, "encodes")
    assert "clip-3" not in encoded(floor)
    assert "signatures do not verify" in floor.why("encodes", "clip-3")


def test_a_verdict_signed_by_a_stranger(floor: Floor, instance: dg.DagsterInstance, tmp_path: Path) -> None:
    launch(floor, instance, "prompts", "frames")
    stranger = Floor(tmp_path / "elsewhere")
    launch(stranger, instance, "prompts", "frames")
    series = f"verdicts/frames/{SHARD}"
    for number in floor.shop.records.numbers(series):
        floor.shop.objects.delete(f"records/{series}/{number:08d}")
    for entry in stranger.shop.records.read_all(series):
        floor.shop.objects.put(f"records/{series}/{entry.number:08d}", entry.data)
    launch(floor, instance, "encodes")
    assert encoded(floor) == set()


def test_an_edited_ledger(floor: Floor, instance: dg.DagsterInstance) -> None:
    floor.refused = {("frames", "clip-3")}
    launch(floor, instance, "prompts", "frames")
    other = floor.attempt("prompts")
    key = f"records/ledger/frames/{SHARD}/00000001"
    floor.shop.objects.put(key, floor.shop.objects.get(f"records/ledger/prompts/{SHARD}/{other.number:08d}") or b"")
    result = launch(floor, instance, "encodes")
    assert not result.success
    assert encoded(floor) == set()


def test_a_check_run_again_after_a_newer_attempt(floor: Floor, instance: dg.DagsterInstance) -> None:
    """The check looks at the newest attempt; a pass of older bytes says nothing of newer ones."""
    launch(floor, instance, "prompts", "frames")
    floor.content, floor.broken_checks = {"frames": "newer bytes"}, {"frames"}
    launch(floor, instance, "frames")
    floor.broken_checks, floor.refused = set(), MOST
    assert not run_check(floor, instance, "frames").success
    assert not launch(floor, instance, "encodes").success
    assert encoded(floor) == set()


def test_a_check_run_again_publishes_a_pending_attempt(floor: Floor, instance: dg.DagsterInstance) -> None:
    launch(floor, instance, "prompts")
    floor.broken_checks = {"frames"}
    launch(floor, instance, "frames")
    floor.broken_checks = set()
    assert run_check(floor, instance, "frames").success
    assert launch(floor, instance, "encodes").success
    assert len(encoded(floor)) == 5


def test_a_policy_that_was_raised_asks_for_new_verdicts(floor: Floor, instance: dg.DagsterInstance) -> None:
    launch(floor, instance, "prompts", "frames")
    requirements = [stage.requirement("a newer policy") for stage in (floor.prompts, floor.frames)]
    assert floor.shop.gate.admit(SHARD, requirements).admitted == ()


def test_downstream_made_from_an_older_upstream_is_stale(floor: Floor, instance: dg.DagsterInstance) -> None:
    launch(floor, instance, *ALL)
    floor.specs[0] = a_spec("clip-1", variables={"headline": "Changed"})
    launch(floor, instance, "prompts")
    floor.made.clear()
    launch(floor, instance, "encodes")
    assert "changed after this was made" in floor.why("encodes", "clip-1")
    assert encoded(floor) == set()


@pytest.mark.filterwarnings("ignore:Parameter `include_sources`:dagster.BetaWarning")  # raised inside of Dagster
def test_automation_condition(floor: Floor, instance: dg.DagsterInstance) -> None:
    """`eager()` ignores checks and asks for encodes; the gate doesn't give it anything."""
    floor.refused = MOST
    eager = dg.map_asset_specs(
        lambda spec: spec.replace_attributes(automation_condition=dg.AutomationCondition.eager()), floor.assets()
    )
    definitions = dg.Definitions(assets=eager, resources={"factory": floor.factory})
    launch(floor, instance, "prompts", "frames")
    before = dg.evaluate_automation_conditions(definitions, instance=instance)
    instance.report_runless_asset_event(dg.AssetMaterialization("frames", partition=SHARD))  # as a bad run would
    after = dg.evaluate_automation_conditions(definitions, instance=instance, cursor=before.cursor)
    assert after.get_requested_partitions(dg.AssetKey("encodes")) == {SHARD}
    assert not launch(floor, instance, "encodes").success
    assert encoded(floor) == set()


@pytest.fixture
def location(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The toy factory as a code location whose frames are mostly refused."""
    switches = {"refused": sorted(MOST), "policy_version": POLICY_VERSION}
    (tmp_path / "switches.json").write_text(json.dumps(switches))
    monkeypatch.setenv("FLOOR_HOME", str(tmp_path))
    module = "tests.stages.floor_location"
    sys.modules.pop(module, None)
    yield module
    sys.modules.pop(module, None)


@pytest.mark.parametrize(
    ("selection", "downstream"),
    [
        (("prompts", "frames", "encodes"), "encodes"),
        (("frames", "weekly_reel"), "weekly_reel"),
        (("frames", "shard_reel"), "shard_reel"),
    ],
    ids=["equal policies", "different partitionings", "different policies"],
)
def test_backfill(location: str, tmp_path: Path, selection: tuple[str, ...], downstream: str) -> None:
    with dg.instance_for_test(overrides=SYNCHRONOUS) as instance:
        instance.add_dynamic_partitions("shards", [SHARD])
        with a_workspace(instance, location) as workspace:
            if "prompts" not in selection:
                run_backfill(workspace, ["prompts"], [SHARD])
            run_backfill(workspace, selection, [SHARD])
            run_backfill(workspace, [downstream], None)  # and once more, the downstream asset alone
        assert materialised(instance, "prompts") == [SHARD]
        assert materialised(instance, "frames") == []
        assert materialised(instance, downstream) == []
        assert len(instance.get_runs()) >= 2, "both backfills launched what they were asked for"
    assert Floor(tmp_path).shop.ledgers.latest("encodes", SHARD) is None
