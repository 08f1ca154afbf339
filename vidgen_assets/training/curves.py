"""The curves of a training's log, drawn by Matplotlib as one SVG. It comes with the extra `report`.

A log has a line for each of thousands of steps; drawn is the median of each of a few hundred runs of steps, in a band
from the tenth to the ninetieth percentile.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidgen_assets.clips.errors import InputError

_BINS = 300
_SHOWN = {"loss": "loss", "psnr": "PSNR in dB", "norm": "norm of the gradients"}
_LOGARITHMIC = ("loss", "norm")


def log_of(folder: Path) -> list[dict[str, float]]:
    """The lines of a part's `log.jsonl`, one a step; none before its first."""
    path = folder / "log.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def draw_curves(logs: Mapping[str, Sequence[Mapping[str, float]]], path: Path) -> None:
    """Write the SVG: a row for each part that has a log, a column for each number in it. Equal logs, equal bytes.

    Raises `InputError` where Matplotlib isn't installed.
    """
    matplotlib, figure_of = _library()
    shown = {part: log for part, log in logs.items() if log}
    columns = max((len(_numbers(log)) for log in shown.values()), default=1)
    with matplotlib.rc_context({"svg.hashsalt": "vidgen", "font.size": 9}):
        figure = figure_of(figsize=(4.2 * columns, 2.8 * max(1, len(shown))), layout="constrained")
        grid = figure.subplots(max(1, len(shown)), columns, squeeze=False)
        for axes in grid.flat:
            axes.set_visible(False)
        for row, (part, log) in zip(grid, shown.items(), strict=False):
            for axes, number in zip(row, _numbers(log), strict=False):
                _draw(axes, log, number, part)
        figure.savefig(path, format="svg", metadata={"Date": None})


def _numbers(log: Sequence[Mapping[str, float]]) -> list[str]:
    return [number for number in _SHOWN if number in log[0]]


def _draw(axes: Any, log: Sequence[Mapping[str, float]], number: str, part: str) -> None:
    steps, middle, low, high = binned([line["step"] for line in log], [line[number] for line in log])
    axes.set_visible(True)
    axes.fill_between(steps, low, high, alpha=0.25, linewidth=0)
    axes.plot(steps, middle, linewidth=1)
    axes.set_yscale("log" if number in _LOGARITHMIC else "linear")
    axes.set(title=f"{part}: {_SHOWN[number]}", xlabel="step")
    axes.grid(visible=True, alpha=0.3)


def binned(steps: Sequence[float], values: Sequence[float], bins: int = _BINS) -> tuple[NDArray[np.float64], ...]:
    """Of each of at most `bins` runs of steps of equal length: the mean step, the values' median, 10 % and 90 %."""
    parts = [part for part in np.array_split(np.array([steps, values], dtype=np.float64), bins, axis=1) if part.size]
    return tuple(
        np.array([summary(part) for part in parts])
        for summary in (
            lambda part: part[0].mean(),
            lambda part: np.median(part[1]),
            lambda part: np.quantile(part[1], 0.1),
            lambda part: np.quantile(part[1], 0.9),
        )
    )


def _library() -> tuple[Any, Any]:
    try:
        import matplotlib as library
        from matplotlib.figure import Figure
    except ImportError as error:
        raise InputError(
            "curves are drawn by Matplotlib, which is not installed", remedy="pip install 'vidgen[report]'"
        ) from error
    return library, Figure
