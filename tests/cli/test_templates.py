"""`vidgen preview` and `vidgen templates` show what a template is and how it looks."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.templates.cards import a_cutout
from tests.templates.templates_at_hand import a_document, a_folder
from vidgen_assets.cli.app import app
from vidgen_assets.cli.templates import pictures_given
from vidgen_assets.clips.errors import InputError
from vidgen_assets.reports.preview import Wish, frames_of
from vidgen_assets.templates.library import TemplateLibrary

CARD = ["--var", "brand=Lumenhof", "--var", "headline=Light", "--var", "price=€129", "--var", "call_to_action=Shop"]


def vidgen(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_still_has_the_canvas_of_its_aspect(tmp_path: Path) -> None:
    out = tmp_path / "card.png"
    vidgen(
        "preview", "product_card", *CARD, "--picture", str(a_cutout(tmp_path)), "--aspect", "9:16", "--out", str(out)
    )
    with Image.open(out) as picture:
        assert picture.size == (720, 1280)


def test_a_template_may_be_a_folder_that_is_being_written(tmp_path: Path) -> None:
    folder, out = a_folder(tmp_path, a_document()), tmp_path / "small.png"
    vidgen("preview", str(folder), "--var", "line=Hello", "--out", str(out))
    assert out.stat().st_size > 1000


def test_a_clip_is_a_film_of_the_asked_length(tmp_path: Path) -> None:
    from resources.media_tools import LocalMediaTools

    folder, out = a_folder(tmp_path, a_document()), tmp_path / "small.mp4"
    vidgen("preview", str(folder), "--var", "line=Hello", "--clip", "--seconds", "1", "--out", str(out))
    (video,) = LocalMediaTools().probe(out)["streams"]
    assert (video["codec_name"], video["nb_frames"], video["pix_fmt"]) == ("h264", "30", "yuv420p")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["preview", "no_such"], "template"),
        (["preview", "product_card", "--var", "headline"], "var"),
        (["preview", "product_card", "--picture", "/no/such.png"], "picture"),
        (["preview", "product_card", *CARD], "image"),
        (["preview", "product_card", *CARD, "--var", "sparkle=1"], "variables.sparkle"),
        (["preview", "product_card", *CARD, "--language", "AR"], "language"),
        (["preview", "product_card", *CARD, "--language", ""], "language"),
        (["templates", "show", "no_such"], "template"),
    ],
)
def test_what_can_not_be_shown_is_told(arguments: list[str], field: str) -> None:
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("out", "clip", "found"),
    [
        ("card.xyz", False, "ending"),
        ("card.png", True, "ending"),
        ("none/card.png", False, "no such folder"),
        ("folder", False, "this is a folder"),
    ],
)
def test_where_nothing_can_be_written_is_told_before_a_frame_is_drawn(
    tmp_path: Path, out: str, clip: bool, found: str
) -> None:
    (tmp_path / "folder").mkdir()
    folder = a_folder(tmp_path, a_document())
    arguments = ["preview", str(folder), *(["--clip"] if clip else []), "--out", str(tmp_path / out)]
    with pytest.raises(InputError, match=found) as caught:
        CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert caught.value.field == "out"


@pytest.mark.parametrize(
    ("given", "pictures"),
    [
        ("a=b.png", {"image": "a=b.png"}),
        ("x=1/c.png", {"image": "x=1/c.png"}),
        ("scenes=a=b.png", {"scenes": "a=b.png"}),
        ("scenes=x=1/c.png", {"scenes": "x=1/c.png"}),
    ],
)
def test_a_picture_may_have_a_sign_of_equality_in_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, pictures: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a=b.png", "x=1/c.png"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(b"")

    assert pictures_given([given]) == {name: [Path(path)] for name, path in pictures.items()}


def test_two_files_may_hold_the_same_picture(tmp_path: Path) -> None:
    first = a_cutout(tmp_path)
    second = tmp_path / "copy.png"
    shutil.copy(first, second)
    wish = Wish(
        template=TemplateLibrary().load("news_summary"),
        variables={"brand": "Post", "headline": "It opens", "points": ("One.",)},
        pictures={"pictures": [first, second]},
    )
    assert frames_of(wish).shape.frame_count == 240


def test_every_template_is_listed() -> None:
    assert all(name in vidgen("templates", "list") for name in TemplateLibrary().names())


def test_beside_a_wrong_template_the_others_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_folder(tmp_path, a_document(sparkle=1))
    monkeypatch.setenv("VIDGEN_TEMPLATES", str(tmp_path))
    listed = CliRunner().invoke(app, ["templates", "list"])
    assert isinstance(listed.exception, InputError)
    assert listed.exception.field == "sparkle"
    assert "product_card" in listed.output
    assert "can't be read" in listed.output


def test_a_template_s_variables_are_shown_with_what_is_allowed() -> None:
    shown = vidgen("templates", "show", "product_card")
    assert "headline" in shown
    assert "required" in shown


def test_a_sound_template_is_told_so(tmp_path: Path) -> None:
    assert "sound" in vidgen("templates", "check", str(a_folder(tmp_path, a_document())))


def test_a_wrong_one_is_told_its_key(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_document(sparkle=1))
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(app, ["templates", "check", str(folder)], catch_exceptions=False)
    assert caught.value.field == "sparkle"
    shutil.rmtree(folder)


def test_the_schema_is_json() -> None:
    assert json.loads(vidgen("templates", "schema"))["title"] == "TemplateDocument"
