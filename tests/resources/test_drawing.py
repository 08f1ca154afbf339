"""A clip's frames in one place: captions are in picture and key where the profile burns them, else nowhere."""

from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from resources import drawing
from resources.drawing import drawing_inputs, drawn_frames
from resources.workshop import Workshop
from tests.builders import a_digest, a_spec
from tests.synthetic.frames import a_clip
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.captions import CAPTIONS_FILE, Captions, Cue
from vidgen_assets.clips.profiles import load_profiles

LATENTS, WORDS = a_digest("latents"), a_digest("captions")
CLIP = a_clip(10, width=320, height=180)
CAPTIONS = Captions(language="en", cues=(Cue(start_s=0, end_s=0.5, lines=("A lamp",)),))
SPEC = a_spec(frame_count=10, fps=Fraction(10), width=320, height=180)


class Drawing:
    """A backend that draws `CLIP` whatever the latents are."""

    def decode(self, *_: Any) -> Any:
        return CLIP

    def decode_inputs(self, _: Any) -> dict[str, Any]:
        return {"compositor": 1}


def a_shop(captions: Captions = CAPTIONS) -> Workshop:
    """One backend, and the artifact of the captions."""
    file = Artifact(a_digest("file"), 1)
    artifacts = SimpleNamespace(read=lambda _: captions.to_bytes(), listing=lambda _: {CAPTIONS_FILE: file})
    return cast(Workshop, SimpleNamespace(backends={"template": Drawing()}, artifacts=artifacts))


@pytest.fixture
def burning(monkeypatch: pytest.MonkeyPatch) -> None:
    """The profile of `SPEC`, with captions burnt in."""
    burnt = load_profiles()["preview"].model_copy(update={"burn_captions": True})
    monkeypatch.setattr(drawing, "load_profiles", lambda: {"preview": burnt})


def test_a_profile_that_does_not_burn_neither_shows_nor_keys_captions() -> None:
    assert drawn_frames(SPEC, b"", WORDS, a_shop()) is CLIP
    assert drawing_inputs(SPEC, LATENTS, WORDS, a_shop()) == {"latents": LATENTS, "decode": {"compositor": 1}}


@pytest.mark.usefixtures("burning")
def test_a_profile_that_burns_shows_them_and_keys_them_with_their_fonts() -> None:
    frames = list(drawn_frames(SPEC, b"", WORDS, a_shop()))

    changed = [not np.array_equal(frame, CLIP.draw(index)) for index, frame in enumerate(frames)]
    assert changed == [True] * 5 + [False] * 5
    keyed = drawing_inputs(SPEC, LATENTS, WORDS, a_shop())["captions"]
    assert keyed["digest"] == WORDS
    assert set(keyed) == {"digest", "recipe", "fonts"}


@pytest.mark.usefixtures("burning")
def test_a_clip_that_says_nothing_is_drawn_as_it_is() -> None:
    assert drawn_frames(SPEC, b"", WORDS, a_shop(Captions(language="en"))) is CLIP
