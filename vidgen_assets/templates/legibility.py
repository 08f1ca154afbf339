"""Words that can be read: each gets an ink that stands out from what really lies under it, at least 4.5:1.

The clip is drawn without its words at a few moments of every scene, and the darkest and lightest colours under each
line are measured. Where no ink reaches the contrast, the ground is calmed, or the words' veil is made as strong as it
has to be, once the shades that may become stronger are as strong as they may be; where the document allows nothing of
this, or it isn't enough, the clip is refused before any of its frames is drawn, and its row is told which colour to
change.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from vidgen_assets.clips.errors import InputError
from vidgen_assets.templates import scene
from vidgen_assets.templates.agreement import IMAGE, INKS
from vidgen_assets.templates.colours import BLACK, WHITE, Colour
from vidgen_assets.templates.compositor import Pictures
from vidgen_assets.templates.looking import Look, Under, Weak, is_behind, is_under
from vidgen_assets.templates.paints import Paints, paints_of
from vidgen_assets.templates.palette import READABLE_CONTRAST, softened
from vidgen_assets.templates.placing import field_of, refuse_words_on_words, text_box
from vidgen_assets.templates.timeline import LEAST_CALM, Request, laid_out
from vidgen_assets.templates.wording import names_in

_CALM_STEPS = (LEAST_CALM, 0.6, 0.75, 0.9, 1.0)
_QUIET_FADE = 0.24
_STRONGEST_VEIL = 0.95
_VEIL_STEPS = tuple(step / 20 for step in range(20))
_COLOUR_STEPS = tuple(step / 20 for step in range(1, 21))


def resolve_timeline(request: Request, pictures: Pictures) -> scene.Timeline:
    """The timeline of `request`, every word readable.

    Raises `InputError` for what `laid_out` refuses, for words on words, for pictures that can't be used, and for words
    that can't be read on what is under them.
    """
    paints = paints_of(request.template.document, request.values)
    laid = laid_out(request)
    refuse_words_on_words(request.canvas, laid)
    try:
        ready = Look.ready(laid, request, pictures)
    except InputError as problem:
        raise request.told(problem) from problem.__cause__
    look = _shaded(ready, request, paints)
    problems: list[InputError] = []
    for calm in _CALM_STEPS:
        backdrop = look.timeline.backdrop.model_copy(update={"calm": calm})
        inker = _Inker(_Teller(request, paints), look.under(backdrop))
        found = inker.inked(look.timeline.model_copy(update={"backdrop": backdrop}))
        problems = inker.problems
        if not problems:
            return found
        if not request.template.document.ground.calm:
            break
    raise problems[0]


def _shaded(look: Look, request: Request, paints: Paints) -> Look:
    """`look` with its shades as strong as the words on them need, no stronger: a veil is for what they leave over."""
    while look.has_shades:
        inker = _Inker(_Teller(request, paints), look.under(look.timeline.backdrop))
        inker.inked(look.timeline)
        stronger = look.strengthened(inker.weak)
        if stronger is None:
            break
        look = stronger
    return look


@dataclass(frozen=True, slots=True)
class _Inker:
    """Gives words their inks; collects what can't be read at all, and what can't be read without a veil."""

    teller: "_Teller"
    under: Under
    problems: list[InputError] = field(default_factory=list)
    weak: list[Weak] = field(default_factory=list)

    @property
    def paints(self) -> Paints:
        return self.teller.paints

    def inked(self, timeline: scene.Timeline) -> scene.Timeline:
        under, over = timeline.under, timeline.over
        sections = tuple(
            section.model_copy(update={"parts": self._parts(section.parts, "section", number, under)})
            for number, section in enumerate(timeline.sections)
        )
        every = (*under, *chain.from_iterable(section.parts for section in timeline.sections))
        update = {
            "under": self._parts(under, "under", 0, ()),
            "sections": sections,
            "over": self._parts(over, "over", 0, every),
        }
        return timeline.model_copy(update=update)

    def _parts(
        self, parts: Sequence[scene.Part], kind: str, number: int, below: Sequence[scene.Part]
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
        shown: dict[int, Colour] = {}
        weak: set[int] = set()
        for index, part in words.items():
            named = part.block.colour
            wanted = self.paints.colour(named) if named not in INKS else common or self._own(grounds[index])
            if wanted is None or not _reads(wanted, grounds[index]):
                weak.add(index)
                self.weak.append(Weak(kind, number, text_box(self.teller.request.canvas, part.block)))
                if index not in veils:
                    self.problems.append(self.teller.unreadable(part, grounds[index], (*below, *parts)))
            shown[index] = wanted or self.paints.inks[0]
            # Words on a veil that is the very first of the parts are softened too: made clips keep their bytes.
            if named == "quiet" and index not in weak and not veils.get(index):
                shown[index] = softened(shown[index], tuple(grounds[index]), _QUIET_FADE)
        for at in {veils[index] for index in weak if index in veils}:
            if isinstance(veil := found[at], scene.VeilPart):
                on_it = {index: words[index] for index in words if veils.get(index) == at}
                found[at] = self._veiled(veil, on_it, grounds, shown, weak)
        for index, part in words.items():
            found[index] = part.model_copy(update={"block": part.block.model_copy(update={"colour": shown[index].hex})})
        return tuple(found)

    def _common(self, words: Mapping[int, scene.WordsPart], grounds: Mapping[int, Sequence[Colour]]) -> Colour | None:
        free = [grounds[index] for index, part in words.items() if part.block.colour in INKS]
        for ink in self.paints.inks:
            if all(_reads(ink, each) for each in free):
                return ink
        return None

    def _own(self, grounds: Sequence[Colour]) -> Colour | None:
        return next((ink for ink in self.paints.inks if _reads(ink, grounds)), None)

    def _veiled(
        self,
        veil: scene.VeilPart,
        words: Mapping[int, scene.WordsPart],
        grounds: Mapping[int, Sequence[Colour]],
        shown: dict[int, Colour],
        weak: Collection[int],
    ) -> scene.VeilPart:
        """`veil` as strong as all of the words on it need, which get the inks that read on it then: the weak the one
        that reads on the veil's own colour, the others their own for as long as it does."""
        colour = Colour.of_hex(veil.colour)
        best = {index: max(self._choices(part), key=colour.contrast) for index, part in words.items()}
        for step in _VEIL_STEPS:
            opacity = min(_STRONGEST_VEIL, step + 0.05)  # a little more, since it is softer at its edges
            inks: dict[int, Colour] = {}
            for index in words:
                seen = [_over(ground, colour, each) for ground in grounds[index] for each in (step, opacity)]
                choices = (best[index],) if index in weak else (shown[index], best[index])
                if (ink := next((one for one in choices if _reads(one, seen)), None)) is not None:
                    inks[index] = ink
            if len(inks) == len(words):
                shown |= inks
                return veil.model_copy(update={"opacity": max(veil.opacity, opacity)})
        for index, part in words.items():
            seen = [_over(ground, colour, _STRONGEST_VEIL) for ground in grounds[index]]
            if not _reads(best[index], seen):
                self.problems.append(self.teller.unreadable(part, seen, (), veil))
        shown |= best
        return veil.model_copy(update={"opacity": _STRONGEST_VEIL})

    def _choices(self, part: scene.WordsPart) -> tuple[Colour, ...]:
        named = part.block.colour
        return self.paints.inks if named in INKS else (self.paints.colour(named),)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells a row's author why words can't be read, and what to change."""

    request: Request
    paints: Paints

    def unreadable(
        self,
        part: scene.WordsPart,
        grounds: Sequence[Colour],
        behind: Sequence[scene.Part],
        veil: scene.VeilPart | None = None,
    ) -> InputError:
        """Words on `grounds`: on the parts `behind` them, or on their own veil at its strongest."""
        text = " ".join(line.text for line in part.block.lines)
        tried = sorted(self._tried(part.block.colour), key=lambda one: -one.contrast(grounds))
        listed = " and ".join(f"{one.name} {one.contrast(grounds):.1f}:1" for one in tried)
        first, shade = next(((one, shade) for one in tried if (shade := one.mended(grounds))), (tried[0], None))
        mends = [f"give variables.{first.variable} a colour such as {shade.hex}"] if shade else []
        box = text_box(self.request.canvas, part.block)
        pictures = self._pictures(box, behind)
        mends += [f"choose another picture ({name})" for name in pictures]
        covered = veil.colour != self.paints.palette.base.hex if veil else any(is_under(one, box) for one in behind)
        if not pictures and not covered:
            mends += [f"choose another variables.{name}" for name in self._of_the_ground() if name != first.variable]
        own = "the template can give the words another ink" + (" or scrim" if veil else ", or their layer a scrim")
        if first.variable and (shade or not pictures):
            field, value = f"variables.{first.variable}", first.colour.hex
        else:
            field, value = (pictures[0], None) if pictures else (field_of(self.request.values, text), text)
        return InputError(
            f"the words {text!r} can't be read on {'their scrim' if veil else 'what is under them'}: "
            f"their contrast is {tried[0].contrast(grounds):.1f}:1 ({listed})",
            field=field,
            value=value,
            allowed=f"at least {READABLE_CONTRAST:g}:1 (WCAG 2.2, level AA)",
            remedy=f"{_sentence(mends)} {_sentence([own])}".strip(),
        )

    def _tried(self, named: str) -> "list[_Tried]":
        """The colours that words may have, and where each comes from."""
        brand = self.request.template.document.brand
        if named in INKS:
            return [_Tried(self._own_colour(name), self._variable(name)) for name in (brand.ink, brand.paper)]
        colour = self.paints.colour(named)
        return [_Tried(colour, self._variable(named) or self._variable_behind(named, colour))]

    def _own_colour(self, name: str) -> Colour:
        return Colour.of_hex(name if name.startswith("#") else str(self.request.values[name]))

    def _variable(self, name: str) -> str | None:
        return name if name in self.request.template.document.variables else None

    def _variable_behind(self, named: str, colour: Colour) -> str | None:
        """The variable that a colour of the palette follows from; `None` if the document fixes it."""
        if named.startswith("#"):
            return None
        brand = self.request.template.document.brand
        of_role = {"paper": brand.paper, "ink": brand.ink, "spark": brand.accent}.get(named)
        is_accent = colour == self._own_colour(brand.accent)
        return self._variable(of_role or (brand.accent if is_accent else brand.primary))

    def _pictures(self, box: scene.Box, behind: Sequence[scene.Part]) -> list[str]:
        """What a row calls the pictures that words in a box stand on."""
        shown = {
            digest
            for one in behind
            if isinstance(one, scene.PicturePart) and is_behind(one, box)
            for digest in one.pictures
        }
        names = [name for name, digests in self.request.pictures.items() if shown & {*digests}]
        return [name if name == IMAGE else f"variables.{name}" for name in names]

    def _of_the_ground(self) -> Iterator[str]:
        """The variables that decide how light the ground is."""
        brand = self.request.template.document.brand
        yield from names_in(brand.mood)
        if self._variable(brand.primary):
            yield brand.primary


@dataclass(frozen=True, slots=True)
class _Tried:
    """A colour that words could have had, and the variable that decides it, if one does."""

    colour: Colour
    variable: str | None

    @property
    def name(self) -> str:
        return f"variables.{self.variable} {self.colour.hex}" if self.variable else self.colour.hex

    def contrast(self, grounds: Sequence[Colour]) -> float:
        return min(self.colour.contrast(ground) for ground in grounds)

    def mended(self, grounds: Sequence[Colour]) -> Colour | None:
        """The nearest darker or lighter shade that reads; `None` if there is none, or a row can't ask for it."""
        shades = (Colour.of_hex(self.colour.mixed(end, share).hex) for share in _COLOUR_STEPS for end in (BLACK, WHITE))
        return next((shade for shade in shades if _reads(shade, grounds)), None) if self.variable else None


def _sentence(parts: Sequence[str]) -> str:
    if not parts:
        return ""
    said = ", or ".join(dict.fromkeys(parts))
    return f"{said[0].upper()}{said[1:]}."


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
