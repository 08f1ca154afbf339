"""A clip without its words, looked at: what really lies under each line, at a few moments of every scene, and with each
picture of a set that turns under words.

Shapes that may be made stronger for the words on them (`Shape.most`) are made so here, a step at a time; when, is for
`legibility.py` to decide.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import skia
from numpy.typing import NDArray

from vidgen_assets.clips.generation import Frame
from vidgen_assets.templates import scene
from vidgen_assets.templates.colours import Colour
from vidgen_assets.templates.compositor import Draw, Pictures, Stage, on_backdrop
from vidgen_assets.templates.painters import painter_of
from vidgen_assets.templates.placing import text_box
from vidgen_assets.templates.poses import pose
from vidgen_assets.templates.setting import Canvas
from vidgen_assets.templates.timeline import Request

_MOMENTS = (0.3, 0.55, 0.8)
"""Of each scene, when it is looked at: its words are there."""
_EXTREME = 0.01
"""The share of pixels under a line that may be darker, or lighter, than what is counted: dust and grain."""
_STRONGER_BY = 0.1

Where = tuple[str, int, int]
"""A part of a timeline: `under`, `over` or `section`; which section; which part."""
Ready = tuple[tuple[scene.Part, list[Draw]], ...]
"""Parts with what draws them."""


@dataclass(frozen=True, slots=True)
class Weak:
    """Words that can't be read, or only with a veil: where they are, and their box."""

    kind: str
    section: int
    box: scene.Box


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


@dataclass(frozen=True, slots=True)
class Look:
    """A clip without its words, ready to be looked at over one ground after the other."""

    timeline: scene.Timeline
    canvas: Canvas
    stage: Stage
    below: Ready
    sections: tuple[Ready, ...]
    above: Ready

    @classmethod
    def ready(cls, timeline: scene.Timeline, request: Request, pictures: Pictures) -> "Look":
        stage = Stage.of(timeline, request.template, pictures)
        return cls(
            timeline,
            request.canvas,
            stage,
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
            for frame in self._turns(section):
                self._look(found, number, frame, on_backdrop(painter, timeline, frame), only_seen=True)
        return found

    def _turns(self, section: scene.Section) -> list[int]:
        """A frame of the section for each picture of the sets that turn under its words."""
        parts = (*self.timeline.under, *section.parts, *self.timeline.over)
        words = [text_box(self.canvas, part.block) for part in parts if isinstance(part, scene.WordsPart)]
        found: set[int] = set()
        for part in parts:
            if isinstance(part, scene.PicturePart) and any(is_behind(part, box) for box in words):
                found |= _turned(part, range(section.first_frame, section.first_frame + section.frames))
        return sorted(found)

    @property
    def has_shades(self) -> bool:
        """Whether any shape may be made stronger."""
        every = (self.below, *self.sections, self.above)
        return any(stronger(part) is not part for ready in every for part, _ in ready)

    def strengthened(self, weak: Collection[Weak]) -> "Look | None":
        """With every shape a step stronger that `weak` words stand on; None if none of them may become stronger."""
        below, above = self._stronger(self.below, "under", 0, weak), self._stronger(self.above, "over", 0, weak)
        sections = tuple(self._stronger(one, "section", at, weak) for at, one in enumerate(self.sections))
        if (below, sections, above) == (self.below, self.sections, self.above):
            return None
        shown = zip(self.timeline.sections, sections, strict=True)
        update = {
            "under": _parts(below),
            "sections": tuple(section.model_copy(update={"parts": _parts(one)}) for section, one in shown),
            "over": _parts(above),
        }
        timeline = self.timeline.model_copy(update=update)
        return replace(self, timeline=timeline, below=below, sections=sections, above=above)

    def _stronger(self, ready: Ready, kind: str, section: int, weak: Collection[Weak]) -> Ready:
        boxes = [one.box for one in weak if kind != "section" or one.kind != "section" or one.section == section]
        return tuple(
            (part, self.stage.part(part)) if part is not old else (old, draws)
            for old, draws in ready
            for part in (stronger(old) if any(is_under(old, box) for box in boxes) else old,)
        )

    def _look(
        self, found: Under, number: int, frame: int, drawn: tuple[Frame, skia.Canvas], *, only_seen: bool = False
    ) -> None:
        """Draw section `number` and what is always there, and look under each words part when its turn comes; or only
        under those that can be seen in that frame."""
        pixels, surface = drawn
        layers = (("under", 0, self.below), ("section", number, self.sections[number]), ("over", 0, self.above))
        for kind, at, parts in layers:
            for index, (part, draws) in enumerate(parts):
                if isinstance(part, scene.WordsPart) and not (only_seen and pose(part.motion, frame).opacity <= 0):
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


def stronger(part: scene.Part) -> scene.Part:
    """`part` a tenth more opaque, up to its most; itself if it's a shape that may not become stronger, or none."""
    if not isinstance(part, scene.ShapePart) or part.most is None or max(part.opacity) >= max(part.most):
        return part
    most = max(part.most)
    level = min(most, max(part.opacity) + _STRONGER_BY)
    return part.model_copy(update={"opacity": tuple(end / most * level for end in part.most)})


def _parts(ready: Ready) -> tuple[scene.Part, ...]:
    return tuple(part for part, _ in ready)


def is_under(part: scene.Part, box: scene.Box) -> bool:
    """Whether a shape may lie under a box."""
    return isinstance(part, scene.ShapePart) and _meet(part.box, box)


def _meet(one: scene.Box, other: scene.Box) -> bool:
    (left, top, width, height), (x, y, wide, high) = one, other
    return left < x + wide and x < left + width and top < y + high and y < top + height


def is_behind(part: scene.PicturePart, box: scene.Box) -> bool:
    """Whether a picture may lie under a box: cut-outs stand in theirs, photographs fill their frame."""
    return _meet(part.box, box) or _meet(part.frame, box)


def _turned(part: scene.PicturePart, frames: range) -> set[int]:
    """For each picture of a set that turns, the first of the `frames` in which it's there whole and alone."""
    if not part.turns:
        return set()
    count = len(part.pictures)
    found: dict[int, int] = {}
    for place in range(count * part.turns):
        frame = part.first_frame + round(place * part.frames / (count * part.turns))
        if frame in frames and pose(part.motion, frame).opacity >= 1:
            found.setdefault(place % count, frame)
    return set(found.values())
