"""Releases at their addresses: complete once the envelope stands, and never written twice."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from resources.artifact_store import ArtifactStore
from resources.keys import Signer
from resources.object_store import ObjectStore
from resources.release_shelf import deliver
from tests.builders import a_signer
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.releases.address import ENVELOPE, Address


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    return ObjectStore(str(tmp_path / "store"))


@pytest.fixture
def artifacts(objects: ObjectStore, tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(objects, cache=tmp_path / "cache")


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return a_signer(tmp_path / "keys")


@pytest.fixture
def files(artifacts: ArtifactStore) -> dict[str, Artifact]:
    return {"hls/master.m3u8": artifacts.put_bytes(b"#EXTM3U"), "poster.jpg": artifacts.put_bytes(b"jpeg")}


def an_address(artifacts: ArtifactStore, statement: str = "one") -> Address:
    return Address("shop", "clip-1", artifacts.put_bytes(canonical_json({"statement": statement})).digest)


def test_a_release_has_its_files_and_a_statement_that_its_signer_opens(
    objects: ObjectStore, artifacts: ArtifactStore, signer: Signer, files: dict[str, Artifact]
) -> None:
    address = an_address(artifacts)
    assert deliver(address, files, objects, artifacts, signer)
    assert objects.keys(address.folder) == [f"{address.folder}/{name}" for name in sorted([*files, ENVELOPE])]
    envelope = json.loads(objects.get(f"{address.folder}/{ENVELOPE}") or b"")
    assert signer.opened(envelope) == b'{"statement":"one"}'


def test_what_can_be_played_first_is_there_before_the_rest(
    objects: ObjectStore, artifacts: ArtifactStore, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("clip.mp4", "master.m3u8", "v360p/init.mp4", "v360p/media.m3u8", "v360p/seg-1.m4s", "v720p/init.mp4")
    files = {name: artifacts.put_bytes(name.encode()) for name in names}
    files["first.m3u8"] = artifacts.put_bytes(b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv360p/media.m3u8\n")
    address, written = an_address(artifacts), []
    put = objects.put

    def noted(key: str, source: bytes | Path, headers: Mapping[str, str] | None = None) -> None:
        put(key, source, headers)
        written.append((key.removeprefix(f"{address.folder}/"), (headers or {})["Cache-Control"]))

    monkeypatch.setattr(objects, "put", noted)
    deliver(address, files, objects, artifacts, signer, on_playable=lambda: written.append(("playable", "")))
    order = [name for name, _ in written]
    assert order[:5] == ["v360p/init.mp4", "v360p/media.m3u8", "v360p/seg-1.m4s", "first.m3u8", "playable"]
    assert sorted(order[5:]) == ["clip.mp4", "master.m3u8", "v720p/init.mp4"]
    assert dict(written)["v720p/init.mp4"].endswith("immutable")


def test_a_release_that_stands_is_not_touched(
    objects: ObjectStore, artifacts: ArtifactStore, signer: Signer, files: dict[str, Artifact]
) -> None:
    address = an_address(artifacts)
    deliver(address, files, objects, artifacts, signer)
    before = objects.markers(address.folder)
    assert not deliver(address, files, objects, artifacts, signer)
    assert objects.markers(address.folder) == before


def test_a_delivery_that_was_interrupted_is_no_release_and_is_finished_later(
    objects: ObjectStore,
    artifacts: ArtifactStore,
    signer: Signer,
    files: dict[str, Artifact],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = an_address(artifacts)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(objects, "create", killed)
    with pytest.raises(KeyboardInterrupt):
        deliver(address, files, objects, artifacts, signer)
    monkeypatch.undo()
    assert not objects.has(f"{address.folder}/{ENVELOPE}")
    assert deliver(address, files, objects, artifacts, signer)


def test_another_statement_is_another_address(
    objects: ObjectStore, artifacts: ArtifactStore, signer: Signer, files: dict[str, Artifact]
) -> None:
    addresses = [an_address(artifacts, statement) for statement in ("one", "two")]
    assert all(deliver(address, files, objects, artifacts, signer) for address in addresses)
    assert addresses[0].folder != addresses[1].folder
