import os
from pathlib import Path

import pytest

from vidgen_assets.clips.errors import InputError, PermanentError
from vidgen_assets.prompts.media import MediaRoot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.png").write_bytes(b"secret")
    folder = tmp_path / "shop"
    (folder / "pictures").mkdir(parents=True)
    (folder / "pictures" / "lamp.png").write_bytes(b"lamp")
    return folder


def test_a_file_below_the_folder_is_read(folder: Path) -> None:
    assert MediaRoot(str(folder)).read("pictures/lamp.png") == b"lamp"
    assert MediaRoot(folder.as_uri()).read("pictures/lamp.png") == b"lamp"


@pytest.mark.parametrize(
    "reference",
    ["../secret.png", "pictures/../../secret.png", "/etc/hostname", "..\\secret.png", "pictures//lamp.png",
     "./pictures/lamp.png", "", "pictures/", "C:lamp.png", "pictures/\x00.png", "file:///etc/hostname", "s3://x/y.png"],
)  # fmt: skip
def test_a_reference_that_leads_elsewhere_is_refused(folder: Path, reference: str) -> None:
    with pytest.raises(InputError) as refused:
        MediaRoot(str(folder)).read(reference, field="image")
    assert refused.value.field == "image"


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_followed(folder: Path) -> None:
    (folder / "out.png").symlink_to(folder.parent / "secret.png")
    (folder / "up").symlink_to(folder.parent)
    (folder / "in.png").symlink_to("pictures/lamp.png")
    root = MediaRoot(str(folder))
    assert root.read("in.png") == b"lamp"
    for reference in ("out.png", "up/secret.png"):
        with pytest.raises(InputError, match="leads out"):
            root.read(reference)


def test_a_link_in_a_circle_and_a_missing_file_are_the_author_s_to_mend(folder: Path) -> None:
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    for reference in ("a", "pictures/none.png", "x" * 300):
        with pytest.raises(InputError, match="does not exist"):
            MediaRoot(str(folder)).read(reference, field="audio")


def test_what_is_no_regular_file_is_refused_without_waiting_for_it(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for reference in ("pipe", "pictures"):
        with pytest.raises(InputError):
            MediaRoot(str(folder)).read(reference)


def test_an_empty_or_too_large_file_is_refused_with_the_limit(folder: Path) -> None:
    (folder / "empty.png").touch()
    with pytest.raises(InputError, match="empty"):
        MediaRoot(str(folder)).read("empty.png")
    with pytest.raises(InputError, match="1 to 3 bytes"):
        MediaRoot(str(folder), max_bytes=3).read("pictures/lamp.png")


def test_objects_are_located_below_the_allowed_prefixes_alone() -> None:
    root = MediaRoot("s3://inbox/shop", ("s3://media/lumen",))
    assert root.locate("pictures/lamp.png") == "s3://inbox/shop/pictures/lamp.png"
    assert root.locate("s3://media/lumen/lamp.png") == "s3://media/lumen/lamp.png"
    for uri in ("s3://media/lumen2/a.png", "s3://media/lumen/../a.png", "s3://media/lumen/%2e%2e/a.png", "gs://x/a"):
        with pytest.raises(InputError):
            root.locate(uri)


def test_an_object_is_not_opened_as_a_file() -> None:
    with pytest.raises(PermanentError), MediaRoot("s3://inbox/shop").open("lamp.png"):
        pass
