"""A factory with model releases and a backend that admits everything, for tests of what is routed where."""

from dataclasses import replace
from typing import Any, cast

from resources.workshop import Workshop
from tests.builders import a_release
from tests.end_to_end.catalogs import a_clip
from vidgen_assets.clips.generation import GenerationBackend
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.models.registry import Status


class AdmitsAll:
    """As much of a backend as the first stage asks for."""

    name = "diffusion"

    def admit(self, spec: ClipSpec) -> None:
        pass


def with_models(shop: Workshop) -> Workshop:
    backend = cast(GenerationBackend, AdmitsAll())
    return replace(shop, backends={**shop.backends, "diffusion": backend})


def register(shop: Workshop, name: str, status: Status, share: float = 0.0, **changes: Any) -> None:
    shop.models.register(
        a_release(name, **changes), status=status, share=share, reason="new", by="ana", recorded_at=shop.now()
    )


def a_prompt_row(clip_id: str, **cells: str) -> dict[str, str]:
    """A row for a model: a prompt, no template, no picture."""
    return a_clip(clip_id, template="", image="", prompt="soft amber light", fps="8", duration_s="1.125", **cells)
