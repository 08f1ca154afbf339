"""Frames are complete, opaque, the same every time, and those of this recipe."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.templates.cards import a_cutout, a_photograph
from tests.templates.requests_to_draw import REQUESTS, drawn
from tests.templates.templates_at_hand import a_flat_picture, a_request, a_stack, a_template, an_artist
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import Frame
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates.compositor import Artist, open_frames
from vidgen_assets.templates.legibility import resolve_timeline

# Raise COMPOSITOR_RECIPE (or the recipe of what has changed) when one of these has to change.
GOLDEN: dict[tuple[str, str, str], str] = {
    ("lesson", "en", "16:9"): "3168a89666b0",
    ("lesson", "en", "9:16"): "f5765707a062",
    ("lesson", "en", "1:1"): "19af1cfe0536",
    ("lesson", "en", "4:5"): "18876d1cb25f",
    ("lesson", "ar", "16:9"): "72ebe6275062",
    ("lesson", "ar", "9:16"): "139486274a91",
    ("lesson", "ar", "1:1"): "3ff6d31900d6",
    ("lesson", "ar", "4:5"): "ee1cac66ec78",
    ("lesson", "ja", "16:9"): "b1f13bc3b4d4",
    ("lesson", "ja", "9:16"): "8147e2b9a0c6",
    ("lesson", "ja", "1:1"): "a7db08e309f8",
    ("lesson", "ja", "4:5"): "b315f8e9c6d5",
    ("news_summary", "en", "16:9"): "1816282ce9d7",
    ("news_summary", "en", "9:16"): "af52edcede77",
    ("news_summary", "en", "1:1"): "4b4d40be5b7a",
    ("news_summary", "en", "4:5"): "dee4b563f28e",
    ("news_summary", "ar", "16:9"): "d352df949f5c",
    ("news_summary", "ar", "9:16"): "f8aa40f81742",
    ("news_summary", "ar", "1:1"): "96de1af33dc5",
    ("news_summary", "ar", "4:5"): "8c841fc94f94",
    ("news_summary", "ja", "16:9"): "a9d8b7dca348",
    ("news_summary", "ja", "9:16"): "8038980538a8",
    ("news_summary", "ja", "1:1"): "c32bd0319fe9",
    ("news_summary", "ja", "4:5"): "cbe2ca279db4",
    ("product_360", "en", "16:9"): "53d987c0ae31",
    ("product_360", "en", "9:16"): "5f536ea3e4cf",
    ("product_360", "en", "1:1"): "91731fae63b2",
    ("product_360", "en", "4:5"): "d800baa221a7",
    ("product_360", "ar", "16:9"): "b97d17081edd",
    ("product_360", "ar", "9:16"): "bdce70e230f4",
    ("product_360", "ar", "1:1"): "2427ba8f0812",
    ("product_360", "ar", "4:5"): "4be5e0b5b18f",
    ("product_360", "ja", "16:9"): "438dceed7d0e",
    ("product_360", "ja", "9:16"): "d1144b68ea9b",
    ("product_360", "ja", "1:1"): "94f11fb718ee",
    ("product_360", "ja", "4:5"): "d517d3a2e0a4",
    ("product_card", "en", "16:9"): "13fd7a6b9af1",
    ("product_card", "en", "9:16"): "131dc296eb6f",
    ("product_card", "en", "1:1"): "ee403df216dd",
    ("product_card", "en", "4:5"): "d8a213faabff",
    ("product_card", "ar", "16:9"): "a50eccf5c44d",
    ("product_card", "ar", "9:16"): "6ed4de71ed7f",
    ("product_card", "ar", "1:1"): "61b1a5056a80",
    ("product_card", "ar", "4:5"): "06140eb62fc9",
    ("product_card", "ja", "16:9"): "4ac334f3492f",
    ("product_card", "ja", "9:16"): "042f9a9a5d14",
    ("product_card", "ja", "1:1"): "9c6ade754c85",
    ("product_card", "ja", "4:5"): "24927e0b8429",
}
SOME = (0.0, 0.15, 0.45, 0.8, 0.99)
"""Moments of a clip: coming, there, going, and on the way from scene to scene."""


def some_frames(artist: Artist) -> list[Frame]:
    return [artist.draw(int(artist.timeline.frame_count * moment)) for moment in SOME]


@pytest.mark.parametrize("aspect", Aspect)
@pytest.mark.parametrize("language", ["en", "ar", "ja"])
@pytest.mark.parametrize("template", sorted(REQUESTS))
def test_frames_are_those_of_this_recipe(tmp_path: Path, template: str, language: str, aspect: Aspect) -> None:
    frames = some_frames(drawn(template, language, aspect, tmp_path))
    found = Digest.of_chunks(frame.tobytes() for frame in frames).short
    assert found == GOLDEN[template, language, aspect.value]


def a_small(folder: Path, **changes: Any) -> tuple[Any, Any, Any]:
    template = a_template(folder, **changes)
    request, pictures = a_request(template, frame_count=30)
    return resolve_timeline(request, pictures), template, pictures


def test_two_renders_are_byte_identical(tmp_path: Path) -> None:
    frames = open_frames(*a_small(tmp_path))
    assert [Digest.of_bytes(f.tobytes()) for f in frames] == [Digest.of_bytes(f.tobytes()) for f in frames]


def test_the_stream_keeps_what_its_shape_promises(tmp_path: Path) -> None:
    frames = open_frames(*a_small(tmp_path))
    drawn_frames = list(frames)
    assert len(drawn_frames) == frames.shape.frame_count
    assert {(f.shape, f.dtype.name, f.flags.c_contiguous) for f in drawn_frames} == {((270, 480, 4), "uint8", True)}
    assert all((frame[..., 3] == 255).all() for frame in drawn_frames)


def test_a_frame_does_not_depend_on_those_before_it(tmp_path: Path) -> None:
    artist = drawn("product_card", "en", Aspect.LANDSCAPE, tmp_path)
    alone = drawn("product_card", "en", Aspect.LANDSCAPE, tmp_path).draw(40)
    for frame in range(40):
        artist.draw(frame)
    assert np.array_equal(artist.draw(40), alone)


def test_latents_of_another_edition_of_the_template_are_not_drawn(tmp_path: Path) -> None:
    timeline, template, pictures = a_small(tmp_path)
    other = template.model_copy(update={"digest": Digest.of_bytes(b"another edition")})
    with pytest.raises(PermanentError, match="has changed"):
        open_frames(timeline, other, pictures)


def test_latents_of_other_fonts_are_not_drawn(tmp_path: Path) -> None:
    timeline, template, pictures = a_small(tmp_path)
    other = timeline.model_copy(update={"fonts_digest": Digest.of_bytes(b"other fonts")})
    with pytest.raises(PermanentError, match="has changed"):
        open_frames(other, template, pictures)


def test_colours_come_out_as_they_are_written(tmp_path: Path) -> None:
    """Skia is told that red is blue and blue red; nobody may see it."""
    shape = {"kind": "shape", "region": "words", "fill": ["#c81e28"]}
    timeline, template, pictures = a_small(tmp_path, scenes=[{"name": "only", "layers": [shape]}])
    assert tuple(Artist.ready(timeline, template, pictures).draw(10)[135, 240]) == (0xC8, 0x1E, 0x28, 255)


def test_a_picture_s_colours_come_out_as_they_are(tmp_path: Path) -> None:
    template = a_template(
        tmp_path, scenes=[{"name": "only", "layers": [{"kind": "picture", "source": "pictures", "region": "full"}]}]
    )
    request, pictures = a_request(template, pictures={"pictures": [a_flat_picture(tmp_path, (10, 120, 240))]})
    frame = an_artist(request, pictures).draw(10)
    assert np.abs(frame[100:170, 100:380, :3].astype(int) - (10, 120, 240)).max() <= 1


def two_scenes(folder: Path, kind: str) -> Artist:
    """A red one of a second, then a blue one that takes over for half a second."""
    scenes: list[dict[str, Any]] = [
        {"name": "first", "layers": [{"kind": "shape", "region": "full", "fill": ["#ff0000"]}]},
        {
            "name": "second",
            "layers": [{"kind": "shape", "region": "full", "fill": ["#0000ff"]}],
            "transition": {"kind": kind, "for_s": 0.5, "easing": "linear"},
        },
    ]
    request, pictures = a_request(a_template(folder, scenes=scenes), frame_count=60)
    return an_artist(request, pictures)


def test_a_dissolve_mixes_both_scenes(tmp_path: Path) -> None:
    artist = two_scenes(tmp_path, "dissolve")
    red, green, blue, _ = artist.draw(36)[135, 240]  # after 7 of 15 frames
    assert abs(int(red) - 136) < 6
    assert abs(int(blue) - 119) < 6
    assert green < 4


def test_a_push_moves_both_scenes(tmp_path: Path) -> None:
    frame = two_scenes(tmp_path, "push").draw(36)  # after 7 of 15 frames: the new one has 47 % of the width
    assert tuple(frame[135, 240 - 20][:3]) == (255, 0, 0)
    assert tuple(frame[135, 480 - 200][:3]) == (0, 0, 255)


def test_a_wipe_uncovers_the_new_scene(tmp_path: Path) -> None:
    frame = two_scenes(tmp_path, "wipe").draw(36)
    assert tuple(frame[135, 200][:3]) == (0, 0, 255)
    assert tuple(frame[135, 250][:3]) == (255, 0, 0)


def test_a_fade_passes_through_the_ground(tmp_path: Path) -> None:
    artist = two_scenes(tmp_path, "fade")
    ground = artist.blank(37)[0][135, 240].astype(int)
    assert np.abs(artist.draw(37)[135, 240].astype(int) - ground).max() < 30  # after 8 of 15, hardly begun


@pytest.mark.parametrize("kind", ["fade", "dissolve", "push", "wipe"])
def test_before_and_after_a_transition_one_scene_is_there_alone(tmp_path: Path, kind: str) -> None:
    artist = two_scenes(tmp_path, kind)
    assert tuple(artist.draw(29)[135, 240][:3]) == (255, 0, 0)
    assert tuple(artist.draw(46)[135, 240][:3]) == (0, 0, 255)


def test_a_turning_product_loops_without_a_seam(tmp_path: Path) -> None:
    """From the last frame to the first is no more than from any frame to the next."""
    artist = drawn("product_360", "en", Aspect.LANDSCAPE, tmp_path)
    frames = [artist.draw(frame).astype(np.int16) for frame in range(artist.timeline.frame_count)]
    steps = [float(np.abs(after - before).mean()) for before, after in pairwise(frames)]
    seam = float(np.abs(frames[0] - frames[-1]).mean())
    assert seam <= 1.05 * max(steps)
    assert max(steps) > 0


def test_the_product_stands_in_its_box_and_is_gone_in_the_last_frame(tmp_path: Path) -> None:
    artist = drawn("product_card", "en", Aspect.LANDSCAPE, tmp_path, image=a_cutout(tmp_path))
    x, y, width, height = next(p.box for p in artist.timeline.sections[0].parts if p.kind == "picture")
    middle = (int(y + 0.6 * height), int(x + width / 2))
    frames = artist.timeline.frame_count
    assert tuple(artist.draw(frames // 2)[middle][:3]) == (200, 40, 40)
    assert tuple(artist.draw(frames - 1)[middle][:3]) != (200, 40, 40)


def test_a_photograph_fills_the_arch_and_nothing_beside_it(tmp_path: Path) -> None:
    artist = drawn("product_card", "en", Aspect.LANDSCAPE, tmp_path, image=a_photograph(tmp_path), plate="false")
    frame = artist.draw(artist.timeline.frame_count // 2)
    x, y, width, height = (
        round(edge) for edge in next(p.frame for p in artist.timeline.sections[0].parts if p.kind == "picture")
    )
    grey = np.ptp(frame[y : y + height, x : x + width, :3].astype(int), axis=2) <= 2  # as the photograph is
    assert grey[height // 2].all()
    assert grey[1:-1, width // 2].all()
    assert np.ptp(frame[y + 3, x + 3, :3].astype(int)) > 8  # the corner outside the arch keeps the ground's colour


def test_progress_fills_from_the_start_of_the_line(tmp_path: Path) -> None:
    bar = {"kind": "progress", "region": "words", "fill": "#ffffff", "track": "#000000", "track_opacity": 1.0}
    template = a_template(tmp_path, scenes=[{"name": "only", "layers": [bar]}])
    for language, filled_side in (("en", 60), ("ar", 420)):
        request, pictures = a_request(template, language=language)
        frame = an_artist(request, pictures).draw(19)  # a third
        assert frame[135, filled_side, 0] == 255
        assert frame[135, 480 - filled_side, 0] == 0


def test_parts_that_are_not_asked_for_are_not_there(tmp_path: Path) -> None:
    optional = a_stack({"kind": "rule", "width": 50, "height": 50, "fill": "#00ff00", "when": "lines"})
    template = a_template(tmp_path, scenes=[{"name": "only", "layers": [optional]}])
    request, pictures = a_request(template)
    frame = an_artist(request, pictures).draw(10)
    assert not (frame[..., :3] == (0, 255, 0)).all(axis=-1).any()
