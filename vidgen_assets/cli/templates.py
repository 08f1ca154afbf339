"""`vidgen templates` and `vidgen preview`: what templates there are, whether one is sound, and how it looks.

A template is named, or given as a folder while it is being written. Pictures come from the `examples` that lie in a
template's folder unless others are given.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import Aspect

if TYPE_CHECKING:
    from vidgen_assets.templates.library import Template

templates = typer.Typer(no_args_is_help=True, help="The templates: list them, look one up, check one you write.")
console = Console()
errors = Console(stderr=True, soft_wrap=True)

_STILL_ENDINGS, _CLIP_ENDINGS = (".png", ".jpg", ".jpeg", ".webp"), (".mp4",)

Named = Annotated[str, typer.Argument(help="The name of a template, or the folder of one.")]


@templates.command("list")
def list_templates() -> None:
    """Every template there is, with what it's for. Ends with 2 and the complaint if one of them is wrong."""
    library = _library()
    table = Table(box=None, pad_edge=False)
    for head in ("template", "what it shows", "seconds"):
        table.add_column(head)
    wrong: list[InputError] = []
    for name in library.names():
        try:
            document = library.load(name).document
        except InputError as error:
            wrong.append(error)
            table.add_row(name, "can't be read", "")
            continue
        lengths = document.lengths
        table.add_row(name, escape(document.description), f"{lengths.shortest_s:g} to {lengths.longest_s:g}")
    console.print(table)
    if wrong:
        raise wrong[0]


@templates.command("show")
def show_template(template: Named) -> None:
    """The variables of one template: type, limits, default, meaning."""
    from vidgen_assets.templates.variables import allowed_values, default_of

    document = _template(template).document
    table = Table(box=None, pad_edge=False)
    for head in ("variable", "what it is", "allowed", "default"):
        table.add_column(head)
    for name, variable in document.variables.items():
        default = "required" if variable.required else _shown(default_of(variable))
        table.add_row(name, escape(variable.description), escape(allowed_values(variable)), escape(default))
    console.print(table)


@templates.command("check")
def check_template(folder: Annotated[Path, typer.Argument(help="The folder of a template.")]) -> None:
    """Read a template and hold its parts against each other. Ends with 2 and every complaint if it is wrong."""
    document = _template(str(folder)).document
    console.print(f"{document.name}: {len(document.variables)} variables, {len(document.scenes)} scenes, sound")


@templates.command("schema")
def print_schema() -> None:
    """The JSON Schema of `template.yaml`, for editors."""
    from vidgen_assets.templates.document import TemplateDocument

    print(json.dumps(TemplateDocument.model_json_schema(), indent=2))


def preview(
    template: Named,
    var: Annotated[list[str] | None, typer.Option("--var", help="A variable, as name=value. Repeat it.")] = None,
    picture: Annotated[
        list[str] | None, typer.Option(help="A picture, as name=path, or path for the row's own. Repeat it for sets.")
    ] = None,
    aspect: Annotated[Aspect, typer.Option(help="Width to height.")] = Aspect.LANDSCAPE,
    language: Annotated[str, typer.Option(help="A language tag such as en, ar or ja.")] = "en",
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="How long the clip is.")] = 8.0,
    at: Annotated[float, typer.Option(min=0, max=1, help="Of which moment the still is, from 0 to 1.")] = 0.6,
    clip: Annotated[bool, typer.Option("--clip", help="A silent MP4 of the whole clip instead of a still.")] = False,
    out: Annotated[Path | None, typer.Option(help="The file to write; NAME.png or NAME.mp4 by default.")] = None,
) -> None:
    """Draw a still of a template, or a clip, in seconds."""
    from vidgen_assets.reports.preview import Wish, write_clip, write_still

    drawn = _template(template)
    endings = _CLIP_ENDINGS if clip else _STILL_ENDINGS
    target = _target(out or Path(f"{drawn.document.name}{endings[0]}"), endings)
    wish = Wish(
        template=drawn,
        variables=_variables(var or []),
        pictures=pictures_given(picture or []),
        aspect=aspect,
        language=language,
        duration_s=seconds,
    )
    if clip:
        write_clip(wish, target)
    else:
        write_still(wish, target, at)
    console.print(f"preview: {escape(str(target))}", soft_wrap=True)


def _library() -> Any:
    from resources.settings import read_settings
    from vidgen_assets.templates.library import TemplateLibrary

    return TemplateLibrary(read_settings().template_folders)


def _template(named: str) -> "Template":
    """Raises `InputError` for a name that no template has."""
    from vidgen_assets.templates.library import read_template

    folder = Path(named)
    if folder.is_dir():
        return read_template(folder.resolve())
    return _library().load(named)


def _target(path: Path, endings: Sequence[str]) -> Path:
    """`path`, if a file with one of `endings` can lie there: drawing takes too long to be told so after it."""
    if path.is_dir():
        raise InputError("this is a folder", field="out", value=path, remedy="Name a file in it.")
    if path.suffix.lower() not in endings:
        raise InputError("the file's ending says no format to draw", field="out", value=path, allowed=endings)
    if not path.parent.is_dir():
        remedy = "Make it, or correct the path."
        raise InputError("there is no such folder", field="out", value=path.parent, remedy=remedy)
    return path


def _variables(given: list[str]) -> dict[str, Any]:
    """Raises `InputError` for what doesn't read name=value."""
    found: dict[str, Any] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name:
            raise InputError("a variable reads name=value", field="var", value=one, allowed='--var headline="A lamp"')
        found[name] = value
    return found


def pictures_given(given: list[str]) -> dict[str, list[Path]]:
    """Paths by variable; `image` for those without a name. A path may hold a sign of equality itself."""
    found: dict[str, list[Path]] = {}
    for one in given:
        name, sign, path = one.partition("=")
        if sign and name.isidentifier() and not Path(one).is_file():
            found.setdefault(name, []).append(_picture(Path(path)))
        else:
            found.setdefault("image", []).append(_picture(Path(one)))
    return found


def _picture(path: Path) -> Path:
    if not path.is_file():
        raise InputError("there is no such picture", field="picture", value=path, remedy="Correct the path.")
    return path


def _shown(default: Any) -> str:
    if isinstance(default, tuple):
        return ", ".join(default)
    return "" if default is None else f"{default:g}" if isinstance(default, float) else str(default)
