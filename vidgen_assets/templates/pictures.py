"""The customer's picture: read with limits, turned upright, brought to sRGB, trimmed to what can be seen.

Placing and drawing it lives in `compositor.py`.
"""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from vidgen_assets.clips.errors import InputError

PICTURE_RECIPE = 1
"""Raise when the same file would give other pixels."""

_FORMATS = ("PNG", "JPEG", "WEBP")
_MOST_PIXELS = 40_000_000
_SHORTEST_SIDE_PX = 64
_OPAQUE = 250  # above this, alpha is an export's rounding, not a cut-out
_FAINTEST = 8  # alpha up to this is dust, and does not widen the trimmed picture
_ALLOWED = f"PNG, JPEG or WebP, 8 bits a channel, at least {_SHORTEST_SIDE_PX} px on each side, at most 40 megapixels"
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@dataclass(frozen=True, slots=True)
class ProductPicture:
    """RGBA pixels, straight alpha. A cut-out has a transparent background and is trimmed to its product."""

    image: Image.Image
    is_cutout: bool


def read_picture(path: Path, reference: str) -> ProductPicture:
    """The picture in `path`, called `reference` in errors.

    Raises `InputError` for what is no picture, is cut short, too large, too small or entirely transparent.
    """
    rgba = whole_picture(path, reference)
    if not _is_cutout(rgba):
        return ProductPicture(rgba, is_cutout=False)
    return ProductPicture(rgba.crop(_visible(rgba, reference)), is_cutout=True)


@dataclass(frozen=True, slots=True)
class PictureSet:
    """RGBA pixels, straight alpha, of pictures that belong together; cut-outs are trimmed alike, so that none jumps."""

    images: tuple[Image.Image, ...]
    are_cutouts: bool


def read_pictures(paths: Sequence[Path], references: Sequence[str]) -> PictureSet:
    """The pictures in `paths`. Raises `InputError` as `read_picture` does, and for a set of several sizes."""
    if len(paths) == 1:
        one = read_picture(paths[0], references[0])
        return PictureSet((one.image,), one.is_cutout)
    images = [whole_picture(path, reference) for path, reference in zip(paths, references, strict=True)]
    cut = [_is_cutout(image) for image in images]
    if not all(cut):
        return PictureSet(tuple(images), are_cutouts=False)
    odd = next((index for index, image in enumerate(images) if image.size != images[0].size), None)
    if odd is not None:
        raise _refused(
            references[odd],
            f"the pictures of a set are cut-outs of different sizes: {_size(images[odd])} and {_size(images[0])}",
            "Export all of them at one size.",
        )
    boxes = [_visible(image, reference) for image, reference in zip(images, references, strict=True)]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return PictureSet(tuple(image.crop((left, top, right, bottom)) for image in images), are_cutouts=True)


def _is_cutout(rgba: Image.Image) -> bool:
    darkest, _ = rgba.getchannel("A").getextrema()
    return not (isinstance(darkest, int) and darkest >= _OPAQUE)


def _visible(rgba: Image.Image, reference: str) -> tuple[int, int, int, int]:
    """What can be seen of a cut-out. Raises `InputError` if that is nothing."""
    found = rgba.getchannel("A").point([255 if level > _FAINTEST else 0 for level in range(256)]).getbbox()
    if found is None:
        raise _refused(reference, "the picture is entirely transparent", "Send a picture with something on it.")
    return found


def _size(image: Image.Image) -> str:
    return f"{image.width}x{image.height} px"


def whole_picture(path: Path, reference: str) -> Image.Image:
    """All of the picture in `path`, upright, RGBA in sRGB. Raises `InputError` as `read_picture` does."""
    return _in_srgb(_opened(path, reference)).convert("RGBA")


def _opened(path: Path, reference: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as image:
                _check_size(image.size, reference)
                _check_depth(image.mode, reference)
                return ImageOps.exif_transpose(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _refused(reference, "the picture has more than 40 megapixels", "Send a smaller copy.") from error
    except UnidentifiedImageError as error:
        raise _refused(reference, "this is no picture in a known format", "Export it again as PNG or JPEG.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        # Pillow reports broken PNG chunks as SyntaxError and short files as OSError.
        found = f"the picture is damaged or cut short ({error})"
        raise _refused(reference, found, "Upload the file again, complete.") from error


def _check_depth(mode: str, reference: str) -> None:
    if mode.startswith(("I", "F")):
        raise _refused(reference, "the picture has more than 8 bits a channel", "Export it with 8 bits a channel.")


def _check_size(size: tuple[int, int], reference: str) -> None:
    width, height = size
    if width * height > _MOST_PIXELS:
        found = f"the picture has {width * height / 1e6:.0f} megapixels ({width}x{height})"
        raise _refused(reference, found, "Send a smaller copy; 2,000 px on the long side is plenty.")
    if min(size) < _SHORTEST_SIDE_PX:
        raise _refused(reference, f"the picture is only {width}x{height} px", "Send a larger copy.")


def _in_srgb(image: Image.Image) -> Image.Image:
    """Through the embedded profile, if there is a sound one; viewers ignore a broken one, and so does this."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "L", "CMYK"):
        return image
    target = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, _SRGB, outputMode=target) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def _refused(reference: str, found: str, remedy: str) -> InputError:
    return InputError(found, field="image", value=reference, allowed=_ALLOWED, remedy=remedy)


def resized(image: Image.Image, width: int, height: int) -> Image.Image:
    """`image` at another size, premultiplied (mode RGBa), so that no halo comes in from transparent pixels."""
    return image.convert("RGBa").resize((max(1, width), max(1, height)), Image.Resampling.LANCZOS, reducing_gap=3.0)
