"""The poster and a few thumbnails: moments chosen by how much there is to see, drawn from the upload larger."""

import shutil
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vidgen_assets.arrivals.commands import Sought
from vidgen_assets.arrivals.facts import Facts, Sample
from vidgen_assets.arrivals.limits import LIMITS
from vidgen_assets.arrivals.seeking import seek
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.clips.profiles import within
from vidgen_assets.clips.renditions import POSTER_FILE
from vidgen_assets.clips.work import Recipe

RECIPE = Recipe("arrival_thumbnails", 1)
RECORD_FILE = "thumbnails.json"
_QUALITY = 85
_DARK, _BRIGHT = 24.0, 232.0  # mean luma of pictures that show next to nothing
_EARLY = 0.6  # a title may be a spoiler's opposite: the poster comes from before the end


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn, and the processor seconds of the tools."""

    cpu_s: float


def draw_thumbnails(upload: Path, facts: Facts, samples: Path, tools: MediaTools, out: Path) -> Drawn:
    """Write `poster.jpg`, `thumbnail-1.jpg` and on, and what they show as JSON, into the empty folder `out`.

    There must be samples. Raises `PermanentError` where decoding takes too long.
    """
    scores = [worth(np.asarray(Image.open(samples / s.file).convert("L"), np.float32)) for s in facts.samples]
    chosen = {POSTER_FILE: _poster(facts.samples, scores, facts)}
    chosen |= {thumbnail_file(number): s for number, s in enumerate(_spread(facts.samples, scores), start=1)}
    pictures = [Sought(s.frame_s, s.entry_s, file) for file, s in chosen.items()]
    cpu_s = seek(upload, facts, pictures, tools, out, longest_px=LIMITS.poster_px)
    for file, sample in chosen.items():
        if not (out / file).is_file():  # seen before, and not found again in a damaged file: what was seen, then
            shutil.copyfile(samples / sample.file, out / file)
        if file != POSTER_FILE:
            _shrink(out / file, facts)
    record = [_described(file, sample, out) for file, sample in chosen.items()]
    (out / RECORD_FILE).write_bytes(canonical_json({"pictures": record}))
    return Drawn(cpu_s)


def thumbnail_file(number: int) -> str:
    return f"thumbnail-{number}.jpg"


def worth(luma: NDArray[np.float32]) -> float:
    """How much there is to see in a picture's luma (height, width), 0..255: contrast and detail, halved again and again
    as it nears black or white."""
    contrast, detail = float(luma.std()), 0.0
    for axis in (0, 1):
        if luma.shape[axis] > 1:
            detail += float(np.abs(np.diff(luma, axis=axis)).mean())
    mean = float(luma.mean())
    penalty = max(0.0, (_DARK - mean) / _DARK, (mean - _BRIGHT) / (255.0 - _BRIGHT))
    return (contrast + 4.0 * detail) * 0.1 ** (2.0 * penalty)


def _poster(samples: tuple[Sample, ...], scores: list[float], facts: Facts) -> Sample:
    early = [n for n, s in enumerate(samples) if s.moment_s <= _EARLY * facts.duration_s] or [0]
    return samples[max(early, key=lambda n: (scores[n], -n))]


def _spread(samples: tuple[Sample, ...], scores: list[float]) -> list[Sample]:
    """The best of each stretch, in order; fewer where there are fewer samples than thumbnails."""
    count = min(LIMITS.thumbnails, len(samples))
    bounds = [round(part * len(samples) / count) for part in range(count + 1)]
    best = [max(range(a, b), key=lambda n: (scores[n], -n)) for a, b in pairwise(bounds)]
    return [samples[n] for n in best]


def _shrink(path: Path, facts: Facts) -> None:
    size = within(facts.width, facts.height, LIMITS.thumbnail_px)
    picture = Image.open(path)
    picture.load()
    if picture.size != size:
        picture.resize(size, Image.Resampling.LANCZOS).save(path, "JPEG", quality=_QUALITY)


def _described(file: str, sample: Sample, out: Path) -> dict[str, Any]:
    with Image.open(out / file) as picture:
        return {"file": file, "moment_s": sample.moment_s, "width": picture.width, "height": picture.height}
