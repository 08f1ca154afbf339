"""When everything happens: scenes in frames, their narration as parts, and moves in frames."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.narration import Narration, Part, paragraphs_of
from vidgen_assets.templates import scene as drawn
from vidgen_assets.templates.document import Scene, TemplateDocument
from vidgen_assets.templates.layers import Move
from vidgen_assets.templates.variable_kinds import TextsVariable
from vidgen_assets.templates.wording import COUNT, NUMBER, filled

_BEFORE_S, _AFTER_S = 0.35, 0.45
"""Silence around what is said in a scene."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A scene as often as it is there: `values` are its variables, list variables standing for one element each."""

    scene: Scene
    values: Mapping[str, Any]
    index: int = 0

    @property
    def name(self) -> str:
        return f"{self.scene.name}-{self.index + 1}" if self.scene.for_each else self.scene.name

    @property
    def spoken(self) -> str:
        return filled(self.scene.narration, self.values) if self.scene.narration else ""


def shots_of(document: TemplateDocument, values: Mapping[str, Any]) -> tuple[Shot, ...]:
    """The scenes in order, those of a list once for each of its elements."""
    found: list[Shot] = []
    for scene in document.scenes:
        if scene.for_each is None:
            found.append(Shot(scene, values))
            continue
        elements = values.get(scene.for_each) or ()
        lists = [name for name, variable in document.variables.items() if isinstance(variable, TextsVariable)]
        for index in range(len(elements)):
            own = {name: _element(values.get(name), index) for name in lists}
            found.append(Shot(scene, {**values, **own, NUMBER: index + 1, COUNT: len(elements)}, index))
    return tuple(found)


def _element(elements: Sequence[str] | None, index: int) -> str:
    return elements[index] if elements and index < len(elements) else ""


def spoken_parts(document: TemplateDocument, values: Mapping[str, Any], script: str | None = None) -> tuple[Part, ...]:
    """What is said in each shot, a part for each; empty if nothing is said in any.

    The paragraphs of a row's own `script` take the place of what the document has said, shot by shot. Raises
    `InputError` for more paragraphs than there are shots that speak.
    """
    shots = shots_of(document, values)
    texts = [shot.spoken for shot in shots]
    paragraphs = [" ".join(paragraph.split()) for paragraph in paragraphs_of(script or "")]
    if paragraphs:
        speaking = [index for index, shot in enumerate(shots) if shot.scene.narration is not None] or [0]
        if len(paragraphs) > len(speaking):
            raise InputError(
                f"the script has {len(paragraphs)} paragraphs, and the template speaks in {len(speaking)} scenes",
                field="script",
                value=script,
                allowed=f"up to {len(speaking)} paragraphs, a blank line between them",
                remedy="Join paragraphs, or leave script empty for what the template says itself.",
            )
        texts = [""] * len(shots)
        for index, paragraph in zip(speaking, paragraphs, strict=False):
            texts[index] = paragraph
    if not any(texts):
        return ()
    return tuple(
        Part(name=shot.name, text=text, before_s=_BEFORE_S, after_s=_AFTER_S, least_s=shot.scene.least_s)
        for shot, text in zip(shots, texts, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Span:
    """Frames of the clip, the first one and how many."""

    first_frame: int
    frames: int


def spans_of(shots: Sequence[Shot], frame_count: int, fps: Fraction, narration: Narration | None) -> tuple[Span, ...]:
    """Where each shot stands in the clip: in its slot of the narration, or with its share of the free time.

    A clip that is shorter than all shots at their least shortens them all alike.
    """
    if narration is not None and len(narration.slots) == len(shots):
        ends = [round(slot.end_s * float(fps)) for slot in narration.slots]
    else:
        clip_s = float(frame_count / fps)
        least = [shot.scene.least_s for shot in shots]
        free = max(0.0, clip_s - sum(least))
        shares = [shot.scene.share for shot in shots]
        all_shares = sum(shares)
        lengths = [
            one + (free * share / all_shares if all_shares else free / len(shots))
            for one, share in zip(least, shares, strict=True)
        ]
        pace = clip_s / sum(lengths)
        ends, passed = [], 0.0
        for length in lengths:
            passed += length * pace
            ends.append(round(passed * float(fps)))
    ends[-1] = frame_count
    starts = [0, *ends[:-1]]
    return tuple(Span(start, max(1, end - start)) for start, end in zip(starts, ends, strict=True))


@dataclass(frozen=True, slots=True)
class Clock:
    """Turns a document's seconds into frames of one span; short spans play everything faster.

    Entrances count from the span's first frame, exits towards its last: `ending_s` is how long all exits of the span
    take together.
    """

    span: Span
    fps: Fraction
    full_s: float
    unit: float
    mirrored: bool = False
    ending_s: float = 0.0
    _pace: float = field(init=False, default=1.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_pace", min(1.0, self.duration_s / self.full_s))

    @property
    def duration_s(self) -> float:
        return float(self.span.frames / self.fps)

    def frames(self, seconds: float) -> float:
        return seconds * self._pace * float(self.fps)

    def turns(self, period_s: float) -> int:
        return max(1, round(self.duration_s / period_s))

    def motion(self, enter: Move | None, leave: Move | None, delay_s: float = 0.0) -> drawn.Motion:
        last = self.span.first_frame + self.span.frames
        return drawn.Motion(
            enter=self._movement(enter, self.span.first_frame + round(self.frames(enter.at_s + delay_s)))
            if enter
            else None,
            leave=self._movement(leave, last - round(self.frames(self.ending_s - leave.at_s))) if leave else None,
        )

    def _movement(self, move: Move, first_frame: int) -> drawn.Movement:
        return drawn.Movement(
            first_frame=first_frame,
            frames=max(1, round(self.frames(move.for_s))),
            easing=move.easing,
            rise_px=move.rise * self.unit,
            aside_px=move.aside * self.unit * (-1 if self.mirrored else 1),
            scale=move.scale,
            stagger_frames=self.frames(move.stagger_s),
            unmask=move.unmask,
        )
