"""The template backend keeps the protocol: admits what it can make, keys exactly what decides bytes."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resources.backends.template import TemplateBackend
from resources.cupboard import StoreCupboard
from resources.object_store import ObjectStore
from tests.builders import a_digest
from tests.templates.cards import WORDS, Shelf, a_card, a_cutout
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.generation import Desk, GenerationBackend
from vidgen_assets.clips.spec import Aspect, Priority

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return a_cutout(tmp_path)


def a_desk(shelf: Shelf) -> Desk:
    return Desk(a_digest("work"), shelf, StoreCupboard(ObjectStore("memory:///")))


def the_backend() -> GenerationBackend:
    return TemplateBackend()


def test_a_spec_becomes_latents_and_latents_become_frames(picture: Path) -> None:
    backend, spec, shelf = the_backend(), a_card(picture, frame_count=30), Shelf(picture)
    backend.admit(spec)
    latents = backend.make_latents(spec, a_desk(shelf)).data
    assert latents == backend.make_latents(spec, a_desk(shelf)).data
    first = next(iter(backend.decode(spec, latents, shelf)))
    assert np.array_equal(first, next(iter(backend.decode(spec, latents, shelf))))
    assert not backend.keeps_frames  # drawing again is cheaper than reading back


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 8},
        {"language": "de"},
        {"frame_count": 61},
        {"fps": 25},
        {"width": 482},
        {"aspect": Aspect.SQUARE},
        {"variables": {**WORDS, "price": "€128"}},
        {"variables": {**WORDS, "mood": "bright"}},
        {"image": None},
    ],
)
def test_what_decides_bytes_is_in_the_key(picture: Path, changes: dict[str, Any]) -> None:
    backend = the_backend()
    assert backend.latent_inputs(a_card(picture, **changes)) != backend.latent_inputs(a_card(picture))


@pytest.mark.parametrize(
    "changes",
    [
        {"clip_id": "another"},
        {"catalog": "another"},
        {"campaign": "spring", "owner": "someone", "customer": "else"},
        {"priority": Priority.BATCH},
        {"script": "Read this."},
        {"variables": {**WORDS, "mood": "deep"}},
    ],
)
def test_what_does_not_decide_bytes_is_not(picture: Path, changes: dict[str, Any]) -> None:
    backend, plain, other = the_backend(), a_card(picture), a_card(picture, **changes)
    assert backend.latent_inputs(other) == backend.latent_inputs(plain)
    assert backend.make_latents(other, a_desk(Shelf(picture))) == backend.make_latents(plain, a_desk(Shelf(picture)))


def test_keys_are_json(picture: Path) -> None:
    backend = the_backend()
    assert Digest.of_json(backend.latent_inputs(a_card(picture)))
    assert Digest.of_json(backend.decode_inputs(a_card(picture)))


@pytest.mark.parametrize("template", [None, "no_such_card"])
def test_a_spec_without_a_known_template_is_not_admitted(picture: Path, template: str | None) -> None:
    with pytest.raises(InputError) as caught:
        the_backend().admit(a_card(picture, template=template))
    assert caught.value.field == "template"
    assert "product_card" in str(caught.value.allowed)


def test_a_damaged_picture_makes_no_latents(picture: Path) -> None:
    picture.write_bytes(picture.read_bytes()[:200])
    with pytest.raises(InputError, match="cut short") as caught:
        the_backend().make_latents(a_card(picture), a_desk(Shelf(picture)))
    assert caught.value.value == "disc.png"


def test_naming_the_backends_imports_no_renderer() -> None:
    code = "import sys, resources.backends; print([m for m in ('skia', 'torch', 'PIL') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
