"""`vidgen models`: the model releases, who gets them, and taking one back. Ends with the exit codes of `app.py`.

What may follow what is `vidgen_assets/models/lifecycle.py`; the file of a release is read in `release_file.py`.
"""

import getpass
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vidgen_assets.models.registry import ReleaseStanding, Status

if TYPE_CHECKING:
    from resources.workshop import Workshop
    from vidgen_assets.automation.rollback import RolledBack
    from vidgen_assets.models.lifecycle import Stamp

models = typer.Typer(no_args_is_help=True, help="Model releases: what makes clips, what is tried out, what is frozen.")
console = Console()

_COLOUR = {Status.ACTIVE: "green", Status.CANARY: "cyan", Status.FROZEN: "red", Status.RETIRED: "dim"}

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of tables.")]
Id = Annotated[str, typer.Argument(help="The id of a release.")]
By = Annotated[str | None, typer.Option(help="Who does it; by default the user of this process.")]


@models.command("list")
def list_releases(as_json: AsJson = False) -> None:
    """Every release, in the order of registration."""
    from vidgen_assets.cli.telling import print_json

    state = _open().models.state()
    if as_json:
        print_json({"releases": [_row(s) for s in state.releases.values()], "tiers": dict(state.tiers)})
        return
    table = Table(box=None, pad_edge=False)
    for column in ("release", "family", "status", "share", "since", "why"):
        table.add_column(column, overflow="fold", no_wrap=column != "why")
    for s in state.releases.values():
        share = f"{s.share:.0%}" if s.status is Status.CANARY else "–"
        status = f"[{_COLOUR[s.status]}]{s.status}[/]"
        table.add_row(s.release.id, s.release.family, status, share, s.since[:16], escape(s.reason))
    console.print(table)


@models.command()
def add(
    file: Annotated[Path, typer.Argument(help="The release as YAML; see examples/models.")],
    status: Annotated[Status, typer.Option(help="canary, or active for the first of its family.")] = Status.CANARY,
    share: Annotated[float, typer.Option(help="A canary's share of new clips, 0 to 1; at 0 only by name.")] = 0.0,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "registered",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Register a release. Digests of a folder's components are computed where the file leaves them out."""
    from vidgen_assets.cli.release_file import read_release

    shop, release = _open(), read_release(file)
    stamp = _stamp(shop, reason, by)
    shop.models.register(
        release, status=status, share=share, reason=stamp.reason, by=stamp.by, recorded_at=stamp.recorded_at
    )
    _tell(release.id, shop, as_json=as_json)


@models.command()
def show(release_id: Id, as_json: AsJson = False) -> None:
    """One release: its content, where it stands, how it came there."""
    from vidgen_assets.cli.telling import print_json

    shop = _open()
    standing = shop.models.state().standing(release_id)
    events = [event.to_json() for event in shop.models.events() if _is_about(event.what, release_id)]
    content = standing.release.model_dump(mode="json")
    if as_json:
        print_json({**_row(standing), "content": content, "events": events})
        return
    console.print(f"[bold]{release_id}[/] of {standing.release.family}, {standing.release.digest}")
    console.print_json(data=content)
    table = Table("when", "status", "share", "by", "why", box=None, pad_edge=False)
    for event in events:
        what = event["what"]
        table.add_row(
            event["recorded_at"][:16],
            what["status"],
            f"{what['share']:g}",
            escape(event["by"]),
            escape(event["reason"]),
        )
    console.print(table)


@models.command()
def promote(
    release_id: Id,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "promoted",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Make a canary the active release of its family; the one before it is retired."""
    shop = _open()
    shop.models.promote(release_id, _stamp(shop, reason, by))
    _tell(release_id, shop, as_json=as_json)


@models.command()
def canary(
    release_id: Id,
    share: Annotated[float, typer.Option(min=0.0, max=1.0, help="Its share of its family's new clips.")],
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "tried out",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Try a release out, or out again after it was frozen; also to change a canary's share."""
    shop = _open()
    shop.models.set_status(release_id, Status.CANARY, share=share, reason=reason, by=_user(by), recorded_at=shop.now())
    _tell(release_id, shop, as_json=as_json)


@models.command()
def freeze(
    release_id: Id,
    reason: Annotated[str, typer.Option(help="Why; its clips are held with these words.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Stop a release at once: it gets no clips, and those of it that aren't released are held."""
    shop = _open()
    shop.models.freeze(release_id, _stamp(shop, reason, by))
    _tell(release_id, shop, as_json=as_json)


@models.command()
def rollback(
    release_id: Id,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "rolled back",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Freeze a release, restore the one before it, and move its clips that aren't released."""
    from vidgen_assets.automation.rollback import roll_back
    from vidgen_assets.cli.telling import print_json

    shop = _open()
    done = roll_back(release_id, shop, reason=reason, by=_user(by))
    print_json(_rollback_json(done)) if as_json else _print_rollback(done)


@models.command()
def tier(
    customer: Annotated[str, typer.Argument(help="The customer, as catalogs write it.")],
    name: Annotated[str, typer.Argument(metavar="TIER", help="The tier, such as standard or pilot.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Say which tier a customer's clips count as; a canary may be for some tiers only."""
    from vidgen_assets.cli.telling import print_json

    shop = _open()
    shop.models.set_tier(customer, name, by=_user(by), recorded_at=shop.now())
    if as_json:
        print_json({"customer": customer, "tier": shop.models.state().tier_of(customer)})
    else:
        console.print(f"{escape(customer)} is of tier {escape(name)}")


@models.command()
def compare(as_json: AsJson = False) -> None:
    """Each canary beside the active release of its family, and what speaks against it."""
    from vidgen_assets.cli.comparing import comparison_json, print_comparison
    from vidgen_assets.cli.telling import print_json
    from vidgen_assets.reports.model_comparison import compare as compared

    found = compared(_open())
    print_json(comparison_json(found)) if as_json else print_comparison(found, console)


def _open() -> "Workshop":
    from vidgen_assets.cli.session import open_session

    return open_session().shop


def _stamp(shop: "Workshop", reason: str, by: str | None) -> "Stamp":
    from vidgen_assets.models.lifecycle import Stamp

    return Stamp(reason, _user(by), shop.now())


def _user(by: str | None) -> str:
    """Who is named, or the user of this process; a container's user often has no name."""
    try:
        return by or getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _is_about(what: Mapping[str, Any], release_id: str) -> bool:
    return release_id in (what.get("release_id"), what.get("release", {}).get("id"))


def _row(standing: ReleaseStanding) -> dict[str, object]:
    return {
        "id": standing.release.id,
        "family": standing.release.family,
        "backend": standing.release.backend,
        "status": standing.status.value,
        "share": standing.share,
        "since": standing.since,
        "reason": standing.reason,
        "digest": standing.release.digest,
    }


def _tell(release_id: str, shop: "Workshop", *, as_json: bool) -> None:
    """Where the release stands after a change."""
    from vidgen_assets.cli.telling import print_json

    standing = shop.models.state().standing(release_id)
    if as_json:
        print_json(_row(standing))
    else:
        share = f" with {standing.share:.0%} of new clips" if standing.status is Status.CANARY else ""
        console.print(f"{release_id} is [{_COLOUR[standing.status]}]{standing.status}[/]{share}")


def _rollback_json(done: "RolledBack") -> dict[str, object]:
    return {
        "frozen": done.release_id,
        "restored": done.restored,
        "clips": [
            {
                "catalog": moved.catalog,
                "clip_id": moved.clip_id,
                "shard": moved.shard,
                "release": moved.release,
                "why": moved.problem.to_json() if moved.problem else None,
            }
            for moved in done.clips
        ],
        "shards": list(done.shards),
    }


def _print_rollback(done: "RolledBack") -> None:
    restored = f"; {done.restored} is active again" if done.restored else ""
    console.print(f"{done.release_id} is [red]frozen[/]{restored}")
    for moved in done.clips:
        where = f"goes to {moved.release}" if moved.release else f"stays held: {escape(str(moved.problem))}"
        console.print(f"{moved.catalog}/{moved.clip_id} {where}")
    if done.shards:
        console.print("Run their catalogs again (`vidgen run`), or these shards in the UI:")
        for shard in done.shards:
            console.print(f"  {shard}")
