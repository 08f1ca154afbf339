"""A release that can't be what it says is refused when it is registered, with what is wrong."""

from typing import Any

import pytest

from tests.builders import a_digest, a_release, a_served_release
from vidgen_assets.clips.errors import InputError
from vidgen_assets.models.registration import check_release, differences

EXACT_EULER = {"class_name": "FlowMatchEulerDiscreteScheduler", "config": {"shift": 1.0}}


def sampling(**scheduler: Any) -> dict[str, Any]:
    whole = {**EXACT_EULER, **scheduler}
    return {"steps": 4, "guidance_scale": 2.5, "max_sequence_length": 16, "scheduler": whole}


def test_a_sound_release_is_accepted() -> None:
    check_release(a_release())
    check_release(a_served_release())


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"pipeline": "PaintPipeline"}, "pipeline", "no adapter"),
        ({"pipeline": "Kandinsky5T2VPipeline"}, "pipeline", "gives no latents"),
        ({"components": {}}, "components", "no digests"),
        ({"frame_grid": {"step": 2, "least": 5, "most": 13}}, "frame_grid", "holds 7 frames"),
        ({"frame_grid": {"step": 4, "offset": 0, "least": 4, "most": 12}}, "frame_grid", "holds 4 frames"),
        ({"frame_grid": {"step": 4, "least": 6, "most": 8}}, "frame_grid", "holds no count"),
        ({"buckets": [{"width": 120, "height": 64}]}, "buckets", "can't make this size"),
        ({"source": {"kind": "endpoint", "url": "https://x", "model": "m"}}, "source.kind", "loaded from files"),
        ({"execution": {"compile": True}}, "execution.compile", "exact release"),
        ({"execution": {"cache": {"threshold": 0.1}}}, "execution.cache", "exact release"),
        (
            {"sampling": sampling(config={"stochastic_sampling": True})},
            "sampling.scheduler.config.stochastic_sampling",
            "draw noise",
        ),
        (
            {"sampling": sampling(config={"algorithm_type": "sde-dpmsolver++"})},
            "sampling.scheduler.config.algorithm_type",
            "draw noise",
        ),
        (
            {"sampling": sampling(class_name="EulerAncestralDiscreteScheduler")},
            "sampling.scheduler.class_name",
            "draw noise",
        ),
    ],
)
def test_what_a_pipeline_cannot_be_is_refused(changes: dict[str, Any], field: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        check_release(a_release(**changes))
    assert refused.value.field == field
    assert refused.value.allowed
    assert refused.value.remedy


def test_a_tolerant_release_may_be_fast() -> None:
    check_release(a_release(determinism="tolerant", execution={"compile": True, "cache": {"threshold": 0.1}}))


@pytest.mark.parametrize("determinism", ["exact", "tolerant"])
def test_no_release_may_draw_noise_that_a_clips_seed_doesnt_decide(determinism: str) -> None:
    random = a_release(determinism=determinism, sampling=sampling(config={"stochastic_sampling": True}))
    with pytest.raises(InputError) as told:
        check_release(random)
    assert told.value.field == "sampling.scheduler.config.stochastic_sampling"


def test_tiles_are_cut_between_latents() -> None:
    tiling = {"height": 240, "width": 416, "stride_height": 180, "stride_width": 312}
    with pytest.raises(InputError) as told:
        check_release(a_release(execution={"tiling": tiling}))
    assert told.value.field == "execution.tiling.stride_height"
    assert told.value.allowed == "multiples of 16"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": {"kind": "folder", "path": "/models"}}, "source.kind"),
        ({"pipeline": "WanPipeline"}, "pipeline"),
        ({"components": {"vae": a_digest()}}, "components"),
    ],
)
def test_what_a_server_cannot_be_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refused:
        check_release(a_served_release(**changes))
    assert refused.value.field == field


def test_differences_are_named_by_field() -> None:
    other = a_release(memory_gib=2, sampling=sampling(config={"shift": 3.0}))
    assert differences(a_release(), a_release()) == []
    assert differences(a_release(), other) == [
        "memory_gib: 0.5 and 2.0",
        "sampling.scheduler.config.shift: 1.0 and 3.0",
    ]
