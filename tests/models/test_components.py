"""Digests of components: the same files the same digest, any other file another, and never a pickle."""

import json
from pathlib import Path

import pytest

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.models.components import INDEX, VAE_CONFIG, component_digest, component_digests


def a_pipeline(root: Path) -> Path:
    index = {
        "_class_name": "WanPipeline",
        "transformer": ["diffusers", "WanTransformer3DModel"],
        "vae": ["diffusers", "AutoencoderKLWan"],
        "transformer_2": [None, None],
        "boundary_ratio": None,
    }
    for name in ("transformer", "vae"):
        (root / name).mkdir(parents=True)
        (root / name / "config.json").write_text("{}")
        (root / name / "model.safetensors").write_bytes(name.encode())
    (root / INDEX).write_text(json.dumps(index))
    (root / "README.md").write_text("not a component")
    return root


def test_every_component_of_the_index_has_a_digest_and_so_has_the_index(tmp_path: Path) -> None:
    root = a_pipeline(tmp_path / "wan")
    digests = component_digests(root)
    assert set(digests) == {INDEX, VAE_CONFIG, "transformer", "vae"}
    assert digests[INDEX] == Digest.of_file(root / INDEX)
    assert digests[VAE_CONFIG] == Digest.of_file(root / VAE_CONFIG)
    assert digests["vae"] == component_digest(root / "vae")


def test_a_digest_follows_paths_and_contents_and_nothing_else(tmp_path: Path) -> None:
    one, two = a_pipeline(tmp_path / "one"), a_pipeline(tmp_path / "two")
    assert component_digests(one) == component_digests(two)
    (two / "vae" / "config.json").write_text("{ }")
    assert component_digest(one / "vae") != component_digest(two / "vae")
    (one / "transformer" / "config.json").rename(one / "transformer" / "other.json")
    assert component_digest(one / "transformer") != component_digest(two / "transformer")


def test_a_link_counts_as_the_file_it_leads_to(tmp_path: Path) -> None:
    """A hub's cache keeps its snapshots as links into a folder of blobs."""
    one, two = a_pipeline(tmp_path / "one"), a_pipeline(tmp_path / "two")
    weights = two / "vae" / "model.safetensors"
    weights.rename(tmp_path / "blob")
    weights.symlink_to(tmp_path / "blob")
    assert component_digests(one) == component_digests(two)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "deep/weights.pt", "model.PTH", "model.ckpt"])
def test_pickled_weights_are_refused(tmp_path: Path, name: str) -> None:
    root = a_pipeline(tmp_path)
    (root / "vae" / name).parent.mkdir(exist_ok=True)
    (root / "vae" / name).write_bytes(b"pickle")
    with pytest.raises(InputError, match="pickled weights") as refused:
        component_digests(root)
    assert str(refused.value.value).endswith(name)


def test_a_folder_without_an_index_or_a_component_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="index can't be read"):
        component_digests(tmp_path)
    root = a_pipeline(tmp_path / "wan")
    for file in (root / "vae").iterdir():
        file.unlink()
    with pytest.raises(InputError, match="has no files"):
        component_digests(root)
    (root / INDEX).write_text("[]")
    with pytest.raises(InputError, match="no mapping"):
        component_digests(root)
