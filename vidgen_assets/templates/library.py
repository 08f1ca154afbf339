"""Templates as folders: `template.yaml`, fonts and their licences, pictures. Read, held to their rules, digested."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.plain_yaml import load_plain, plain_numbers
from vidgen_assets.templates.document import TemplateDocument, TextStyle
from vidgen_assets.templates.shaping import is_bold

DOCUMENT_NAME = "template.yaml"

_MOST_BYTES = 1 << 20


class Template(Frozen):
    """A document, its folder, and the digest of every file in it."""

    document: TemplateDocument
    folder: Path
    digest: Digest

    def fonts_of(self, style: TextStyle, language: str) -> tuple[Path, ...]:
        """The style's font, its own fallbacks, then the library's in the same weight."""
        own = tuple(self.folder / self.document.fonts[name] for name in (style.font, *style.fallback))
        return (*own, *fallback_fonts(language, bold=is_bold(own[0])))


def library_folder() -> Path:
    """Where the templates that ship live."""
    return Path(str(files("vidgen_assets.templates").joinpath("library")))


def fonts_folder() -> Path:
    """Where the fonts for scripts that a template's own lack live."""
    return Path(str(files("vidgen_assets.templates").joinpath("fonts")))


@cache
def fallback_fonts(language: str, *, bold: bool) -> tuple[Path, ...]:
    """The library's fonts in the order in which they are asked: those of ideographs by the language's own forms."""
    first = {"ja": "JP", "zh": "SC", "ko": "KR"}.get(language.split("-")[0], "JP")
    ideographs = [first, *(script for script in ("JP", "SC", "KR") if script != first)]
    scripts = ("Arabic", "Hebrew", "Devanagari", "Thai", *ideographs)
    return tuple(fonts_folder() / f"NotoSans{script}-{'Bold' if bold else 'Medium'}.ttf" for script in scripts)


@cache
def fonts_digest() -> Digest:
    """Of the library's fallback fonts: what decides how other scripts look."""
    return Digest.of_json({path.name: Digest.of_file(path) for path in sorted(fonts_folder().glob("*.ttf"))})


@dataclass(frozen=True, slots=True)
class TemplateLibrary:
    """The templates that ship, and those in a deployment's own `folders`, each a folder called like its template."""

    folders: tuple[Path, ...] = ()

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._places()))

    def load(self, name: str) -> Template:
        """Raises `InputError` if there is none of this name, or if its document is wrong."""
        places = self._places()
        if name not in places:
            raise InputError("there is no such template", field="template", value=name, allowed=sorted(places))
        return _read_once(places[name])

    def _places(self) -> dict[str, Path]:
        """Raises `InputError` for a folder of a deployment that isn't there, and for two templates of one name."""
        found: dict[str, Path] = {}
        for folder in (library_folder(), *self.folders):
            if not folder.is_dir():
                raise InputError(
                    "the folder of templates is not there",
                    field="VIDGEN_TEMPLATES",
                    value=folder,
                    remedy="Make it, or correct the setting.",
                )
            for document in sorted(folder.glob(f"*/{DOCUMENT_NAME}")):
                if (name := document.parent.name) in found:
                    raise InputError(
                        f"two templates are called {name}",
                        field="template",
                        value=document.parent,
                        allowed=f"another name than that of {found[name]}",
                        remedy="Rename the folder and the name in its document.",
                    )
                found[name] = document.parent
        return found


@cache
def _read_once(folder: Path) -> Template:
    return read_template(folder)


def read_template(folder: Path) -> Template:
    """The template in `folder`. Raises `InputError` naming template, key, value and what is allowed."""
    try:
        document = TemplateDocument.model_validate(_read_yaml(folder))
    except ValidationError as error:
        raise _explained(folder.name, error) from None
    if document.name != folder.name:
        raise InputError("a template is called like its folder", field="name", value=document.name, allowed=folder.name)
    for font, path in document.fonts.items():
        _refuse_strange_file(folder, path, f"fonts.{font}")
        _refuse_broken_font(folder, path, f"fonts.{font}")
    return Template(document=document, folder=folder, digest=digest_of_folder(folder))


def digest_of_folder(folder: Path) -> Digest:
    """Of every file's relative path and bytes."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return Digest.of_json({path.relative_to(folder).as_posix(): Digest.of_file(path) for path in paths})


def _refuse_strange_file(folder: Path, path: str, field: str) -> None:
    """A document names files of its own folder: no address, no way out, no link that leads elsewhere."""
    pure = PurePosixPath(path)
    plain = not pure.is_absolute() and not set("\\:\0") & set(path) and ".." not in pure.parts
    if not plain or not (folder / path).resolve().is_relative_to(folder.resolve()):
        raise InputError(
            f"template '{folder.name}' names a file out of its folder",
            field=field,
            value=path,
            allowed="a relative path below the template's folder",
            remedy="Copy the file into the folder, with its licence.",
        )
    if not _is_file(folder / path):
        raise InputError(
            f"template '{folder.name}' names a file that is not in its folder",
            field=field,
            value=path,
            remedy="Put the file there, or correct the path.",
        )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file system takes
        return False


def _refuse_broken_font(folder: Path, path: str, field: str) -> None:
    from vidgen_assets.templates.typeset import can_be_set  # skia isn't loaded with the code location

    if not can_be_set(folder / path):
        raise InputError(
            f"template '{folder.name}' has a font that can't be read: it's none, damaged or cut short",
            field=field,
            value=path,
            allowed="an OpenType or TrueType font",
            remedy="Copy the font into the folder again, whole, or have a font editor save it anew.",
        )


def _read_yaml(folder: Path) -> Any:
    path, called = folder / DOCUMENT_NAME, f"{folder.name}/{DOCUMENT_NAME}"
    try:
        if not path.is_file():  # a pipe would be waited for
            raise InputError(
                f"the folder '{folder.name}' has no document",
                field="template",
                value=folder,
                allowed=f"a folder with a file {DOCUMENT_NAME}",
            )
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"the document of template '{folder.name}' has more than a megabyte", field=DOCUMENT_NAME)
        return plain_numbers(load_plain(path.read_text(encoding="utf-8"), called))
    except (OSError, ValueError) as error:
        raise InputError(
            f"the document of template '{folder.name}' can't be read: {error}", field="template"
        ) from error


def _explained(template: str, error: ValidationError) -> InputError:
    """Every complaint in one error; field, value and what is allowed are those of the first."""
    complaints = error.errors(include_url=False)
    keys = [".".join(str(part) for part in complaint["loc"]) or "document" for complaint in complaints]
    listed = "; ".join(f"{key}: {complaint['msg']}" for key, complaint in zip(keys, complaints, strict=True))
    first = complaints[0]
    context = first.get("ctx", {})
    return InputError(
        f"the document of template '{template}' is wrong in {len(complaints)} place(s): {listed}",
        field=keys[0],
        value=first.get("input") if first["loc"] else None,
        allowed=str(context.get("expected") or context.get("expected_tags") or first["msg"]),
        remedy=f"Correct {DOCUMENT_NAME} in the template's folder.",
    )
