"""Which backend and release make a clip. Chosen once, recorded with its reason, and kept until a migration.

A row that names a template goes to the compositor; a prompt alone needs a generative release.
"""

from collections.abc import Collection

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import ClipRequest, Route

TEMPLATE_BACKEND = "template"


def template_release(template: str) -> str:
    """The release that draws `template`."""
    return f"{TEMPLATE_BACKEND}/{template}"


def choose_route(request: ClipRequest, releases: Collection[str]) -> Route:
    """The route of `request` among `releases`, such as `template/product_card`.

    Raises `InputError` if no release can make the clip; it names those there are.
    """
    if request.template is None:
        raise InputError(
            "a prompt alone needs a generative release, and none is configured",
            clip_id=request.clip_id,
            field="template",
            allowed=sorted(releases),
            remedy="Name one of the templates; the prompt stays with the clip as its description.",
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
    return Route(backend=TEMPLATE_BACKEND, release=release, reason=f"the row names the template {request.template}")
