"""Latents of the `diffusion` backend: a safetensors file whose document says how to decode it, of numbers.

Read without torch: a pod that audits needs no gigabytes of it.
"""

import json
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load

from vidgen_assets.clips.spec import ClipSpec

_WANTED = ("format", "pipeline", "layout", "shape", "normalisation", "vae", "clip")


def diffusion_latents_fault(data: bytes, spec: ClipSpec) -> str | None:
    """Why frames can't be decoded from `data` as `spec` promises them; None if they can."""
    try:
        latents = load(data)["latents"]
        length = int.from_bytes(data[:8], "little")
        document = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["vidgen"])
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        return f"the latents are no safetensors file with a document: {type(error).__name__}: {error}"
    return _document_fault(document, spec) or _tensor_fault(latents, document)


def _document_fault(document: Any, spec: ClipSpec) -> str | None:
    missing = [name for name in _WANTED if not isinstance(document, dict) or name not in document]
    if missing:
        return f"the latents don't say their {', '.join(missing)}, so nobody could decode them"
    return clip_fault(document["clip"], spec)


def clip_fault(clip: Any, spec: ClipSpec) -> str | None:
    """Where the latents' word on their clip (frame count, rate, seed) is not that of the spec; None if it is."""
    promised = {"frame_count": spec.frame_count, "fps": str(spec.fps), "seed": spec.seed}
    wrong = [
        f"{name} is {clip.get(name)}, promised {value}" for name, value in promised.items() if clip.get(name) != value
    ]
    return f"the latents are of another clip: {'; '.join(wrong)}" if wrong else None


def _tensor_fault(latents: np.ndarray[Any, Any], document: dict[str, Any]) -> str | None:
    if list(latents.shape) != document["shape"]:
        return f"the tensor's shape is {list(latents.shape)}, its document says {document['shape']}"
    broken = int((~np.isfinite(latents)).sum())
    if broken:
        return f"{broken} of {latents.size} values are no numbers"
    if float(latents.std()) == 0.0:
        return "every value of the latents is the same: nothing was denoised"
    return None
