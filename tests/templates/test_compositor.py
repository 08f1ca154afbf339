"""Frames are complete, opaque, the same every time, and those of this recipe."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.templates.cards import WORDS, a_card, a_cutout, a_photograph
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import Frame
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates.compositor import Artist, open_frames
from vidgen_assets.templates.document import load_template
from vidgen_assets.templates.pictures import read_picture
from vidgen_assets.templates.timeline import resolve_timeline

TEMPLATE = load_template("product_card")
BACKDROPS = dict(zip(Aspect, ("silk", "drift", "bokeh", "streaks"), strict=True))
# Raise COMPOSITOR_RECIPE when one of these has to change.
GOLDEN = {
    Aspect.LANDSCAPE: "35c57532d45b",
    Aspect.PORTRAIT: "966d7f27e1cf",
    Aspect.SQUARE: "acb6244c98eb",
    Aspect.FEED: "f64efa09c8bd",
}


def an_artist(picture: Path, **changes: Any) -> Artist:
    return Artist.ready(resolve_timeline(a_card(picture, **changes), TEMPLATE), TEMPLATE, read_picture(picture, "it"))


def some_frames(picture: Path, aspect: Aspect) -> list[Frame]:
    artist = an_artist(picture, aspect=aspect, variables={**WORDS, "backdrop": BACKDROPS[aspect]})
    return [artist.draw(frame) for frame in (0, 11, 30, 52, 59)]


@pytest.mark.parametrize("aspect", Aspect)
def test_frames_are_those_of_this_recipe(tmp_path: Path, aspect: Aspect) -> None:
    frames = some_frames(a_cutout(tmp_path), aspect)
    assert Digest.of_chunks(frame.tobytes() for frame in frames).short == GOLDEN[aspect]


def test_two_renders_are_byte_identical(tmp_path: Path) -> None:
    picture = a_cutout(tmp_path)
    frames = open_frames(resolve_timeline(a_card(picture, frame_count=30), TEMPLATE), TEMPLATE, picture)
    assert [Digest.of_bytes(f.tobytes()) for f in frames] == [Digest.of_bytes(f.tobytes()) for f in frames]


def test_the_stream_keeps_what_its_shape_promises(tmp_path: Path) -> None:
    picture = a_cutout(tmp_path)
    frames = open_frames(resolve_timeline(a_card(picture, frame_count=30), TEMPLATE), TEMPLATE, picture)
    drawn = list(frames)
    assert len(drawn) == frames.shape.frame_count
    assert {(f.shape, f.dtype.name, f.flags.c_contiguous) for f in drawn} == {((270, 480, 4), "uint8", True)}
    assert all((frame[..., 3] == 255).all() for frame in drawn)


def test_a_frame_does_not_depend_on_those_before_it(tmp_path: Path) -> None:
    artist = an_artist(a_cutout(tmp_path))
    alone = an_artist(a_cutout(tmp_path)).draw(40)
    for frame in range(40):
        artist.draw(frame)
    assert np.array_equal(artist.draw(40), alone)


def test_the_product_stands_in_its_box_and_is_gone_in_the_last_frame(tmp_path: Path) -> None:
    artist = an_artist(a_cutout(tmp_path))
    x, y, width, height = artist.timeline.picture.box
    middle = (int(y + 0.6 * height), int(x + width / 2))
    assert tuple(artist.draw(30)[middle][:3]) == (200, 40, 40)
    assert tuple(artist.draw(59)[middle][:3]) != (200, 40, 40)


def test_a_photograph_fills_the_arch_and_nothing_beside_it(tmp_path: Path) -> None:
    artist = an_artist(a_photograph(tmp_path), variables={**WORDS, "plate": "false"})
    frame = artist.draw(30)
    x, y, width, height = (round(edge) for edge in artist.timeline.picture.frame)
    row = frame[y + height // 2, x : x + width, :3].astype(int)
    assert (np.ptp(row, axis=1) <= 2).all()  # grey, as the photograph is
    assert np.ptp(frame[y + 3, x + 3, :3].astype(int)) > 8  # the corner outside the arch keeps the backdrop's colour


@pytest.mark.parametrize("words", [{"supporting": ""}, {"old_price": ""}, {"plate": "false"}, {"mood": "bright"}])
def test_optional_parts_may_be_left_out(tmp_path: Path, words: dict[str, str]) -> None:
    assert an_artist(a_cutout(tmp_path), variables={**WORDS, **words}).draw(30).std() > 10


def test_latents_of_another_edition_of_the_template_are_not_drawn(tmp_path: Path) -> None:
    picture = a_cutout(tmp_path)
    timeline = resolve_timeline(a_card(picture), TEMPLATE)
    other = TEMPLATE.model_copy(update={"digest": Digest.of_bytes(b"another edition")})
    with pytest.raises(PermanentError, match="has changed"):
        open_frames(timeline, other, picture)
