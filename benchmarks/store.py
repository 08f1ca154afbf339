"""obstore against fsspec on a local folder: 200 blobs of 1 MB in and out, and whether a create is a create.

    python benchmarks/store.py [--blobs 200] [--folder DIR]

The result is in docs/decisions/object-store.md. DIR should lie on the kind of disk that the store will have.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import fsspec
import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore

BLOB_BYTES = 1_000_000
ROUNDS = 5
RACES = 200
WRITERS = 4

Work = Callable[[Path, list[bytes]], object]


def obstore_put(folder: Path, blobs: list[bytes]) -> None:
    store = LocalStore(prefix=folder)
    for number, blob in enumerate(blobs):
        obstore.put(store, f"blob/{number}", blob)


def obstore_get(folder: Path, blobs: list[bytes]) -> int:
    store = LocalStore(prefix=folder)
    return sum(len(bytes(obstore.get(store, f"blob/{number}").bytes())) for number in range(len(blobs)))


def fsspec_put(folder: Path, blobs: list[bytes]) -> None:
    files = fsspec.filesystem("file", auto_mkdir=True)
    for number, blob in enumerate(blobs):
        # Written beside its place and renamed, as obstore does: without it a reader may see half a blob.
        with files.transaction, files.open(f"{folder}/blob/{number}", "wb") as file:
            file.write(blob)


def fsspec_get(folder: Path, blobs: list[bytes]) -> int:
    files = fsspec.filesystem("file")
    return sum(len(files.cat_file(f"{folder}/blob/{number}")) for number in range(len(blobs)))


def measured(work: Work, folder: Path, blobs: list[bytes]) -> float:
    started = time.perf_counter()
    work(folder, blobs)
    return time.perf_counter() - started


def obstore_creates(folder: Path, key: str, data: bytes) -> bool:
    try:
        obstore.put(LocalStore(prefix=folder), key, data, mode="create")
    except AlreadyExistsError:
        return False
    return True


def fsspec_creates(folder: Path, key: str, data: bytes) -> bool:
    """The nearest that fsspec's local files offer: its `pipe_file(mode="create")` looks, and then writes."""
    try:
        fsspec.filesystem("file").pipe_file(f"{folder}/{key}", data, mode="create")
    except FileExistsError:
        return False
    return True


def races_with_more_than_one_winner(create: Callable[[Path, str, bytes], bool], folder: Path) -> int:
    """`RACES` keys, each created by `WRITERS` threads at once; exactly one may win each."""
    folder.mkdir()
    lost = 0
    with ThreadPoolExecutor(WRITERS) as pool:
        for race in range(RACES):
            won = list(pool.map(lambda n, race=race: create(folder, str(race), b"%d" % n * 1000), range(WRITERS)))
            lost += won.count(True) != 1
    return lost


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--blobs", type=int, default=200)
    arguments.add_argument("--folder", type=Path, default=None)
    options = arguments.parse_args()
    blobs = [number.to_bytes(4, "big") * (BLOB_BYTES // 4) for number in range(options.blobs)]
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        for turn in range(ROUNDS):  # in turns, so that a busy moment of the machine meets all of them
            for work in (obstore_put, obstore_get, fsspec_put, fsspec_get):
                folder = Path(scratch) / f"{turn}-{work.__name__.split('_')[0]}"
                folder.mkdir(exist_ok=True)
                times.setdefault(work.__name__, []).append(measured(work, folder, blobs))
        for name, creates in (("obstore", obstore_creates), ("fsspec", fsspec_creates)):
            lost = races_with_more_than_one_winner(creates, Path(scratch) / f"races-{name}")
            print(f"{name:8} create-if-absent: {lost} of {RACES} races of {WRITERS} threads had not exactly one winner")
    for what in ("put", "get"):
        ours, theirs = median(times[f"obstore_{what}"]), median(times[f"fsspec_{what}"])
        rates = f"obstore {len(blobs) / ours:6.0f} MB/s, fsspec {len(blobs) / theirs:6.0f} MB/s"
        print(f"{what}: {rates}; obstore takes {ours / theirs:.2f} of fsspec's time")


if __name__ == "__main__":
    main()
