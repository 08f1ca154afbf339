"""A whole training: however often it is stopped, the same bytes; one folder, one configuration, one process."""

from pathlib import Path

import pytest
import torch

from tests.training.tiny import DOCUMENT, Asked, a_config_file, a_training, finished
from vidgen_assets.clips.errors import InputError
from vidgen_assets.models.components import component_digests
from vidgen_assets.training.curves import log_of
from vidgen_assets.training.job import Training, configuration, texture_meter_for
from vidgen_assets.training.report import cpu_hours


def test_stopped_in_the_middle_of_every_part_it_makes_the_same_bytes(trained: Training, tmp_path: Path) -> None:
    for nth, part in ((3, "autoencoder"), (5, "pool 0"), (4, "transformer"), (4, "pool 1")):
        assert not a_training(tmp_path, Asked(nth)).run()
        assert _where(tmp_path) == part
    assert a_training(tmp_path).run()

    assert component_digests(tmp_path / "pipeline") == component_digests(trained.pipeline)
    for part in ("autoencoder", "transformer"):
        assert _losses(tmp_path / part) == _losses(trained.folder / part)


def _where(folder: Path) -> str:
    """The part that has been begun last, by what lies in the folder."""
    for part, sign in (
        ("pool 1", "pools/1-32x32.safetensors"),
        ("transformer", "transformer"),
        ("pool 0", "pools"),
        ("autoencoder", "autoencoder/checkpoint.pt"),
    ):
        if (folder / sign).exists():
            return part
    return "nothing"


def _losses(folder: Path) -> list[tuple[float, float]]:
    return [(line["step"], line["loss"]) for line in log_of(folder)]


def test_a_finished_training_does_nothing_more(trained: Training) -> None:
    before = {path: path.stat().st_mtime_ns for path in trained.pipeline.rglob("*")}
    assert a_training(trained.folder, lambda: True).run()
    assert {path: path.stat().st_mtime_ns for path in trained.pipeline.rglob("*")} == before


def test_the_time_of_every_part_is_kept(trained: Training) -> None:
    hours = cpu_hours(trained.folder)
    assert set(hours) == {"autoencoder", "transformer", "pool 0"}
    assert all(spent > 0 for spent in hours.values())


def test_another_seed_makes_other_components(trained: Training, tmp_path: Path) -> None:
    first, second = component_digests(trained.pipeline), component_digests(finished(tmp_path, seed=8).pipeline)
    assert {name for name in first if first[name] != second[name]} == {
        "text_encoder",
        "transformer",
        "vae",
        "vae/config.json",
    }


def test_a_folder_of_another_configuration_is_refused(trained: Training) -> None:
    with pytest.raises(InputError, match=r"another configuration.*config\.json.*name of its own"):
        a_training(trained.folder, seed=8).run()


def test_a_folder_whose_configuration_todays_fields_dont_fit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"name": "tiny", "layers": 3}')
    with pytest.raises(InputError, match="another configuration"):
        a_training(tmp_path).run()


def test_two_dont_train_in_one_folder(tmp_path: Path) -> None:
    refused: list[str] = []

    def begin_another() -> bool:
        with pytest.raises(InputError, match="another process is training in this folder") as found:
            a_training(tmp_path).run()
        refused.append(str(found.value))
        return True

    assert not a_training(tmp_path, begin_another).run()
    assert all(str(tmp_path) in told for told in refused)
    assert refused
    assert not a_training(tmp_path, lambda: True).run()  # the lock went with its training


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_device_that_isnt_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Field device = 'cuda'\. Allowed: cpu"):
        Training(a_training(tmp_path).config, tmp_path, "cuda").run()
    assert not list(tmp_path.iterdir())


def test_a_training_in_the_texture_meter_is_stopped_where_it_tells(tmp_path: Path) -> None:
    training = a_training(tmp_path, Asked(1))
    assert not Training(training.config, tmp_path, is_stopped=Asked(1), tell=print).run()
    assert not (tmp_path / "texture_meter.safetensors").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": "many"}, "Field seed = 'many'"),
        ({"frames": 12}, r"4k\+1"),
        ({"learning_rate": 0.1}, "Field learning_rate = 0.1"),
        ({"transformer": {**DOCUMENT["transformer"], "layers": "two"}}, "Field transformer.layers = 'two'"),
        (
            {
                "autoencoder": {
                    **DOCUMENT["autoencoder"],
                    "stages": [{"until": 6, "format": {"height": 30, "width": 32}}],
                }
            },
            "Field autoencoder.stages.0.format.height = 30",
        ),
    ],
)
def test_a_wrong_configuration_names_its_field(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        configuration(a_config_file(tmp_path, **changes))


@pytest.mark.parametrize("text", ["a: [", "\x00", None])
def test_what_is_no_yaml_is_bad_input(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "tiny.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=str(path)):
        configuration(path)


def test_a_trainings_own_texture_meter_goes_before_the_packages(trained: Training) -> None:
    assert texture_meter_for(trained.folder) == trained.texture_meter
