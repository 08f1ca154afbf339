"""What the steps' defaults do to clips of templates that ship: sharp words, entrances, and cuts from dark to white.

The floors are those of docs/profiles.md, in PSNR of the worst frame.
"""

import functools
from pathlib import Path

import numpy as np
import pytest

from resources.media_tools import LocalMediaTools
from tests.synthetic.frames import SyntheticFrames
from tests.synthetic.pictures_in_motion import opaque, psnr_db
from tests.templates.templates_at_hand import a_flat_picture
from vidgen_assets.clips.generation import Frame
from vidgen_assets.clips.post import Deflicker, Denoise, Grade, Sharpen, Step
from vidgen_assets.frames.post.stream import PostProcessed
from vidgen_assets.reports.preview import Wish, frames_of
from vidgen_assets.templates.library import TemplateLibrary

EXAMPLES = Path(__file__).parents[3] / "examples"
TOOLS = LocalMediaTools()


@functools.cache
def a_card() -> SyntheticFrames:
    """Two seconds in which a lamp and words of several sizes come in."""
    words = {"headline": "Hello sharp words", "supporting": "Small words here to see"}
    return _drawn(
        Wish(
            template=TemplateLibrary().load("product_card"),
            variables={"brand": "Lumen", "price": "89", "call_to_action": "Have a look", **words},
            pictures={"image": [EXAMPLES / "lumen_shop" / "pictures" / "dome_lamp.png"]},
            duration_s=2,
            profile="preview",
        )
    )


@functools.cache
def news(white: Path) -> SyntheticFrames:
    """Six seconds: a photograph at night, a white picture, a photograph by day."""
    photographs = EXAMPLES / "showreel" / "pictures" / "news"
    return _drawn(
        Wish(
            template=TemplateLibrary().load("news_summary"),
            variables={"brand": "Post", "headline": "White after dark", "points": "One|Two", "closing": "Bye"},
            pictures={"pictures": [photographs / "lantern_bay.jpg", white, photographs / "harbour.jpg"]},
            duration_s=6,
            profile="preview",
        )
    )


@pytest.fixture(scope="module")
def white(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_flat_picture(tmp_path_factory.mktemp("pictures"), (255, 255, 255))


@pytest.mark.parametrize(
    ("step", "least_db"),
    [
        (Grade(), 64),
        (Denoise(), 41),
        (Denoise.model_validate({"strength": "medium"}), 38),
        (Deflicker(), 100),
        (Sharpen(), 38),
    ],
    ids=lambda value: value.step if not isinstance(value, int) else None,
)
def test_a_default_leaves_each_frame_of_a_template_alone(step: Step, least_db: float, white: Path) -> None:
    for clip in (a_card(), news(white)):
        assert _worst_db(list(PostProcessed(clip, clip.shape, (step,), TOOLS)), list(clip)) >= least_db


def test_flicker_over_a_clip_with_cuts_is_taken_out_of_it(white: Path) -> None:
    clean = list(news(white))
    flickering = [opaque(frame[..., :3] * (1 + 0.03 * (-1) ** index)) for index, frame in enumerate(clean)]
    clip = SyntheticFrames(news(white).shape, flickering.__getitem__, len(clean))

    steady = list(PostProcessed(clip, clip.shape, (Deflicker(),), TOOLS))

    def pulsing(frames: list[Frame]) -> float:
        shares = [frame[..., :3].mean() / drawn[..., :3].mean() for frame, drawn in zip(frames, clean, strict=True)]
        return float(np.abs(np.diff(shares)).mean())

    assert pulsing(steady) < 0.2 * pulsing(flickering)
    assert _worst_db(steady, clean) >= _worst_db(flickering, clean)


def _drawn(wish: Wish) -> SyntheticFrames:
    frames = frames_of(wish)
    drawn = list(frames)
    return SyntheticFrames(frames.shape, drawn.__getitem__, len(drawn))


def _worst_db(found: list[Frame], wanted: list[Frame]) -> float:
    return min(psnr_db([one], [other]) for one, other in zip(found, wanted, strict=True))
