"""Generation backends, by name. Each fills `vidgen_assets.clips.generation.GenerationBackend` in a file of its own.

Importing this package is cheap: what draws or denoises is imported when a backend is first asked for.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from resources.spend_book import SpendBook
from vidgen_assets.clips.generation import GenerationBackend
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.models.admission import Hardware
from vidgen_assets.models.release import ModelRelease
from vidgen_assets.templates.library import TemplateLibrary


def build_backends(
    release_of: Callable[[str], ModelRelease],
    hardware: Hardware,
    model_cache: Path | None,
    spend: SpendBook,
    media: MediaTools,
    clock: Callable[[], datetime],
    templates: TemplateLibrary,
) -> dict[str, GenerationBackend]:
    """Every backend of a deployment; each may hold a loaded model. `release_of` finds a registered release by id.

    All are wrapped in post-processing. The scenes of an ensemble are not: the steps are for the finished picture.
    """
    from resources.backends.diffusion import DiffusionBackend
    from resources.backends.ensemble import EnsembleBackend
    from resources.backends.post import PostProcessing
    from resources.backends.procedural import ProceduralBackend
    from resources.backends.remote import RemoteBackend
    from resources.backends.template import TemplateBackend

    template = TemplateBackend(templates)
    diffusion = DiffusionBackend(release_of, hardware, model_cache)
    remote = RemoteBackend(release_of, spend, media, clock)
    procedural = ProceduralBackend(release_of)
    ensemble = EnsembleBackend(template, {diffusion.name: diffusion, procedural.name: procedural}, release_of)
    backends: tuple[GenerationBackend, ...] = (template, diffusion, remote, procedural, ensemble)
    return {backend.name: PostProcessing(backend, media) for backend in backends}
