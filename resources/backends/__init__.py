"""Generation backends, by name. Each fills `vidgen_assets.clips.generation.GenerationBackend` in a file of its own.

Importing this package is cheap: what draws or denoises is imported when a backend is first asked for.
"""

from functools import cache

from vidgen_assets.clips.generation import GenerationBackend


@cache
def backends() -> dict[str, GenerationBackend]:
    """Every backend of this deployment. Made once per process, since a backend may hold a loaded model."""
    from resources.backends.template import TemplateBackend

    template = TemplateBackend()
    return {template.name: template}
