"""Customers' files on their way in, from a folder and from an object store."""

from pathlib import Path

import pytest

from resources.artifact_store import ArtifactStore
from resources.media_intake import MediaIntake
from resources.object_store import ObjectStore
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import ArtifactMissing, InputError

ALLOWED = "s3://media/shop"


@pytest.fixture
def artifacts(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(ObjectStore(str(tmp_path / "store")), cache=tmp_path / "cache")


@pytest.fixture
def intake(artifacts: ArtifactStore) -> MediaIntake:
    return MediaIntake(artifacts, (ALLOWED,))


@pytest.fixture
def catalog(tmp_path: Path) -> str:
    (tmp_path / "catalog" / "pictures").mkdir(parents=True)
    (tmp_path / "catalog" / "pictures" / "mug.png").write_bytes(b"a mug")
    (tmp_path / "secret").write_bytes(b"not yours")
    return str(tmp_path / "catalog")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """Every bucket is this one, in memory."""
    store = ObjectStore("memory:///")
    monkeypatch.setattr("resources.media_intake.ObjectStore", lambda url: store)
    return store


def test_a_file_is_kept_by_its_digest(intake: MediaIntake, artifacts: ArtifactStore, catalog: str) -> None:
    kept = intake.keep(catalog, "pictures/mug.png")
    assert (kept.reference, kept.digest, kept.size_bytes) == ("pictures/mug.png", Digest.of_bytes(b"a mug"), 5)
    assert artifacts.read(kept.digest) == b"a mug"


def test_looking_says_the_same_and_writes_nothing(intake: MediaIntake, artifacts: ArtifactStore, catalog: str) -> None:
    seen = intake.look(catalog, "pictures/mug.png")
    with pytest.raises(ArtifactMissing):
        artifacts.read(seen.digest)
    assert seen == intake.keep(catalog, "pictures/mug.png")


@pytest.mark.parametrize("reference", ["absent.png", "../secret", "/etc/passwd", "pictures/../../secret", "pictures"])
def test_what_is_missing_or_outside_is_wrong_input(intake: MediaIntake, catalog: str, reference: str) -> None:
    with pytest.raises(InputError):
        intake.keep(catalog, reference)


def test_a_link_that_leads_out_is_wrong_input(intake: MediaIntake, catalog: str) -> None:
    (Path(catalog) / "link.png").symlink_to("../secret")
    with pytest.raises(InputError):
        intake.keep(catalog, "link.png")


def test_an_object_below_an_allowed_prefix_is_kept(intake: MediaIntake, catalog: str, bucket: ObjectStore) -> None:
    bucket.put("shop/mug.png", b"a mug in a bucket")
    assert intake.keep(catalog, f"{ALLOWED}/mug.png").digest == Digest.of_bytes(b"a mug in a bucket")


def test_a_catalog_in_a_bucket_names_its_neighbours(intake: MediaIntake, bucket: ObjectStore) -> None:
    bucket.put("inbox/mug.png", b"beside the catalog")
    assert intake.keep("s3://media/inbox", "mug.png").digest == Digest.of_bytes(b"beside the catalog")


@pytest.mark.parametrize("reference", ["s3://other/x.png", "s3://media/shopping/x.png", f"{ALLOWED}/../x.png"])
def test_an_object_anywhere_else_is_never_asked_for(
    intake: MediaIntake, catalog: str, monkeypatch: pytest.MonkeyPatch, reference: str
) -> None:
    monkeypatch.setattr("resources.media_intake.ObjectStore", lambda url: pytest.fail(f"{url} was asked"))
    with pytest.raises(InputError):
        intake.keep(catalog, reference)


def test_an_object_that_is_missing_or_empty_is_wrong_input(
    intake: MediaIntake, catalog: str, bucket: ObjectStore
) -> None:
    bucket.put("shop/empty.png", b"")
    with pytest.raises(InputError, match="does not exist"):
        intake.keep(catalog, f"{ALLOWED}/absent.png")
    with pytest.raises(InputError, match="empty"):
        intake.keep(catalog, f"{ALLOWED}/empty.png")
