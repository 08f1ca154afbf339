"""Easing: how a movement spends its time. Plain arithmetic, so every processor agrees to the last bit."""

from collections.abc import Callable
from enum import StrEnum

_OVERSHOOT = 1.4  # Penner's back easing uses 1.70158, a 10 % overshoot; a badge looks dearer with 7 %


class Easing(StrEnum):
    LINEAR = "linear"
    OUT_CUBIC = "out_cubic"
    OUT_QUINT = "out_quint"
    OUT_BACK = "out_back"
    IN_CUBIC = "in_cubic"
    IN_OUT_CUBIC = "in_out_cubic"


def _in_out_cubic(t: float) -> float:
    return 4 * t * t * t if t < 0.5 else 1 - 4 * (1 - t) * (1 - t) * (1 - t)


def _out_back(t: float) -> float:
    back = t - 1
    return 1 + (_OVERSHOOT + 1) * back * back * back + _OVERSHOOT * back * back


_CURVES: dict[Easing, Callable[[float], float]] = {
    Easing.LINEAR: lambda t: t,
    Easing.OUT_CUBIC: lambda t: 1 - (1 - t) * (1 - t) * (1 - t),
    Easing.OUT_QUINT: lambda t: 1 - (1 - t) * (1 - t) * (1 - t) * (1 - t) * (1 - t),
    Easing.OUT_BACK: _out_back,
    Easing.IN_CUBIC: lambda t: t * t * t,
    Easing.IN_OUT_CUBIC: _in_out_cubic,
}


def eased(easing: Easing, progress: float) -> float:
    """The share of the way covered after `progress` of the time; `progress` is clamped to 0..1."""
    return _CURVES[easing](min(1.0, max(0.0, progress)))


def wave(turns: float) -> float:
    """A sine of period 1 within 0.0011, from sums and products alone (Capens' parabola, 2006)."""
    part = turns - turns // 1
    angle = 2 * part if part < 0.5 else 2 * part - 2
    parabola = 4 * angle * (1 - abs(angle))
    return 0.225 * (parabola * abs(parabola) - parabola) + parabola
