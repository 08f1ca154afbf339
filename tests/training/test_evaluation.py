"""Shares, gates and intervals by hand; what is measured is measured on pixels of 8 bits."""

from collections import Counter
from dataclasses import replace

import pytest
import torch

from tests.training.judged import LOOK, RIGHT, an_evaluation, cases
from vidgen_assets.backdrops.scenes import render
from vidgen_assets.backdrops.vocabulary import EVERYTHING, Offer
from vidgen_assets.clips.errors import InputError, PermanentError
from vidgen_assets.training.evaluation import (
    AT_MOST,
    FLICKER_FLOOR,
    GATES,
    Case,
    Evaluation,
    Sampling,
    _asked,
    in_8_bits,
    looks_to_ask_for,
    made,
    spread,
)
from vidgen_assets.training.folder import load_pipeline
from vidgen_assets.training.job import Training
from vidgen_assets.training.material import generator, split


def test_a_model_as_good_as_its_material_reaches_every_gate() -> None:
    found = an_evaluation(cases(50))
    assert found.missed() == []
    assert found.results() == {
        **dict.fromkeys(("palette", "motion", "texture", "speed", "mood"), 1.0),
        "flicker": 1.0, "lattice_db": 0.5, "vae_db": 33.0, "diversity": 1.0, "meters": 1.0,
    }  # fmt: skip


@pytest.mark.parametrize(("aspect", "allowed"), [("palette", 3), ("motion", 3), ("texture", 8), ("speed", 10)])
def test_a_gate_is_missed_by_the_first_clip_too_many(aspect: str, allowed: int) -> None:
    assert an_evaluation(cases(100, **{aspect: allowed})).missed() == []
    assert an_evaluation(cases(100, **{aspect: allowed + 1})).missed() == [aspect]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("lattice_db", an_evaluation(cases(9), excess=2.01)),
        ("vae_db", an_evaluation(cases(9), db=30.9)),
        ("diversity", an_evaluation(cases(9), diversity=0.7)),
        ("lattice_db", an_evaluation(cases(9), excess=float("nan"))),
        ("vae_db", an_evaluation(cases(9), db=float("nan"))),
    ],
)
def test_each_other_gate_is_missed_alone_and_by_what_is_no_number(name: str, found: Evaluation) -> None:
    assert found.missed() == [name]


def test_moods_are_told_and_have_no_gate() -> None:
    found = an_evaluation(cases(10, mood=10))
    assert found.results()["mood"] == 0
    assert found.missed() == []


def test_a_meter_that_errs_on_real_clips_is_told() -> None:
    erring = tuple(replace(case, real=replace(RIGHT, speed="fast")) for case in cases(4)) + cases(96)
    found = an_evaluation(erring)
    assert found.results()["meters"] == 0.96
    assert found.missed() == ["meters"]
    assert found.intervals()["meters"] == pytest.approx((0.9016, 0.9843), abs=1e-4)


def test_flicker_is_the_median_ratio_with_a_floor() -> None:
    def flickering(made: float, real: float) -> Case:
        return Case(LOOK, "", 0, replace(RIGHT, flicker=made), replace(RIGHT, flicker=real))

    quiet = flickering(FLICKER_FLOOR, FLICKER_FLOOR / 10)
    assert quiet.flicker == 1
    found = an_evaluation((quiet, flickering(3.0, 2.0), flickering(2.4, 2.0)))
    assert found.results()["flicker"] == pytest.approx(1.2)
    assert found.missed() == ["flicker"]


def test_intervals_hold_their_results() -> None:
    found = an_evaluation(cases(192, palette=4, texture=20))
    results = found.results()
    for name, (low, high) in found.intervals().items():
        assert low <= results[name] <= high, name
    assert found.intervals()["lattice_db"] == pytest.approx((0.5 - 0.49, 0.5 + 0.49))
    assert found.intervals()["palette"] == pytest.approx((0.9477, 0.9919), abs=1e-4)


def test_the_json_holds_every_case_and_each_gate_a_result() -> None:
    document = an_evaluation(cases(3, motion=1)).to_json()
    assert document["gates"].keys() <= document["results"].keys()
    assert set(document["gates_at_most"]) == AT_MOST < GATES.keys()
    assert document["by_texture"]["waves"]["motion"] == pytest.approx(2 / 3)
    assert document["by_texture"]["waves"]["real_motion"] == 1
    assert [case["made"]["motion"] for case in document["cases"]] == ["right", "left", "left"]


def test_each_texture_is_asked_for_as_often_and_nothing_that_was_trained_on() -> None:
    asked = [_asked(index, 0.08, EVERYTHING) for index in range(90)]
    assert set(Counter(look.texture for look, _, _ in asked).values()) == {10}
    assert {look for look, _, _ in asked} <= set(split(0.08)[1])
    assert [prompt for _, prompt, _ in asked] == [_asked(index, 0.08, EVERYTHING)[1] for index in range(90)]
    assert len({prompt for _, prompt, _ in asked}) > 80


def test_what_is_not_offered_is_not_asked_for() -> None:
    offer = Offer(textures=("stars", "fabric"), motions=("left", "up"))
    asked = [_asked(index, 0.08, offer)[0] for index in range(40)]
    assert {look.texture for look in asked} == {"stars", "fabric"}
    assert {look.motion for look in asked} <= {"left", "up"}


def test_a_texture_that_was_spared_nothing_of_the_offer_is_asked_for_in_what_was_trained() -> None:
    offer = Offer(motions=("left",))
    trained, spared = (set(part) for part in split(0.08))
    for texture in offer.textures:
        found = set(looks_to_ask_for(0.08, texture, offer))
        own_spared = {look for look in spared if look.texture == texture and look.motion == "left"}
        assert found
        assert found == (own_spared or {look for look in trained if (look.texture, look.motion) == (texture, "left")})


def test_a_training_that_holds_nothing_out_cant_be_evaluated() -> None:
    with pytest.raises(InputError, match=r"Field held_out = 0\.0"):
        looks_to_ask_for(0.0, "waves")


def test_values_are_rounded_as_a_file_rounds_them() -> None:
    assert in_8_bits(torch.tensor([-0.2, 0.4999 / 255, 0.5001 / 255, 0.5, 1.7])).tolist() == pytest.approx(
        [0, 0, 1 / 255, 128 / 255, 1]
    )


def test_equal_clips_are_no_spread_and_scenes_of_other_seeds_are() -> None:
    one, other = (render(LOOK, generator("spread", at), 1) for at in range(2))
    assert spread([one, one.clone(), one.clone()]) == 0
    assert spread([one, other]) > 0.02
    assert spread([torch.zeros(1, 3, 16, 16), torch.ones(1, 3, 16, 16)]) == pytest.approx(1, abs=1e-4)


def test_a_model_that_makes_no_numbers_is_told(trained: Training) -> None:
    pipeline = load_pipeline(trained.pipeline)
    with torch.no_grad():
        pipeline.transformer.proj_out.weight.fill_(torch.nan)
    with pytest.raises(PermanentError, match="no number"):
        made(pipeline, ["ocean blue waves"], [0], Sampling(steps=1))
