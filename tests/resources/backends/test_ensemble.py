"""Template layers over a generated scene: made once for each scene, drawn alike everywhere, measured as it is drawn."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resources.backends.diffusion import DiffusionBackend
from resources.backends.ensemble import EnsembleBackend, scene_of
from resources.backends.template import TemplateBackend
from tests.builders import a_digest
from tests.diffusion.desk import Drawer
from tests.diffusion.releases import tiny_release
from tests.templates.cards import WORDS, Shelf, a_card, a_cutout, a_photograph
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.generation import Desk, Generated, GenerationBackend
from vidgen_assets.clips.narration import Narration, Slot
from vidgen_assets.clips.spec import Aspect, ClipSpec, Route
from vidgen_assets.models.admission import Hardware
from vidgen_assets.models.release import Bucket, FrameGrid, ModelRelease, Vocabulary
from vidgen_assets.templates.scene import GeneratedBackdrop, Timeline

VOCABULARY = Vocabulary(
    floor=1.0,
    words=("blue", "gold", "soft", "waves", "stars", "slow", "drifting", "fast"),
    fillers=("soft",),
    aspects={
        "palette": {"ocean": ("blue",), "gold": ("gold",)},
        "texture": {"waves": ("waves",), "stars": ("stars",)},
    },
    required=("palette", "texture"),
    meters="backdrops",
)


@pytest.fixture
def release(tiny_folder: Callable[[str], Path]) -> ModelRelease:
    return tiny_release(
        tiny_folder("WanPipeline"),
        buckets=(Bucket(width=112, height=64), Bucket(width=64, height=112)),
        frame_grid=FrameGrid(step=4, least=5, most=9),
        vocabulary=VOCABULARY,
    )


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return a_cutout(tmp_path)


class Counting(DiffusionBackend):
    """The real backend, which says how often it generated."""

    generated = 0

    def make_latents(self, spec: ClipSpec, desk: Desk) -> Generated:
        self.generated += 1
        return super().make_latents(spec, desk)


def backends_of(release: ModelRelease) -> tuple[EnsembleBackend, Counting]:
    scenes = Counting(lambda _: release, Hardware(8.0, "cpu"))
    return EnsembleBackend(TemplateBackend(), {"diffusion": scenes}, lambda _: release), scenes


def a_clip(picture: Path, **changes: Any) -> ClipSpec:
    route = Route(backend="ensemble", release="tiny", reason="the row describes a scene behind its template")
    values: dict[str, Any] = {"backdrop": "soft blue waves", "route": route, "frame_count": 30, **changes}
    return a_card(picture, **values)


def desk(picture: Path, drawer: Drawer) -> Desk:
    return Desk(a_digest("work"), Shelf(picture), drawer)


def test_it_keeps_the_protocol(release: ModelRelease) -> None:
    backend: GenerationBackend = backends_of(release)[0]
    assert backend.name == "ensemble"
    assert not backend.keeps_frames


def test_the_scene_stands_behind_the_layers(release: ModelRelease, picture: Path) -> None:
    backend, _ = backends_of(release)
    spec = a_clip(picture)
    backend.admit(spec)
    made = backend.make_latents(spec, desk(picture, Drawer()))
    timeline = Timeline.of_bytes(made.data)
    assert isinstance(timeline.backdrop, GeneratedBackdrop)
    assert timeline.backdrop.key_count == 9
    assert made.provenance["release"] == "tiny"
    frames = list(backend.decode(spec, made.data, Shelf(picture)))
    assert len(frames) == 30
    again = list(backends_of(release)[0].decode(spec, made.data, Shelf(picture)))
    assert all(np.array_equal(one, other) for one, other in zip(frames, again, strict=True))
    plain = TemplateBackend()
    layers_only = next(iter(plain.decode(spec, plain.make_latents(spec, desk(picture, Drawer())).data, Shelf(picture))))
    assert np.abs(frames[0][..., :3].astype(int) - layers_only[..., :3]).mean() > 5


def test_another_headline_over_the_same_scene_generates_nothing(release: ModelRelease, picture: Path) -> None:
    (backend, scenes), drawer = backends_of(release), Drawer()
    first = backend.make_latents(a_clip(picture), desk(picture, drawer))
    other = a_clip(picture, variables={**WORDS, "headline": "Another light"})
    second = backend.make_latents(other, desk(picture, drawer))
    assert scenes.generated == 1
    assert second.gpu_s == 0
    keys = [Timeline.of_bytes(made.data).backdrop.model_dump()["keys"] for made in (first, second)]
    assert keys[0] == keys[1]
    assert first.data != second.data
    assert backend.latent_inputs(other)["scene"] == backend.latent_inputs(a_clip(picture))["scene"]


@pytest.mark.parametrize("changes", [{"backdrop": "soft gold stars"}, {"seed": 8}])
def test_another_scene_is_generated(release: ModelRelease, picture: Path, changes: dict[str, Any]) -> None:
    (backend, scenes), drawer = backends_of(release), Drawer()
    backend.make_latents(a_clip(picture), desk(picture, drawer))
    backend.make_latents(a_clip(picture, **changes), desk(picture, drawer))
    assert scenes.generated == 2


def test_a_narrated_clip_of_any_length_stands_over_a_scene_of_the_models_own_length(
    release: ModelRelease, tmp_path: Path
) -> None:
    """What is spoken sets the clip's frames, here 187, and the model makes 5 or 9."""
    (backend, _), picture = backends_of(release), a_photograph(tmp_path)
    words = {"brand": "Lumenhof", "headline": "Light turns", "points": ("It wakes.",), "pictures": (picture.name,)}
    card = a_card(picture)
    spec = a_clip(
        picture,
        template="news_summary",
        variables=words,
        image=None,
        pictures={picture.name: card.image},
        frame_count=187,
    )
    ends_s = (2.9, 5.0, 187 / 30)
    slots = tuple(
        Slot(name=name, text="", start_s=start_s, end_s=end_s)
        for name, start_s, end_s in zip(("title", "point-1", "closing"), (0.0, *ends_s), ends_s, strict=False)
    )
    assert backend.follows_narration(spec)
    backend.admit(spec)
    told = replace(desk(picture, Drawer()), narration=Narration(language="en", voice="v", slots=slots))
    timeline = Timeline.of_bytes(backend.make_latents(spec, told).data)
    assert isinstance(timeline.backdrop, GeneratedBackdrop)
    assert timeline.backdrop.key_count == 9
    assert [(section.first_frame, section.frames) for section in timeline.sections] == [(0, 87), (87, 63), (150, 37)]


def test_a_scene_is_made_at_the_models_size_nearest_to_the_canvas(release: ModelRelease, picture: Path) -> None:
    wide, tall = scene_of(a_clip(picture), release), scene_of(a_clip(picture, aspect=Aspect.PORTRAIT), release)
    assert (wide.width, wide.height) == (112, 64)
    assert (tall.width, tall.height) == (64, 112)
    assert (wide.frame_count, wide.fps, wide.image, wide.prompt) == (9, 8, None, "soft blue waves")


@pytest.mark.parametrize(
    ("backdrop", "said"),
    [("soft waves", "no palette"), ("blue gold waves", "more than one palette"), ("blue waves at sea", "sea")],
)
def test_a_scene_nobody_could_show_is_refused_by_its_own_column(
    release: ModelRelease, picture: Path, backdrop: str, said: str
) -> None:
    with pytest.raises(InputError, match=said) as refused:
        backends_of(release)[0].admit(a_clip(picture, backdrop=backdrop))
    assert refused.value.field == "backdrop"


def test_a_model_without_meters_stands_behind_no_template(release: ModelRelease, picture: Path) -> None:
    bare = release.model_copy(update={"vocabulary": None})
    with pytest.raises(InputError, match="nothing says how they move"):
        backends_of(bare)[0].admit(a_clip(picture))


def test_what_the_template_refuses_is_refused(release: ModelRelease, picture: Path) -> None:
    with pytest.raises(InputError):
        backends_of(release)[0].admit(a_clip(picture, image=None))


def test_a_kept_scene_that_is_not_whole_is_generated_again(release: ModelRelease, picture: Path) -> None:
    (backend, scenes), drawer = backends_of(release), Drawer()
    whole = backend.make_latents(a_clip(picture), desk(picture, drawer))
    (name,) = [name for name in drawer.things if name.startswith("scenes/")]
    drawer.things[name] = drawer.things[name][: len(drawer.things[name]) // 2]
    again = backend.make_latents(a_clip(picture), desk(picture, drawer))
    assert again.data == whole.data
    assert scenes.generated == 2
