"""The compositor: draws frame k of a timeline with skia, the same bytes every time.

What stands still is painted once into sprites; a frame is the backdrop, pictures, and sprites put where their motion
says. skia-python holds the GIL while it draws: threads don't help, processes do.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
import skia

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import Frame, FrameShape
from vidgen_assets.templates import scene
from vidgen_assets.templates.easing import eased, wave
from vidgen_assets.templates.library import Template, fonts_digest
from vidgen_assets.templates.painters import Painter, painter_of
from vidgen_assets.templates.painting import PIXELS, Sprite, flat
from vidgen_assets.templates.photographs import PictureActor, picture_actor
from vidgen_assets.templates.poses import pose
from vidgen_assets.templates.putting import put
from vidgen_assets.templates.sprites import Typesetter, arrow_sprite, sprites_of

COMPOSITOR_RECIPE = 3
"""Raise when the same timeline would have other frames."""

_ARROW_PERIOD_S, _ARROW_REACH = 1.6, 0.16  # the arrow's nudge, in lengths of the arrow

Pictures = Callable[[Digest], Path]
"""Where the bytes of a picture are."""
Draw = Callable[[skia.Canvas, int], None]
"""Draws one part on a canvas as it is in a frame."""


@dataclass(frozen=True, slots=True)
class TemplateFrames:
    """The frames of a timeline, drawn as they are asked for."""

    timeline: scene.Timeline
    template: Template
    pictures: Pictures

    @property
    def shape(self) -> FrameShape:
        timeline = self.timeline
        return FrameShape(timeline.width, timeline.height, timeline.fps, timeline.frame_count)

    def __iter__(self) -> Iterator[Frame]:
        artist = Artist.ready(self.timeline, self.template, self.pictures)
        for frame in range(self.timeline.frame_count):
            yield artist.draw(frame)


def open_frames(timeline: scene.Timeline, template: Template, pictures: Pictures) -> TemplateFrames:
    """The frames of `timeline`. Raises `PermanentError` if template or fonts are not those it was resolved with."""
    for what, found, wanted in (
        ("template_digest", template.digest, timeline.template_digest),
        ("fonts_digest", fonts_digest(), timeline.fonts_digest),
    ):
        if found != wanted:
            raise PermanentError(
                f"template '{timeline.template}' has changed since these latents were made",
                field=what,
                value=str(found),
                allowed=str(wanted),
                remedy="Make the clip's latents again.",
            )
    return TemplateFrames(timeline, template, pictures)


@dataclass(frozen=True, slots=True)
class Shown:
    """A section with its parts ready to be drawn, and the one that takes over from it."""

    section: scene.Section
    draws: tuple[Draw, ...]
    following: scene.Section | None

    def is_there(self, frame: int) -> bool:
        """Whether it has begun, and the next one hasn't taken over yet."""
        if frame < self.section.first_frame:
            return False
        following = self.following
        if following is None:
            return True
        return frame < following.first_frame + (following.takeover.frames if following.takeover else 0)


@dataclass(frozen=True, slots=True)
class Artist:
    """One clip's painted parts, ready to be put together."""

    timeline: scene.Timeline
    backdrop: Painter
    under: tuple[Draw, ...]
    sections: tuple[Shown, ...]
    over: tuple[Draw, ...]

    @classmethod
    def ready(cls, timeline: scene.Timeline, template: Template, pictures: Pictures) -> "Artist":
        """Raises `InputError` for a picture that can't be used."""
        stage = Stage.of(timeline, template, pictures)
        return cls(
            timeline=timeline,
            backdrop=painter_of(timeline.backdrop, timeline.width, timeline.height),
            under=stage.draws(timeline.under),
            sections=tuple(
                Shown(section, stage.draws(section.parts), following)
                for section, following in zip_longest(timeline.sections, timeline.sections[1:])
            ),
            over=stage.draws(timeline.over),
        )

    def draw(self, frame: int) -> Frame:
        """Frame `frame` in memory of its own."""
        pixels, canvas = self.blank(frame)
        for draw in self.under:
            draw(canvas, frame)
        for shown in self.sections:
            self.draw_section(canvas, shown, frame)
        for draw in self.over:
            draw(canvas, frame)
        return pixels

    def blank(self, frame: int) -> tuple[Frame, skia.Canvas]:
        """A frame with nothing but the backdrop, and a canvas that draws on it."""
        return on_backdrop(self.backdrop, self.timeline, frame)

    def draw_section(self, canvas: skia.Canvas, shown: Shown, frame: int) -> None:
        """A section as far as it is there: alone, taking over, or being taken over from."""
        if not shown.is_there(frame):
            return
        following, size = shown.following, (self.timeline.width, self.timeline.height)
        coming, going = _progress(shown.section, frame), _progress(following, frame)
        layered = _enter(canvas, shown.section.takeover, coming, size)
        layered += _exit(canvas, following.takeover if following else None, going, size)
        for draw in shown.draws:
            draw(canvas, frame)
        for _ in range(layered):
            canvas.restore()


def _progress(section: scene.Section | None, frame: int) -> float:
    """How far a section has taken over, 0..1; without a takeover it's there at once."""
    if section is None or frame < section.first_frame:
        return 0.0
    if section.takeover is None:
        return 1.0
    return eased(section.takeover.easing, (frame + 1 - section.first_frame) / section.takeover.frames)


def _enter(canvas: skia.Canvas, takeover: scene.Takeover | None, way: float, size: tuple[int, int]) -> int:
    """Prepare `canvas` for a section that is coming; how many times it has to be restored."""
    if takeover is None or way >= 1:
        return 0
    match takeover.kind:
        case "fade":
            # First the old one goes, then the new one comes.
            canvas.saveLayerAlpha(None, round(255 * max(0.0, 2 * way - 1)))
        case "dissolve":
            canvas.saveLayerAlpha(None, round(255 * way))
        case "push":
            canvas.save()
            canvas.translate(size[0] * (1 - way), 0)
        case "wipe":
            canvas.save()
            canvas.clipRect(skia.Rect.MakeWH(size[0] * way, size[1]))
    return 1


def _exit(canvas: skia.Canvas, takeover: scene.Takeover | None, way: float, size: tuple[int, int]) -> int:
    """Prepare `canvas` for a section that the next one takes over from."""
    if takeover is None or way <= 0:
        return 0
    match takeover.kind:
        case "fade":
            canvas.saveLayerAlpha(None, round(255 * max(0.0, 1 - 2 * way)))
        case "dissolve":
            return 0  # it stays until the new one covers it
        case "push":
            canvas.save()
            canvas.translate(-size[0] * way, 0)
        case "wipe":
            canvas.save()
            canvas.clipRect(skia.Rect.MakeXYWH(size[0] * way, 0, size[0], size[1]))
    return 1


@dataclass(frozen=True, slots=True)
class Stage:
    """Makes parts ready."""

    timeline: scene.Timeline
    setter: Typesetter
    pictures: Pictures

    @classmethod
    def of(cls, timeline: scene.Timeline, template: Template, pictures: Pictures) -> "Stage":
        return cls(timeline, Typesetter(template, timeline.language), pictures)

    def draws(self, parts: Sequence[scene.Part]) -> tuple[Draw, ...]:
        return tuple(chain.from_iterable(self.part(part) for part in parts))

    def part(self, part: scene.Part) -> list[Draw]:
        """What draws `part`, in order."""
        match part:
            case scene.PicturePart():
                actor: PictureActor = picture_actor(part, [self.pictures(digest) for digest in part.pictures])
                return [actor.draw]
            case scene.ProgressPart():
                return [_bar(part)]
            case scene.PillPart():
                found = [_putting(sprite) for sprite in sprites_of(part, self.setter)]
                arrow = arrow_sprite(part)
                return [*found, self._nudging(part, arrow)] if arrow else found
            case _:
                return [_putting(sprite) for sprite in sprites_of(part, self.setter)]

    def _nudging(self, part: scene.PillPart, arrow: Sprite) -> Draw:
        reach = _ARROW_REACH * (part.arrow[2] if part.arrow else 0.0) * (-1 if part.arrow_points_left else 1)
        fps = float(self.timeline.fps)

        def draw(canvas: skia.Canvas, frame: int) -> None:
            put(canvas, arrow, frame, aside_px=wave(frame / fps / _ARROW_PERIOD_S) * reach)

        return draw


def on_backdrop(backdrop: Painter, timeline: scene.Timeline, frame: int) -> tuple[Frame, skia.Canvas]:
    """Frame `frame` with nothing but its backdrop, and a canvas that draws into it."""
    pixels: Frame = np.empty((timeline.height, timeline.width, 4), np.uint8)
    backdrop.paint(frame / timeline.frame_count, pixels)
    info = skia.ImageInfo.Make(timeline.width, timeline.height, PIXELS, skia.kOpaque_AlphaType)
    return pixels, skia.Surface.MakeRasterDirect(info, pixels).getCanvas()


def _putting(sprite: Sprite) -> Draw:
    return lambda canvas, frame: put(canvas, sprite, frame)


def _bar(part: scene.ProgressPart) -> Draw:
    x, y, width, height = part.box
    round_px = height / 2

    def draw(canvas: skia.Canvas, frame: int) -> None:
        now = pose(part.motion, frame)
        if now.opacity <= 0:
            return
        passed = min(1.0, max(0.0, (frame + 1 - part.first_frame) / part.frames))
        long = max(height, width * passed)
        left = x + width - long if part.from_right else x
        track = flat(part.track, part.track_opacity * now.opacity)
        canvas.drawRoundRect(skia.Rect.MakeXYWH(x, y, width, height), round_px, round_px, track)
        done = flat(part.fill, now.opacity)
        canvas.drawRoundRect(skia.Rect.MakeXYWH(left, y, long, height), round_px, round_px, done)

    return draw
