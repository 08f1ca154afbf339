"""Pictures of the customer's on the canvas: cut-outs that stand on a shadow, photographs in a form, sets that turn."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import skia
from PIL import Image

from vidgen_assets.templates import scene
from vidgen_assets.templates.easing import wave
from vidgen_assets.templates.painting import PIXELS, SHADOW, Sprite, argb, blurred, form_path, painted
from vidgen_assets.templates.pictures import PictureSet, read_pictures, resized
from vidgen_assets.templates.poses import pose
from vidgen_assets.templates.putting import put_scaled

_MOST_FRAMES = 4.0  # a photograph that lies, in a frame that stands, is 3.2 frames long (16:9 in 9:16)


@dataclass(frozen=True, slots=True)
class PictureActor:
    """One picture part, ready to be drawn. `shows` are its pictures in order; a cut-out has a `shadow`."""

    part: scene.PicturePart
    shows: tuple[Sprite, ...]
    shadow: Sprite | None
    window: skia.Path | None

    def draw(self, canvas: skia.Canvas, frame: int) -> None:
        """The product floats and comes slowly nearer, its shadow answers; a photograph comes nearer in its form."""
        part = self.part
        now = pose(part.motion, frame)
        if now.opacity <= 0:
            return
        passed = min(1.0, max(0.0, (frame - part.first_frame) / part.frames))
        scale = now.scale * (1 + (part.zoom - 1) * passed) / part.zoom
        lift = wave(passed * part.float_turns - 0.25) if part.float_px else -1.0
        if self.window is not None:
            canvas.save()
            canvas.translate(now.aside_px, now.below_px)
            canvas.clipPath(self.window, doAntiAlias=True)
            self._put(canvas, passed, now.opacity, scale, 0.0, 0.0)
            canvas.restore()
            return
        if self.shadow:
            spread = now.scale * (1 - 0.035 * (lift + 1))
            faint = now.opacity * (0.93 - 0.07 * lift) if part.float_px else now.opacity
            put_scaled(canvas, self.shadow, faint, spread, spread, 0.0, now.aside_px)
        self._put(canvas, passed, now.opacity, scale, now.below_px - part.float_px * (lift + 1), now.aside_px)

    def _put(
        self, canvas: skia.Canvas, passed: float, opacity: float, scale: float, below_px: float, aside_px: float
    ) -> None:
        """The picture of the moment; of a turning set both neighbours, the later one as far as it has come."""
        if not self.part.turns:
            put_scaled(canvas, self.shows[0], opacity, scale, scale, below_px, aside_px)
            return
        place = passed * self.part.turns * len(self.shows)
        first = int(place)
        later = place - first
        before, after = self.shows[first % len(self.shows)], self.shows[(first + 1) % len(self.shows)]
        # Mixed in a layer of their own: drawn over each other, both shadows would add up, and pulse.
        canvas.saveLayerAlpha(None, round(255 * opacity))
        put_scaled(canvas, before, 1 - later, scale, scale, below_px, aside_px)
        put_scaled(canvas, after, later, scale, scale, below_px, aside_px, skia.BlendMode.kPlus)
        canvas.restore()


def picture_actor(part: scene.PicturePart, paths: Sequence[Path]) -> PictureActor:
    """Raises `InputError` for a picture that can't be used; its value is the picture's digest."""
    found = read_pictures(paths, part.pictures)
    return _cutouts(part, found) if found.are_cutouts and part.contain else _photographs(part, found)


def _cutouts(part: scene.PicturePart, images: PictureSet) -> PictureActor:
    """Standing on the lower edge of the box, as large as fits, with a soft shadow of their own shape."""
    x, y, width, height = part.box
    scale = min(width / images.size[0], height / images.size[1])
    shown = (images.size[0] * scale, images.size[1] * scale)
    stands = (x + width / 2, y + height - 0.04 * height)
    sprites = tuple(_standing(part, _skia_image(image, shown, part.zoom), shown, stands) for image in images)
    return PictureActor(part, sprites, _contact_shadow(part, stands, shown), None)


def _standing(
    part: scene.PicturePart, product: skia.Image, shown: tuple[float, float], stands: tuple[float, float]
) -> Sprite:
    blur = 0.022 * max(shown)
    place = (stands[0] - product.width() / 2, stands[1] - product.height(), product.width(), product.height())

    def paint(canvas: skia.Canvas) -> None:
        cast = skia.ImageFilters.DropShadowOnly(0, 0.9 * blur, blur, blur, argb(SHADOW, 0.34))
        canvas.drawImage(
            product, round(place[0]), round(place[1]), skia.SamplingOptions(), skia.Paint(ImageFilter=cast)
        )
        canvas.drawImage(product, round(place[0]), round(place[1]))

    return painted(place, 3.6 * blur, part.motion, paint, pivot=stands)


def _contact_shadow(part: scene.PicturePart, stands: tuple[float, float], shown: tuple[float, float]) -> Sprite:
    """Where the product meets the ground: a wide soft pool and a small dark core."""
    width, depth = 0.78 * shown[0], 0.052 * shown[0]
    box = (stands[0] - width / 2, stands[1] - 0.62 * depth, width, depth)

    def paint(canvas: skia.Canvas) -> None:
        canvas.drawOval(skia.Rect.MakeXYWH(*box), blurred(SHADOW, 0.40, 0.55 * depth))
        core = skia.Rect.MakeXYWH(box[0] + 0.14 * width, box[1] + 0.28 * depth, 0.72 * width, 0.5 * depth)
        canvas.drawOval(core, blurred(SHADOW, 0.42, 0.22 * depth))

    return painted(box, 2 * depth, part.motion, paint)


def _photographs(part: scene.PicturePart, images: PictureSet) -> PictureActor:
    """Filling the frame, and cropped so that the focus stays in view."""
    x, y, width, height = part.frame
    sprites = []
    for whole in images:
        image = _shortened(whole, (width, height), part.focus)
        scale = max(width / image.width, height / image.height)
        picture = _skia_image(image, (image.width * scale, image.height * scale), part.zoom)
        free = (width - picture.width() / part.zoom, height - picture.height() / part.zoom)
        centre = (
            x + free[0] * part.focus[0] + picture.width() / part.zoom / 2,
            y + free[1] * part.focus[1] + picture.height() / part.zoom / 2,
        )
        left, top = round(centre[0] - picture.width() / 2), round(centre[1] - picture.height() / 2)
        sprites.append(Sprite(picture, left, top, centre, part.motion))
    return PictureActor(part, tuple(sprites), None, form_path(part.form, part.frame, part.radius_px))


def _shortened(image: Image.Image, frame: tuple[float, float], focus: tuple[float, float]) -> Image.Image:
    """At most four frames of a picture that is to fill one, the focus in the same place.

    A strip of 20,000 by 64 pixels, made as high as an upright clip, would take 4 GB, of which a thousandth is seen.
    """
    scale = max(frame[0] / image.width, frame[1] / image.height)
    kept = [min(side, math.ceil(_MOST_FRAMES * long / scale)) for side, long in zip(image.size, frame, strict=True)]
    if kept == [*image.size]:
        return image
    left, top = (round((side - part) * at) for side, part, at in zip(image.size, kept, focus, strict=True))
    return image.crop((left, top, left + kept[0], top + kept[1]))


def _skia_image(image: Image.Image, shown: tuple[float, float], zoom: float) -> skia.Image:
    """The picture at the largest size it's ever drawn, so that drawing only ever makes it a little smaller."""
    small = resized(image, math.ceil(shown[0] * zoom), math.ceil(shown[1] * zoom))
    pixels = np.ascontiguousarray(np.asarray(small))
    info = skia.ImageInfo.Make(small.width, small.height, PIXELS, skia.kPremul_AlphaType)
    return skia.Image.MakeRasterCopy(skia.Pixmap(info, pixels, pixels.strides[0]))
