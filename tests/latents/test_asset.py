"""The narration that a template keeps time with: in the key by its digest, and read once."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from resources.artifact_store import ArtifactStore
from resources.workshop import Workshop, open_workshop
from tests.end_to_end.catalogs import a_clip
from tests.soundtracks.spoken_clips import NEWS, digest, made
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.ledger import LedgerRow
from vidgen_assets.clips.narration import Narration
from vidgen_assets.clips.soundtrack import NARRATION_FILE
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.latents.asset import LATENTS
from vidgen_assets.stages.stage import Tags, Task

Found = dict[str, dict[str, LedgerRow]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workshop, Found]:
    """A clip that is told, and what each stage has of it; only read."""
    home = tmp_path_factory.mktemp("told")
    shop = open_workshop(str(home / "store"), home=home, workers=1)
    return shop, made(shop, home, a_clip("told", **NEWS))


def narration_of(sound: LedgerRow, shop: Workshop) -> Digest:
    return shop.artifacts.listing(digest(sound))[NARRATION_FILE].digest


def test_the_narration_is_read_once(
    told: tuple[Workshop, Found], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, found = told
    reads: Counter[Digest] = Counter()
    read = ArtifactStore.read

    def counted(store: ArtifactStore, wanted: Digest) -> bytes:
        reads[wanted] += 1
        return read(store, wanted)

    narration = narration_of(found["soundtracks"]["told"], shop)
    task = a_task(found, shop)
    with monkeypatch.context() as patch:
        patch.setattr(ArtifactStore, "read", counted)
        key = LATENTS.recipe.work_key(LATENTS.inputs(task, shop))
        assert key == found["latents"]["told"].work_key
        assert reads[narration] == 0
        LATENTS.make(replace(task, work_key=key), shop, tmp_path)
    assert reads[narration] == 1


def test_what_is_said_and_when_is_in_the_key(told: tuple[Workshop, Found]) -> None:
    shop, found = told
    narration = narration_of(found["soundtracks"]["told"], shop)

    assert LATENTS.inputs(a_task(found, shop), shop)["narration"] == narration
    said = Narration.model_validate_json(shop.artifacts.read(narration))
    assert Digest.of_bytes(said.to_bytes()) == narration


def a_task(found: Found, shop: Workshop) -> Task:
    """The work on the clip's latents, as the gate would hand it over."""
    spec = ClipSpec.model_validate_json(shop.artifacts.read(digest(found["prompts"]["told"])))
    artifacts: dict[str, Artifact] = {}
    for stage in ("prompts", "soundtracks"):
        artifact = found[stage]["told"].artifact
        assert artifact is not None
        artifacts[stage] = artifact
    return Task("told", "trace", Tags.of(spec), "shop", known_spec=spec, artifacts=artifacts)
