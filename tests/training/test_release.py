"""A training becomes a release: what may be asked for, where its weights are, and what it was made from."""

from pathlib import Path

import diffusers
import pytest
import yaml

from tests.training.tiny import DOCUMENT, a_config, a_training
from vidgen_assets.backdrops.vocabulary import EVERYTHING, Offer
from vidgen_assets.cli import backdrops as cli
from vidgen_assets.clips.errors import InputError
from vidgen_assets.models.components import component_digests
from vidgen_assets.models.release import FolderSource, ModelRelease, ShippedSource
from vidgen_assets.models.vocabulary import refuse_prompt
from vidgen_assets.training.config import read_config
from vidgen_assets.training.job import Training
from vidgen_assets.training.release import computed_release, vocabulary, write_model

WAVES = Offer(textures=("waves",))
SOME = Offer(textures=("waves", "stars"), motions=("left", "right"))


def _release(path: Path) -> ModelRelease:
    return ModelRelease.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_a_model_lies_beside_its_release_with_what_it_was_made_from(trained: Training, tmp_path: Path) -> None:
    release = _release(write_model(trained.folder, tmp_path / "soft", WAVES))

    assert release.source == FolderSource(path=str(tmp_path / "soft"))
    assert release.components == component_digests(tmp_path / "soft") == component_digests(trained.pipeline)
    assert read_config(tmp_path / "soft" / "training.yaml") == trained.config
    assert diffusers.WanPipeline.from_pretrained(tmp_path / "soft").transformer.config.num_layers == 2  # type: ignore[attr-defined]


def test_a_model_that_ships_is_named_by_its_folder(trained: Training, tmp_path: Path) -> None:
    release = _release(write_model(trained.folder, tmp_path / "soft", WAVES, ships=True))
    assert release.source == ShippedSource(name="soft")
    assert str(tmp_path) not in (tmp_path / "soft" / "release.yaml").read_text(encoding="utf-8")


def test_it_samples_with_the_shift_that_it_was_trained_with(trained: Training, tmp_path: Path) -> None:
    release = _release(write_model(trained.folder, tmp_path / "soft", WAVES))
    assert release.sampling.scheduler.config["shift"] == trained.config.transformer.shift == 2.0


def test_sizes_that_only_help_to_learn_are_not_offered() -> None:
    sizes = ({"height": 32, "width": 48}, {"height": 48, "width": 32}, {"height": 16, "width": 32})
    first, second = DOCUMENT["transformer"]["phases"]
    config = a_config(transformer={**DOCUMENT["transformer"], "phases": [first, {**second, "formats": list(sizes)}]})
    buckets = computed_release(config, "soft").buckets
    assert [(bucket.width, bucket.height) for bucket in buckets] == [(48, 32), (32, 48)]


def test_what_is_not_offered_is_refused_by_name(trained: Training, tmp_path: Path) -> None:
    offered = _release(write_model(trained.folder, tmp_path / "soft", SOME)).vocabulary
    assert offered is not None
    assert offered == vocabulary(SOME)
    assert cli.offered(None, None, tmp_path / "soft") == SOME
    assert cli.offered(None, ["up"], tmp_path / "soft") == Offer(motions=("up",))
    assert cli.offered(None, None, tmp_path) == EVERYTHING
    refuse_prompt("ocean blue waves drifting left", offered, "soft")
    with pytest.raises(InputError, match="doesn't know bokeh"):
        refuse_prompt("ocean blue bokeh drifting left", offered, "soft")
    with pytest.raises(InputError, match=r"names no texture.*liquid waves, starfield"):
        refuse_prompt("ocean blue background", offered, "soft")
    with pytest.raises(InputError, match="doesn't know zooming"):
        refuse_prompt("ocean blue waves zooming in", offered, "soft")


def test_words_that_other_textures_share_stay_known() -> None:
    assert {"light", "of", "and"} <= set(vocabulary().words)
    assert "streaks" not in vocabulary(WAVES).words
    assert {"of", "drifting"} <= set(vocabulary(WAVES).words)


def test_a_folder_that_is_there_is_never_overwritten(trained: Training, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there already"):
        write_model(trained.folder, tmp_path, WAVES)


def test_an_unfinished_training_is_no_release(tmp_path: Path) -> None:
    training = a_training(tmp_path / "begun", lambda: True)
    assert not training.run()
    with pytest.raises(InputError, match="not finished"):
        write_model(training.folder, tmp_path / "out", WAVES)
    assert not (tmp_path / "out").exists()
