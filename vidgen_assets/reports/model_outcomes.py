"""What became of each generated clip: accepted or refused, with what quality. From the newest records of its shard.

A clip counts with its whole shard, once that is judged to the end: refusals are known stages before acceptances are,
and counting each as it comes would make every release look bad at first. What outcomes say of a release is for
`model_comparison.py`.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from quality_checks.catalogue import REQUIRED
from quality_checks.headroom import headroom
from quality_checks.thresholds import THRESHOLDS
from resources.ledgers import Attempt
from resources.publications import Publication
from resources.verdict_book import Shelf
from resources.workshop import Workshop
from vidgen_assets.clips.errors import ArtifactCorrupt, ArtifactMissing, ErrorKind
from vidgen_assets.clips.ledger import LedgerRow, Status
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.verdicts import Verdict

logger = logging.getLogger(__name__)

SPECS = "prompts"
JUDGED = ("latents", "frames", "encodes")
"""The stages whose refusals speak against the model. What comes after them packages what it made."""
_READ = (SPECS, "soundtracks", "captions", *JUDGED)
"""Those, and what they are made from."""
_MODELS_OWN = ("latents", "frames")  # a failure for good here is the model's; in encodes it's a tool's


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a clip. `accepted` is None while it isn't judged, or was stopped by what no model can help."""

    clip_id: str
    catalog: str
    release: str
    accepted: bool | None
    quality: float | None  # headroom, up to 1; None where no frames were measured
    recorded_at: str

    @property
    def name(self) -> str:
        return f"{self.catalog}/{self.clip_id}"


def outcomes(shop: Workshop) -> list[Outcome]:
    """Each clip's outcome by the newest attempts of its shard, for every shard that is judged to the end."""
    return [outcome for edition in _editions(shop) for outcome in _of_edition(edition)]


@dataclass(frozen=True, slots=True)
class _Edition:
    """A shard's records as they stand: the numbers of its newest attempts and publications, stage by stage."""

    store: str
    shard: str
    numbers: tuple[int, ...]
    policy_version: str
    shop: Workshop = field(compare=False, repr=False)


def _editions(shop: Workshop) -> list[_Edition]:
    newest = {**shop.records.newest_below("ledger"), **shop.records.newest_below("publications")}
    series = [f"{kind}/{stage}" for kind in ("ledger", "publications") for stage in _READ]
    return [
        _Edition(
            store=shop.objects.url,
            shard=shard,
            numbers=tuple(newest.get(f"{each}/{shard}", 0) for each in series),
            policy_version=THRESHOLDS.policy_version,
            shop=shop,
        )
        for shard in shop.ledgers.shards(SPECS)
    ]


@dataclass(frozen=True, slots=True)
class _Shard:
    """The newest attempts of one shard, the word on each, and its verdicts, by stage."""

    attempts: Mapping[str, Attempt]
    rows: Mapping[str, Mapping[str, LedgerRow]]
    publications: Mapping[str, Publication]
    shelves: Mapping[str, Shelf]

    @property
    def is_judged(self) -> bool:
        """To the last stage, or to one that was found unfit: those after it are never reached."""
        before = self.attempts[SPECS]
        for stage in JUDGED:
            publication, attempt = self.publications.get(stage), self.attempts.get(stage)
            if publication is None or attempt is None or attempt.recorded_at < before.recorded_at:
                return False  # never made, not audited yet, or about to be made again
            if not publication.is_fit:
                return True
            before = attempt
        return True

    def row(self, stage: str, clip_id: str) -> LedgerRow | None:
        """The clip's row, if it was made from what its upstream stages hold now."""
        row = self.rows.get(stage, {}).get(clip_id)
        if row is None or not row.inputs:
            return None
        now = {up: self.rows.get(up, {}).get(clip_id) for up in row.inputs}
        is_current = all((up := now[name]) is not None and up.digest == digest for name, digest in row.inputs.items())
        return row if is_current else None

    def answers(self, stage: str, row: LedgerRow) -> Sequence[Verdict | None]:
        """What each required check says of the row's bytes under the policy in force."""
        if row.digest is None:
            return ()
        shelf, policy = self.shelves[stage], THRESHOLDS.policy_version
        return [shelf.answer(row.digest, check.id, policy) for check in REQUIRED[stage]]


# A tick that read every signature anew would outlast a sensor's minute from some thousand clips on.
@lru_cache(maxsize=16_384)
def _of_edition(edition: _Edition) -> tuple[Outcome, ...]:
    """None of a shard with a damaged ledger: it waits for a person, and the others don't wait for it."""
    try:
        return tuple(_of_shard(edition.shard, edition.shop))
    except ArtifactCorrupt as error:
        logger.warning("%s is left out of the comparison: %s", edition.shard, error)
        return ()


def _of_shard(shard: str, shop: Workshop) -> list[Outcome]:
    specs = _generated(shard, shop)
    records = _read(shard, shop) if specs else None
    if records is None or not records.is_judged:
        return []
    return [_outcome(row, specs[row.clip_id], records) for row in records.attempts[SPECS].rows if row.clip_id in specs]


def _generated(shard: str, shop: Workshop) -> dict[str, ClipSpec]:
    """The specs of the clips that a model makes."""
    attempt = shop.ledgers.latest(SPECS, shard)
    specs = [_spec(row, shop) for row in attempt.rows] if attempt else []
    return {spec.clip_id: spec for spec in specs if spec is not None and spec.route.backend != "template"}


def _read(shard: str, shop: Workshop) -> _Shard | None:
    newest = {stage: shop.ledgers.latest(stage, shard) for stage in _READ}
    attempts = {stage: attempt for stage, attempt in newest.items() if attempt}
    if SPECS not in attempts:
        return None
    spoken = {stage: shop.publications.of(attempt) for stage, attempt in attempts.items()}
    return _Shard(
        attempts=attempts,
        rows={stage: {row.clip_id: row for row in attempt.rows} for stage, attempt in attempts.items()},
        publications={stage: publication for stage, publication in spoken.items() if publication},
        shelves={stage: shop.verdicts.open(stage, shard) for stage in attempts if stage in JUDGED},
    )


def _spec(row: LedgerRow, shop: Workshop) -> ClipSpec | None:
    if row.digest is None:
        return None
    try:
        return ClipSpec.model_validate(json.loads(shop.artifacts.read(row.digest)))
    except (ArtifactMissing, ArtifactCorrupt) as error:
        logger.warning("%s is left out of the comparison: %s", row.clip_id, error)
        return None


def _outcome(row: LedgerRow, spec: ClipSpec, records: _Shard) -> Outcome:
    rows = [(stage, records.row(stage, row.clip_id)) for stage in JUDGED]
    verdicts = [v for stage, own in rows if own for v in records.answers(stage, own) if v]
    return Outcome(
        clip_id=row.clip_id,
        catalog=spec.catalog,
        release=spec.route.release,
        accepted=_is_accepted(row.clip_id, records),
        quality=headroom((verdict.check, verdict.finding) for verdict in verdicts),
        recorded_at=max((v.recorded_at for v in verdicts), default=records.attempts[JUDGED[0]].recorded_at),
    )


def _is_accepted(clip_id: str, records: _Shard) -> bool | None:
    for stage in JUDGED:
        row = records.row(stage, clip_id)
        passes = None if row is None else _passes(row, stage, records)
        if not passes:
            return passes
        if not records.publications[stage].is_fit:
            return True  # it passed all it will ever be asked
    return True


def _passes(row: LedgerRow, stage: str, records: _Shard) -> bool | None:
    if _failed_for_good(row):
        return False if stage in _MODELS_OWN else None
    answers = records.answers(stage, row)
    if any(verdict is not None and not verdict.passes for verdict in answers):
        return False
    return True if answers and None not in answers else None


def _failed_for_good(row: LedgerRow) -> bool:
    """At this stage, now or as remembered under its key; a failure further up is carried along without either."""
    is_own = row.work_key is not None or row.tries > 0
    is_permanent = row.problem is not None and row.problem.kind is ErrorKind.PERMANENT
    return row.status is Status.FAILED and is_own and is_permanent
