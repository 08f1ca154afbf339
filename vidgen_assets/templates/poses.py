"""Where an element is in a given frame: pure functions of its motion."""

from dataclasses import dataclass

from vidgen_assets.templates.easing import eased
from vidgen_assets.templates.scene import Motion, Movement

_FADE_SHARE = 0.55  # of an entrance: the rest of the way is travelled fully visible


@dataclass(frozen=True, slots=True)
class Pose:
    """Opacity 0..1, pixels right of and below the place of rest, and scale; `hidden` is the masked share of a line."""

    opacity: float = 1.0
    aside_px: float = 0.0
    below_px: float = 0.0
    scale: float = 1.0
    hidden: float = 0.0

    @property
    def is_at_rest(self) -> bool:
        return self.below_px == 0 and self.aside_px == 0 and self.scale == 1 and self.hidden == 0


REST = Pose()


def pose(motion: Motion, frame: int, index: int = 0) -> Pose:
    """The pose in `frame` of part `index` of an element (its line, where lines follow each other)."""
    leave, enter = motion.leave, motion.enter
    if leave and (going := _progress(leave, frame, index)) > 0:
        way = eased(leave.easing, going)
        return Pose(1 - going, leave.aside_px * way, leave.rise_px * way, 1 + (leave.scale - 1) * way)
    if enter is None:
        return REST
    coming = _progress(enter, frame, index)
    left = 1 - eased(enter.easing, coming)
    if enter.unmask:
        return Pose(min(1.0, 4 * coming), hidden=left)
    opacity = min(1.0, coming / _FADE_SHARE)
    return Pose(opacity, enter.aside_px * left, enter.rise_px * left, 1 + (enter.scale - 1) * left)


def _progress(movement: Movement, frame: int, index: int) -> float:
    """The share of the time spent at the end of `frame`."""
    spent = frame + 1 - movement.first_frame - index * movement.stagger_frames
    return min(1.0, max(0.0, spent / movement.frames))
