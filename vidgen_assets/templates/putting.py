"""Putting sprites on a canvas where their motion says."""

import skia

from vidgen_assets.templates.painting import Sprite
from vidgen_assets.templates.poses import pose

_PIXELS = skia.SamplingOptions()
_LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)


def put(canvas: skia.Canvas, sprite: Sprite, frame: int, aside_px: float = 0.0) -> None:
    """At rest on whole pixels, copied; in motion between them, filtered."""
    now = pose(sprite.motion, frame, sprite.index)
    if now.opacity <= 0:
        return
    if now.is_at_rest and aside_px == 0:
        canvas.drawImage(sprite.image, sprite.x, sprite.y, _PIXELS, skia.Paint(Alphaf=now.opacity))
        return
    if not now.hidden:
        put_scaled(canvas, sprite, now.opacity, now.scale, now.scale, now.below_px, now.aside_px + aside_px)
        return
    canvas.save()
    canvas.clipRect(skia.Rect.MakeXYWH(sprite.x, sprite.y, sprite.image.width(), sprite.image.height()))
    put_scaled(canvas, sprite, now.opacity, 1, 1, now.hidden * sprite.image.height())
    canvas.restore()


def put_scaled(
    canvas: skia.Canvas,
    sprite: Sprite,
    opacity: float,
    across: float,
    down: float,
    below_px: float = 0.0,
    aside_px: float = 0.0,
    mode: skia.BlendMode = skia.BlendMode.kSrcOver,
) -> None:
    """Scaled about the sprite's pivot. Dithering would cost three times as much, and can't be seen at 8 bits."""
    pivot_x, pivot_y = sprite.pivot
    place = skia.Rect.MakeXYWH(
        pivot_x + (sprite.x - pivot_x) * across + aside_px,
        pivot_y + (sprite.y - pivot_y) * down + below_px,
        sprite.image.width() * across,
        sprite.image.height() * down,
    )
    paint = skia.Paint(Alphaf=min(1.0, max(0.0, opacity)), BlendMode=mode)
    canvas.drawImageRect(sprite.image, place, _LINEAR, paint)
