"""From a clip's spec and a template to its timeline: places, colours, motion, and words that can be read.

Words get their colour last, from what really lies under them (`legibility.py`); what stands on a pill or a badge is
held against that.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.narration import Narration
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.templates import layers, scene
from vidgen_assets.templates.agreement import IMAGE
from vidgen_assets.templates.captioning import caption_band
from vidgen_assets.templates.document import Scene
from vidgen_assets.templates.generated import shift_towards, unpacked
from vidgen_assets.templates.layers import Layer, Move
from vidgen_assets.templates.library import Template, fonts_digest
from vidgen_assets.templates.lists import elements
from vidgen_assets.templates.paints import Paints, paints_of
from vidgen_assets.templates.placing import Placer
from vidgen_assets.templates.setting import Canvas, joined
from vidgen_assets.templates.timing import Clock, Shot, Span, shots_of, spans_of, spoken_parts
from vidgen_assets.templates.variables import picture_variables
from vidgen_assets.templates.wording import filled

TIMELINE_RECIPE = 4
"""Raise when the same spec would resolve to another timeline."""

LEAST_CALM = 0.45
"""How far the ground is held to its base colour under the words, at least."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A generated scene's key pictures, and how it moves (`scene.GeneratedBackdrop`)."""

    keys: bytes
    key_count: int
    course: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Request:
    """What a template is asked for: a spec, its variables, its pictures by the name of their variable."""

    spec: ClipSpec
    template: Template
    values: Mapping[str, Any]
    pictures: Mapping[str, tuple[Digest, ...]]
    narration: Narration | None = None
    behind: Behind | None = None

    @property
    def canvas(self) -> Canvas:
        spec = self.spec
        band = caption_band(spec.width, spec.height) if self.is_captioned else None
        return Canvas(self.template, self.values, spec.language, spec.aspect, spec.width, spec.height, band)

    @property
    def is_captioned(self) -> bool:
        """Whether captions will be burnt into the picture: the profile wants it, and something is said."""
        spec = self.spec
        if spec.is_unspoken or not load_profiles()[spec.profile].burn_captions:
            return False
        return bool(spoken_parts(self.template.document, self.values, spec.script))

    def told(self, problem: InputError) -> InputError:
        """A picture's problem by its variable and reference, as the row has them, instead of its digest."""
        for name, digests in self.pictures.items():
            if problem.value in digests:
                known = (self.spec.image,) if name == IMAGE else self.spec.pictures.values()
                problem.field = IMAGE if name == IMAGE else f"variables.{name}"
                problem.value = next((m.reference for m in known if m and m.digest == problem.value), problem.value)
                break
        return problem


def laid_out(request: Request) -> scene.Timeline:
    """Everything in its place. Words that stand on the ground or on a picture have the ink that the document asks
    for, which `legibility.py` then holds against what is under it.

    Raises one `InputError` naming every text that can't be set, and for clips of a length the template doesn't take.
    """
    _refuse_length(request)
    _refuse_without_image(request)
    return _Composer(request, request.canvas, paints_of(request.template.document, request.values)).timeline()


def _refuse_length(request: Request) -> None:
    lengths, duration_s = request.template.document.lengths, float(request.spec.duration_s)
    if not lengths.shortest_s <= duration_s <= lengths.longest_s:
        raise InputError(
            f"template '{request.template.document.name}' makes no clip of this length",
            field="duration_s",
            value=f"{duration_s:g}",
            allowed=f"{lengths.shortest_s:g} to {lengths.longest_s:g} seconds",
        )


def _refuse_without_image(request: Request) -> None:
    if request.template.document.needs_image and not request.pictures.get(IMAGE):
        raise InputError(
            f"template '{request.template.document.name}' shows a picture, and the row names none",
            field="image",
            allowed="a PNG, JPEG or WebP",
            remedy="Put the picture beside the catalog, and its name into `image`.",
        )


@dataclass(frozen=True, slots=True)
class _Composer:
    request: Request
    canvas: Canvas
    paints: Paints

    def timeline(self) -> scene.Timeline:
        request, spec, document = self.request, self.request.spec, self.request.template.document
        shots = shots_of(document, request.values)
        if not shots:
            raise InputError("the template has nothing to show: every list it repeats is empty", field="variables")
        spans = spans_of(shots, spec.frame_count, spec.fps, request.narration)
        whole = Span(0, spec.frame_count)
        everywhere = Shot(Scene(name="all", layers=()), request.values)
        problems: list[InputError] = []
        under = self._parts(document.under, everywhere, whole, problems)
        sections = tuple(self._section(shot, spans, index, problems) for index, shot in enumerate(shots))
        over = self._parts(document.over, everywhere, whole, problems)
        if problems:
            raise joined(problems)
        return scene.Timeline(
            recipe=TIMELINE_RECIPE,
            template=document.name,
            template_digest=request.template.digest,
            fonts_digest=fonts_digest(),
            language=spec.language,
            width=spec.width,
            height=spec.height,
            fps=spec.fps,
            frame_count=spec.frame_count,
            backdrop=self._backdrop(),
            under=under,
            sections=sections,
            over=over,
        )

    def _section(self, shot: Shot, spans: Sequence[Span], index: int, problems: list[InputError]) -> scene.Section:
        """The last frames of a section lie under the next one's takeover, so its exits are over before."""
        span, takeover = spans[index], shot.scene.transition
        frames = 0
        if takeover and index:
            frames = min(max(1, round(takeover.for_s * float(self.request.spec.fps))), max(1, span.frames // 2))
        return scene.Section(
            name=shot.name,
            first_frame=span.first_frame,
            frames=span.frames,
            takeover=scene.Takeover(kind=takeover.kind, frames=frames, easing=takeover.easing)
            if takeover and frames
            else None,
            parts=self._parts(shot.scene.layers, shot, span, problems),
        )

    def _parts(
        self, chosen: Sequence[Layer], shot: Shot, span: Span, problems: list[InputError]
    ) -> tuple[scene.Part, ...]:
        placer = Placer(self.canvas, self.paints, self.request.pictures, shot, self._clock(chosen, span))
        found: list[scene.Part] = []
        for layer in chosen:
            try:
                found += placer.parts(layer)
            except InputError as problem:
                problems.append(problem)
        return tuple(found)

    def _clock(self, chosen: Sequence[Layer], span: Span) -> Clock:
        leaves = [leave for layer in chosen for leave in _leaves(layer)]
        ending_s = max((leave.at_s + leave.for_s for leave in leaves), default=0.0)
        return Clock(
            span=span,
            fps=self.request.spec.fps,
            full_s=self._full_s(span),
            unit=self.canvas.unit,
            mirrored=self.canvas.is_mirrored,
            ending_s=ending_s,
        )

    def _full_s(self, span: Span) -> float:
        """How long a span has to be for its moves to run at their own pace: the clip's, or the shortest scene's."""
        document = self.request.template.document
        if span.frames == self.request.spec.frame_count:
            return document.lengths.full_s
        return min(one.least_s for one in document.scenes)

    def _backdrop(self) -> scene.Backdrop | scene.GeneratedBackdrop:
        """The ground, calmed as little as it ever is: how far the words need it is for `legibility.py` to find."""
        request, spec, ground = self.request, self.request.spec, self.request.template.document.ground
        boxes = tuple(self.canvas.region(name) for name in ground.calm)
        palette = self.paints.palette
        if request.behind is not None:
            return scene.GeneratedBackdrop(
                base=palette.base.hex,
                keys=base64.b64encode(request.behind.keys),
                key_count=request.behind.key_count,
                course=request.behind.course,
                shift=self._shift(request.behind),
                seed=spec.seed,
                calm_boxes=boxes,
                calm=LEAST_CALM,
            )
        turns = max(1, round(float(spec.duration_s) / ground.period_s))
        given = ground.energy
        energy = given if isinstance(given, int | float) else float(filled(given, request.values))
        # A clip shorter than the period still closes its loop; a shorter way keeps the speed the same.
        energy *= min(1.0, float(spec.duration_s) / (turns * ground.period_s))
        first, second, third, fourth = (glow.hex for glow in palette.glows)
        return scene.Backdrop(
            kind=filled(ground.look, request.values),  # pyright: ignore[reportArgumentType] - pydantic looks at it
            base=palette.base.hex,
            glows=(first, second, third, fourth),
            spark=palette.spark.hex,
            seed=spec.seed,
            turns=turns,
            energy=energy,
            calm_boxes=boxes,
            calm=LEAST_CALM,
        )

    def _shift(self, behind: Behind) -> tuple[float, float, float]:
        """Towards the brand's own colour, as far as the document says."""
        keys = unpacked(behind.keys, behind.key_count)
        return shift_towards(keys, self.paints.named["primary"], self.request.template.document.ground.match)


def _leaves(layer: Layer) -> Iterator[Move]:
    movers = layer.items if isinstance(layer, layers.Stack) else (layer,)
    for mover in movers:
        if mover.leave:
            yield mover.leave


def pictures_of(spec: ClipSpec, template: Template) -> dict[str, tuple[Digest, ...]]:
    """The pictures of a spec by the name of their variable; the row's own is called `image`.

    Raises `InputError` for a reference whose file isn't known.
    """
    found: dict[str, tuple[Digest, ...]] = {IMAGE: (spec.image.digest,) if spec.image else ()}
    for name in picture_variables(template.document):
        references = elements(spec.variables.get(name, ()))
        missing = [reference for reference in references if reference not in spec.pictures]
        if missing:
            raise InputError("the picture is not known", field=f"variables.{name}", value=missing[0])
        found[name] = tuple(spec.pictures[reference].digest for reference in references)
    return found
