"""A snapshot of the asset graph: what feeds what, which checks guard it. A change here is a change of architecture."""

from dataclasses import replace

import pytest

from resources.settings import Executor, read_settings
from vidgen_assets.arrivals.asset import ARRIVAL_ASSETS
from vidgen_assets.definitions import ASSETS, build_defs, defs
from vidgen_assets.partitions import TRAYS

GRAPH = {
    "prompts": set(),
    "soundtracks": {"prompts"},
    "captions": {"prompts", "soundtracks"},
    "latents": {"prompts", "soundtracks"},
    "frames": {"prompts", "captions", "latents"},
    "encodes": {"prompts", "soundtracks", "captions", "latents", "frames"},
    "manifests": {"prompts", "captions", "encodes"},
    "qa_scores": {"prompts", "soundtracks", "captions", "latents", "frames", "encodes", "manifests"},
    "releases": {"prompts", "soundtracks", "captions", "latents", "frames", "encodes", "manifests", "qa_scores"},
}
CHECKS = {
    "prompts": {"rows_obey_the_contract", "prompts_obey_the_policy"},
    "soundtracks": {
        "soundtracks_have_the_promised_length",
        "soundtracks_are_as_loud_as_promised",
        "narration_is_complete",
    },
    "captions": {"captions_can_be_read", "captions_say_the_script", "captions_follow_the_speech"},
    "latents": {"latents_are_well_formed"},
    "frames": {
        "frames_have_the_promised_count_and_size",
        "frames_are_not_black",
        "frames_are_not_frozen",
        "frames_do_not_flicker",
        "frames_show_what_was_asked",
    },
    "encodes": {
        "renditions_decode_completely",
        "renditions_keep_their_promise",
        "keyframes_are_aligned",
        "redrawn_frames_pass",
    },
    "manifests": {"manifests_resolve", "manifests_agree_with_segments"},
    "qa_scores": {"clips_hold_every_required_verdict", "scores_are_sound"},
    "releases": {"releases_hold_every_verdict", "packages_are_complete"},
}

ARRIVALS = {
    "arrival_probes": (set[str](), {"arrivals_can_be_shown", "arrivals_obey_the_policy"}),
    "arrival_thumbnails": ({"arrival_probes"}, {"thumbnails_are_whole", "thumbnails_obey_the_policy"}),
    "arrival_storyboard": ({"arrival_probes"}, {"storyboards_have_no_gaps"}),
    "arrival_previews": ({"arrival_probes"}, {"previews_play", "previews_obey_the_policy"}),
}


def test_the_graph_is_the_walk_of_a_clip() -> None:
    found = {
        spec.key.to_user_string(): {dep.asset_key.to_user_string() for dep in spec.deps}
        for asset in ASSETS
        for spec in asset.specs
    }
    assert found == GRAPH
    assert list(found) == list(GRAPH)


def test_every_check_is_declared_blocking_and_partitioned_like_its_asset() -> None:
    for asset in ASSETS:
        names = {spec.name for spec in asset.check_specs}
        assert names == CHECKS[asset.key.to_user_string()] | {"shard_is_fit"}
        for spec in asset.check_specs:
            assert spec.blocking
            assert spec.partitions_def == asset.partitions_def
            assert spec.description


def test_the_light_path_is_a_graph_of_its_own_over_trays() -> None:
    found = {
        asset.key.to_user_string(): (
            {dep.asset_key.to_user_string() for dep in spec.deps},
            {check.name for check in asset.check_specs} - {"shard_is_fit"},
        )
        for asset in ARRIVAL_ASSETS
        for spec in asset.specs
    }
    assert found == ARRIVALS
    assert {asset.partitions_def for asset in ARRIVAL_ASSETS} == {TRAYS}
    assert all(
        check.blocking and check.partitions_def == TRAYS for asset in ARRIVAL_ASSETS for check in asset.check_specs
    )


def test_every_asset_tells_a_person_what_it_is() -> None:
    for asset in (*ASSETS, *ARRIVAL_ASSETS):
        (spec,) = asset.specs
        assert spec.description
        assert spec.group_name
        assert spec.owners
        assert spec.kinds
        assert spec.code_version
        assert spec.skippable


def test_the_definitions_load_as_dagster_loads_them() -> None:
    repository = defs().get_repository_def()
    assert {job.name for job in repository.get_all_jobs()} >= {"make_clips", "make_clip_at_once"}
    assert [s.name for s in repository.sensor_defs] == ["arrivals_folder", "catalog_inbox", "freeze_worse_releases"]
    assert [s.name for s in repository.schedule_defs] == ["retry_what_is_retriable"]


@pytest.mark.parametrize("executor", list(Executor))
def test_every_executor_of_the_settings_loads(executor: Executor) -> None:
    definitions = build_defs(replace(read_settings({"VIDGEN_HOME": "/nowhere"}), executor=executor))
    job = definitions.resolve_job_def("make_clips")
    expected = {"in_process": "in_process", "multiprocess": "multiprocess", "k8s": "k8s"}[executor.value]
    assert job.executor_def.name == expected
    assert definitions.resolve_job_def("make_clip_at_once").executor_def.name == "in_process"
