"""Words that can be read: each gets an ink that stands out from what really lies under it, at least 4.5:1.

The clip is drawn without its words at a few moments of every scene, and the darkest and lightest colours under each
line are measured. Where no ink reaches the contrast, the ground is calmed, or the words' veil is made as strong as it
has to be, once the shades that may become stronger are as strong as they may be; where the document allows nothing of
this, the clip is refused before any of its frames is drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vidgen_assets.clips.errors import InputError
from vidgen_assets.templates import scene
from vidgen_assets.templates.agreement import INKS
from vidgen_assets.templates.colours import Colour
from vidgen_assets.templates.compositor import Pictures
from vidgen_assets.templates.looking import Look, Under, Weak
from vidgen_assets.templates.paints import Paints, paints_of
from vidgen_assets.templates.palette import READABLE_CONTRAST, softened
from vidgen_assets.templates.placing import text_box
from vidgen_assets.templates.setting import Canvas
from vidgen_assets.templates.timeline import LEAST_CALM, Request, laid_out

_CALM_STEPS = (LEAST_CALM, 0.6, 0.75, 0.9, 1.0)
_QUIET_FADE = 0.24
_VEIL_STEPS = tuple(step / 20 for step in range(19))


def resolve_timeline(request: Request, pictures: Pictures) -> scene.Timeline:
    """The timeline of `request`, every word readable.

    Raises `InputError` for what `laid_out` refuses, for pictures that can't be used, and for words that can't be read
    on what is under them.
    """
    paints = paints_of(request.template.document, request.values)
    laid = laid_out(request)
    try:
        ready = Look.ready(laid, request, pictures)
    except InputError as problem:
        raise request.told(problem) from problem.__cause__
    look = _shaded(ready, paints)
    problems: list[InputError] = []
    for calm in _CALM_STEPS:
        backdrop = look.timeline.backdrop.model_copy(update={"calm": calm})
        inker = _Inker(request.canvas, paints, look.under(backdrop))
        found = inker.inked(look.timeline.model_copy(update={"backdrop": backdrop}))
        problems = inker.problems
        if not problems:
            return found
        if not request.template.document.ground.calm:
            break
    raise problems[0]


def _shaded(look: Look, paints: Paints) -> Look:
    """`look` with its shades as strong as the words on them need, no stronger: a veil is for what they leave over."""
    while look.has_shades:
        inker = _Inker(look.canvas, paints, look.under(look.timeline.backdrop))
        inker.inked(look.timeline)
        stronger = look.strengthened(inker.weak)
        if stronger is None:
            break
        look = stronger
    return look


@dataclass(frozen=True, slots=True)
class _Inker:
    """Gives words their inks; collects what can't be read at all, and what can't be read without a veil."""

    canvas: Canvas
    paints: Paints
    under: Under
    problems: list[InputError] = field(default_factory=list)
    weak: list[Weak] = field(default_factory=list)

    def inked(self, timeline: scene.Timeline) -> scene.Timeline:
        sections = tuple(
            section.model_copy(update={"parts": self._parts(section.parts, "section", number)})
            for number, section in enumerate(timeline.sections)
        )
        update = {
            "under": self._parts(timeline.under, "under", 0),
            "sections": sections,
            "over": self._parts(timeline.over, "over", 0),
        }
        return timeline.model_copy(update=update)

    def _parts(self, parts: Sequence[scene.Part], kind: str, number: int) -> tuple[scene.Part, ...]:
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
                self.weak.append(Weak(kind, number, text_box(self.canvas, part.block)))
                if veil is None:
                    self.problems.append(self._unreadable(part, wanted, grounds[index]))
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
