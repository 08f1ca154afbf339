"""The customer's pictures: read with limits, turned upright, brought to sRGB, trimmed to what can be seen.

Placing and drawing it lives in `compositor.py`.
"""

import io
import struct
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from vidgen_assets.clips.errors import InputError

PICTURE_RECIPE = 2
"""Raise when the same file would give other pixels."""

_FORMATS = ("PNG", "JPEG", "WEBP")
_MOST_PIXELS = 40_000_000
_SHORTEST_SIDE_PX = 64
_OPAQUE = 250  # above this, alpha is an export's rounding, not a cut-out
_FAINTEST = 8  # alpha up to this is dust, and does not widen the trimmed picture
_ALLOWED = f"PNG, JPEG or WebP, 8 bits a channel, at least {_SHORTEST_SIDE_PX} px on each side, at most 40 megapixels"
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # by the orientation tag of EXIF 2.32, 4.6.4
_DAMAGED_TAGS = (struct.error, TypeError, ValueError, LookupError, AttributeError, SyntaxError, OSError)
"""What Pillow raises over tags that were cut short or have an odd type (2026-11, by fuzzing)."""
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@dataclass(frozen=True, slots=True)
class PictureSet:
    """Pictures of one size that belong together; cut-outs are trimmed alike, so that none jumps.

    Iterating gives them in order, RGBA, straight alpha. Those that are too large to be `held` together are read again,
    one at a time: 144 pictures of 40 megapixels would take 23 GB.
    """

    paths: tuple[Path, ...]
    references: tuple[str, ...]
    are_cutouts: bool
    box: tuple[int, int, int, int]
    """What is shown of each: left, top, right, bottom, in pixels."""
    held: tuple[Image.Image, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of what is shown of each, in pixels."""
        left, top, right, bottom = self.box
        return right - left, bottom - top

    def __iter__(self) -> Iterator[Image.Image]:
        for image in self.held or map(whole_picture, self.paths, self.references):
            yield image if self.size == image.size else image.crop(self.box)


def read_pictures(paths: Sequence[Path], references: Sequence[str]) -> PictureSet:
    """The pictures in `paths`, one or a set, called `references` in errors.

    Raises `InputError` for what is no picture, is cut short, too large, too small, or shows next to nothing, and for a
    set of several sizes, or of cut-outs among photographs.
    """
    held: list[Image.Image] = []
    boxes: list[tuple[int, int, int, int] | None] = []
    pixels, size = 0, (0, 0)
    for path, reference in zip(paths, references, strict=True):
        image = whole_picture(path, reference)
        boxes.append(_visible(image, reference) if _is_cutout(image) else None)
        size = size if len(boxes) > 1 else image.size
        _check_belongs(image.size, size, reference)
        if (boxes[-1] is None) != (boxes[0] is None):
            raise _refused(
                reference,
                "the pictures of a set are cut-outs and photographs, mixed",
                "Give all of them a transparent background, or none.",
            )
        pixels += image.width * image.height
        held = [*held, image] if pixels <= _MOST_PIXELS else []
    trimmed = [box for box in boxes if box is not None]
    if not trimmed:
        return PictureSet(tuple(paths), tuple(references), False, (0, 0, *size), tuple(held))
    box = (
        min(box[0] for box in trimmed),
        min(box[1] for box in trimmed),
        max(box[2] for box in trimmed),
        max(box[3] for box in trimmed),
    )
    return PictureSet(tuple(paths), tuple(references), True, box, tuple(held))


def _is_cutout(rgba: Image.Image) -> bool:
    darkest, _ = rgba.getchannel("A").getextrema()
    return not (isinstance(darkest, int) and darkest >= _OPAQUE)


def _visible(rgba: Image.Image, reference: str) -> tuple[int, int, int, int]:
    """What can be seen of a cut-out. Raises `InputError` if that is nothing, or a speck that would be blown up."""
    found = rgba.getchannel("A").point([255 if level > _FAINTEST else 0 for level in range(256)]).getbbox()
    if found is None:
        raise _refused(reference, "the picture is entirely transparent", "Send a picture with something on it.")
    width, height = found[2] - found[0], found[3] - found[1]
    if max(width, height) < _SHORTEST_SIDE_PX:
        raise _refused(
            reference,
            f"all that can be seen of the picture is {width}x{height} px; the rest is transparent",
            f"Send a picture whose product is at least {_SHORTEST_SIDE_PX} px long.",
        )
    return found


def _check_belongs(size: tuple[int, int], first: tuple[int, int], reference: str) -> None:
    if size != first:
        raise _refused(
            reference,
            f"the pictures of a set have different sizes: {size[0]}x{size[1]} px and {first[0]}x{first[1]} px",
            "Export all of them at one size.",
        )


def whole_picture(path: Path, reference: str) -> Image.Image:
    """All of the picture in `path`, upright, RGBA in sRGB. Raises `InputError` as `read_pictures` does."""
    return _in_srgb(_opened(path, reference)).convert("RGBA")


def _opened(path: Path, reference: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)  # about damaged tags
            with Image.open(path, formats=_FORMATS) as image:
                _check_size(image.size, reference)
                _check_depth(image.mode, reference)
                image.load()
                return _upright(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _refused(reference, "the picture has more than 40 megapixels", "Send a smaller copy.") from error
    except UnidentifiedImageError as error:
        raise _refused(reference, "this is no picture in a known format", "Export it again as PNG or JPEG.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        # Pillow reports broken PNG chunks as SyntaxError and short files as OSError.
        found = f"the picture is damaged or cut short ({error})"
        raise _refused(reference, found, "Upload the file again, complete.") from error


def _upright(image: Image.Image) -> Image.Image:
    """As the camera's orientation tag says; where the tags are damaged, as it is, which is how viewers show it."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except _DAMAGED_TAGS:
        return image
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return image if turn is None else image.transpose(turn)


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
