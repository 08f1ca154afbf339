"""A text of the length that a template that ships declares fits its place in every aspect, in ordinary words."""

from dataclasses import replace

import pytest

from tests.templates.requests_to_draw import REQUESTS
from tests.templates.templates_at_hand import a_request
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates.library import TemplateLibrary
from vidgen_assets.templates.timeline import laid_out
from vidgen_assets.templates.variable_kinds import TextsVariable, TextVariable

LIBRARY = TemplateLibrary()
WORDS = (
    "The quick brown fox jumps over lazy dogs and runs to the river, where it drinks and sleeps until the sun of "
    "the morning wakes all of them again to play and to run through fields that never seem to come to an end."
)
PRICE = "USD 129,999.00"
NEEDED = {
    "product_card": {"brand": "Lumen", "headline": "Light", "price": "€1", "call_to_action": "Go"},
    "news_summary": {"brand": "Post", "headline": "News", "points": ("One", "Two"), "pictures": ("a.png",)},
    "lesson": {"course": "C", "title": "T", "chapters": ("One",) * 8, "recap": "What to remember"},
    "product_360": {"brand": "L", "name": "K", "features": ("F",), "pictures": ("a.png",) * 8},
}
LIMITED = [
    (template, name, variable)
    for template in sorted(REQUESTS)
    for name, variable in LIBRARY.load(template).document.variables.items()
    if isinstance(variable, TextVariable | TextsVariable)
]


@pytest.mark.parametrize("aspect", Aspect)
@pytest.mark.parametrize(
    ("template", "name", "variable"), LIMITED, ids=[f"{template}-{name}" for template, name, _ in LIMITED]
)
def test_a_text_of_the_declared_length_fits(
    template: str, name: str, variable: TextVariable | TextsVariable, aspect: Aspect
) -> None:
    text = (PRICE if name.endswith("price") else WORDS)[: variable.max_length].strip()
    value = (text,) * variable.most if isinstance(variable, TextsVariable) else text
    variables = {**NEEDED[template], name: value}
    request, _ = a_request(LIBRARY.load(template), variables, aspect=aspect, frame_count=900)
    pictures = (Digest.of_bytes(b"a picture"),) * 8
    laid_out(replace(request, pictures={"image": pictures[:1], "pictures": pictures}))
