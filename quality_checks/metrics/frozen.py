"""How long a picture stands still.

To look only at the change between neighbours would call every slow drift frozen: a gradient that moves a pixel a
second changes by hundredths of a luma level per frame. So a run lasts while no block jumps from one frame to the
next *and* no cell has drifted from where it was when the run began, as in ffmpeg's freezedetect.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from quality_checks.metrics.runs import Run, longest


def longest_standstill(
    change_peaks: Sequence[float], grids: Sequence[Sequence[float]], *, jump_luma: float, drift_luma: float
) -> Run:
    """Of frames with these greatest block changes to the frame before and these cells' mean luma (both 0..255).

    Still is what changes by at most `jump_luma` from one frame to the next in every block, and by at most
    `drift_luma` from the first frame of its run in every cell. Counts the frames that show the one picture, so a
    clip in which everything moves has a longest run of 1.
    """
    return longest(_still_runs(change_peaks, grids, jump_luma, drift_luma))


def _still_runs(
    change_peaks: Sequence[float], grids: Sequence[Sequence[float]], jump_luma: float, drift_luma: float
) -> Iterator[Run]:
    """Every frame in exactly one run; a frame that moved begins the next."""
    cells = np.asarray(grids, dtype=np.float64)
    start = 0
    for index in range(1, len(cells)):
        drift = np.abs(cells[index] - cells[start]).max()
        if change_peaks[index] > jump_luma or drift > drift_luma:
            yield Run(start, index - start)
            start = index
    if len(cells):
        yield Run(start, len(cells) - start)
