"""What a clip is conditioned on, each text and each picture encoded once and kept in the cupboard.

Keys hold exactly what decides an embedding's bytes, so clips, shards and releases that share an encoder share them.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resources.backends.residency import Residency
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.generation import Cupboard, MediaShelf
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.models.families import family_of
from vidgen_assets.models.release import ModelRelease

if TYPE_CHECKING:  # torch takes seconds to import
    from vidgen_assets.diffusion.denoise import Conditions
    from vidgen_assets.diffusion.families.base import Job, Tensors

logger = logging.getLogger(__name__)

ENCODING_RECIPE = 1
"""Raise it when the same text or picture would be encoded otherwise; it is part of the latents' key too."""


class Conditioner:
    """Encodes with the resident pipeline. Not for several threads, as that isn't."""

    def __init__(self, resident: Residency) -> None:
        self._resident = resident

    def conditions(
        self, release: ModelRelease, spec: ClipSpec, job: "Job", media: MediaShelf, cupboard: Cupboard
    ) -> "Conditions":
        from vidgen_assets.diffusion.denoise import Conditions

        positive, *negative = self.texts(release, spec, job, media, cupboard)
        picture = self.picture(release, spec, job, media, cupboard)
        return Conditions(positive, negative[0] if negative else None, picture)

    def texts(
        self,
        release: ModelRelease,
        spec: ClipSpec,
        job: "Job",
        media: MediaShelf,  # noqa: ARG002 - as for pictures
        cupboard: Cupboard,
    ) -> "list[Tensors]":
        """The clip's prompt, then the negative one if guidance uses it; from the cupboard where they are there."""
        from vidgen_assets.diffusion.encode import encode_text, texts_of
        from vidgen_assets.diffusion.families.base import Step

        def encoded(text: str) -> "Tensors":
            return encode_text(self._resident.pipeline(release, Step.TEXT), text, job)

        if not spec.prompt:
            raise InputError("a model needs a prompt", field="prompt", remedy="Describe the clip in a prompt.")
        texts = texts_of(release.pipeline, spec.prompt, job)
        return [_kept(cupboard, _text_name(release, text), lambda text=text: encoded(text)) for text in texts]

    def picture(
        self, release: ModelRelease, spec: ClipSpec, job: "Job", media: MediaShelf, cupboard: Cupboard
    ) -> "Tensors":
        """What the clip's picture contributes; nothing for a family that takes none."""
        if not family_of(release.pipeline).takes_image:
            return {}
        from vidgen_assets.diffusion.encode import encode_picture
        from vidgen_assets.diffusion.families.base import Step

        if spec.image is None:
            raise InputError(f"{release.id} begins with an image", field="image", remedy="Name a picture in the row.")
        path = media.path(spec.image.digest)
        fitted = fitted_picture(path, spec.image.reference, job.width, job.height)

        def encoded() -> "Tensors":
            return encode_picture(self._resident.pipeline(release, Step.PICTURE), fitted, job)

        return _kept(cupboard, _picture_name(release, spec.image.digest, job), encoded)


def fitted_picture(path: Path, reference: str, width: int, height: int) -> Any:
    """The customer's picture (PIL, RGB) covering the model's canvas, on white where it is transparent.

    Raises `InputError` for a file that is no usable picture.
    """
    from PIL import Image

    from vidgen_assets.diffusion.canvas import covering
    from vidgen_assets.templates.pictures import whole_picture

    picture = whole_picture(path, reference)
    ground = Image.new("RGBA", picture.size, "white")
    return covering(Image.alpha_composite(ground, picture).convert("RGB"), width, height)


def _kept(cupboard: Cupboard, name: str, make: "Callable[[], Tensors]") -> "Tensors":
    """The tensors under `name`, made and kept if they aren't there."""
    from vidgen_assets.diffusion.tensor_file import TensorFileUnreadable, pack, unpack

    data = cupboard.get(name)
    if data is not None:
        try:
            return unpack(data)[0]
        except TensorFileUnreadable:
            logger.warning("%s can't be read and is made again", name)
    tensors = make()
    cupboard.put(name, pack(tensors, {"name": name}))
    return tensors


def _text_name(release: ModelRelease, text: str) -> str:
    parts = {name: str(d) for name, d in release.components.items() if name.startswith(("text_encoder", "tokenizer"))}
    what = {
        "recipe": ENCODING_RECIPE,
        "pipeline": release.pipeline,
        "components": parts,
        "execution": [release.execution.device, release.execution.dtype],
        "max_sequence_length": release.sampling.max_sequence_length,
        "text": text,
    }
    return f"embeds/{Digest.of_json(what).hex}"


def _picture_name(release: ModelRelease, image: Digest, job: "Job") -> str:
    from vidgen_assets.diffusion.canvas import CANVAS_RECIPE

    parts = {
        name: str(d) for name, d in release.components.items() if name.startswith(("image_", "vae", "model_index"))
    }
    what = {
        "recipe": [ENCODING_RECIPE, CANVAS_RECIPE],
        "pipeline": release.pipeline,
        "components": parts,
        "execution": [release.execution.device, release.execution.dtype, release.execution.vae_dtype],
        "image": str(image),
        "size": [job.width, job.height, job.frame_count],
        "seed": job.seed,
    }
    return f"pictures/{Digest.of_json(what).hex}"
