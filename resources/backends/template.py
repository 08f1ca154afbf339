"""The `template` backend: a clip's latents are its resolved timeline, its frames are drawn by the compositor.

An adapter only. What a template is and how it's drawn lives in `vidgen_assets/templates/`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.generation import Cupboard, Desk, FrameStream, Generated, MediaShelf
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.templates.backdrops import BACKDROP_RECIPE
from vidgen_assets.templates.compositor import COMPOSITOR_RECIPE, open_frames
from vidgen_assets.templates.document import Template, library_names, load_template
from vidgen_assets.templates.lettering import SHAPING_RECIPE
from vidgen_assets.templates.pictures import PICTURE_RECIPE, read_picture
from vidgen_assets.templates.scene import Timeline
from vidgen_assets.templates.timeline import TIMELINE_RECIPE, Behind, check_spec, resolve_timeline
from vidgen_assets.templates.variables import resolve_variables


@dataclass(frozen=True, slots=True)
class TemplateBackend:
    """Fills `GenerationBackend`. Holds no state."""

    @property
    def name(self) -> str:
        return "template"

    @property
    def keeps_frames(self) -> bool:
        """Drawing a 720p frame again takes 11 CPU ms, writing and reading it losslessly 54."""
        return False

    def admit(self, spec: ClipSpec) -> None:
        """Raise `InputError` for an unknown template, wrong variables, or texts that don't fit the canvas.

        The picture is only looked at by `make_latents`: here it's still a reference.
        """
        check_spec(spec, _template(spec))

    def latent_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        """Variables are resolved, so that writing a default out gives the same work."""
        template = _template(spec)
        return {
            "recipes": {"timeline": TIMELINE_RECIPE, "shaping": SHAPING_RECIPE, "backdrop": BACKDROP_RECIPE},
            "template": str(template.digest),
            "variables": resolve_variables(template.document, spec.variables),
            "language": spec.language,
            "aspect": spec.aspect.value,
            "width": spec.width,
            "height": spec.height,
            "fps": str(spec.fps),
            "frame_count": spec.frame_count,
            "seed": spec.seed,
            "image": str(spec.image.digest) if spec.image else None,
        }

    def prepare(self, specs: Sequence[ClipSpec], media: MediaShelf, cupboard: Cupboard) -> None:
        """Nothing is shared but the template, which is read once per process."""

    def make_latents(self, spec: ClipSpec, desk: Desk) -> Generated:
        """The timeline as canonical JSON, a few kilobytes. Raises `InputError` for a picture that can't be used."""
        return Generated(self.timeline(spec, desk.media).to_bytes())

    def timeline(self, spec: ClipSpec, media: MediaShelf, behind: Behind | None = None) -> Timeline:
        """The timeline, over a generated scene if there is one. Raises as `make_latents`."""
        timeline = resolve_timeline(spec, _template(spec), behind)
        reference = spec.image.reference if spec.image else ""
        read_picture(media.path(timeline.picture.digest), reference)
        return timeline

    def decode_inputs(self, spec: ClipSpec) -> dict[str, Any]:  # noqa: ARG002 - every template is drawn alike
        return {
            "compositor": COMPOSITOR_RECIPE,
            "backdrop": BACKDROP_RECIPE,
            "shaping": SHAPING_RECIPE,
            "picture": PICTURE_RECIPE,
        }

    def decode(
        self,
        spec: ClipSpec,  # noqa: ARG002 - the timeline holds all of it
        latents: bytes,
        media: MediaShelf,
    ) -> FrameStream:
        """Raises `PermanentError` for latents of another edition of the template or of the timeline."""
        timeline = Timeline.of_bytes(latents)
        return open_frames(timeline, load_template(timeline.template), media.path(timeline.picture.digest))


def _template(spec: ClipSpec) -> Template:
    if spec.template is None:
        raise InputError("the template backend needs a template", field="template", allowed=library_names())
    return load_template(spec.template)
