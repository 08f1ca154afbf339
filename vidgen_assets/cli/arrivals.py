"""`vidgen arrivals`: where uploads stand and why, taking in what lies in the folder, laying out what shows one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vidgen_assets.clips.errors import shorten

if TYPE_CHECKING:
    from vidgen_assets.cli.session import Session
    from vidgen_assets.reports.arrivals import ArrivalStanding

arrivals = typer.Typer(no_args_is_help=True, help="Uploads: where each stands, take some in, lay out what shows one.")
console = Console()
errors = Console(stderr=True, soft_wrap=True)

_COLOUR = {"ready": "green", "held": "yellow", "failed": "red", "waiting": "dim"}
_WIDEST_NAME = 24  # a longer one folds, as does a long id: states and reasons are seen on 80 columns
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of tables.")]


@arrivals.command("list")
def list_arrivals(as_json: AsJson = False) -> None:
    """Every upload that was taken in, with its state, and why it isn't shown."""
    from vidgen_assets.cli.session import open_session

    _print(open_session(), as_json=as_json)


@arrivals.command("run")
def run_arrivals(as_json: AsJson = False) -> None:
    """Take in what lies in the folder now, without waiting for the sensor. Ends with 1 if something failed.

    The sensor waits until a file has stopped growing; here that is yours to know.
    """
    from vidgen_assets.automation.arrivals import take, to_run
    from vidgen_assets.cli.session import open_session

    session = open_session()
    session.shop.guard.scores(())
    waiting, ran = list(session.shop.arrivals.waiting()), True
    while waiting:
        taken = take(waiting, session.shop)
        waiting = [name for name in waiting if name not in taken.done]
        for name, reason in taken.refused.items():
            errors.print(f"[yellow]{escape(shorten(name))} is refused:[/] {escape(reason)}")
        ran = all([_run(tray, session) for tray in to_run(taken, session.shop)]) and ran  # noqa: C419 - every tray is run
    standings = _print(session, as_json=as_json)
    if not ran or any(standing.state.value in ("failed", "waiting") for standing in standings):
        raise typer.Exit(1)


@arrivals.command("fetch")
def fetch_arrival(
    arrival: Annotated[str, typer.Argument(help="An upload's id, or its file's name.")],
    out: Annotated[Path | None, typer.Option(help="The folder to write; named like the upload by default.")] = None,
) -> None:
    """Copy poster, thumbnails, storyboard and preview of an upload that is ready into a folder."""
    from vidgen_assets.cli.session import open_session
    from vidgen_assets.reports.arrivals import find_arrival, lay_out

    shop = open_session().shop
    standing = find_arrival(arrival, shop)
    for file in lay_out(standing, out or Path(standing.arrival_id), shop):
        console.print(escape(str(file)))


def _run(tray: str, session: "Session") -> bool:
    from vidgen_assets.automation.arrivals import take_in_arrivals
    from vidgen_assets.cli.session import dagster_instance
    from vidgen_assets.partitions import TRAYS

    with dagster_instance(session.settings) as instance:
        instance.add_dynamic_partitions(str(TRAYS.name), [tray])
        result = session.definitions.resolve_job_def(take_in_arrivals.name).execute_in_process(
            instance=instance,
            partition_key=tray,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
        )
    return result.success


def _print(session: "Session", *, as_json: bool) -> "list[ArrivalStanding]":
    from vidgen_assets.cli.telling import print_json
    from vidgen_assets.reports.arrivals import arrival_standings

    found = arrival_standings(session.shop)
    if as_json:
        print_json({"arrivals": [standing.to_json() for standing in found]})
        return found
    table = Table(box=None, pad_edge=False)
    table.add_column("upload", overflow="fold")
    table.add_column("file", overflow="fold", max_width=_WIDEST_NAME)
    table.add_column("state", no_wrap=True)
    table.add_column("why", overflow="fold")
    for standing in found:
        state, why = standing.state.value, escape(str(standing.problem)) if standing.problem else ""
        name = escape(shorten(standing.name).strip("'"))
        table.add_row(standing.arrival_id, name, f"[{_COLOUR[state]}]{state}[/]", why)
    console.print(table)
    console.print(f"{len(found)} uploads; the folder is {escape(str(session.shop.arrivals.folder))}")
    return found
