"""The compositor: draws frame k of a timeline with skia, the same bytes every time.

What stands still is painted once into sprites; a frame is the backdrop, the picture, and sprites put where their motion
says. 1280x720 takes about 10 ms of one thread (2026-11). skia-python holds the GIL while it draws: threads don't help,
processes do. How sprites look lives in `sprites.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import skia

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import Frame, FrameShape
from vidgen_assets.templates.document import Template
from vidgen_assets.templates.easing import wave
from vidgen_assets.templates.motion import Pose, pose
from vidgen_assets.templates.painters import Painter, painter_of
from vidgen_assets.templates.pictures import ProductPicture, read_picture
from vidgen_assets.templates.scene import Timeline
from vidgen_assets.templates.sprites import (
    ProductSprite,
    Sprite,
    arrow_sprite,
    badge_sprite,
    brand_sprite,
    button_sprite,
    line_sprites,
    plate_sprite,
    product_sprite,
)

COMPOSITOR_RECIPE = 1
"""Raise when the same timeline would have other frames."""

_ARROW_PERIOD_S, _ARROW_REACH = 1.6, 0.16  # the arrow's nudge, in lengths of the arrow
_PIXELS = skia.SamplingOptions()
_LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)


@dataclass(frozen=True, slots=True)
class TemplateFrames:
    """The frames of a timeline, drawn as they are asked for."""

    timeline: Timeline
    template: Template
    picture: Path

    @property
    def shape(self) -> FrameShape:
        timeline = self.timeline
        return FrameShape(timeline.width, timeline.height, timeline.fps, timeline.frame_count)

    def __iter__(self) -> Iterator[Frame]:
        artist = Artist.ready(self.timeline, self.template, read_picture(self.picture, self.picture.name))
        for frame in range(self.timeline.frame_count):
            yield artist.draw(frame)


def open_frames(timeline: Timeline, template: Template, picture: Path) -> TemplateFrames:
    """The frames of `timeline`. Raises `PermanentError` if `template` is not the edition it was resolved with."""
    if template.digest != timeline.template_digest:
        raise PermanentError(
            f"template '{timeline.template}' has changed since these latents were made",
            field="template_digest",
            value=str(template.digest),
            allowed=str(timeline.template_digest),
            remedy="Make the clip's latents again.",
        )
    return TemplateFrames(timeline, template, picture)


@dataclass(frozen=True, slots=True)
class Artist:
    """One clip's painted parts, ready to be put together."""

    timeline: Timeline
    backdrop: Painter
    plate: Sprite | None
    product: ProductSprite
    over: tuple[Sprite, ...]
    arrow: Sprite

    @classmethod
    def ready(cls, timeline: Timeline, template: Template, picture: ProductPicture) -> "Artist":
        return cls(
            timeline=timeline,
            backdrop=painter_of(timeline.backdrop, timeline.width, timeline.height),
            plate=plate_sprite(timeline.plate) if timeline.plate else None,
            product=product_sprite(timeline.picture, picture),
            over=(
                brand_sprite(timeline, template),
                *line_sprites(timeline, template),
                badge_sprite(timeline, template),
                button_sprite(timeline, template),
            ),
            arrow=arrow_sprite(timeline.button),
        )

    def draw(self, frame: int) -> Frame:
        """Frame `frame` in memory of its own."""
        timeline = self.timeline
        pixels: Frame = np.empty((timeline.height, timeline.width, 4), np.uint8)
        self.backdrop.paint(frame / timeline.frame_count, pixels)
        info = skia.ImageInfo.Make(timeline.width, timeline.height, skia.kRGBA_8888_ColorType, skia.kOpaque_AlphaType)
        canvas = skia.Surface.MakeRasterDirect(info, pixels).getCanvas()
        if self.plate:
            _put(canvas, self.plate, frame)
        self._put_product(canvas, frame)
        for sprite in self.over:
            _put(canvas, sprite, frame)
        nudge = wave(frame / float(timeline.fps) / _ARROW_PERIOD_S) * _ARROW_REACH * timeline.button.arrow[2]
        _put(canvas, self.arrow, frame, aside_px=nudge)
        return pixels

    def _put_product(self, canvas: skia.Canvas, frame: int) -> None:
        """Picture and contact shadow. The product floats and comes slowly nearer; its shadow answers."""
        scene, product = self.timeline.picture, self.product
        now = pose(scene.motion, frame)
        if now.opacity <= 0:
            return
        passed = frame / self.timeline.frame_count
        lift = wave(passed * scene.float_turns - 0.25)
        scale = now.scale * (1 + (scene.zoom - 1) * passed) / scene.zoom
        if product.window:
            _put_photograph(canvas, product, now, scale)
            return
        if product.shadow:
            spread = now.scale * (1 - 0.035 * (lift + 1))
            _put_scaled(canvas, product.shadow, now.opacity * (0.93 - 0.07 * lift), spread, spread)
        raised = now.below_px - scene.float_px * (lift + 1)
        _put_scaled(canvas, product.sprite, now.opacity, scale, scale, raised)


def _put_photograph(canvas: skia.Canvas, product: ProductSprite, now: Pose, scale: float) -> None:
    canvas.save()
    canvas.translate(0, now.below_px)
    canvas.clipPath(product.window, doAntiAlias=True)
    _put_scaled(canvas, product.sprite, now.opacity, scale, scale)
    canvas.restore()


def _put(canvas: skia.Canvas, sprite: Sprite, frame: int, aside_px: float = 0.0) -> None:
    """At rest on whole pixels, copied; in motion between them, filtered."""
    now = pose(sprite.motion, frame, sprite.index)
    if now.opacity <= 0:
        return
    if now.is_at_rest and aside_px == 0:
        canvas.drawImage(sprite.image, sprite.x, sprite.y, _PIXELS, skia.Paint(Alphaf=now.opacity))
        return
    if not now.hidden:
        _put_scaled(canvas, sprite, now.opacity, now.scale, now.scale, now.below_px, aside_px)
        return
    canvas.save()
    canvas.clipRect(skia.Rect.MakeXYWH(sprite.x, sprite.y, sprite.image.width(), sprite.image.height()))
    _put_scaled(canvas, sprite, now.opacity, 1, 1, now.hidden * sprite.image.height())
    canvas.restore()


def _put_scaled(
    canvas: skia.Canvas,
    sprite: Sprite,
    opacity: float,
    across: float,
    down: float,
    below_px: float = 0.0,
    aside_px: float = 0.0,
) -> None:
    """Scaled about the sprite's pivot. Dithering is on because it leads skia-python 144 around its slow linear filter:
    500x500 px take 3.5 ms instead of 9 (2026-11); at 8 bits it changes nothing that can be seen."""
    pivot_x, pivot_y = sprite.pivot
    place = skia.Rect.MakeXYWH(
        pivot_x + (sprite.x - pivot_x) * across + aside_px,
        pivot_y + (sprite.y - pivot_y) * down + below_px,
        sprite.image.width() * across,
        sprite.image.height() * down,
    )
    canvas.drawImageRect(sprite.image, place, _LINEAR, skia.Paint(Alphaf=min(1.0, max(0.0, opacity)), Dither=True))
