"""A template drawn for a look: a still, or a silent clip, from variables and pictures at hand, without a catalog."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
from PIL import Image

from resources.media_tools import LocalMediaTools
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.ffmpeg_options import QUIET
from vidgen_assets.clips.media_tools import Tool
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.raw_frames import raw_frames
from vidgen_assets.clips.spec import (
    LANGUAGE_TAG,
    LANGUAGES_ALLOWED,
    Aspect,
    ClipSpec,
    MediaFile,
    Priority,
    Route,
    Use,
)
from vidgen_assets.templates.agreement import IMAGE
from vidgen_assets.templates.compositor import Artist, TemplateFrames, open_frames
from vidgen_assets.templates.legibility import resolve_timeline
from vidgen_assets.templates.library import Template
from vidgen_assets.templates.timeline import Request, pictures_of
from vidgen_assets.templates.variables import picture_variables, resolve_variables

_FPS = Fraction(30)
_SEED = 7
_DEADLINE_S = 600.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What to look at. `pictures` are paths by the name of their variable, or `image`."""

    template: Template
    variables: Mapping[str, Any] = field(default_factory=dict)
    pictures: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    aspect: Aspect = Aspect.LANDSCAPE
    language: str = "en"
    duration_s: float = 8.0
    profile: str = "standard"


def frames_of(wish: Wish) -> TemplateFrames:
    """The frames as a catalog's clip would have them. Raises `InputError` as the factory would."""
    _refuse_strange_pictures(wish)
    if not re.search(LANGUAGE_TAG, wish.language):
        raise InputError("this is no language tag", field="language", value=wish.language, allowed=LANGUAGES_ALLOWED)
    given = {**wish.variables, **{n: tuple(map(str, p)) for n, p in wish.pictures.items() if n != IMAGE}}
    digests = {path: Digest.of_file(path) for paths in wish.pictures.values() for path in paths}
    files = {digest: path for path, digest in digests.items()}  # two paths may hold the same picture
    spec = _spec(wish, given, {str(path): _media(path, digest) for path, digest in digests.items()})
    values = resolve_variables(wish.template.document, given)
    request = Request(spec, wish.template, values, pictures_of(spec, wish.template))
    timeline = resolve_timeline(request, files.__getitem__)
    return open_frames(timeline, wish.template, files.__getitem__)


def write_still(wish: Wish, target: Path, moment: float) -> None:
    """The frame at `moment` (0..1) as a picture, in the format that the file's ending says.

    Raises `InputError` for a place where it can't be written.
    """
    frames = frames_of(wish)
    artist = Artist.ready(frames.timeline, frames.template, frames.pictures)
    index = min(frames.shape.frame_count - 1, int(frames.shape.frame_count * moment))
    still = Image.fromarray(np.ascontiguousarray(artist.draw(index)[..., :3]))
    try:
        still.save(target)
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(f"the picture can't be written: {why}", field="out", value=target) from error


def write_clip(wish: Wish, target: Path) -> None:
    """All frames as an MP4 without sound."""
    frames = frames_of(wish)
    shape = frames.shape
    source = raw_frames(shape)
    picture = source.filter("scale", out_color_matrix="bt709", out_range="tv").filter("format", "yuv420p")
    encoded = ffmpeg.output(
        picture, f"file:{target}", format="mp4", vcodec="libx264", preset="veryfast", crf=20, pix_fmt="yuv420p",
        color_range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709", movflags="+faststart",
    )  # fmt: skip
    arguments = encoded.global_args(*QUIET).get_args()
    stdin = (np.ascontiguousarray(frame).data.cast("B") for frame in frames)
    LocalMediaTools().run(Tool.FFMPEG, arguments, deadline_s=_DEADLINE_S, stdin=stdin)


def _refuse_strange_pictures(wish: Wish) -> None:
    known = (*picture_variables(wish.template.document), IMAGE)
    for name in wish.pictures:
        if name not in known:
            raise InputError("the template has no such pictures", field="picture", value=name, allowed=known)


def _media(path: Path, digest: Digest) -> MediaFile:
    return MediaFile(reference=str(path), digest=digest, size_bytes=path.stat().st_size)


def _spec(wish: Wish, given: Mapping[str, Any], media: Mapping[str, MediaFile]) -> ClipSpec:
    name = wish.template.document.name
    width, height = load_profiles()[wish.profile].canvas(wish.aspect)
    own = wish.pictures.get(IMAGE, ())
    return ClipSpec(
        clip_id="preview",
        catalog="preview",
        prompt=None,
        template=name,
        variables=dict(given),
        script=None,
        language=wish.language,
        image=media[str(own[0])] if own else None,
        pictures=dict(media),
        audio=None,
        use=Use.INTERNAL,
        territories=("worldwide",),
        fps=_FPS,
        frame_count=max(1, round(wish.duration_s * _FPS)),
        aspect=wish.aspect,
        width=width,
        height=height,
        seed=_SEED,
        profile=wish.profile,
        priority=Priority.INTERACTIVE,
        campaign="preview",
        owner="preview",
        customer="preview",
        route=Route(backend="template", release=f"template/{name}", reason="a preview"),
    )
