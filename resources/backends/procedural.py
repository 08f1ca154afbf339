"""The `procedural` backend: scenes computed from their look, without a model. Ground truth for those that learn it.

It makes what the backdrop model was trained on, at the same size and length, so either can stand in for the other. What
a prompt leaves open is drawn from the clip's seed.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resources.backends.adherence import adherence
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.errors import InputError, PermanentError
from vidgen_assets.clips.generation import Cupboard, Desk, Frame, FrameShape, FrameStream, Generated, MediaShelf
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.models.admission import Hardware, admit
from vidgen_assets.models.release import ModelRelease, Vocabulary
from vidgen_assets.models.vocabulary import read

if TYPE_CHECKING:  # torch takes seconds to import
    from vidgen_assets.diffusion.decode import Pictures

_ANYWHERE = Hardware(memory_gib=float("inf"), device="cpu")


@dataclass(frozen=True, slots=True)
class ProceduralBackend:
    """Fills `GenerationBackend`. `release_of` looks a release up by id and raises for one that isn't registered."""

    release_of: Callable[[str], ModelRelease]

    @property
    def name(self) -> str:
        return "procedural"

    @property
    def keeps_frames(self) -> bool:
        """Sines and exponentials round differently from processor to processor."""
        return True

    def follows_narration(self, spec: ClipSpec) -> bool:  # noqa: ARG002 - no pictures of a model keep time
        return False

    def admit(self, spec: ClipSpec) -> None:
        admit(spec, self.release_of(spec.route.release), _ANYWHERE, None)

    def latent_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        return self._document(spec)

    def prepare(self, specs: Sequence[ClipSpec], media: MediaShelf, cupboard: Cupboard) -> None:
        """Nothing is shared between scenes."""

    def make_latents(self, spec: ClipSpec, desk: Desk) -> Generated:  # noqa: ARG002 - nothing of it is needed
        """The look, the seed and the size as canonical JSON."""
        return Generated(canonical_json(self._document(spec)), provenance={"release": spec.route.release})

    def decode_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        from vidgen_assets.backdrops.scenes import SCENE_RECIPE
        from vidgen_assets.diffusion.canvas import CANVAS_RECIPE

        return {
            "scene": SCENE_RECIPE,
            "canvas": CANVAS_RECIPE,
            "size": [spec.width, spec.height],
            "meters": self._vocabulary(spec).meters,
        }

    def decode(self, spec: ClipSpec, latents: bytes, media: MediaShelf) -> FrameStream:  # noqa: ARG002 - as all
        """Raises `PermanentError` for latents of another edition of the scenes."""
        shape = FrameShape(spec.width, spec.height, spec.fps, spec.frame_count)
        return _Scene(json.loads(latents), shape, spec.prompt or "", self._vocabulary(spec))

    def _document(self, spec: ClipSpec) -> dict[str, Any]:
        from vidgen_assets.backdrops.scenes import SCENE_RECIPE

        admitted = admit(spec, self.release_of(spec.route.release), _ANYWHERE, None)
        wanted = read(spec.prompt or "", self._vocabulary(spec)).wanted
        return {
            "recipe": SCENE_RECIPE,
            "wanted": wanted,
            "seed": spec.seed,
            "width": admitted.bucket.width,
            "height": admitted.bucket.height,
            "frame_count": admitted.frame_count,
            "fps": str(spec.fps),
        }

    def _vocabulary(self, spec: ClipSpec) -> Vocabulary:
        release = self.release_of(spec.route.release)
        if release.vocabulary is None:
            raise InputError(
                "a procedural release says what its scenes can show",
                field="vocabulary",
                value=release.id,
                allowed="the vocabulary of backdrops",
            )
        return release.vocabulary


@dataclass(slots=True)
class _Scene:
    """Fills `FrameStream` and `Measured`."""

    document: dict[str, Any]
    shape: FrameShape
    prompt: str
    vocabulary: Vocabulary
    _drawn: "Pictures | None" = None

    def __iter__(self) -> Iterator[Frame]:
        from vidgen_assets.diffusion.canvas import on_canvas

        for picture in self._pictures():
            yield on_canvas(picture, self.shape.width, self.shape.height)

    def adherence(self) -> dict[str, Any] | None:
        return adherence(self._pictures(), self.prompt, self.vocabulary)

    def _pictures(self) -> "Pictures":
        import torch

        from vidgen_assets.backdrops.scenes import SCENE_RECIPE, completed, render

        if self._drawn is None:
            if self.document["recipe"] != SCENE_RECIPE:
                raise PermanentError(
                    "these latents are of another edition of the scenes",
                    field="recipe",
                    value=self.document["recipe"],
                    allowed=str(SCENE_RECIPE),
                    remedy="Materialise latents for this shard again.",
                )
            dice = torch.Generator().manual_seed(self.document["seed"])
            look = completed(self.document["wanted"], dice)
            size = (self.document["frame_count"], self.document["height"], self.document["width"])
            clip = render(look, dice, *size)
            self._drawn = (clip.movedim(1, -1) * 255).round().byte().numpy()
        return self._drawn
