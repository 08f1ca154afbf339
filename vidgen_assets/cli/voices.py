"""`vidgen voices`: who can speak a script, by language."""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

console = Console()


def voices(language: Annotated[str | None, typer.Argument(help="Only this language, such as de.")] = None) -> None:
    """The voices of this deployment: the language they speak, their name for the column `voice`, engine, licence."""
    from resources.factory import Factory
    from resources.settings import read_settings

    table = Table(box=None, pad_edge=False)
    for head in ("language", "voice", "engine", "licence"):
        table.add_column(head)
    for voice in Factory.of(read_settings()).workshop().speech.voices():
        if language is None or voice.language.split("-")[0] == language.lower().split("-")[0]:
            table.add_row(*map(escape, (voice.language, voice.name, voice.engine, voice.licence)))
    console.print(table)
