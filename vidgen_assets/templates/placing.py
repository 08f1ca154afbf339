"""Layers of one scene as parts of a timeline: places from `setting.py` and `stacks.py`, times from `timing.py`.

Once all are placed, words of two layers that stand on each other are found here as well.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError, shorten
from vidgen_assets.templates import layers, scene
from vidgen_assets.templates.layers import BADGE_CHORD, Align, Layer
from vidgen_assets.templates.lettering import Fitted
from vidgen_assets.templates.paints import Paints
from vidgen_assets.templates.palette import READABLE_CONTRAST, softened
from vidgen_assets.templates.setting import Canvas, SetText, Wanted, joined
from vidgen_assets.templates.stacks import Placed, PlacedPill, PlacedPoint, PlacedRule, PlacedText, StackSetter
from vidgen_assets.templates.timing import Clock, Shot
from vidgen_assets.templates.wording import filled

_OLD_PRICE_FADE = 0.18
_SECOND_CHORD = 0.62  # share of a badge's diameter that the first of two lines may span
_NARROWEST_VEIL, _WIDEST_VEIL = 3.0, 7.0  # its soft edge, in hundredths of the short side
_BADGE_GAP = 0.62  # between two lines, in sizes of the first
_TOUCH_PX = 1.0  # by which words may overlap: roundings


@dataclass(frozen=True, slots=True)
class Placer:
    """Puts layers into one shot. `pictures` are those of the request by the name of their variable."""

    canvas: Canvas
    paints: Paints
    pictures: Mapping[str, tuple[Digest, ...]]
    shot: Shot
    clock: Clock

    def parts(self, layer: Layer) -> list[scene.Part]:
        """What the layer is made of, from back to front; nothing, if it isn't asked for.

        Raises `InputError` for words that can't be set.
        """
        if not isinstance(layer, layers.Stack) and not self._is_there(layer.when):
            return []
        match layer:
            case layers.Shape():
                return [self._shape(layer)]
            case layers.Picture():
                return self._picture(layer)
            case layers.Stack():
                return self._stack(layer)
            case layers.Badge():
                return self._badge(layer)
            case layers.Brand():
                return self._brand(layer)
            case layers.Progress():
                return [self._progress(layer)]

    def _is_there(self, when: str | None) -> bool:
        if when is None:
            return True
        return bool(self.pictures.get(when)) or bool(self.shot.values.get(when))

    def _shape(self, layer: layers.Shape) -> scene.ShapePart:
        ends = {"none": (1.0, 1.0), "up": (0.0, 1.0), "down": (1.0, 0.0)}[layer.fade]
        return scene.ShapePart(
            form=layer.form,
            box=self.canvas.region(layer.region),
            radius_px=layer.radius * self.canvas.unit,
            fill=tuple(self.paints.colour(name).hex for name in layer.fill),
            opacity=(ends[0] * layer.opacity, ends[1] * layer.opacity),
            most=(ends[0] * layer.most, ends[1] * layer.most) if layer.most is not None else None,
            shine=layer.shine,
            shadow=layer.shadow,
            motion=self.clock.motion(layer.enter, layer.leave),
        )

    def _picture(self, layer: layers.Picture) -> list[scene.Part]:
        pictures = self.pictures.get(layer.source, ())
        if not pictures:
            return []
        chosen = pictures if layer.turns else (pictures[(layer.first + self.shot.index) % len(pictures)],)
        box = self.canvas.region(layer.region)
        focus_x = 1 - layer.focus[0] if self.canvas.is_mirrored else layer.focus[0]
        return [
            scene.PicturePart(
                pictures=chosen,
                box=box,
                frame=self.canvas.region(layer.frame) if layer.frame else box,
                contain=layer.fit == "contain",
                focus=(focus_x, layer.focus[1]),
                form=layer.form,
                radius_px=layer.radius * self.canvas.unit,
                motion=self.clock.motion(layer.enter, layer.leave),
                float_px=layer.float_height * self.canvas.unit,
                float_turns=self.clock.turns(layer.float_period_s),
                zoom=layer.zoom,
                turns=layer.turns,
                first_frame=self.clock.span.first_frame,
                frames=self.clock.span.frames,
            )
        ]

    def _stack(self, layer: layers.Stack) -> list[scene.Part]:
        placed = StackSetter(self.canvas, layer, self.shot.values).place()
        return self._veiled([part for one in placed for part in self._stacked(one)], layer.scrim)

    def _veiled(self, parts: list[scene.Part], scrim: str | None) -> list[scene.Part]:
        """With a veil behind the words, which comes and goes with the first of them; legibility makes it as strong as
        it has to be."""
        words = [part for part in parts if isinstance(part, scene.WordsPart)]
        if scrim is None or not words:
            return parts
        motion = words[0].motion
        fading = {"rise_px": 0.0, "aside_px": 0.0, "scale": 1.0, "stagger_frames": 0.0, "unmask": False}
        box = _around(self.canvas, words)
        veil = scene.VeilPart(
            box=box,
            soft_px=min(_WIDEST_VEIL * self.canvas.unit, max(_NARROWEST_VEIL * self.canvas.unit, 0.55 * min(box[2:]))),
            colour=self.paints.colour(scrim).hex,
            opacity=0.0,
            motion=scene.Motion(
                enter=motion.enter.model_copy(update=fading) if motion.enter else None,
                leave=motion.leave.model_copy(update=fading) if motion.leave else None,
            ),
        )
        return [veil, *parts]

    def _stacked(self, placed: Placed) -> list[scene.Part]:
        motion = self.clock.motion(placed.item.enter, placed.item.leave)
        match placed:
            case PlacedText():
                block = self._block(placed.text, placed.item.ink, struck=placed.item.struck)
                return [scene.WordsPart(block=block, motion=motion)]
            case PlacedRule():
                return [self._solid(layers.Form.PILL, placed.box, placed.item.fill, motion)]
            case PlacedPill():
                return [self._pill(placed, motion)]
            case PlacedPoint():
                delay_s = placed.index * (placed.item.enter.stagger_s if placed.item.enter else 0.0)
                motion = _together(self.clock.motion(placed.item.enter, placed.item.leave, delay_s))
                x, y, radius = placed.mark
                mark = (x - radius, y - radius, 2 * radius, 2 * radius)
                return [
                    self._solid(layers.Form.DISC, mark, placed.item.mark, motion),
                    scene.WordsPart(block=self._block(placed.text, placed.item.ink), motion=motion),
                ]

    def _solid(self, form: layers.Form, box: scene.Box, fill: str, motion: scene.Motion) -> scene.ShapePart:
        colour = (self.paints.colour(fill).hex,)
        return scene.ShapePart(
            form=form, box=box, radius_px=0, fill=colour, opacity=(1, 1), shine=False, shadow=0, motion=motion
        )

    def _pill(self, placed: PlacedPill, motion: scene.Motion) -> scene.PillPart:
        fill = self.paints.colour(placed.item.fill)
        return scene.PillPart(
            box=placed.box,
            fill=fill.hex,
            label=self._block(placed.label, self.paints.on(fill).hex),
            arrow=placed.arrow,
            arrow_points_left=self.canvas.is_mirrored,
            is_button=placed.item.button,
            motion=motion,
        )

    def _badge(self, layer: layers.Badge) -> list[scene.Part]:
        """The smallest disc that holds its last text at its largest size, or the largest disc with the text shrunk."""
        wanted = [
            (item, Wanted(text, item.style, item.text))
            for item in layer.items
            if self._is_there(item.when) and (text := filled(item.text, self.shot.values))
        ]
        if not wanted:
            return []
        problems = [p for _, one in wanted if (p := self.canvas.without_glyphs(one))]
        if problems:
            raise joined(problems)
        last_item, last = wanted[-1]
        largest_px = self.canvas.sizes(last_item.style)[0]
        needed = self.canvas.face(last_item.style).width(last.text) * largest_px / BADGE_CHORD
        least, most = (self.canvas.here(size, 0.0) * self.canvas.unit for size in (layer.smallest, layer.largest))
        centre, diameter = self._clear_of_captions(layer.region, min(most, max(least, needed)), least)
        fits: list[Fitted] = []
        for at, (_, one) in enumerate(wanted):
            chord = BADGE_CHORD if at == len(wanted) - 1 else _SECOND_CHORD
            fitted = self.canvas.fitted(one, diameter * chord, diameter)
            if isinstance(fitted, InputError):
                raise fitted
            fits.append(fitted)
        return [self._placed_badge(layer, wanted, fits, centre, diameter)]

    def _clear_of_captions(self, region: str, diameter: float, least: float) -> tuple[tuple[float, float], float]:
        """The middle of a disc and its diameter: in the middle of its region, and where it would stand under burnt-in
        captions, in the middle of what they leave of it, as large as has room there."""
        centre = _middle(self.canvas.region(region))
        if self.canvas.clearance(centre[1]) >= diameter / 2:
            return centre, diameter
        centre = _middle(self.canvas.words_region(region))
        room = 2 * self.canvas.clearance(centre[1])
        if room < least:
            raise self.canvas.no_room(region)
        return centre, min(diameter, room)

    def _placed_badge(
        self,
        layer: layers.Badge,
        wanted: Sequence[tuple[layers.Text, Wanted]],
        fits: Sequence[Fitted],
        centre: tuple[float, float],
        diameter: float,
    ) -> scene.BadgePart:
        fill = self.paints.colour(layer.fill)
        ink = self.paints.on(fill)
        quiet = softened(ink, (fill,), _OLD_PRICE_FADE, READABLE_CONTRAST)
        heights = [self.canvas.height_of(item.style, fitted) for (item, _), fitted in zip(wanted, fits, strict=True)]
        gaps = [0.0, *(_BADGE_GAP * fitted.size for fitted in fits[:-1])]
        used = sum(heights) + sum(gaps)
        # With two lines the pair rides a little high: the wide price belongs near the disc's middle.
        top = centre[1] - used / 2 - (0.10 * fits[-1].size if len(fits) > 1 else 0.0)
        blocks = []
        for (item, _), fitted, high, gap in zip(wanted, fits, heights, gaps, strict=True):
            top += gap
            text = self.canvas.placed(item.style, fitted, centre[0] - diameter / 2, top, diameter, Align.CENTRE)
            blocks.append(self._block(text, (quiet if item.struck else ink).hex, struck=item.struck))
            top += high
        motion = self.clock.motion(layer.enter, layer.leave)
        return scene.BadgePart(centre=centre, diameter=diameter, fill=fill.hex, blocks=tuple(blocks), motion=motion)

    def _brand(self, layer: layers.Brand) -> list[scene.Part]:
        """The name with its disc before it, both as one in the region."""
        text = filled(layer.text, self.shot.values)
        if not text:
            return []
        wanted = Wanted(text, layer.style, layer.text)
        if problem := self.canvas.without_glyphs(wanted):
            raise problem
        x, y, width, height = self.canvas.words_region(layer.region)
        room = width - 1.2 * self.canvas.sizes(layer.style)[1]
        fitted = self.canvas.fitted(wanted, room, height)
        if isinstance(fitted, InputError):
            raise fitted
        radius, gap = 0.30 * fitted.size, 0.36 * fitted.size
        name_width = self.canvas.width_of(layer.style, fitted)
        used = name_width + 2 * radius + gap
        left = self.canvas.in_column(x, width, used, self.canvas.here(layer.align, Align.START))
        cap = self.canvas.cap_px(layer.style, fitted.size)
        top = y + (height - cap) / 2
        mirrored = self.canvas.is_mirrored
        name_x = left if mirrored else left + 2 * radius + gap
        mark_x = left + used - radius if mirrored else left + radius
        name = self.canvas.placed(layer.style, fitted, name_x, top, name_width, Align.START)
        motion = self.clock.motion(layer.enter, layer.leave)
        disc = (mark_x - radius, top + cap / 2 - radius, 2 * radius, 2 * radius)
        words = scene.WordsPart(block=self._block(name, layer.ink), motion=motion)
        return self._veiled([self._solid(layers.Form.DISC, disc, layer.mark, motion), words], layer.scrim)

    def _progress(self, layer: layers.Progress) -> scene.ProgressPart:
        return scene.ProgressPart(
            box=self.canvas.region(layer.region),
            fill=self.paints.colour(layer.fill).hex,
            track=self.paints.colour(layer.track).hex,
            track_opacity=layer.track_opacity,
            from_right=self.canvas.is_mirrored,
            first_frame=self.clock.span.first_frame,
            frames=self.clock.span.frames,
            motion=self.clock.motion(layer.enter, layer.leave),
        )

    def _block(self, placed: SetText, ink: str, *, struck: bool = False) -> scene.TextBlock:
        """`ink` is a colour, or its name in the document until `legibility.py` knows what is under the words."""
        return scene.TextBlock(
            style=placed.style,
            size_px=placed.size_px,
            tracking=self.canvas.style(placed.style).tracking,
            colour=ink,
            lines=tuple(scene.Line(text=text, x=x, baseline=baseline) for text, x, baseline in placed.lines),
            struck=struck,
        )


def _together(motion: scene.Motion) -> scene.Motion:
    """Without the stagger of lines: it is that of the points."""
    if motion.enter is None:
        return motion
    return motion.model_copy(update={"enter": motion.enter.model_copy(update={"stagger_frames": 0.0})})


def _middle(box: scene.Box) -> tuple[float, float]:
    x, y, width, height = box
    return x + width / 2, y + height / 2


def _around(canvas: Canvas, words: Sequence[scene.WordsPart]) -> scene.Box:
    """The box of all words together."""
    boxes = [text_box(canvas, part.block) for part in words]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return (left, top, right - left, bottom - top)


def text_box(canvas: Canvas, block: scene.TextBlock) -> scene.Box:
    """From the ascenders of the first line to the descenders of the last."""
    face = canvas.face(block.style)
    right = max(line.x + face.width(line.text) * block.size_px for line in block.lines)
    left = min(line.x for line in block.lines)
    top, bottom = block.lines[0].baseline - block.size_px, block.lines[-1].baseline + 0.3 * block.size_px
    return (left, max(0.0, top), right - left, bottom - max(0.0, top))


@dataclass(frozen=True, slots=True)
class _Written:
    """A line of words in its place: from its capitals to its baseline, or the pill around it. `part` is whose it is,
    `frames` are those it's there in: from the first, up to but without the last."""

    part: int
    text: str
    box: scene.Box
    frames: tuple[int, int]

    def is_on(self, other: "_Written") -> bool:
        """Whether words of two parts are drawn over each other in some frame."""
        (x, y, width, height), (left, top, wide, high) = self.box, other.box
        return (
            self.part != other.part
            and max(x, left) + _TOUCH_PX < min(x + width, left + wide)
            and max(y, top) + _TOUCH_PX < min(y + height, top + high)
            and max(self.frames[0], other.frames[0]) < min(self.frames[1], other.frames[1])
        )


def refuse_words_on_words(canvas: Canvas, timeline: scene.Timeline) -> None:
    """Raises `InputError` naming both, if words of two layers are drawn over each other: regions that only share a
    condition, or two ends of one region, can't be told apart before they are filled."""
    for section in timeline.sections:
        whole, own = (0, timeline.frame_count), (section.first_frame, section.first_frame + section.frames)
        shown = [(part, whole) for part in timeline.under]
        shown += [(part, own) for part in section.parts]
        shown += [(part, whole) for part in timeline.over]
        written = [one for index, (part, span) in enumerate(shown) for one in _written(canvas, index, part, span)]
        clash = next(((one, other) for one, other in combinations(written, 2) if one.is_on(other)), None)
        if clash:
            raise _on_each_other(canvas, section, *clash)


def _written(canvas: Canvas, index: int, part: scene.Part, span: tuple[int, int]) -> list[_Written]:
    match part:
        case scene.WordsPart():
            blocks = (part.block,)
        case scene.BadgePart():
            blocks = part.blocks
        case scene.PillPart():
            return [_Written(index, _said(part.label), part.box, _while(part.motion, span))]
        case _:
            return []
    found: list[_Written] = []
    for block in blocks:
        face, high = canvas.face(block.style), canvas.cap_px(block.style, block.size_px)
        found += [
            _Written(
                index,
                _said(block),
                (line.x, line.baseline - high, face.width(line.text) * block.size_px, high),
                _while(part.motion, span),
            )
            for line in block.lines
        ]
    return found


def _while(motion: scene.Motion, span: tuple[int, int]) -> tuple[int, int]:
    first = motion.enter.first_frame if motion.enter else span[0]
    last = motion.leave.first_frame + motion.leave.frames if motion.leave else span[1]
    return max(span[0], first), min(span[1], last)


def _said(block: scene.TextBlock) -> str:
    return " ".join(line.text for line in block.lines)


def _on_each_other(canvas: Canvas, section: scene.Section, one: _Written, other: _Written) -> InputError:
    longer = max(one, other, key=lambda written: len(written.text))
    places = [_place_of(canvas, section, written) for written in (one, other)]
    return InputError(
        f"in scene {section.name}, the words {shorten(one.text)} ({places[0]}) and {shorten(other.text)} ({places[1]}) "
        f"stand on each other in {canvas.aspect.value}",
        field=field_of(canvas.values, longer.text),
        value=longer.text,
        allowed="words that stand apart",
        remedy="Shorten or leave out one of them; or let the template give them regions apart.",
    )


def _place_of(canvas: Canvas, section: scene.Section, written: _Written) -> str:
    """The layer that words are of, as kind and region: the first whose region they lie in."""
    document, (x, y) = canvas.template.document, _middle(written.box)
    own = [one.layers for one in document.scenes if one.name == section.name.partition("-")[0]]
    for layer in (*document.under, *chain.from_iterable(own), *document.over):
        if isinstance(layer, layers.Stack | layers.Brand | layers.Badge):
            left, top, width, height = canvas.region(layer.region)
            if left <= x <= left + width and top <= y <= top + height:
                return f"{layer.kind} in {layer.region}"
    return "template"


def field_of(values: Mapping[str, Any], text: str) -> str:
    """The variable that most of a placed text comes from, for errors."""
    bare = _bare(text)
    found: list[tuple[int, str]] = []
    for name, value in values.items():
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, str) and (part := _bare(each)) and part in bare:
                found.append((len(part), name))
    return f"variables.{max(found)[1]}" if found else "template"


def _bare(text: str) -> str:
    """Without what line breaks take away or add: spaces, hyphens, and what can't be seen."""
    return "".join(c for c in text if not c.isspace() and c != "-" and unicodedata.category(c) != "Cf")
