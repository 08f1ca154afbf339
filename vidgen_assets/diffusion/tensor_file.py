"""Named tensors and one JSON document as one safetensors file: how embeddings, checkpoints and latents are kept.

Never a pickle. The document is the file's only metadata entry, so that equal contents are equal bytes.
"""

import json
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from vidgen_assets.clips.digest import canonical_json

_ENTRY = "vidgen"


class TensorFileUnreadable(ValueError):
    """The bytes are no such file; the message says how."""


def pack(tensors: dict[str, torch.Tensor], document: dict[str, Any]) -> bytes:
    """`tensors` and `document` as bytes; tensors are copied to the CPU."""
    plain = {name: tensor.detach().to("cpu").contiguous() for name, tensor in tensors.items()}
    return save(plain, {_ENTRY: canonical_json(document).decode()})


def unpack(data: bytes) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """The tensors and the document in `data`. Raises `TensorFileUnreadable`."""
    try:
        tensors = load(data)
        length = int.from_bytes(data[:8], "little")
        document = json.loads(json.loads(data[8 : 8 + length])["__metadata__"][_ENTRY])
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise TensorFileUnreadable(f"{type(error).__name__}: {error}") from error
    return tensors, document
