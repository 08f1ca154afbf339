"""A request with every choice made: canvas, frame count, seed, media by digest.

The same request in the same catalog gives the same spec, whatever else the catalog holds.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.profiles import OutputProfile, load_profiles
from vidgen_assets.clips.spec import ClipRequest, ClipSpec, MediaFile, Route

_SEED_BYTES = 6  # 48 bits: exact in JSON, and more than enough for clips never to share a seed


def specify(
    request: ClipRequest,
    catalog: str,
    media: Callable[[str], MediaFile],
    route: Route,
    profiles: Mapping[str, OutputProfile] | None = None,
    pictures: Mapping[str, Sequence[str]] | None = None,
) -> ClipSpec:
    """The spec of `request`; of a single frame if it is to last as long as its narration, whose length is known once it
    is spoken. `media` takes a reference and returns the stored file, or raises `InputError`.

    `profiles` are those that ship unless given; `pictures` are the references that variables name, by variable. Raises
    `InputError` for a profile that does not exist.
    """
    profile = _profile(request, load_profiles() if profiles is None else profiles)
    width, height = profile.canvas(request.aspect)
    return ClipSpec(
        clip_id=request.clip_id,
        catalog=catalog,
        prompt=request.prompt,
        template=request.template,
        backdrop=request.backdrop,
        variables=request.variables,
        script=request.script,
        voice=request.voice,
        audio_description=request.audio_description,
        language=request.language,
        image=_resolved(request, "image", media),
        pictures=_pictures(request, pictures or {}, media),
        audio=_resolved(request, "audio", media),
        use=request.use,
        territories=request.territories,
        fps=request.fps,
        frame_count=1 if request.duration_s is None else frame_count(Fraction(request.duration_s), request.fps),
        aspect=request.aspect,
        width=width,
        height=height,
        seed=default_seed(catalog, request.clip_id) if request.seed is None else request.seed,
        profile=request.profile,
        priority=request.priority,
        campaign=request.campaign,
        owner=request.owner,
        customer=request.customer,
        route=route,
    )


def frame_count(duration_s: Fraction, fps: Fraction) -> int:
    """The whole number of frames nearest to `duration_s`, at least 1."""
    return max(1, round(duration_s * fps))


def default_seed(catalog: str, clip_id: str) -> int:
    """A seed of 48 bits that depends on the clip's name alone."""
    return int.from_bytes(hashlib.sha256(f"{catalog}/{clip_id}".encode()).digest()[:_SEED_BYTES])


def _profile(request: ClipRequest, profiles: Mapping[str, OutputProfile]) -> OutputProfile:
    if request.profile not in profiles:
        raise InputError(
            "no such output profile",
            clip_id=request.clip_id,
            field="profile",
            value=request.profile,
            allowed=profiles,
            remedy="Choose one of the profiles.",
        )
    return profiles[request.profile]


def _pictures(
    request: ClipRequest, named: Mapping[str, Sequence[str]], media: Callable[[str], MediaFile]
) -> dict[str, MediaFile]:
    found: dict[str, MediaFile] = {}
    for variable, references in named.items():
        for reference in references:
            try:
                found[reference] = media(reference)
            except InputError as error:
                error.field = f"variables.{variable}"
                error.located(clip_id=request.clip_id)
                raise
    return found


def _resolved(request: ClipRequest, field: str, media: Callable[[str], MediaFile]) -> MediaFile | None:
    reference: str | None = getattr(request, field)
    if reference is None:
        return None
    try:
        return media(reference)
    except InputError as error:
        error.field = field
        error.located(clip_id=request.clip_id)
        raise
