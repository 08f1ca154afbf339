"""`vidgen backdrops`: what each command writes and ends with. What is trained is tests/training's."""

import json
import os
import signal
from pathlib import Path

import pytest
import typer

from tests.end_to_end.running import vidgen
from tests.training.judged import an_evaluation, cases
from tests.training.tiny import a_config_file
from vidgen_assets.cli.backdrops import seconds, tell_result
from vidgen_assets.clips.errors import InputError

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_training_lies_in_the_home_under_its_name_and_is_done_once(
    home: Path, tmp_path: Path, capsys: Capture
) -> None:
    config = str(a_config_file(tmp_path))
    assert vidgen("backdrops", "train", config) == 0
    pipeline = home / "training" / "tiny" / "pipeline"
    assert (pipeline / "model_index.json").is_file()
    assert str(pipeline) in capsys.readouterr().out
    assert vidgen("backdrops", "train", config, "--for", "0s") == 0

    training, model = str(pipeline.parent), tmp_path / "model"
    assert vidgen("backdrops", "release", training, "--out", str(model), "--texture", "waves") == 0
    assert str(model / "release.yaml") in capsys.readouterr().out
    assert vidgen("models", "add", str(model / "release.yaml")) == 0


def test_a_time_limit_stops_with_a_checkpoint(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "here"
    assert vidgen("backdrops", "train", str(a_config_file(tmp_path)), "--folder", str(folder), "--for", "0s") == 1
    assert "stopped by its time limit; the same command goes on" in capsys.readouterr().err
    assert (folder / "autoencoder" / "checkpoint.pt").is_file()


def test_a_signal_stops_with_a_checkpoint(
    home: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent from within the third step, by the process to itself: at a known time."""
    from vidgen_assets.training.autoencoder import AutoencoderTraining

    done = AutoencoderTraining.step

    def step(self: AutoencoderTraining, number: int) -> dict[str, float]:
        if number == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return done(self, number)

    monkeypatch.setattr(AutoencoderTraining, "step", step)
    assert vidgen("backdrops", "train", str(a_config_file(tmp_path))) == 1
    assert "stopped by SIGTERM" in capsys.readouterr().err
    log = (home / "training" / "tiny" / "autoencoder" / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in log] == [1, 2, 3]
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("train", "CONFIG", "--for", "soon"), "Field for = 'soon'. Allowed: a number and s, m, h or d"),
        (("train", "CONFIG", "--device", "tpu"), "Field device = 'tpu'. Allowed: cpu"),
        (("train", "nowhere.yaml"), "Field file = nowhere.yaml. Name a YAML file."),
        (("evaluate", "nowhere"), "this folder holds no pipeline. Field folder = nowhere."),
        (("evaluate", "nowhere", "--texture", "clouds"), "Field texture = 'clouds'. Allowed: gradient, bokeh"),
        (("evaluate", "nowhere", "--motion", "sideways"), "Field motion = 'sideways'. Allowed: left, right"),
        (("release", "nowhere", "--out", "OUT"), "this training is not finished. Field training = nowhere."),
        (("report", "nowhere", "--out", "OUT"), "this folder holds no pipeline. Field folder = nowhere/pipeline."),
    ],
)
def test_bad_input_is_told_and_ends_with_2(
    tmp_path: Path, capsys: Capture, arguments: tuple[str, ...], words: str
) -> None:
    stand_ins = {"CONFIG": str(a_config_file(tmp_path)), "OUT": str(tmp_path / "out")}
    assert vidgen("backdrops", *(stand_ins.get(each, each) for each in arguments)) == 2
    assert words in capsys.readouterr().err


def test_durations() -> None:
    assert [seconds(text) for text in ("45s", "90m", "2.5h", "1d")] == [45, 5400, 9000, 86400]
    for text in ("", "90", "m", "-1h", "1h30m", "nans", "1e3s"):
        with pytest.raises(InputError, match="this is no duration"):
            seconds(text)


def test_a_result_is_told_beside_its_gate_and_a_missed_one_ends_with_1(capsys: Capture) -> None:
    with pytest.raises(typer.Exit) as ended:
        tell_result(an_evaluation(cases(100, palette=4)), as_json=False)
    assert ended.value.exit_code == 1
    told = capsys.readouterr()
    (palette,) = [line.split() for line in told.out.splitlines() if line.startswith("palette")]
    assert palette == ["palette", "0.960", "0.902", "to", "0.984", "≥", "0.97", "missed"]
    (flicker,) = [line.split() for line in told.out.splitlines() if line.startswith("flicker")]
    assert flicker[-3:] == ["≤", "1.15", "reached"]
    assert "gates missed: palette" in told.err


def test_a_result_that_reaches_its_gates_ends_well_and_as_json_for_programs(capsys: Capture) -> None:
    tell_result(an_evaluation(cases(100)), as_json=True)
    assert json.loads(capsys.readouterr().out)["missed"] == []
