"""Which clips a frozen model release holds, as the gate asks it: once for each admission, and never remembered.

Safety fails closed: if the record of models can't be trusted, every clip that a model made or would make is held. A
store that doesn't answer is no such case: that error is raised, and the stage is tried again. Freezing is
`model_registry.py`'s; releases that are out already stay.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from vidgen_assets.clips.errors import ErrorKind, VidgenError
from vidgen_assets.clips.ledger import Problem
from vidgen_assets.clips.spec import ClipSpec

Suspended = Callable[[], Mapping[str, str]]
"""The frozen releases, each with the reason. Raises a `VidgenError` if they can't be known."""

_TEMPLATE_BACKEND = "template"


@dataclass(frozen=True, slots=True)
class Suspension:
    """The answer for one admission: the frozen releases, or why nobody knows."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    trouble: VidgenError | None = None

    @classmethod
    def ask(cls, suspended: Suspended) -> "Suspension":
        """Raises what is worth another try."""
        try:
            return cls(suspended())
        except VidgenError as error:
            if error.kind.is_retriable:
                raise
            return cls(trouble=error)

    def objection(self, spec: ClipSpec) -> Problem | None:
        """Why a clip is held because of its model, or None."""
        release = spec.route.release
        if spec.route.backend == _TEMPLATE_BACKEND:
            return None
        if self.trouble is not None:
            found = f"the record of models can't be trusted, so {release} may be frozen: {self.trouble.found}"
            return Problem(ErrorKind.POLICY, found, field="model", value=release, remedy=self.trouble.remedy)
        reason = self.reasons.get(release)
        if reason is None:
            return None
        remedy = (
            f"Move its clips with `vidgen models rollback {release}`; if it was frozen in error, try it out again with "
            f"`vidgen models canary {release} --share …`."
        )
        found = f"the model release {release} is frozen: {reason}"
        return Problem(ErrorKind.POLICY, found, field="model", value=release, remedy=remedy)
