"""Which backend and release make a clip. Chosen once, recorded with its reason, and kept until a migration.

A row that names a template goes to the compositor; a prompt alone goes to a model release, which is chosen in
`vidgen_assets/models/routing.py`. A template over a generated scene goes to both: its release is the scene's.
"""

from collections.abc import Callable, Collection

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import ClipRequest, Route

TEMPLATE_BACKEND = "template"
ENSEMBLE_BACKEND = "ensemble"


def template_release(template: str) -> str:
    """The release that draws `template`."""
    return f"{TEMPLATE_BACKEND}/{template}"


def choose_route(request: ClipRequest, releases: Collection[str], choose_model: Callable[[], Route]) -> Route:
    """The route of `request`: among `releases`, such as `template/product_card`, or what `choose_model` says.

    Raises `InputError` if no release can make the clip; it names those there are. A row with a template never asks
    for a model, so a record of models that can't be read holds no such clip.
    """
    if request.template is None:
        return choose_model()
    if request.model is not None and request.backdrop is None:
        raise InputError(
            "a row names a template or a model, and this one names both",
            clip_id=request.clip_id,
            field="model",
            value=request.model,
            allowed="no model beside a template, unless it makes a scene behind it",
            remedy="Describe the scene in `backdrop`, or leave one of the two out.",
        )
    release = template_release(request.template)
    if release not in releases:
        raise InputError(
            f"no release draws the template {request.template}",
            clip_id=request.clip_id,
            field="template",
            value=request.template,
            allowed=sorted(releases),
            remedy="Choose one of the releases there are.",
        )
    if request.backdrop is not None:
        behind = choose_model()
        reason = f"the template {request.template} over a scene of {behind.release}: {behind.reason}"
        return Route(backend=ENSEMBLE_BACKEND, release=behind.release, reason=reason)
    return Route(backend=TEMPLATE_BACKEND, release=release, reason=f"the row names the template {request.template}")
