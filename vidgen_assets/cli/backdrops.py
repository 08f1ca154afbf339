"""`vidgen backdrops`: the training of the small backdrop model, its evaluation, its report and its release.

Ends with the exit codes of `app.py`: 0 for a finished training or an evaluation that reaches its gates, 1 for one that
was stopped before or misses a gate, 2 for bad input. What is trained is `vidgen_assets/training/`.
"""

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vidgen_assets.clips.errors import InputError

if TYPE_CHECKING:
    from vidgen_assets.backdrops.vocabulary import Offer
    from vidgen_assets.training.evaluation import Evaluation

backdrops = typer.Typer(
    no_args_is_help=True, help="The small backdrop model: train it, evaluate it, report on it, release it."
)
console = Console()
errors = Console(stderr=True, soft_wrap=True)

_UNFINISHED = 1
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of tables.")]
Clips = Annotated[int, typer.Option(min=1, help="How many clips are made and judged.")]
Textures = Annotated[
    list[str] | None, typer.Option("--texture", help="Offer this texture alone, or each that is named.")
]
Motions = Annotated[list[str] | None, typer.Option("--motion", help="Offer this motion alone, or each that is named.")]


@backdrops.command()
def train(
    config: Annotated[Path, typer.Argument(help="The configuration as YAML; see examples/training.")],
    folder: Annotated[
        Path | None, typer.Option(help="Where the training lives; by default training/NAME in VIDGEN_HOME.")
    ] = None,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    limit: Annotated[str | None, typer.Option("--for", help="Stop after this time, such as 90m or 2.5h.")] = None,
    texture_meter: Annotated[
        bool, typer.Option("--texture-meter", help="Train a texture meter of its own first, instead of the package's.")
    ] = False,
) -> None:
    """Train, or go on where it was stopped. SIGTERM, Ctrl-C and the time limit stop it with a checkpoint."""
    from resources.settings import read_settings
    from vidgen_assets.training.job import Training, configuration
    from vidgen_assets.training.running import Stop

    stop = Stop(math.inf if limit is None else seconds(limit))
    made_from = configuration(config)
    where = folder or read_settings().home / "training" / made_from.name
    training = Training(made_from, where, device, stop, _tell, texture_meter)
    with stop.on_signals():
        finished = training.run()
    if finished:
        console.print(f"the pipeline is in {escape(str(training.pipeline))}", soft_wrap=True)
    else:
        errors.print(f"stopped by {stop.signalled or 'its time limit'}; the same command goes on")
        raise typer.Exit(_UNFINISHED)


@backdrops.command()
def evaluate(
    folder: Annotated[Path, typer.Argument(help="The folder of a pipeline, such as TRAINING/pipeline or a model.")],
    clips: Clips = 192,
    texture: Textures = None,
    motion: Motions = None,
    as_json: AsJson = False,
) -> None:
    """Judge a pipeline by prompts that its training has not seen, beside real scenes, and hold it against the gates."""
    from vidgen_assets.training.evaluation import Extent
    from vidgen_assets.training.report import evaluate_folder

    extent = Extent(clips=clips, offer=offered(texture, motion, folder))
    tell_result(evaluate_folder(folder, extent, tell=_tell), as_json=as_json)


@backdrops.command()
def report(
    training: Annotated[Path, typer.Argument(help="The folder of a finished training.")],
    out: Annotated[Path, typer.Option(help="The folder that the report is written into.")],
    clips: Clips = 192,
    texture: Textures = None,
    motion: Motions = None,
) -> None:
    """Evaluate a training, and write its results, curves, samples and time as a page."""
    from vidgen_assets.training.evaluation import Extent
    from vidgen_assets.training.report import write_report

    found = write_report(training, out, Extent(clips=clips, offer=offered(texture, motion)), tell=_tell)
    console.print(f"report: {escape(str(out / 'report.md'))}", soft_wrap=True)
    tell_result(found, as_json=False)


@backdrops.command()
def release(
    training: Annotated[Path, typer.Argument(help="The folder of a finished training.")],
    out: Annotated[Path, typer.Option(help="The new folder that the model is written into.")],
    texture: Textures = None,
    motion: Motions = None,
    ships: Annotated[
        bool, typer.Option("--ships", help="It travels with the project: found by its folder's name in models/.")
    ] = False,
) -> None:
    """Make a model release of a training: the pipeline, what it was made from, and release.yaml for the registry."""
    from vidgen_assets.training.release import write_model

    written = write_model(training, out, offered(texture, motion), ships=ships)
    console.print(f"release: {escape(str(written))}; register it with `vidgen models add`", soft_wrap=True)


def offered(textures: list[str] | None, motions: list[str] | None, model: Path | None = None) -> "Offer":
    """What is named, in the vocabulary's order; all of an aspect of which nothing is. Where nothing is named at all,
    what the release in the folder `model` offers, if there is one.

    Raises `InputError` for a name that isn't there, and for a file that is no release.
    """
    from vidgen_assets.backdrops.vocabulary import MOTIONS, TEXTURES, Offer
    from vidgen_assets.cli.release_file import read_release
    from vidgen_assets.models.shipped import RELEASE_FILE
    from vidgen_assets.training.release import offer_of

    if not textures and not motions and model is not None and (model / RELEASE_FILE).is_file():
        return offer_of(read_release(model / RELEASE_FILE))
    return Offer(_named("texture", textures, tuple(TEXTURES)), _named("motion", motions, tuple(MOTIONS)))


def _named(aspect: str, names: list[str] | None, there: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [name for name in names or () if name not in there]
    if unknown:
        raise InputError(f"this is no {aspect}", field=aspect, value=unknown[0], allowed=there)
    return tuple(name for name in there if not names or name in names)


def seconds(duration: str) -> float:
    """Of a duration such as `90m`, `2.5h` or `45s`. Raises `InputError` for any other text."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([smhd])", duration.strip())
    if found is None:
        raise InputError(
            "this is no duration", field="for", value=duration, allowed="a number and s, m, h or d, such as 90m"
        )
    return float(found[1]) * _SECONDS[found[2]]


def _tell(told: str) -> None:
    """How work goes on is no result: it goes to the standard error."""
    errors.print(escape(told), highlight=False)


def tell_result(found: "Evaluation", *, as_json: bool) -> None:
    """Print the results beside their gates. Raises `typer.Exit` where one is missed."""
    from vidgen_assets.cli.telling import print_json
    from vidgen_assets.training.report import verdicts

    if as_json:
        print_json(found.to_json())
    else:
        table = Table("result", "value", "95 %", "gate", "", box=None, pad_edge=False)
        for name, value, interval, gate, verdict in verdicts(found):
            table.add_row(name, value, interval, gate, f"[{'red' if verdict == 'missed' else 'green'}]{verdict}[/]")
        console.print(table)
    if found.missed():
        errors.print(f"gates missed: {', '.join(found.missed())}")
        raise typer.Exit(_UNFINISHED)
