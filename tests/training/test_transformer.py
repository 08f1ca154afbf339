"""What a text encoder reads before the transformer begins, what clips are of, and what counts as an error of motion."""

from pathlib import Path

import pytest
import torch

from tests.training.tiny import DOCUMENT, a_config, a_training
from vidgen_assets.backdrops.vocabulary import MOTIONS
from vidgen_assets.training.folder import load_vae
from vidgen_assets.training.pool import filled_pool
from vidgen_assets.training.transformer import TransformerTraining, of_motion
from vidgen_assets.training.words import learn_to_read, new_text_encoder, new_tokenizer


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(3)


def test_the_text_encoder_learns_to_tell_the_aspects_that_a_prompt_names() -> None:
    told = []
    for steps in (1, 30):
        config = a_config(transformer={**DOCUMENT["transformer"], "reading_steps": steps, "text_dim": 48})
        tokenizer = new_tokenizer(config.transformer.longest_prompt)
        encoder = new_text_encoder(config, len(tokenizer))
        told.append(learn_to_read(encoder, tokenizer, config))
    assert told[0] < 0.3
    assert told[1] > 0.4


def test_an_error_that_stays_is_none_of_motion() -> None:
    still = torch.randn(2, 3, 1, 4, 4).expand(2, 3, 4, 4, 4)
    assert of_motion(still) == 0


def test_an_error_of_motion_is_the_mean_square_of_differences_after_the_first_frame() -> None:
    error = torch.tensor([100.0, 1.0, 3.0, 2.0]).view(1, 1, 4, 1, 1)
    assert of_motion(error) == pytest.approx((2**2 + 1**2) / 2)


@pytest.mark.parametrize("frames", [1, 2])
def test_clips_too_short_to_move_have_no_error_of_motion(frames: int) -> None:
    assert of_motion(torch.randn(1, 1, frames, 2, 2)) == 0


def test_a_motion_weight_changes_what_is_learnt_and_not_the_loss_of_the_first_step(tmp_path: Path) -> None:
    trained = a_training(tmp_path / "trained", frames=9)
    assert trained.run()
    vae, pools = load_vae(trained.vae), trained.folder / "pools"
    found = {}
    for weight in (0.0, 4.0):
        config = a_config(frames=9, transformer={**DOCUMENT["transformer"], "motion_weight": weight})
        pool = filled_pool(config, vae, 1, pools, "cpu", lambda: False, lambda _: None)
        training = TransformerTraining(config, lambda _, pool=pool: pool, pool.moments())
        found[weight] = [training.step(step)["loss"] for step in (3, 4, 5)]
    assert found[0.0][0] == found[4.0][0]
    assert found[0.0][2] != found[4.0][2]


def test_pools_show_the_textures_and_motions_to_be_learnt_alone(tmp_path: Path) -> None:
    first, second = DOCUMENT["transformer"]["phases"]
    some = {"textures": ["aurora", "stars"], "phases": [first, {**second, "motions": ["left", "down"]}]}
    training = a_training(tmp_path, transformer={**DOCUMENT["transformer"], **some})
    assert training.run()
    for number, motions in enumerate((set(MOTIONS), {"left", "down"})):
        pool = filled_pool(training.config, None, number, tmp_path / "pools", "cpu", lambda: False, lambda _: None)
        looks = [look for shelf in pool.shelves for look in shelf.looks]
        assert {look.texture for look in looks} == {"aurora", "stars"}
        assert {look.motion for look in looks} == motions
