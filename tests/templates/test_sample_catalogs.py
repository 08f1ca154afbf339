"""The sample catalogs hold what their README says, and the template can make every row that is meant to be made."""

from pathlib import Path

import pytest

from resources.backends.template import TemplateBackend
from tests.templates.cards import a_card
from vidgen_assets.catalogs.catalog import LoadedCatalog, load_catalog
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import Aspect, ClipRequest, Priority
from vidgen_assets.templates.library import TemplateLibrary
from vidgen_assets.templates.pictures import read_pictures

EXAMPLES = Path(__file__).parents[2] / "examples"
CATALOGS = ("lumen_shop", "quick")


def the_catalog(name: str) -> LoadedCatalog:
    return load_catalog(EXAMPLES / name / "catalog.csv", templates=TemplateLibrary().names(), profiles=load_profiles())


def requests(name: str) -> list[ClipRequest]:
    return [row.request for row in the_catalog(name).rows if row.request]


@pytest.mark.parametrize(
    ("name", "rows", "wrong", "field"),
    [("lumen_shop", 15, "travel-bottle-de", "duration_s"), ("quick", 4, "mug-wrong", "aspect")],
)
def test_exactly_one_row_is_wrong(name: str, rows: int, wrong: str, field: str) -> None:
    catalog = the_catalog(name)
    assert len(catalog.rows) == rows
    assert [(row.clip_id, [finding.field for finding in row.findings]) for row in catalog.held] == [(wrong, [field])]


@pytest.mark.parametrize("name", CATALOGS)
def test_every_other_row_can_be_made(name: str) -> None:
    for request in requests(name):
        assert request.image
        assert request.template
        card = a_card(
            EXAMPLES / name / request.image,
            aspect=request.aspect,
            profile=request.profile,
            variables=request.variables,
            language=request.language,
            frame_count=int(request.duration_s * 30),
        )
        TemplateBackend().admit(card)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/pictures/*.png")), ids=lambda path: path.stem)
def test_pictures_are_small_cutouts(path: Path) -> None:
    assert path.stat().st_size < 150_000
    assert read_pictures([path], [path.name]).are_cutouts


def test_the_shop_shows_twelve_products_in_three_languages_and_one_interactive_square() -> None:
    shop = requests("lumen_shop")
    assert len({request.image for request in shop}) == 12
    assert {request.language for request in shop} == {"en", "de", "fr"}
    assert [request.aspect for request in shop if request.priority is Priority.INTERACTIVE] == [Aspect.SQUARE]
    assert {request.aspect for request in shop} == {Aspect.LANDSCAPE, Aspect.PORTRAIT, Aspect.SQUARE}


@pytest.mark.parametrize("name", CATALOGS)
def test_every_sound_exists(name: str) -> None:
    assert all((EXAMPLES / name / request.audio).is_file() for request in requests(name) if request.audio)
