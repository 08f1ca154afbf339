"""The `ensemble` backend: a template's layers over a scene that a model generates.

The clip's latents are a timeline whose backdrop is the scene's key pictures, so frames are drawn from them alone, alike
on every machine, as a template's are. A scene is kept in the cupboard by what it was made from: another headline over
the same scene generates nothing.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from resources.backends.template import TemplateBackend
from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.generation import Cupboard, Desk, FrameStream, Generated, GenerationBackend, MediaShelf
from vidgen_assets.clips.spec import ClipSpec, Route
from vidgen_assets.models.release import Bucket, ModelRelease, Vocabulary
from vidgen_assets.templates.generated import GENERATED_RECIPE, packed, unpacked
from vidgen_assets.templates.scene import GeneratedBackdrop, Timeline
from vidgen_assets.templates.timeline import Behind

if TYPE_CHECKING:  # torch takes seconds to import
    from vidgen_assets.diffusion.decode import Pictures

logger = logging.getLogger(__name__)

ENSEMBLE_RECIPE = 1
"""Raise it when the same spec would have another scene behind its layers."""


@dataclass(frozen=True, slots=True)
class EnsembleBackend:
    """Fills `GenerationBackend`. `scenes` are the backends that generate, by name."""

    template: TemplateBackend
    scenes: Mapping[str, GenerationBackend]
    release_of: Callable[[str], ModelRelease]

    @property
    def name(self) -> str:
        return "ensemble"

    @property
    def keeps_frames(self) -> bool:
        """The scene is in the latents: what is drawn from them is as cheap and as exact as a template's frames."""
        return False

    def follows_narration(self, spec: ClipSpec) -> bool:
        return self.template.follows_narration(spec)

    def admit(self, spec: ClipSpec) -> None:
        """Raises as both backends do; the scene's prompt is `backdrop`."""
        self.template.admit(spec)
        release = self.release_of(spec.route.release)
        _refuse_without_meters(release)
        try:
            self._backend(release).admit(scene_of(spec, release))
        except InputError as error:
            error.field = "backdrop" if error.field == "prompt" else error.field
            raise

    def latent_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        return {
            "recipe": ENSEMBLE_RECIPE,
            "template": self.template.latent_inputs(spec),
            "scene": self._scene_inputs(spec),
        }

    def prepare(self, specs: Sequence[ClipSpec], media: MediaShelf, cupboard: Cupboard) -> None:
        """What the scenes' backends do beforehand, for the scenes that aren't there yet."""
        for name, backend in self.scenes.items():
            scenes = [
                scene_of(spec, release)
                for spec in specs
                if (release := self.release_of(spec.route.release)).backend == name
                and cupboard.get(self._scene_name(spec)) is None
            ]
            if scenes:
                backend.prepare(scenes, media, cupboard)

    def make_latents(self, spec: ClipSpec, desk: Desk) -> Generated:
        """The scene, from the cupboard or generated, and the timeline over it. Raises as both backends do."""
        name = self._scene_name(spec)
        kept = _behind_of(desk.cupboard.get(name))
        if kept is not None:
            timeline = self.template.timeline(spec, desk.media, desk.narration, kept)
            return Generated(timeline.to_bytes(), provenance={"release": spec.route.release, "scene": "reused"})
        behind, made = self._scene(spec, desk)
        desk.cupboard.put(name, _record_of(behind))
        return replace(made, data=self.template.timeline(spec, desk.media, desk.narration, behind).to_bytes())

    def decode_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        vocabulary = self._vocabulary(spec)
        return {
            **self.template.decode_inputs(spec),
            "generated": GENERATED_RECIPE,
            "meters": vocabulary.meters if vocabulary else None,
        }

    def decode(self, spec: ClipSpec, latents: bytes, media: MediaShelf) -> FrameStream:
        from resources.backends.adherence import MeasuredFrames

        stream = self.template.decode(spec, latents, media)
        return MeasuredFrames(stream, lambda: _keys_in(latents), spec.backdrop or "", self._vocabulary(spec))

    def _vocabulary(self, spec: ClipSpec) -> Vocabulary | None:
        return self.release_of(spec.route.release).vocabulary

    def _scene(self, spec: ClipSpec, desk: Desk) -> tuple[Behind, Generated]:
        """Generated, decoded and measured."""
        from vidgen_assets.backdrops.meters import course_of

        release = self.release_of(spec.route.release)
        backend, scene = self._backend(release), scene_of(spec, release)
        made = backend.make_latents(scene, replace(desk, key=Digest.of_json(self._scene_inputs(spec))))
        keys = np.stack([frame[..., :3] for frame in backend.decode(scene, made.data, desk.media)])
        return Behind(packed(keys), len(keys), course_of(keys)), made

    def _scene_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        release = self.release_of(spec.route.release)
        backend, scene = self._backend(release), scene_of(spec, release)
        return {"latents": backend.latent_inputs(scene), "decode": backend.decode_inputs(scene)}

    def _scene_name(self, spec: ClipSpec) -> str:
        inputs = {"recipe": ENSEMBLE_RECIPE, **self._scene_inputs(spec)}
        return f"scenes/{Digest.of_json(inputs).hex}"

    def _backend(self, release: ModelRelease) -> GenerationBackend:
        return self.scenes[release.backend]


def scene_of(spec: ClipSpec, release: ModelRelease) -> ClipSpec:
    """The scene alone as a clip: at the model's own size, length and rate."""
    bucket = _nearest(release.buckets, spec.width / spec.height)
    return spec.model_copy(
        update={
            "prompt": spec.backdrop,
            "template": None,
            "backdrop": None,
            "variables": {},
            "script": None,
            "image": None,
            "audio": None,
            "width": bucket.width,
            "height": bucket.height,
            "fps": release.fps[0],
            "frame_count": release.frame_grid.counts()[-1],
            "route": Route(backend=release.backend, release=release.id, reason=spec.route.reason),
        }
    )


def _nearest(buckets: Sequence[Bucket], ratio: float) -> Bucket:
    """The one of which least is cut off."""
    return min(buckets, key=lambda bucket: max(bucket.ratio / ratio, ratio / bucket.ratio))


def _refuse_without_meters(release: ModelRelease) -> None:
    if release.vocabulary is None or release.vocabulary.meters is None:
        raise InputError(
            f"{release.id} makes no scenes to stand behind a template: nothing says how they move",
            field="model",
            value=release.id,
            allowed="releases whose vocabulary names its meters",
            remedy="Choose a backdrop model, such as the one that ships, or leave `model` empty.",
        )


def _record_of(behind: Behind) -> bytes:
    document = canonical_json({"count": behind.key_count, "course": list(behind.course)})
    content = len(document).to_bytes(4, "big") + document + behind.keys
    return hashlib.sha256(content).digest() + content


def _behind_of(record: bytes | None) -> Behind | None:
    """None for a record that isn't there or isn't whole: the scene is generated again."""
    if record is None:
        return None
    digest, content = record[:32], record[32:]
    if hashlib.sha256(content).digest() != digest:
        logger.warning("a kept scene isn't whole, and is generated again")
        return None
    length = int.from_bytes(content[:4], "big")
    document = json.loads(content[4 : 4 + length])
    right, down, growth, turn = document["course"]
    return Behind(content[4 + length :], document["count"], (right, down, growth, turn))


def _keys_in(latents: bytes) -> "Pictures":
    backdrop = Timeline.of_bytes(latents).backdrop
    if not isinstance(backdrop, GeneratedBackdrop):
        raise LookupError("the timeline has no generated scene")
    return unpacked(backdrop.keys, backdrop.key_count)
