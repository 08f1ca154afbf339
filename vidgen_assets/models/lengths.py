"""The length of a model's clip that is to last as long as something else: the next one that the model makes.

Pure. A row that names its seconds is never lengthened; `admission.py` refuses it, with the lengths nearby.
"""

from collections.abc import Sequence

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.post import Step, drawn_spec
from vidgen_assets.clips.spec import LONGEST_CLIP_S, ClipSpec
from vidgen_assets.models.release import ModelRelease


def lasting_at_least(spec: ClipSpec, release: ModelRelease, steps: Sequence[Step]) -> ClipSpec:
    """`spec` with the least number of frames, not under its own, for which `release` draws a count of its grid.

    `steps` are the profile's: where they make frames between, fewer are drawn than shown. Raises `InputError` naming
    `script` if the model makes no clip that long.
    """
    for frame_count in range(spec.frame_count, int(LONGEST_CLIP_S * spec.fps) + 1):
        longer = spec.model_copy(update={"frame_count": frame_count})
        if release.frame_grid.holds(drawn_spec(longer, steps).frame_count):
            return longer
    most = release.frame_grid.counts()[-1]
    longest_s = float(most / drawn_spec(spec, steps).fps)
    needed_s = float(spec.duration_s)
    raise InputError(
        f"the text takes {needed_s:.1f} s to say, and {release.id} makes clips of up to {longest_s:.2f} s",
        clip_id=spec.clip_id,
        field="script",
        value=spec.script,
        allowed=f"what is said in {longest_s:.2f} s",
        remedy="Shorten it, name a model that makes longer clips, or have a template show it.",
    )
