"""The report of a real training, tiny: every file is written, and the page says what the evaluation found."""

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from tests.training.tiny import a_training
from vidgen_assets.backdrops.vocabulary import Offer
from vidgen_assets.clips.errors import InputError
from vidgen_assets.training.curves import binned, draw_curves
from vidgen_assets.training.evaluation import GATES, Extent, Sampling
from vidgen_assets.training.job import Training
from vidgen_assets.training.report import evaluate_folder, held_out_of, write_report

SMALL = Extent(clips=2, batch=2, vae_per_texture=1, offer=Offer(textures=("waves", "stars")), diversity_seeds=2)


def test_a_report_is_written(trained: Training, tmp_path: Path) -> None:
    out = tmp_path / "report"
    found = write_report(trained.folder, out, SMALL, Sampling(steps=1), sheet=2, tell=lambda told: None)

    written = json.loads((out / "evaluation.json").read_text())
    assert written["results"] == found.results()
    assert [case["seed"] for case in written["cases"]] == [0, 1]
    assert ElementTree.parse(out / "losses.svg").getroot().tag.endswith("svg")
    cells = {"samples": (2, 1), "real": (2, 1), "frames": (3, 2)}
    for name, (columns, rows) in cells.items():
        with Image.open(out / f"{name}.jpg") as sheet:
            assert sheet.width == 12 + columns * (640 + 12)
            assert sheet.height > rows * 360
    page = (out / "report.md").read_text()
    assert page.startswith(
        "# Training tiny\n\n2 clips (waves, stars), 2 of them of combinations of palette, texture and motion that were "
        "held out; 1 steps"
    )
    for name in GATES:
        assert f"| {name} | {found.results()[name]:.3f} |" in page
    for name in ("losses.svg", "samples.jpg", "real.jpg", "frames.jpg"):
        assert f"]({name})" in page
    assert "base_dim: 8" in page
    assert "| transformer |" in page


def test_an_unfinished_training_is_told_how_to_go_on(tmp_path: Path) -> None:
    training = a_training(tmp_path / "begun", lambda: True)
    assert not training.run()
    with pytest.raises(InputError, match=r"no pipeline.*model_index\.json.*vidgen backdrops train"):
        write_report(training.folder, tmp_path / "report", SMALL)
    with pytest.raises(InputError, match="no pipeline"):
        evaluate_folder(tmp_path)


def test_what_was_held_out_is_the_trainings_or_the_usual_share(tmp_path: Path) -> None:
    assert held_out_of(tmp_path) == 0.08
    (tmp_path / "config.json").write_text(a_training(tmp_path, held_out=0.2).config.model_dump_json())
    assert held_out_of(tmp_path) == 0.2


def test_equal_logs_are_drawn_as_equal_bytes(tmp_path: Path) -> None:
    log = [{"step": step, "loss": 1 / step, "psnr": 20.0 + step, "norm": 0.5} for step in range(1, 1001)]
    for name in ("one", "two"):
        draw_curves({"autoencoder": log, "transformer": []}, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_bins_hold_the_median_and_a_band() -> None:
    steps, middle, low, high = binned(list(range(1, 41)), [float(at % 10) for at in range(40)], bins=4)
    assert steps.tolist() == [5.5, 15.5, 25.5, 35.5]
    assert middle.tolist() == [4.5] * 4
    np.testing.assert_allclose((low, high), ([0.9] * 4, [8.1] * 4))
    assert len(binned([1, 2], [1.0, 2.0])[0]) == 2
