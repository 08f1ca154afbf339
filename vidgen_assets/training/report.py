"""The report of a training: results beside their gates, curves, samples, time used, and what it was made from.

A folder with `report.md`, `evaluation.json`, `losses.svg` (`curves.py`) and three contact sheets (`sheets.py`).
"""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import yaml

from vidgen_assets.backdrops.texture_meter import TextureMeter
from vidgen_assets.clips.errors import InputError
from vidgen_assets.training.config import TrainingConfig
from vidgen_assets.training.curves import draw_curves, log_of
from vidgen_assets.training.evaluation import (
    ASPECTS,
    AT_MOST,
    GATES,
    Evaluation,
    Extent,
    Sampling,
    evaluate,
)
from vidgen_assets.training.folder import load_pipeline
from vidgen_assets.training.job import texture_meter_for
from vidgen_assets.training.sheets import SAMPLES, samples, write_sheets

PARTS = ("autoencoder", "transformer")


def evaluate_folder(
    pipeline: Path, extent: Extent | None = None, sampling: Sampling | None = None,
    tell: Callable[[str], None] = print,
) -> Evaluation:  # fmt: skip
    """Judge the pipeline in a folder.

    Which looks were held out, and the texture meter, are those of the training that the folder lies in, if it does.
    Raises `InputError` for a folder that holds no pipeline.
    """
    if not (pipeline / "model_index.json").is_file():
        raise InputError(
            "this folder holds no pipeline",
            field="folder",
            value=pipeline,
            allowed="a folder with model_index.json, such as TRAINING/pipeline",
            remedy="Finish its training: `vidgen backdrops train` goes on where it was stopped.",
        )
    textures = TextureMeter(texture_meter_for(pipeline.parent))
    return evaluate(load_pipeline(pipeline), textures, held_out_of(pipeline.parent), extent, sampling, tell)


def held_out_of(training: Path) -> float:
    """The share of combinations that the training in this folder held out; the usual one elsewhere."""
    pinned = training / "config.json"
    if pinned.is_file():
        return TrainingConfig.model_validate_json(pinned.read_bytes()).held_out
    return TrainingConfig.model_fields["held_out"].default


def write_report(
    training: Path, out: Path, extent: Extent | None = None, sampling: Sampling | None = None,
    sheet: int = SAMPLES, tell: Callable[[str], None] = print,
) -> Evaluation:  # fmt: skip
    """Evaluate the finished training in a folder, and write its report into `out`. `sheet` is how many samples.

    Raises `InputError` for a training that isn't finished, and where Matplotlib isn't installed.
    """
    extent, sampling = extent or Extent(), sampling or Sampling()
    out.mkdir(parents=True, exist_ok=True)
    draw_curves({part: log_of(training / part) for part in PARTS}, out / "losses.svg")  # first: it is soon told
    found = evaluate_folder(training / "pipeline", extent, sampling, tell)
    (out / "evaluation.json").write_text(json.dumps(found.to_json(), indent=1, ensure_ascii=False), encoding="utf-8")
    shown = samples(load_pipeline(training / "pipeline"), held_out_of(training), sampling, extent.offer, sheet)
    write_sheets(shown, out)
    tell(f"{len(shown)} samples drawn")
    prompts = [[str(sample.seed), sample.prompt] for sample in shown]
    (out / "report.md").write_text(_page(training, found, sampling, prompts), encoding="utf-8")
    return found


def cpu_hours(training: Path) -> dict[str, float]:
    """Processor hours by part. What was done again after a kill counts once."""
    found = {part: sum(line["cpu_s"] for line in log_of(training / part)) / 3600 for part in PARTS}
    others = training / "other_parts.jsonl"
    for line in others.read_text(encoding="utf-8").splitlines() if others.exists() else []:
        entry = json.loads(line)
        found[entry["part"]] = found.get(entry["part"], 0.0) + entry["cpu_s"] / 3600
    return found


def verdicts(found: Evaluation) -> list[tuple[str, str, str, str, str]]:
    """Of each result: its name, value, 95 % interval, gate, and whether it is reached; empty where there is none."""
    results, intervals, missed = found.results(), found.intervals(), found.missed()
    rows: list[tuple[str, str, str, str, str]] = []
    for name, value in results.items():
        low_high = "to".join(f" {end:.3f} " for end in intervals[name]).strip() if name in intervals else ""
        gate = f"{'≤' if name in AT_MOST else '≥'} {GATES[name]:g}" if name in GATES else ""
        rows.append((name, f"{value:.3f}", low_high, gate, ("missed" if name in missed else "reached") if gate else ""))
    return rows


def _page(training: Path, found: Evaluation, sampling: Sampling, prompts: Sequence[Sequence[str]]) -> str:
    config = TrainingConfig.model_validate_json((training / "config.json").read_bytes())
    hours = cpu_hours(training)
    clips, spared = len(found.cases), sum(case.is_held_out for case in found.cases)
    return "\n\n".join(
        (
            f"# Training {config.name}",
            f"{clips} clips ({', '.join(found.by_texture())}), {spared} of them of combinations of palette, texture "
            f"and motion that were held out; {sampling.steps} steps, guidance {sampling.guidance_scale:g}. Intervals "
            "are of 95 %. A gate is held against the value itself.",
            _table(("result", "value", "interval", "gate", ""), verdicts(found)),
            "## By texture",
            "Shares of made clips that show what was asked for, beside those of real scenes of the same looks: what "
            "the meters make of the truth.",
            _table(
                (
                    "texture",
                    "clips",
                    "held out",
                    *(f"{aspect} (real)" for aspect in ASPECTS),
                    "flicker ratio",
                    "VAE in dB",
                ),
                _texture_rows(found),
            ),
            "## Lattice",
            f"{found.lattice.down:g} cycles per pixel down and {found.lattice.across:g} across stand out most: "
            f"{found.lattice.excess_db:.2f} dB more than in real scenes (standard error {found.lattice.error_db:.2f}).",
            "## Samples",
            "Middle frames of seeds 0 onwards, none picked; below, real scenes of the same looks; then the first, "
            "middle and last frame of each sample.",
            "![Samples](samples.jpg)\n\n![Real scenes](real.jpg)\n\n![First, middle and last frames](frames.jpg)",
            _table(("seed", "prompt"), prompts),
            "## Training",
            "![Losses](losses.svg)",
            _table(
                ("part", "processor hours"),
                [[part, f"{spent:.2f}"] for part, spent in [*hours.items(), ("all", sum(hours.values()))]],
            ),
            "## Configuration",
            f"```yaml\n{yaml.safe_dump(config.model_dump(mode='json'), sort_keys=False)}```\n",
        )
    )


def _texture_rows(found: Evaluation) -> list[list[str]]:
    return [
        [
            texture,
            f"{row['clips']:g}",
            f"{row['held_out']:g}",
            *(f"{row[aspect]:.2f} ({row[f'real_{aspect}']:.2f})" for aspect in ASPECTS),
            f"{row['flicker']:.2f}",
            f"{found.vae_db[texture]:.1f}",
        ]
        for texture, row in found.by_texture().items()
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
