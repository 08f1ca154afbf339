"""Words that can be read: each gets an ink that stands out from what really lies under it, at least 4.5:1.

The clip is drawn without its words at a few moments of every scene, and the darkest and lightest colours under each
line are measured. Where no ink reaches the contrast, the ground is calmed, or the words' veil is made as strong as it
has to be; where the document allows neither, the clip is refused before any of its frames is drawn.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import skia
from numpy.typing import NDArray

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.generation import Frame
from vidgen_assets.templates import scene
from vidgen_assets.templates.agreement import INKS
from vidgen_assets.templates.colours import Colour
from vidgen_assets.templates.compositor import Draw, Pictures, Stage, on_backdrop
from vidgen_assets.templates.painters import painter_of
from vidgen_assets.templates.paints import Paints, paints_of
from vidgen_assets.templates.palette import READABLE_CONTRAST, softened
from vidgen_assets.templates.placing import text_box
from vidgen_assets.templates.setting import Canvas
from vidgen_assets.templates.timeline import LEAST_CALM, Request, laid_out

_CALM_STEPS = (LEAST_CALM, 0.6, 0.75, 0.9, 1.0)
_MOMENTS = (0.3, 0.55, 0.8)
"""Of each scene, when it is looked at: its words are there."""
_QUIET_FADE = 0.24
_EXTREME = 0.01
"""The share of pixels under a line that may be darker, or lighter, than what is counted: dust and grain."""
_VEIL_STEPS = tuple(step / 20 for step in range(19))

Where = tuple[str, int, int]
"""A part of a timeline: `under`, `over` or `section`; which section; which part."""


@dataclass(slots=True)
class Under:
    """The darkest and lightest colours that were seen under each words part."""

    extremes: dict[Where, list[Colour]] = field(default_factory=dict)

    def add(self, where: Where, pixels: NDArray[np.uint8]) -> None:
        flat = pixels.reshape(-1, 4)[:, :3]
        if not len(flat):
            return
        light = (flat.astype(np.float32) ** 2) @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        order = np.argsort(light, kind="stable")
        last = len(order) - 1
        for share in (_EXTREME, 1 - _EXTREME):
            self.extremes.setdefault(where, []).append(Colour(*map(float, flat[order[round(share * last)]])))


def resolve_timeline(request: Request, pictures: Pictures) -> scene.Timeline:
    """The timeline of `request`, every word readable.

    Raises `InputError` for what `laid_out` refuses, for pictures that can't be used, and for words that can't be read
    on what is under them.
    """
    timeline = laid_out(request)
    paints, look = paints_of(request.template.document, request.values), _Look.ready(timeline, request, pictures)
    problems: list[InputError] = []
    for calm in _CALM_STEPS:
        backdrop = timeline.backdrop.model_copy(update={"calm": calm})
        calmed = timeline.model_copy(update={"backdrop": backdrop})
        found, problems = _Inker(request.canvas, paints, look.under(backdrop)).inked(calmed)
        if not problems:
            return found
        if not request.template.document.ground.calm:
            break
    raise problems[0]


Ready = tuple[tuple[scene.Part, list[Draw]], ...]
"""Parts with what draws them."""


@dataclass(frozen=True, slots=True)
class _Look:
    """A clip without its words, ready to be looked at over one ground after the other."""

    timeline: scene.Timeline
    canvas: Canvas
    below: Ready
    sections: tuple[Ready, ...]
    above: Ready

    @classmethod
    def ready(cls, timeline: scene.Timeline, request: Request, pictures: Pictures) -> "_Look":
        stage = Stage.of(timeline, request.template, pictures)
        return cls(
            timeline,
            request.canvas,
            _ready(timeline.under, stage),
            tuple(_ready(section.parts, stage) for section in timeline.sections),
            _ready(timeline.over, stage),
        )

    def under(self, backdrop: scene.Backdrop | scene.GeneratedBackdrop) -> Under:
        """What lies under the words of every scene."""
        found, timeline = Under(), self.timeline
        painter = painter_of(backdrop, timeline.width, timeline.height)
        for number, section in enumerate(timeline.sections):
            for moment in _MOMENTS:
                frame = min(timeline.frame_count - 1, section.first_frame + int(section.frames * moment))
                self._look(found, number, frame, on_backdrop(painter, timeline, frame))
        return found

    def _look(self, found: Under, number: int, frame: int, drawn: tuple[Frame, skia.Canvas]) -> None:
        """Draw section `number` and what is always there, and look under each words part when its turn comes."""
        pixels, surface = drawn
        layers = (("under", 0, self.below), ("section", number, self.sections[number]), ("over", 0, self.above))
        for kind, at, parts in layers:
            for index, (part, draws) in enumerate(parts):
                if isinstance(part, scene.WordsPart):
                    for box in _line_boxes(self.canvas, part.block):
                        found.add((kind, at, index), _cut(pixels, box))
                for draw in draws:
                    draw(surface, frame)


def _ready(parts: Sequence[scene.Part], stage: Stage) -> Ready:
    """The parts with what draws them; words are looked at and not drawn."""
    return tuple((part, [] if isinstance(part, scene.WordsPart) else stage.part(part)) for part in parts)


def _line_boxes(canvas: Canvas, block: scene.TextBlock) -> Iterator[scene.Box]:
    for line in block.lines:
        yield text_box(canvas, block.model_copy(update={"lines": (line,)}))


def _cut(pixels: Frame, box: scene.Box) -> NDArray[np.uint8]:
    x, y, width, height = box
    top, left = max(0, int(y)), max(0, int(x))
    return pixels[top : int(y + height) + 1, left : int(x + width) + 1]


@dataclass(frozen=True, slots=True)
class _Inker:
    """Gives words their inks."""

    canvas: Canvas
    paints: Paints
    under: Under

    def inked(self, timeline: scene.Timeline) -> tuple[scene.Timeline, list[InputError]]:
        problems: list[InputError] = []
        sections = tuple(
            section.model_copy(update={"parts": self._parts(section.parts, "section", number, problems)})
            for number, section in enumerate(timeline.sections)
        )
        update = {
            "under": self._parts(timeline.under, "under", 0, problems),
            "sections": sections,
            "over": self._parts(timeline.over, "over", 0, problems),
        }
        return timeline.model_copy(update=update), problems

    def _parts(
        self, parts: Sequence[scene.Part], kind: str, number: int, problems: list[InputError]
    ) -> tuple[scene.Part, ...]:
        """One ink for all of a scene's words if one reads everywhere; else each words' own, with its veil."""
        words = {
            index: part
            for index, part in enumerate(parts)
            if isinstance(part, scene.WordsPart) and (kind, number, index) in self.under.extremes
        }
        grounds = {index: self.under.extremes[kind, number, index] for index in words}
        found = list(parts)
        common = self._common(words, grounds)
        veils = _veils(parts)
        for index, part in words.items():
            ink = common or self._own(grounds[index])
            named = part.block.colour
            wanted = self.paints.colour(named) if named not in INKS else ink
            veil = veils.get(index)
            if wanted is None or not _reads(wanted, grounds[index]):
                if veil is None:
                    problems.append(self._unreadable(part, wanted, grounds[index]))
                    wanted = wanted or self.paints.inks[0]
                else:
                    wanted, opacity = self._veiled(named, found[veil], grounds[index])
                    old = found[veil]
                    if isinstance(old, scene.VeilPart):
                        found[veil] = old.model_copy(update={"opacity": max(old.opacity, opacity)})
            shown = softened(wanted, tuple(grounds[index]), _QUIET_FADE) if named == "quiet" and not veil else wanted
            found[index] = part.model_copy(update={"block": part.block.model_copy(update={"colour": shown.hex})})
        return tuple(found)

    def _common(self, words: Mapping[int, scene.WordsPart], grounds: Mapping[int, Sequence[Colour]]) -> Colour | None:
        free = [grounds[index] for index, part in words.items() if part.block.colour in INKS]
        for ink in self.paints.inks:
            if all(_reads(ink, each) for each in free):
                return ink
        return None

    def _own(self, grounds: Sequence[Colour]) -> Colour | None:
        return next((ink for ink in self.paints.inks if _reads(ink, grounds)), None)

    def _veiled(self, named: str, veil: scene.Part, grounds: Sequence[Colour]) -> tuple[Colour, float]:
        """The ink that reads on the veil's own colour, and how strong the veil has to be."""
        colour = Colour.of_hex(veil.colour) if isinstance(veil, scene.VeilPart) else self.paints.palette.base
        choices = self.paints.inks if named in INKS else (self.paints.colour(named),)
        ink = max(choices, key=colour.contrast)
        for opacity in _VEIL_STEPS:
            if _reads(ink, [_over(ground, colour, opacity) for ground in grounds]):
                return ink, min(0.95, opacity + 0.05)  # a little more, since it is softer at its edges
        return ink, 0.95

    def _unreadable(self, part: scene.WordsPart, ink: Colour | None, grounds: Sequence[Colour]) -> InputError:
        tried = [ink] if ink else list(self.paints.inks)
        best = max(min(one.contrast(ground) for ground in grounds) for one in tried)
        named = part.block.colour
        text = " ".join(line.text for line in part.block.lines)
        return InputError(
            f"the words {text!r} can't be read on what is under them: their contrast is {best:.1f}:1",
            field=f"variables.{named}" if named not in INKS and not named.startswith("#") else "template",
            value=tried[0].hex,
            allowed=f"at least {READABLE_CONTRAST:g}:1 (WCAG 2.2, level AA)",
            remedy="Choose another colour, another picture, or give the stack a scrim.",
        )


def _veils(parts: Sequence[scene.Part]) -> dict[int, int]:
    """For each words part that has one, the veil before it that covers it."""
    found: dict[int, int] = {}
    last: int | None = None
    for index, part in enumerate(parts):
        if isinstance(part, scene.VeilPart):
            last = index
        elif isinstance(part, scene.WordsPart) and last is not None and _covers(parts[last], part):
            found[index] = last
    return found


def _covers(veil: scene.Part, words: scene.WordsPart) -> bool:
    if not isinstance(veil, scene.VeilPart):
        return False
    x, y, width, height = veil.box
    return all(x - 1 <= line.x <= x + width and y - 1 <= line.baseline <= y + height for line in words.block.lines)


def _over(ground: Colour, veil: Colour, opacity: float) -> Colour:
    return Colour(*(g + (v - g) * opacity for g, v in zip(ground.channels, veil.channels, strict=True)))


def _reads(ink: Colour, grounds: Sequence[Colour]) -> bool:
    return all(ink.contrast(ground) >= READABLE_CONTRAST for ground in grounds)
