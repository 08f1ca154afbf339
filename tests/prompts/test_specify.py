from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import ClipRequest, ClipSpec, MediaFile, Route
from vidgen_assets.prompts.specify import default_seed, frame_count, specify

ROUTE = Route(backend="template", release="template/product_card", reason="the row names it")


def a_request(**changes: Any) -> ClipRequest:
    values: dict[str, Any] = {
        "clip_id": "lamp",
        "template": "product_card",
        "language": "en",
        "duration_s": Decimal("6.5"),
        "fps": 30,
        "aspect": "9:16",
        "profile": "standard",
        "priority": "standard",
        "campaign": "c",
        "owner": "o",
        "customer": "k",
    }
    return ClipRequest(**{**values, **changes})


def stored(reference: str) -> MediaFile:
    return MediaFile(reference=reference, digest=Digest.of_bytes(reference.encode()), size_bytes=len(reference))


def missing(reference: str) -> MediaFile:
    raise InputError("the file does not exist", value=reference)


def specified(**changes: Any) -> ClipSpec:
    return specify(a_request(**changes), "shop", stored, ROUTE)


def test_the_canvas_is_the_profile_s_first_rung_in_the_row_s_aspect() -> None:
    spec = specified()
    assert (spec.width, spec.height, spec.frame_count) == (720, 1280, 195)


@pytest.mark.parametrize(
    ("duration_s", "fps", "frames"),
    [("6.5", "30", 195), ("0.5", "24", 12), ("10", "30000/1001", 300), ("1", "24000/1001", 24), ("0.51", "25", 13)],
)
def test_the_frame_count_is_the_nearest_whole_number(duration_s: str, fps: str, frames: int) -> None:
    assert frame_count(Fraction(duration_s), Fraction(fps)) == frames


def test_a_seed_of_the_row_is_kept_and_another_follows_from_the_clip_s_name() -> None:
    assert specified(seed=7).seed == 7
    assert specified().seed == default_seed("shop", "lamp") != default_seed("shop", "lamp2")


def test_media_are_resolved_by_reference() -> None:
    spec = specified(image="pictures/lamp.png")
    assert spec.image == stored("pictures/lamp.png")
    assert spec.audio is None


def test_missing_media_name_the_field_and_the_clip() -> None:
    with pytest.raises(InputError) as held:
        specify(a_request(audio="a.wav"), "shop", missing, ROUTE)
    assert (held.value.field, held.value.clip_id, held.value.value) == ("audio", "lamp", "a.wav")


def test_an_unknown_profile_is_held() -> None:
    with pytest.raises(InputError, match="no such output profile"):
        specified(profile="imax")


def test_the_largest_seed_of_the_contract_still_has_a_digest() -> None:
    assert specified(seed=2**53 - 1).digest
