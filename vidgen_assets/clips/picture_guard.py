"""What may be asked of a classifier of pictures: how sure it is that one shows what mustn't be shown.

Which one a deployment has, and what happens where it has none, is in `resources/picture_guard.py`; what follows from
its scores is the checks' business.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""(height, width, 3), RGB of sRGB, 0..255."""


class PictureGuard(Protocol):
    """Looks at pictures. Closed until proven otherwise: what it can't look at has no scores."""

    def scores(self, pictures: Sequence[Picture]) -> Sequence[Mapping[str, float]] | None:
        """For each picture a score of 0 to 1 by category, such as `{"nudity": 0.02}`: from 0.5 on a person should look,
        from 0.8 on it mustn't be shown. None where the deployment has decided to have no guard. Asked of no pictures,
        it says whether it could look.

        Raises `VidgenError` where there should be one and it isn't there, or doesn't answer for every picture.
        """
        ...
