"""What differs between pipeline classes, one file per family; `base.py` says what a family must answer."""

from vidgen_assets.clips.errors import InputError
from vidgen_assets.diffusion.families.base import Adapter
from vidgen_assets.diffusion.families.cogvideox import CogVideoX
from vidgen_assets.diffusion.families.hunyuan import HunyuanVideo
from vidgen_assets.diffusion.families.ltx import LTX, LTXImage
from vidgen_assets.diffusion.families.wan import Wan, WanImage

_ADAPTERS: dict[str, Adapter] = {
    adapter.pipeline: adapter for adapter in (Wan(), WanImage(), LTX(), LTXImage(), CogVideoX(), HunyuanVideo())
}


def adapter_of(pipeline: str) -> Adapter:
    """The adapter of a pipeline class of diffusers. Raises `InputError` if there is none."""
    if pipeline not in _ADAPTERS:
        remedy = "Write an adapter for it in vidgen_assets/diffusion/families/, or serve it behind the videos protocol."
        raise InputError(
            "no adapter for this pipeline", field="pipeline", value=pipeline, allowed=_ADAPTERS, remedy=remedy
        )
    return _ADAPTERS[pipeline]
