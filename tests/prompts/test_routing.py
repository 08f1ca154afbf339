from decimal import Decimal
from typing import Any

import pytest

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import ClipRequest, Route
from vidgen_assets.prompts.routing import choose_route

RELEASES = ("template/product_card", "template/story")


def a_request(**changes: Any) -> ClipRequest:
    values: dict[str, Any] = {
        "clip_id": "lamp",
        "template": "product_card",
        "language": "en",
        "duration_s": Decimal(6),
        "fps": 30,
        "aspect": "16:9",
        "profile": "standard",
        "priority": "standard",
        "campaign": "c",
        "owner": "o",
        "customer": "k",
    }
    return ClipRequest(**{**values, **changes})


def no_model() -> Route:
    raise AssertionError("nobody asks for a model here")


def test_a_row_with_a_template_goes_to_the_compositor_and_asks_for_no_model() -> None:
    route = choose_route(a_request(prompt="a lamp"), RELEASES, no_model)
    assert route == Route(
        backend="template", release="template/product_card", reason="the row names the template product_card"
    )


def test_a_prompt_alone_goes_to_a_model() -> None:
    model = Route(backend="diffusion", release="backdrops-1", reason="asked for by name")
    assert choose_route(a_request(template=None, prompt="a lamp"), RELEASES, lambda: model) is model


def test_a_row_that_names_a_template_and_a_model_is_held() -> None:
    with pytest.raises(InputError, match="names both") as held:
        choose_route(a_request(prompt="a lamp", model="backdrops"), RELEASES, no_model)
    assert (held.value.field, held.value.value) == ("model", "backdrops")


def test_a_template_without_a_release_is_held() -> None:
    with pytest.raises(InputError, match="no release draws the template gone"):
        choose_route(a_request(template="gone"), RELEASES, no_model)
