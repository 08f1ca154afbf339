"""What the gallery shows of one clip, gathered from its standing, spec, catalog row and verdicts.

Reads only, and shows what can be read: a spec that is missing leaves its part of the page out. How it looks is in
`pages/`, the release itself in `release.py`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from resources.verdict_book import Shelf
from resources.workshop import Workshop
from vidgen_assets.catalogs.catalog import CatalogRow
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import ArtifactCorrupt, ArtifactMissing
from vidgen_assets.clips.spec import ClipRequest, ClipSpec, MediaFile
from vidgen_assets.clips.verdicts import Verdict
from vidgen_assets.reports.gallery.release import ShownRelease
from vidgen_assets.reports.standing import WALK, StageMark, Standing, State

# Template variables that say what a clip is called, best first; `manifests/metadata.py` names releases the same way.
_TITLES = ("headline", "title", "name")
_SAFE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,119}(?<!\.)")
# A clip without a picture is a panel of words, and words read best in nearly a square.
_PANEL_RATIO = 0.9


@dataclass(frozen=True)
class ShownClip:
    """One clip as its card and its page show it. `place` is its path in the gallery, `<catalog>/<clip>`."""

    place: str
    standing: Standing
    spec: ClipSpec | None
    row: CatalogRow | None
    verdicts: tuple[Verdict, ...]
    distrusted: tuple[str, ...]
    release: ShownRelease | None

    @cached_property
    def request(self) -> ClipSpec | ClipRequest | None:
        """What was asked for, as far as it was understood."""
        return self.spec or (self.row.request if self.row else None)

    @property
    def title(self) -> str:
        if self.request is None:
            return self.standing.clip_id
        named = (str(self.request.variables[name]) for name in _TITLES if self.request.variables.get(name))
        return next(named, None) or self.request.prompt or self.standing.clip_id

    @property
    def language(self) -> str:
        return self.request.language if self.request else ""

    @property
    def aspect(self) -> str:
        return self.request.aspect.value if self.request else ""

    @property
    def duration_s(self) -> Fraction | None:
        asked = self.request.duration_s if self.request else None
        return None if asked is None else Fraction(asked)

    @property
    def is_playable(self) -> bool:
        return self.release is not None and self.release.is_shown

    @property
    def ratio(self) -> float:
        """Width to height of the card's picture."""
        if not self.is_playable or self.request is None:
            return _PANEL_RATIO
        return round(float(self.request.aspect.ratio), 4)

    @property
    def failing(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if not verdict.passes)

    @property
    def media(self) -> dict[str, MediaFile]:
        found = {"image": self.spec.image, "audio": self.spec.audio} if self.spec else {}
        return {name: file for name, file in found.items() if file}

    @property
    def marks(self) -> tuple[StageMark, ...]:
        """The stages that made or cost something, and where the clip was stopped; none that it never reached."""
        marks = self.standing.marks
        stopped = next((mark for mark in marks if mark.digest is None), None)
        return tuple(mark for mark in marks if mark.digest or mark.cost or mark is stopped)

    @property
    def written(self) -> str:
        """The catalog's row as it was written, without its empty cells."""
        cells = json.loads(self.row.raw) if self.row else {}
        return json.dumps({k: v for k, v in cells.items() if v is not None}, indent=2, ensure_ascii=False)

    @property
    def next_stage(self) -> str:
        """Where a waiting clip goes on."""
        done = WALK.index(self.standing.stage) if self.standing.stage in WALK else -1
        return WALK[min(done + 1, len(WALK) - 1)]

    @property
    def words(self) -> str:
        """What the search box looks through."""
        return " ".join((self.title, self.standing.clip_id, self.standing.catalog)).lower()


class Reader:
    """Reads what is shown; each catalog, and each shelf of the verdict book, once."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._rows: dict[str, Mapping[str, CatalogRow]] = {}
        self._shelves: dict[tuple[str, str], Shelf] = {}

    def clip(self, standing: Standing, place: str, release: ShownRelease | None) -> ShownClip:
        verdicts, distrusted = self._verdicts(standing)
        row = self._catalog(standing.catalog).get(standing.clip_id)
        return ShownClip(place, standing, self._spec(standing), row, verdicts, distrusted, release)

    def _catalog(self, name: str) -> Mapping[str, CatalogRow]:
        if name not in self._rows:
            version = self._shop.catalogs.latest(name)
            self._rows[name] = {row.clip_id: row for row in version.rows} if version else {}
        return self._rows[name]

    def _spec(self, standing: Standing) -> ClipSpec | None:
        digest = next((mark.digest for mark in standing.marks if mark.stage == "prompts"), None)
        if digest is None:
            return None
        try:
            return ClipSpec.model_validate(json.loads(self._shop.artifacts.read(digest)))
        except (ArtifactMissing, ArtifactCorrupt, ValueError):  # removed, damaged, or of an older form
            return None

    def _verdicts(self, standing: Standing) -> tuple[tuple[Verdict, ...], tuple[str, ...]]:
        """The verdicts on what every stage holds now, and the entries of the book that can't be trusted."""
        found: list[Verdict] = []
        distrusted: list[str] = []
        for mark in standing.marks:
            if mark.digest is not None:
                shelf = self._shelf(mark.stage, standing.shard)
                found += _about(shelf, mark.digest, standing.clip_id)
                distrusted += shelf.distrusted
        return tuple(found), tuple(distrusted)

    def _shelf(self, stage: str, shard: str) -> Shelf:
        if (stage, shard) not in self._shelves:
            self._shelves[stage, shard] = self._shop.verdicts.open(stage, shard)
        return self._shelves[stage, shard]


def _about(shelf: Shelf, digest: Digest, clip_id: str) -> list[Verdict]:
    """By name of the check. Clips may share bytes and so a verdict: the reason is the same, whoever was judged."""
    found = shelf.about(digest)
    own = [verdict for verdict in found if verdict.clip_id == clip_id]
    return sorted(own or found, key=lambda v: (v.check.name, v.check.version, v.policy_version))


def places(standings: Sequence[Standing]) -> list[str]:
    """A path per clip, unique on file systems that ignore case, of characters that need no escape in an address."""
    taken: set[str] = set()
    found: list[str] = []
    for standing in standings:
        place = f"{_safe(standing.catalog)}/{_safe(standing.clip_id)}"
        if place.casefold() in taken:
            place = f"{place}-{Digest.of_bytes(standing.clip_id.encode()).short}"
        taken.add(place.casefold())
        found.append(place)
    return found


def _safe(name: str) -> str:
    return name if _SAFE_NAME.fullmatch(name) else f"clip-{Digest.of_bytes(name.encode()).short}"


def of_state(clips: Sequence[ShownClip], state: State) -> int:
    return sum(clip.standing.state is state for clip in clips)
