"""A generated scene as a backdrop: between its keys everything stands where its motion puts it."""

import base64
import io
import math

import numpy as np
import pytest
from PIL import Image

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.templates.colours import Colour
from vidgen_assets.templates.generated import GeneratedPainter, cell_px, packed, shift_towards, unpacked
from vidgen_assets.templates.painters import painter_of
from vidgen_assets.templates.scene import GeneratedBackdrop

ROWS, COLUMNS, KEYS = 48, 88, 4
WIDTH, HEIGHT = 352, 192
Course = tuple[float, float, float, float]


def plane(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A smooth picture without end, (…, 3), 0..255."""
    waves = [np.sin(0.11 * x + 0.05 * y), np.sin(0.09 * y - 0.04 * x + 1), np.sin(0.07 * x + 0.08 * y + 2)]
    return 128 + 90 * np.stack(waves, axis=-1)


def at(time: float, course: Course) -> np.ndarray:
    """The plane at `time` in keys from the first, seen by the key's pixels."""
    right, down, growth, turn = course
    y, x = np.mgrid[:ROWS, :COLUMNS].astype(float)
    x, y = x + 0.5 - COLUMNS / 2, y + 0.5 - ROWS / 2
    scale = math.exp(-growth * time)
    cos, sin = math.cos(turn * time) * scale, math.sin(turn * time) * scale
    return plane(cos * x + sin * y - right * time, cos * y - sin * x - down * time)


def a_scene(course: Course, keys: np.ndarray | None = None, calm: float = 0.0) -> GeneratedBackdrop:
    pictures = np.stack([at(time, course) for time in range(KEYS)]).round().astype(np.uint8) if keys is None else keys
    return GeneratedBackdrop(
        base="#102030",
        keys=base64.b64encode(packed(pictures)),
        key_count=len(pictures),
        course=course,
        seed=3,
        calm_boxes=((0.0, 0.0, 100.0, 100.0),),
        calm=calm,
    )


COURSES: dict[str, Course] = {
    "left": (-3.0, 0.0, 0.0, 0.0),
    "down": (0.0, 2.5, 0.0, 0.0),
    "in": (0.0, 0.0, 0.06, 0.0),
    "clockwise": (0.0, 0.0, 0.0, 0.05),
}


@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES)
@pytest.mark.parametrize("place", [0.0, 0.5, 1.25, 2.75, 3.0])
def test_between_keys_the_plane_is_moved_and_not_blended(course: Course, place: float) -> None:
    painter = GeneratedPainter(a_scene(course), WIDTH, HEIGHT)
    cells = painter.cells(place / (KEYS - 1))
    cell = cell_px(WIDTH, HEIGHT)
    # The canvas has four pixels to a key's; the grid's first point is the canvas's corner.
    rows, columns = np.arange(cells.shape[0]) * cell / 4 - 0.5, np.arange(cells.shape[1]) * cell / 4 - 0.5
    wanted = at(place, course)
    inner_rows, inner_columns = (rows > 8) & (rows < ROWS - 9), (columns > 8) & (columns < COLUMNS - 9)
    y, x = np.meshgrid(rows[inner_rows], columns[inner_columns], indexing="ij")
    top, left = y.astype(int), x.astype(int)
    down, across = (y - top)[..., None], (x - left)[..., None]
    expected = (
        wanted[top, left] * (1 - down) * (1 - across)
        + wanted[top, left + 1] * (1 - down) * across
        + wanted[top + 1, left] * down * (1 - across)
        + wanted[top + 1, left + 1] * down * across
    )
    off = np.abs(cells[inner_rows][:, inner_columns] - expected)
    assert off.mean() < 0.8
    assert off.max() < 3


def test_blending_two_places_would_be_seen_by_that_test() -> None:
    """What the scene says of its own motion matters: told that it stands still, the keys are only blended."""
    course = (-9.0, 0.0, 0.0, 0.0)
    still = a_scene(course).model_copy(update={"course": (0.0, 0.0, 0.0, 0.0)})
    moved, blended = (GeneratedPainter(scene, WIDTH, HEIGHT).cells(0.5 / 3) for scene in (a_scene(course), still))
    assert np.abs(moved - blended).mean() > 2.5


def test_painted_bytes_are_those_of_this_recipe() -> None:
    canvas = np.empty((HEIGHT, WIDTH, 4), np.uint8)
    painter_of(a_scene((1.7, -0.6, 0.013, 0.021), calm=0.5), WIDTH, HEIGHT).paint(0.43, canvas)
    assert canvas[..., 3].min() == 255
    assert Digest.of_bytes(canvas.tobytes()).short == GOLDEN


GOLDEN = "23a220921c27"
"""Raise GENERATED_RECIPE when this has to change."""


def test_the_calm_area_goes_to_the_base_colour() -> None:
    loud, calm = (GeneratedPainter(a_scene(COURSES["left"], calm=amount), WIDTH, HEIGHT) for amount in (0.0, 1.0))
    box = calm.within((20.0, 20.0, 40.0, 40.0))
    assert np.abs(calm.cells(0.4)[box] - np.array([16, 32, 48])).max() < 0.01
    assert np.abs(loud.cells(0.4)[box] - np.array([16, 32, 48])).max() > 50


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (720, 1280), (1080, 1080), (480, 270), (1920, 1080)])
def test_every_canvas_is_covered_to_its_edges(width: int, height: int) -> None:
    canvas = np.zeros((height, width, 4), np.uint8)
    painter_of(a_scene(COURSES["in"]), width, height).paint(0.5, canvas)
    assert canvas[..., :3].max(axis=-1).min() > 0
    assert 80 < min(width, height) / cell_px(width, height) <= 180


def test_keys_come_back_as_they_were_packed() -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (5, 16, 24, 3), dtype=np.uint8)
    assert np.array_equal(unpacked(packed(pictures), 5), pictures)


@pytest.mark.parametrize("count", [0, 7])
def test_another_count_of_keys_is_refused(count: int) -> None:
    with pytest.raises(PermanentError, match="aren't as many"):
        unpacked(packed(np.zeros((5, 16, 24, 3), np.uint8)), count)


def test_what_is_no_picture_is_refused() -> None:
    truncated = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(truncated, "PNG")
    for data in (b"", b"not a picture", truncated.getvalue()[:60]):
        with pytest.raises(PermanentError, match="can't be read"):
            unpacked(data, 1)


def test_a_scene_of_the_wanted_tone_is_not_shifted() -> None:
    keys = np.full((3, 4, 5, 3), (200, 120, 40), np.uint8)
    assert shift_towards(keys, Colour(200, 120, 40), 1.0) == pytest.approx((0, 0, 0), abs=0.1)


def test_a_grey_scene_takes_on_the_tone_and_keeps_its_light() -> None:
    keys = np.full((3, 4, 5, 3), 120, np.uint8)
    blue = Colour.of_hex("#3355cc")
    red, _, more_blue = shift_towards(keys, blue, 0.5)
    assert more_blue > 15 > -5 > red
    shown = Colour(*(120 + shift for shift in shift_towards(keys, blue, 0.5)))
    assert shown.luminance == pytest.approx(Colour(120, 120, 120).luminance, rel=0.15)


def test_no_share_shifts_nothing() -> None:
    keys = np.full((3, 4, 5, 3), 120, np.uint8)
    assert shift_towards(keys, Colour.of_hex("#3355cc"), 0.0) == pytest.approx((0, 0, 0), abs=1e-3)
