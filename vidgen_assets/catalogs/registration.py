"""What registering a catalog means: the next version of it, planned as a value before anything is written.

A version is the judged rows, the folder their media lie in, and where each clip is. The rows are stored as one
Parquet file sorted by shard, of which a shard's stages read their part. Storing and waking runs is done elsewhere.
"""

import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fractions import Fraction

import polars as pl

from vidgen_assets.catalogs.catalog import CatalogRow, LoadedCatalog
from vidgen_assets.catalogs.shards import TARGET_SHARD_S, Assignments, plan_shards
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import ArtifactCorrupt, ErrorKind
from vidgen_assets.clips.ledger import Problem
from vidgen_assets.clips.prices import PriceBook, load_price_book
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import ClipRequest, Priority

_HELD_WORK_S = 0.1  # writing down why
_ROWS_PER_GROUP = 10_000
_SCHEMA = {
    "shard": pl.String,
    "row_number": pl.UInt32,
    "clip_id": pl.String,
    "request": pl.String,
    "findings": pl.String,
    "raw": pl.String,
}


@dataclass(frozen=True, slots=True)
class CatalogVersion:
    """One content of a catalog, placed. `base_uri` is the folder that relative references start from."""

    name: str
    content_digest: Digest
    base_uri: str
    assignments: Assignments
    rows: tuple[CatalogRow, ...]


def plan_registration(
    loaded: LoadedCatalog,
    previous: CatalogVersion | None,
    base_uri: str,
    *,
    target_s: float = TARGET_SHARD_S,
    prices: PriceBook | None = None,
) -> CatalogVersion:
    """The version of the catalog after `previous`. Held rows have a shard too: they are recorded there with why."""
    book = prices or load_price_book()
    assignments = plan_shards(
        loaded.name,
        previous.assignments if previous else None,
        {row.clip_id: work_s(row, book) for row in loaded.rows},
        {row.clip_id for row in loaded.rows if row.request and row.request.priority is Priority.INTERACTIVE},
        target_s,
    )
    return CatalogVersion(loaded.name, loaded.content_digest, base_uri, assignments, loaded.rows)


_SPOKEN_CHARACTERS_A_SECOND = 15


def work_s(row: CatalogRow, book: PriceBook) -> float:
    """The seconds of processor and GPU that `row` is expected to take over all stages."""
    if row.request is None:
        return _HELD_WORK_S
    request, estimate = row.request, book.estimate
    by_template, length_s = request.template is not None, _length_s(request)
    post_cpu_s = estimate.post_cpu_s_per_megapixel_frame.cpu_s(
        load_profiles()[request.profile], request.aspect, request.fps, length_s, by_template=by_template
    )
    usage = estimate.usage(length_s, by_model=not by_template, post_cpu_s=post_cpu_s)
    return usage.cpu_s + usage.gpu_s


def _length_s(request: ClipRequest) -> Fraction:
    """A guess for a clip that lasts as long as its narration: nothing is spoken for an estimate."""
    if request.duration_s is not None:
        return Fraction(request.duration_s)
    return Fraction(len(request.script or ""), _SPOKEN_CHARACTERS_A_SECOND) + 2


def changed_shards(previous: CatalogVersion | None, new: CatalogVersion) -> set[str]:
    """The shards whose clips differ between the versions: edited, come, gone, held or mended.

    Order and row numbers are no difference, and neither is how a row was written.
    """
    before, after = _contents(previous), _contents(new)
    return {shard for shard in before.keys() | after.keys() if before.get(shard) != after.get(shard)}


def _contents(version: CatalogVersion | None) -> dict[str, dict[str, object]]:
    contents: dict[str, dict[str, object]] = {}
    for row in version.rows if version else ():
        shard = version.assignments.shard_of[row.clip_id] if version else ""
        what = row.request or [(f.field, f.value, f.allowed) for f in row.findings]
        contents.setdefault(shard, {})[row.clip_id] = what
    return contents


def rows_parquet(version: CatalogVersion) -> bytes:
    """The rows of `version` as Parquet, sorted by shard and clip: equal versions give equal bytes."""
    shard_of = version.assignments.shard_of
    rows = sorted(version.rows, key=lambda row: (shard_of[row.clip_id], row.clip_id))
    table = pl.DataFrame((_to_record(shard_of[row.clip_id], row) for row in rows), schema=_SCHEMA, orient="row")
    file = io.BytesIO()
    table.write_parquet(file, compression="zstd", row_group_size=_ROWS_PER_GROUP)
    return file.getvalue()


def read_rows_parquet(data: bytes, shard: str | None = None) -> tuple[CatalogRow, ...]:
    """The rows of `shard`, or all. Raises `ArtifactCorrupt` if `data` is not what `rows_parquet` writes."""
    try:
        scan = pl.scan_parquet(data)
        chosen = scan if shard is None else scan.filter(pl.col("shard") == shard)
        table = chosen.select(list(_SCHEMA)).collect()
        return tuple(_from_records(table.iter_rows()))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError) as error:
        raise ArtifactCorrupt(f"the stored rows of a catalog can't be read: {error}") from error


def _to_record(shard: str, row: CatalogRow) -> tuple[str, int, str, str | None, str, str]:
    request = row.request.model_dump_json() if row.request else None
    return shard, row.row_number, row.clip_id, request, json.dumps([asdict(f) for f in row.findings]), row.raw


def _from_records(records: Iterable[tuple[str, int, str, str | None, str, str]]) -> Iterable[CatalogRow]:
    for _, number, clip_id, request, findings, raw in records:
        parsed = None if request is None else ClipRequest.model_validate_json(request)
        problems = tuple(Problem(**{**f, "kind": ErrorKind(f["kind"])}) for f in json.loads(findings))
        yield CatalogRow(number, clip_id, parsed, problems, raw)
