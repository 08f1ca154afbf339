"""A small package with everything in it, and the tools to break a copy of it in one way."""

from collections.abc import Callable
from pathlib import Path

from tests.synthetic.media import PREVIEW, TOOLS, a_small_spec, a_tone, encoded
from vidgen_assets.captions.files import subrip, webvtt
from vidgen_assets.clips.captions import CAPTIONS_FILE, SUBRIP_FILE, WEBVTT_FILE, Captions, Cue
from vidgen_assets.clips.chapters import Chapter
from vidgen_assets.manifests.package import package
from vidgen_assets.packages.validate import validate

Break = Callable[[Path], object]

_CUES = (Cue(start_s=0.1, end_s=0.8, lines=("Eine Lampe",)), Cue(start_s=1.0, end_s=1.4, lines=("aus Glas",)))
_CHAPTERS = (Chapter(title="Die Lampe", start_s=0.0, end_s=1.0), Chapter(title="Das Glas", start_s=1.0, end_s=1.5))


def a_whole_package(folder: Path) -> Path:
    """Three renditions, sound, captions, keyframes, thumbnails, a storyboard, chapters, a download, metadata."""
    spec, out, words = a_small_spec(45, language="de"), folder / "out", folder / "captions"
    encoded(folder / "encodes", spec, sound=a_tone(folder / "tone.wav", 2.0))
    captions = Captions(language="de", cues=_CUES)
    words.mkdir()
    (words / CAPTIONS_FILE).write_bytes(captions.to_bytes())
    (words / WEBVTT_FILE).write_text(webvtt(captions), encoding="utf-8")
    (words / SUBRIP_FILE).write_text(subrip(captions), encoding="utf-8")
    out.mkdir()
    package(folder / "encodes", words, spec, PREVIEW, TOOLS, out, _CHAPTERS)
    return out


def broken_rules(folder: Path) -> set[str]:
    """The ids of every rule, errors and warnings, that the package breaks."""
    return {fault.rule.id for fault in validate(folder).faults}


def changed(path: Path, old: str, new: str, *, count: int = 1) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} holds no {old!r}"
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def changing(file: str, old: str, new: str, *, count: int = 1) -> Break:
    return lambda folder: changed(folder / file, old, new, count=count)


def changing_bytes(file: str, old: bytes, new: bytes) -> Break:
    """The first `old` into `new`, which is as long."""

    def break_it(folder: Path) -> None:
        data = (folder / file).read_bytes()
        assert old in data, f"{file} holds no {old!r}"
        assert len(old) == len(new)
        (folder / file).write_bytes(data.replace(old, new, 1))

    return break_it


def without_lines(file: str, begin: str, *, count: int = 1_000) -> Break:
    """The first `count` lines that begin so are gone."""

    def break_it(folder: Path) -> None:
        lines = (folder / file).read_text(encoding="utf-8").splitlines(keepends=True)
        gone = [number for number, line in enumerate(lines) if line.startswith(begin)][:count]
        assert gone, f"no line of {file} begins with {begin}"
        (folder / file).write_text("".join(x for n, x in enumerate(lines) if n not in gone), encoding="utf-8")

    return break_it


def without(*files: str) -> Break:
    return lambda folder: [(folder / file).unlink() for file in files]


def writing(file: str, content: str | bytes) -> Break:
    data = content.encode() if isinstance(content, str) else content
    return lambda folder: (folder / file).write_bytes(data)


def cut(file: str, size: int) -> Break:
    return lambda folder: (folder / file).write_bytes((folder / file).read_bytes()[:size])


def both(*breaks: Break) -> Break:
    return lambda folder: [break_it(folder) for break_it in breaks]
