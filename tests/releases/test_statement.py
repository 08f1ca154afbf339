"""The release statement: an in-toto statement on exactly the package's files, with where they came from."""

from typing import Any

from tests.builders import a_digest, a_spec
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.spec import ClipSpec, MediaFile
from vidgen_assets.releases.address import Address
from vidgen_assets.releases.statement import release_statement, subjects

FILES = {name: Artifact(a_digest(name), 10) for name in ("poster.jpg", "clip.mp4")}
MADE_OF = {"frames": Artifact(a_digest("frames"), 10)}
CARD: dict[str, Any] = {"verdicts": [{"check": "frames_are_fine"}]}


def statement(spec: ClipSpec | None = None) -> dict[str, Any]:
    return release_statement(spec or a_spec(), FILES, MADE_OF, CARD)


def test_it_speaks_of_every_file_and_no_other() -> None:
    assert subjects(statement()) == {name: file.digest for name, file in FILES.items()}


def test_it_is_an_in_toto_statement() -> None:
    found = statement()
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert found["subject"][0] == {"name": "clip.mp4", "digest": {"sha256": a_digest("clip.mp4").hex}}
    assert found["predicateType"] == "urn:vidgen:release:v1"


def test_it_says_where_the_clip_came_from() -> None:
    picture = MediaFile(reference="lamp.png", digest=a_digest("picture"), size_bytes=3)
    predicate = statement(a_spec(image=picture))["predicate"]
    assert predicate["clip"] == {"id": "clip-1", "catalog": "shop"}
    assert predicate["seed"] == 7
    assert predicate["route"]["release"] == "template/product_card"
    assert predicate["media"] == {"image": {"reference": "lamp.png", "digest": a_digest("picture")}}
    assert predicate["attribution"] == {"campaign": "autumn", "owner": "studio", "customer": "lumen"}
    assert predicate["artifacts"] == {"frames": a_digest("frames")}
    assert predicate["verdicts"] == CARD["verdicts"]


def test_the_same_clip_has_the_same_statement() -> None:
    assert canonical_json(statement()) == canonical_json(
        release_statement(a_spec(), dict(reversed(FILES.items())), MADE_OF, CARD)
    )


def test_another_statement_has_another_address() -> None:
    one, other = (Address("shop", "clip-1", a_digest(name)) for name in ("one", "other"))
    assert one.folder == f"releases/shop/clip-1/{a_digest('one').short}"
    assert one.folder != other.folder
