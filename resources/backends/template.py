"""The `template` backend: a clip's latents are its resolved timeline, its frames are drawn by the compositor.

An adapter only. What a template is and how it's drawn lives in `vidgen_assets/templates/`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.generation import Cupboard, Desk, FrameStream, Generated, MediaShelf
from vidgen_assets.clips.narration import Narration
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.templates.backdrops import BACKDROP_RECIPE
from vidgen_assets.templates.compositor import COMPOSITOR_RECIPE, open_frames
from vidgen_assets.templates.legibility import resolve_timeline
from vidgen_assets.templates.lettering import SHAPING_RECIPE
from vidgen_assets.templates.library import Template, TemplateLibrary, fonts_digest
from vidgen_assets.templates.pictures import PICTURE_RECIPE
from vidgen_assets.templates.scene import Timeline
from vidgen_assets.templates.timeline import TIMELINE_RECIPE, Behind, Request, laid_out, pictures_of
from vidgen_assets.templates.variables import resolve_variables


@dataclass(frozen=True, slots=True)
class TemplateBackend:
    """Fills `GenerationBackend`. Holds no state."""

    library: TemplateLibrary = field(default_factory=TemplateLibrary)

    @property
    def name(self) -> str:
        return "template"

    @property
    def keeps_frames(self) -> bool:
        """Drawing a 720p frame again takes 5 CPU ms, writing and reading it losslessly 54."""
        return False

    def follows_narration(self, spec: ClipSpec) -> bool:
        """Whether the template's scenes speak, and are as long as what is said in them."""
        return any(scene.narration is not None for scene in self.template_of(spec).document.scenes)

    def admit(self, spec: ClipSpec) -> None:
        """Raise `InputError` for an unknown template, wrong variables, or texts that don't fit the canvas.

        Pictures are looked at by `make_latents`, and so is whether words can be read on them.
        """
        laid_out(self._request(spec))

    def latent_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        """Variables are resolved, so that writing a default out gives the same work."""
        request = self._request(spec)
        template, pictures, variables = request.template, request.pictures, request.values
        return {
            "recipes": {
                "timeline": TIMELINE_RECIPE, "shaping": SHAPING_RECIPE, "backdrop": BACKDROP_RECIPE,
                "picture": PICTURE_RECIPE, "compositor": COMPOSITOR_RECIPE,
            },
            "template": str(template.digest),
            "fonts": str(fonts_digest()),
            "variables": {name: value for name, value in variables.items() if name not in pictures},
            "pictures": {name: [str(digest) for digest in digests] for name, digests in pictures.items()},
            "language": spec.language,
            "aspect": spec.aspect.value,
            "width": spec.width,
            "height": spec.height,
            "fps": str(spec.fps),
            "frame_count": spec.frame_count,
            "seed": spec.seed,
            **({"captions": "burnt in"} if request.is_captioned else {}),
        }  # fmt: skip

    def prepare(self, specs: Sequence[ClipSpec], media: MediaShelf, cupboard: Cupboard) -> None:
        """Nothing is shared but the template, which is read once per process."""

    def make_latents(self, spec: ClipSpec, desk: Desk) -> Generated:
        """The timeline as canonical JSON, some kilobytes.

        Raises `InputError` for a picture that can't be used, and for words that can't be read on what is under them.
        """
        return Generated(self.timeline(spec, desk.media, desk.narration).to_bytes())

    def timeline(
        self, spec: ClipSpec, media: MediaShelf, narration: Narration | None = None, behind: Behind | None = None
    ) -> Timeline:
        """The timeline, over a generated scene if there is one. Raises as `make_latents`."""
        return resolve_timeline(self._request(spec, narration, behind), media.path)

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
        """Raises `PermanentError` for latents of another edition of the template, its fonts or the timeline."""
        timeline = Timeline.of_bytes(latents)
        return open_frames(timeline, self.library.load(timeline.template), media.path)

    def template_of(self, spec: ClipSpec) -> Template:
        """Raises `InputError` for a spec without a template, or with one that isn't there."""
        if spec.template is None:
            raise InputError("the template backend needs a template", field="template", allowed=self.library.names())
        return self.library.load(spec.template)

    def _request(self, spec: ClipSpec, narration: Narration | None = None, behind: Behind | None = None) -> Request:
        template = self.template_of(spec)
        values = resolve_variables(template.document, spec.variables)
        return Request(spec, template, values, pictures_of(spec, template), narration, behind)
