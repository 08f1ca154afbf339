"""Series of records: what one listing tells of many."""

from pathlib import Path

from resources.object_store import ObjectStore
from resources.records import Records


def test_the_newest_of_every_series_below_a_folder(tmp_path: Path) -> None:
    objects = ObjectStore(str(tmp_path))
    records = Records(objects)
    for series in ("ledger/frames/a", "ledger/frames/a", "ledger/latents/b", "verdicts/frames/a"):
        records.append(series, b"an entry")
    objects.put("records/ledger/frames/a/notes.txt", b"a stray file is nobody's entry")
    assert records.newest_below("ledger") == {"ledger/frames/a": 2, "ledger/latents/b": 1}
    assert records.newest_below("routes") == {}
