"""How long a prompt is for a release's text encoder. Loads a tokenizer and no weights.

A tokenizer cuts what is too long without a word; so the length is asked before, at admission.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from transformers import AutoTokenizer

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.diffusion.families import adapter_of
from vidgen_assets.diffusion.loading import quiet
from vidgen_assets.diffusion.weights import locate, verify
from vidgen_assets.models.release import ModelRelease

_TOKENIZER = "tokenizer"


def token_counter(release: ModelRelease, cache: Path | None) -> Callable[[str], int]:
    """A function from a prompt to its number of tokens, the end mark included."""
    tokenizer, clean = _tokenizer(release, cache), adapter_of(release.pipeline).clean

    def count(prompt: str) -> int:
        return len(tokenizer(clean(prompt), add_special_tokens=True, truncation=False, verbose=False)["input_ids"])

    return count


@lru_cache(maxsize=8)
def _loaded(folder: Path):
    with quiet():
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)


def _tokenizer(release: ModelRelease, cache: Path | None):
    root = locate(release, [_TOKENIZER], cache)
    verify(release, root, [_TOKENIZER])
    try:
        return _loaded(root / _TOKENIZER)
    except (OSError, ValueError, KeyError) as error:
        raise PermanentError(
            f"the tokenizer can't be loaded: {error}", field="components.tokenizer", value=release.id
        ) from error
