"""Where an element is in a given frame: pure functions of its motion."""

from dataclasses import dataclass

from vidgen_assets.templates.easing import eased
from vidgen_assets.templates.scene import Motion, Movement

_FADE_SHARE = 0.55  # of an entrance: the rest of the way is travelled fully visible


@dataclass(frozen=True, slots=True)
class Pose:
    """Opacity 0..1, pixels below the place of rest, and scale; `hidden` is the masked share of a line, 1..0."""

    opacity: float
    below_px: float
    scale: float
    hidden: float = 0.0

    @property
    def is_at_rest(self) -> bool:
        return self.below_px == 0 and self.scale == 1 and self.hidden == 0


def pose(motion: Motion, frame: int, index: int = 0) -> Pose:
    """The pose in `frame` of part `index` of an element (its line, where lines follow each other)."""
    coming = _progress(motion.enter, frame, index)
    going = _progress(motion.leave, frame, index)
    if going > 0:
        way = eased(motion.leave.easing, going)
        return Pose(1 - going, motion.leave.rise_px * way, 1 + (motion.leave.scale - 1) * way)
    left = 1 - eased(motion.enter.easing, coming)
    opacity = min(1.0, coming / _FADE_SHARE)
    if motion.enter.unmask:
        return Pose(min(1.0, 4 * coming), 0.0, 1.0, hidden=left)
    return Pose(opacity, motion.enter.rise_px * left, 1 + (motion.enter.scale - 1) * left)


def _progress(movement: Movement, frame: int, index: int) -> float:
    """The share of the time spent at the end of `frame`."""
    spent = frame + 1 - movement.first_frame - index * movement.stagger_frames
    return min(1.0, max(0.0, spent / movement.frames))
