"""A clip's frames as they are audited and encoded: what its backend draws, with burnt-in captions if its profile asks.

One place, since the encoder must draw again exactly what was audited. Post-processing is the backend's own
(`backends/post.py`); captions come last, so that no filter softens them.
"""

from typing import Any

from resources.workshop import Workshop
from vidgen_assets.clips.captions import CAPTIONS_FILE, Captions
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.generation import FrameStream
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import ClipSpec


def drawn_frames(spec: ClipSpec, latents: bytes, captions: Digest, shop: Workshop) -> FrameStream:
    """The frames of `latents`, drawn lazily. `captions`, an artifact of that stage, are looked at only where the
    profile burns them in.

    Raises as the backend's `decode`, and `InputError` for captions that can't be drawn.
    """
    stream = shop.backends[spec.route.backend].decode(spec, latents, shop.artifacts)
    if not burns_captions(spec):
        return stream
    from vidgen_assets.frames.burning import Burnt

    file = shop.artifacts.listing(captions)[CAPTIONS_FILE]
    cues = Captions.model_validate_json(shop.artifacts.read(file.digest))
    return Burnt(stream, cues) if cues.cues else stream


def drawing_inputs(spec: ClipSpec, latents: Digest, captions: Digest, shop: Workshop) -> dict[str, Any]:
    """JSON of exactly what decides the frames of `drawn_frames`."""
    inputs = {"latents": latents, "decode": shop.backends[spec.route.backend].decode_inputs(spec)}
    if not burns_captions(spec):
        return inputs
    from vidgen_assets.frames.burning import burning_inputs

    return {**inputs, "captions": {**burning_inputs(), "digest": captions}}


def burns_captions(spec: ClipSpec) -> bool:
    return load_profiles()[spec.profile].burn_captions
