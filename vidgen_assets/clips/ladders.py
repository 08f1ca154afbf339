"""What an encoding may be that says it is of a profile: the profile itself or its fallback, all rungs or the useful."""

from collections.abc import Mapping
from dataclasses import dataclass

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.profiles import OutputProfile, Rung
from vidgen_assets.clips.renditions import Encoding


@dataclass(frozen=True, slots=True)
class Promised:
    """The profile whose encoder was used, and those of its rungs that the clip has, largest first."""

    profile: OutputProfile
    rungs: tuple[Rung, ...]

    @property
    def ladder(self) -> OutputProfile:
        """The profile with these rungs alone."""
        return self.profile.model_copy(update={"rungs": self.rungs})


def promised(asked: str, encoding: Encoding, profiles: Mapping[str, OutputProfile]) -> Promised:
    """What `encoding` has to hold as one of the profile `asked`.

    Raises `PermanentError` if it says it fell back where the profile has no fallback, or left out what it may not.
    """
    profile = profiles[asked]
    if encoding.fallback is not None:
        if profile.fallback is None or encoding.fallback.profile != asked:
            raise PermanentError(
                f"the encoding says it stands in for {encoding.fallback.profile}",
                field="fallback",
                value=encoding.fallback.profile,
                allowed=asked if profile.fallback else "nothing: the profile has no fallback",
                remedy="Encode the clip again.",
            )
        profile = profiles[profile.fallback]
    gone = {left.name for left in encoding.left_out or ()}
    allowed = {rung.name for rung in profile.rungs[1:-1]} if profile.per_clip else set[str]()
    if not gone <= allowed:
        raise PermanentError(
            f"the encoding says it left out {', '.join(sorted(gone))}",
            field="left_out",
            value=sorted(gone),
            allowed=sorted(allowed) or "nothing: the profile has a fixed ladder",
            remedy="Encode the clip again.",
        )
    return Promised(profile, tuple(rung for rung in profile.rungs if rung.name not in gone))
