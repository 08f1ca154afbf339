"""The commands. Each opens a session, asks the modules beside this one, prints, and ends with an exit code:
0 everything released or held, 1 something failed, 2 bad input."""

import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from resources.settings import child_environment, read_settings
from resources.workshop import Workshop
from vidgen_assets.cli.arrivals import arrivals
from vidgen_assets.cli.backdrops import backdrops
from vidgen_assets.cli.models import models
from vidgen_assets.cli.templates import preview, templates
from vidgen_assets.cli.validate import validate
from vidgen_assets.cli.voices import voices
from vidgen_assets.clips.errors import ErrorKind, InputError, VidgenError

FAILED, BAD_INPUT = 1, 2
_PROJECT = Path(__file__).parents[2]
_SAMPLES = _PROJECT / "examples"
_WORKSPACE = _PROJECT / "workspace.yaml"

_HELP = """Turns catalogs of clip requests into released, streamable, signed videos.

Ends with 0 when every clip is released or held for a person, 1 when something failed, 2 for bad input."""

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=_HELP)
app.add_typer(arrivals, name="arrivals")
app.add_typer(models, name="models")
app.add_typer(backdrops, name="backdrops")
app.add_typer(templates, name="templates")
app.command()(preview)
app.command()(voices)
app.command()(validate)
console = Console()
errors = Console(stderr=True, soft_wrap=True)  # a path that is broken over lines can't be copied

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of tables.")]
CatalogFile = Annotated[Path, typer.Argument(help="A catalog: .csv, .jsonl, .parquet or .yaml.")]
RetryFailed = Annotated[bool, typer.Option(help="One more attempt for clips whose work failed for good.")]


def main() -> None:
    """The entry point: every error ends as one paragraph and an exit code."""
    try:
        app(standalone_mode=True)
    except VidgenError as error:
        errors.print(f"[red]vidgen:[/] {escape(str(error))}")
        sys.exit(BAD_INPUT if error.kind is ErrorKind.INPUT else FAILED)
    except Exception as error:  # noqa: BLE001 - the outermost edge: told in one paragraph, kept in full in a file
        errors.print(
            f"[red]vidgen:[/] unexpected {type(error).__name__}: {escape(str(error))}. This is a defect of ours; "
            f"finished work is kept, and the details are in {_kept(traceback.format_exc())}."
        )
        sys.exit(FAILED)


def _kept(details: str) -> Path:
    """The file that holds `details` now: in the home, or where that can't be written to, among temporary files."""
    try:
        log = read_settings().home / "last-error.txt"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(details)
    except OSError:
        log = Path(tempfile.mkdtemp(prefix="vidgen-")) / "last-error.txt"
        log.write_text(details)
    return log


@app.command()
def demo(
    quick: Annotated[bool, typer.Option(help="Four small clips in seconds instead of the whole shop.")] = False,
    as_json: AsJson = False,
) -> None:
    """Turn the sample catalog into released clips, and write the gallery."""
    sample = _SAMPLES / ("quick" if quick else "lumen_shop") / "catalog.csv"
    if not sample.exists():
        raise InputError("the sample catalog is not here", field="file", value=sample, remedy="Clone the repository.")
    _run(sample, retry_failed=False, as_json=as_json, with_gallery=True)


@app.command()
def run(
    catalog: CatalogFile,
    dry_run: Annotated[bool, typer.Option(help="Say what would be done and what it costs; do nothing.")] = False,
    retry_failed: RetryFailed = False,
    as_json: AsJson = False,
) -> None:
    """Register a catalog and take its clips to release. Finished work is reused."""
    if dry_run:
        _forecast(catalog, as_json=as_json)
    else:
        _run(catalog, retry_failed=retry_failed, as_json=as_json, with_gallery=False)


@app.command()
def status(
    catalog: Annotated[str | None, typer.Argument(help="The name of a catalog; all by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Where every clip stands, and why."""
    from vidgen_assets.cli.session import open_session
    from vidgen_assets.cli.telling import print_json, print_standings, status_json
    from vidgen_assets.reports.standing import standings

    shop = open_session().shop
    if catalog is not None and catalog not in shop.catalogs.names():
        names = shop.catalogs.names()
        raise InputError("no such catalog", field="catalog", value=catalog, allowed=names or "none is registered yet")
    found = standings(shop, [catalog] if catalog else None)
    print_json(status_json(found)) if as_json else print_standings(found, console)


@app.command()
def show(clip: Annotated[str, typer.Argument(help="A clip id, or CATALOG/CLIP.")], as_json: AsJson = False) -> None:
    """One clip: its walk, its digests, every verdict on it."""
    from resources.deliveries import Deliveries
    from vidgen_assets.cli.session import open_session
    from vidgen_assets.cli.telling import delivery_json, print_clip, print_json, standing_json
    from vidgen_assets.reports.standing import find_clip, verdicts_on

    shop = open_session().shop
    standing = find_clip(clip, shop)
    verdicts = verdicts_on(standing, shop)
    delivery = Deliveries(shop.objects).of(standing.address) if standing.address else None
    if as_json:
        told = {"delivery": delivery_json(delivery), "verdicts": [v.statement() for v in verdicts]}
        print_json({**standing_json(standing), **told})
    else:
        print_clip(standing, verdicts, delivery, console)


@app.command()
def replay(clip: Annotated[str, typer.Argument(help="A clip id, or CATALOG/CLIP.")], as_json: AsJson = False) -> None:
    """Make a clip again from its record alone, and compare. Ends with 1 if it isn't what was promised."""
    from vidgen_assets.cli.replaying import print_replay
    from vidgen_assets.cli.session import open_session
    from vidgen_assets.cli.telling import print_json
    from vidgen_assets.reports.replay import replay
    from vidgen_assets.reports.standing import find_clip

    shop = open_session().shop
    found = replay(find_clip(clip, shop), shop)
    print_json(found.to_json()) if as_json else print_replay(found, console)
    if not found.is_well:
        raise typer.Exit(FAILED)


@app.command()
def gallery(
    out: Annotated[Path | None, typer.Option(help="The folder to write; `gallery` in the home by default.")] = None,
) -> None:
    """Write every clip with its player, verdicts and provenance as static pages that open offline."""
    from vidgen_assets.cli.session import open_session

    session = open_session()
    console.print(f"gallery: {_write_gallery(session.shop, out or session.settings.home / 'gallery')}")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Try everything the factory stands on."""
    from vidgen_assets.cli.doctor import examine
    from vidgen_assets.cli.telling import print_json

    found = list(examine(read_settings()))
    if as_json:
        print_json({d.subject: {"is_well": d.is_well, "says": d.says} for d in found})
    else:
        for d in found:
            console.print(
                f"[{'green' if d.is_well else 'red'}]{'well' if d.is_well else 'ill '}[/] {d.subject}: {escape(d.says)}"
            )
    if not all(d.is_well for d in found):
        raise typer.Exit(FAILED)


@app.command()
def ui(port: Annotated[int, typer.Option(help="Where the UI listens, on this machine only.")] = 3000) -> None:
    """Open Dagster's UI, with its daemon, on this home."""
    from vidgen_assets.cli.session import prepare_dagster_home

    settings = read_settings()
    home = prepare_dagster_home(settings)
    command = [sys.executable, "-m", "dagster", "dev", "-w", str(_WORKSPACE), "-h", "127.0.0.1", "-p", str(port)]
    environment = child_environment(DAGSTER_HOME=str(home), VIDGEN_HOME=str(settings.home))
    raise typer.Exit(subprocess.run(command, env=environment, cwd=home, check=False).returncode)


def _run(catalog: Path, *, retry_failed: bool, as_json: bool, with_gallery: bool) -> None:
    from vidgen_assets.automation.enrol import enrol
    from vidgen_assets.catalogs.source import read_source
    from vidgen_assets.cli.running import run_shards
    from vidgen_assets.cli.session import dagster_instance, open_session
    from vidgen_assets.cli.telling import print_json, print_standings, status_json
    from vidgen_assets.reports.standing import State, standings

    source = read_source(catalog)
    session = open_session()
    enrolment = enrol(source, str(catalog.resolve().parent), session.shop)
    with dagster_instance(session.settings) as instance:
        runs = run_shards(enrolment, session, instance, errors, retry_failed=retry_failed)
    found = standings(session.shop, [enrolment.version.name])
    print_json(status_json(found)) if as_json else print_standings(found, console)
    for stopped in (r for r in runs if not r.success):
        errors.print(f"[red]shard {stopped.shard} stopped:[/] {escape(stopped.error or 'see its run in the UI')}")
    if with_gallery:
        errors.print(f"gallery: {_write_gallery(session.shop, session.settings.home / 'gallery')}")
    if any(s.state in (State.FAILED, State.WAITING) for s in found):
        raise typer.Exit(FAILED)


def _forecast(catalog: Path, *, as_json: bool) -> None:
    from vidgen_assets.automation.enrol import plan_enrolment
    from vidgen_assets.catalogs.source import read_source
    from vidgen_assets.cli.session import open_session
    from vidgen_assets.cli.telling import forecast_json, print_forecast, print_json
    from vidgen_assets.definitions import CLIP_STAGES
    from vidgen_assets.reports.estimate import forecast

    shop = open_session().shop
    enrolment = plan_enrolment(read_source(catalog), str(catalog.resolve().parent), shop)
    found = forecast(enrolment.version, CLIP_STAGES, shop)
    if as_json:
        print_json(forecast_json(found, shop.prices.currency))
    else:
        print_forecast(found, shop.prices.currency, console)


def _write_gallery(shop: Workshop, out: Path) -> Path:
    from vidgen_assets.reports.gallery import write_gallery
    from vidgen_assets.reports.standing import standings

    return write_gallery(shop, standings(shop), out)
