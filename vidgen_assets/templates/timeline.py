"""From a clip's spec and a template to its timeline: places, colours, motion, and a ground the words can be read on.

The words' colour is chosen by contrast against the backdrop as it will be drawn, at its darkest and lightest under the
words over the whole clip; where no ink reaches 4.5:1 the backdrop is calmed there until one does.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import ClipSpec, MediaFile, VariableValue
from vidgen_assets.templates import scene
from vidgen_assets.templates.colours import Colour
from vidgen_assets.templates.document import Element, Move, Template
from vidgen_assets.templates.layout import PlacedCard, PlacedText, Setter, place_card
from vidgen_assets.templates.painters import painter_of
from vidgen_assets.templates.palette import (
    READABLE_CONTRAST,
    Palette,
    bright_palette,
    deep_palette,
    most_legible,
    softened,
)
from vidgen_assets.templates.variables import resolve_variables

TIMELINE_RECIPE = 1
"""Raise when the same spec would resolve to another timeline."""

_GROUND_SAMPLES = 8
_CALM_STEPS = (0.45, 0.6, 0.75, 0.9, 1.0)
_SUPPORTING_FADE, _OLD_PRICE_FADE = 0.24, 0.18


@dataclass(frozen=True, slots=True)
class Behind:
    """A generated scene to stand behind the layers, as `scene.GeneratedBackdrop` keeps it. `keys` is a PNG."""

    keys: bytes
    key_count: int
    course: tuple[float, float, float, float]


def check_spec(spec: ClipSpec, template: Template) -> None:
    """Everything that can be wrong with a request for this template, picture aside. Raises `InputError`."""
    variables = resolve_variables(template.document, spec.variables)
    _check_duration(spec, template)
    if spec.aspect not in template.document.layouts:
        raise InputError(
            f"template '{template.document.name}' has no layout for this aspect",
            field="aspect",
            value=spec.aspect.value,
            allowed=[aspect.value for aspect in template.document.layouts],
        )
    _required_image(spec, template)
    place_card(_setter(spec, template, variables))


def _check_duration(spec: ClipSpec, template: Template) -> None:
    limits = template.document.animation
    if not limits.shortest_s <= spec.duration_s <= limits.longest_s:
        raise InputError(
            f"template '{template.document.name}' can't be played in this time",
            field="duration_s",
            value=float(spec.duration_s),
            allowed=f"{limits.shortest_s:g} to {limits.longest_s:g} seconds",
        )


def _required_image(spec: ClipSpec, template: Template) -> MediaFile:
    if spec.image is None:
        raise InputError(
            f"template '{template.document.name}' shows a product, and the row names no picture",
            field="image",
            allowed="a PNG, JPEG or WebP file, best with a transparent background",
        )
    return spec.image


def resolve_timeline(spec: ClipSpec, template: Template, behind: Behind | None = None) -> scene.Timeline:
    """The timeline of `spec`, over a generated scene if there is one. Raises `InputError` where `check_spec` would."""
    check_spec(spec, template)
    variables = resolve_variables(template.document, spec.variables)
    setter = _setter(spec, template, variables)
    card = place_card(setter)
    paints = _paints(variables)
    backdrop, inks = _legible_ground(card, _Ground(spec, setter, variables, paints, behind))
    stage = _Stage(setter, _Clock(template, spec.fps, spec.frame_count), paints)
    return scene.Timeline(
        recipe=TIMELINE_RECIPE,
        template=template.document.name,
        template_digest=template.digest,
        language=spec.language,
        width=spec.width,
        height=spec.height,
        fps=spec.fps,
        frame_count=spec.frame_count,
        backdrop=backdrop,
        plate=stage.plate() if variables["plate"] else None,
        picture=stage.picture(_required_image(spec, template)),
        brand=stage.words("brand", card.brand, inks.loud),
        mark=scene.Mark(centre=card.mark[:2], radius=card.mark[2], fill=paints.palette.mark.hex),
        headline=stage.words("headline", card.headline, inks.loud),
        supporting=stage.words("supporting", card.supporting, inks.quiet) if card.supporting else None,
        badge=stage.badge(card),
        button=stage.button(card),
    )


@dataclass(frozen=True, slots=True)
class _Paints:
    """The palette and the two inks, the mood's own first."""

    palette: Palette
    inks: tuple[Colour, Colour]
    ink: Colour
    paper: Colour


@dataclass(frozen=True, slots=True)
class _Inks:
    loud: Colour
    quiet: Colour


@dataclass(frozen=True, slots=True)
class _Clock:
    """Turns the document's seconds into frames of one clip; short clips play everything faster."""

    template: Template
    fps: Fraction
    frame_count: int

    @property
    def duration_s(self) -> float:
        return float(self.frame_count / self.fps)

    def frames(self, seconds: float) -> float:
        pace = min(1.0, self.duration_s / self.template.document.animation.full_length_s)
        return seconds * pace * float(self.fps)

    def turns(self, period_s: float) -> int:
        return max(1, round(self.duration_s / period_s))

    def motion(self, element: Element, unit: float) -> scene.Motion:
        animation = self.template.document.animation
        enter, leave = animation.enter[element], animation.leave[element]
        ending_s = max(move.at_s + move.for_s for move in animation.leave.values())
        return scene.Motion(
            enter=self._movement(enter, round(self.frames(enter.at_s)), unit),
            leave=self._movement(leave, self.frame_count - round(self.frames(ending_s - leave.at_s)), unit),
        )

    def _movement(self, move: Move, first_frame: int, unit: float) -> scene.Movement:
        return scene.Movement(
            first_frame=first_frame,
            frames=max(1, round(self.frames(move.for_s))),
            easing=move.easing,
            rise_px=move.rise * unit,
            scale=move.scale,
            stagger_frames=self.frames(move.stagger_s),
            unmask=move.unmask,
        )


@dataclass(frozen=True, slots=True)
class _Stage:
    """Gives placed parts their paint and their motion."""

    setter: Setter
    clock: _Clock
    paints: _Paints

    def motion(self, element: Element) -> scene.Motion:
        return self.clock.motion(element, self.setter.unit)

    def plate(self) -> scene.Plate:
        palette = self.paints.palette
        colours = (palette.plate_top.hex, palette.plate_bottom.hex)
        return scene.Plate(box=self.setter.box(self.setter.layout.plate), colours=colours, motion=self.motion("plate"))

    def picture(self, image: MediaFile) -> scene.Picture:
        idle = self.setter.template.document.animation.idle
        return scene.Picture(
            digest=image.digest,
            box=self.setter.box(self.setter.layout.picture),
            frame=self.setter.box(self.setter.layout.plate),
            motion=self.motion("picture"),
            float_px=idle.float_height * self.setter.unit,
            float_turns=self.clock.turns(idle.float_period_s),
            zoom=idle.zoom,
        )

    def words(self, element: Element, placed: PlacedText, ink: Colour) -> scene.Words:
        return scene.Words(block=_block(placed, ink), motion=self.motion(element))

    def badge(self, card: PlacedCard) -> scene.Badge:
        fill, badge = self.paints.palette.badge, card.badge
        ink = most_legible((self.paints.ink, self.paints.paper), fill)
        quiet = softened(ink, (fill,), _OLD_PRICE_FADE, READABLE_CONTRAST)
        return scene.Badge(
            centre=badge.centre,
            diameter=badge.diameter,
            fill=fill.hex,
            price=_block(badge.price, ink),
            old_price=_block(badge.old_price, quiet, struck=True) if badge.old_price else None,
            motion=self.motion("badge"),
        )

    def button(self, card: PlacedCard) -> scene.Button:
        fill, button = self.paints.palette.button, card.button
        label = _block(button.label, most_legible((self.paints.inks[1], self.paints.inks[0]), fill))
        motion = self.motion("button")
        return scene.Button(box=button.box, fill=fill.hex, label=label, arrow=button.arrow, motion=motion)


def _setter(spec: ClipSpec, template: Template, variables: Mapping[str, VariableValue]) -> Setter:
    return Setter(template, variables, spec.language, spec.aspect, spec.width, spec.height)


def _paints(variables: Mapping[str, VariableValue]) -> _Paints:
    primary, accent, paper, ink = (
        Colour.of_hex(str(variables[name])) for name in ("primary", "accent", "paper", "ink")
    )
    if variables["mood"] == "deep":
        return _Paints(deep_palette(primary, accent, paper), (paper, ink), ink, paper)
    return _Paints(bright_palette(primary, accent, paper), (ink, paper), ink, paper)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the backdrop is made from."""

    spec: ClipSpec
    setter: Setter
    variables: Mapping[str, VariableValue]
    paints: _Paints
    behind: Behind | None

    def calmed(self, calm: float) -> scene.Backdrop | scene.GeneratedBackdrop:
        """The backdrop, held to the base colour under the words by `calm` (0..1)."""
        boxes = (self.setter.box(self.setter.layout.words), self.setter.box(self.setter.layout.brand))
        base = self.paints.palette.base.hex
        if self.behind is not None:
            return scene.GeneratedBackdrop(
                base=base,
                keys=base64.b64encode(self.behind.keys),
                key_count=self.behind.key_count,
                course=self.behind.course,
                seed=self.spec.seed,
                calm_boxes=boxes,
                calm=calm,
            )
        period_s = self.setter.template.document.animation.idle.backdrop_period_s
        turns = max(1, round(float(self.spec.duration_s) / period_s))
        # A clip shorter than the period still closes its loop; a shorter way keeps the speed the same.
        energy = float(self.variables["energy"]) * min(1.0, float(self.spec.duration_s) / (turns * period_s))
        first, second, third, fourth = (glow.hex for glow in self.paints.palette.glows)
        return scene.Backdrop(
            kind=self.variables["backdrop"],  # pyright: ignore[reportArgumentType] - pydantic holds it to the choices
            base=base,
            glows=(first, second, third, fourth),
            spark=self.paints.palette.spark.hex,
            seed=self.spec.seed,
            turns=turns,
            energy=energy,
            calm_boxes=boxes,
            calm=calm,
        )


def _legible_ground(card: PlacedCard, ground: _Ground) -> tuple[scene.Backdrop | scene.GeneratedBackdrop, _Inks]:
    """The backdrop, calmed as far as the words need, and the inks that read on it."""
    blocks = [block for block in (card.brand, card.headline, card.supporting) if block]
    boxes = [_bounds(ground.setter, block) for block in blocks]
    for calm in _CALM_STEPS:
        backdrop = ground.calmed(calm)
        under = _colours_under(backdrop, ground.spec, boxes)
        for ink in ground.paints.inks:
            if all(ink.contrast(colour) >= READABLE_CONTRAST for colour in under):
                return backdrop, _Inks(ink, softened(ink, under, _SUPPORTING_FADE))
    ink = most_legible(ground.paints.inks, ground.paints.palette.base)
    return ground.calmed(_CALM_STEPS[-1]), _Inks(ink, ink)


def _colours_under(
    backdrop: scene.Backdrop | scene.GeneratedBackdrop, spec: ClipSpec, boxes: list[tuple[float, float, float, float]]
) -> tuple[Colour, Colour]:
    """The darkest and the lightest colour that ever lies under one of `boxes`."""
    painter = painter_of(backdrop, spec.width, spec.height)
    under = [
        painter.cells(sample / _GROUND_SAMPLES)[painter.within(box)].reshape(-1, 3)
        for sample in range(_GROUND_SAMPLES)
        for box in boxes
    ]
    colours = [Colour(*map(float, cell)) for cell in _extremes(np.concatenate(under))]
    ordered = sorted(colours, key=lambda colour: colour.luminance)
    return ordered[0], ordered[-1]


def _extremes(cells: np.ndarray) -> np.ndarray:
    """The cells with the least and the most light (weighted as luminance is, of squared values)."""
    light = (cells * cells) @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    return cells[[int(light.argmin()), int(light.argmax())]]


def _bounds(setter: Setter, block: PlacedText) -> tuple[float, float, float, float]:
    face = setter.face(block.role)
    right = max(x + face.width(text) * block.size_px for text, x, _ in block.lines)
    left = min(x for _, x, _ in block.lines)
    top, bottom = block.lines[0][2] - block.size_px, block.lines[-1][2] + 0.3 * block.size_px
    return (left, max(0.0, top), right - left, bottom - max(0.0, top))


def _block(placed: PlacedText, colour: Colour, *, struck: bool = False) -> scene.TextBlock:
    return scene.TextBlock(
        font=placed.style.font,
        size_px=placed.size_px,
        tracking=placed.style.tracking,
        colour=colour.hex,
        lines=tuple(scene.Line(text=text, x=x, baseline=baseline) for text, x, baseline in placed.lines),
        struck=struck,
    )
