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


def test_a_row_with_a_template_goes_to_the_compositor() -> None:
    route = choose_route(a_request(prompt="a lamp"), RELEASES)
    assert route == Route(
        backend="template", release="template/product_card", reason="the row names the template product_card"
    )


def test_a_prompt_alone_is_held_with_the_releases_there_are() -> None:
    with pytest.raises(InputError) as held:
        choose_route(a_request(template=None, prompt="a lamp"), RELEASES)
    assert (held.value.field, held.value.allowed) == ("template", "template/product_card, template/story")


def test_a_template_without_a_release_is_held() -> None:
    with pytest.raises(InputError, match="no release draws the template gone"):
        choose_route(a_request(template="gone"), RELEASES)
