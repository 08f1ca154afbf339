"""Laying a release out at its versioned address: what can be played first, the other files, the signed statement.

The envelope is written last and only once, so an address with an envelope is complete, and a delivery that was
interrupted is simply done again.
"""

import json
from collections.abc import Callable, Mapping

from resources.artifact_store import ArtifactStore
from resources.keys import Signer
from resources.object_store import ObjectStore
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.renditions import FIRST_MASTER_FILE
from vidgen_assets.releases.address import ENVELOPE, Address
from vidgen_assets.releases.serving import first_to_play, headers
from vidgen_assets.releases.statement import PAYLOAD_TYPE


def is_delivered(address: Address, objects: ObjectStore) -> bool:
    """Whether the release stands there, complete."""
    return objects.has(f"{address.folder}/{ENVELOPE}")


def deliver(
    address: Address, files: Mapping[str, Artifact], objects: ObjectStore, artifacts: ArtifactStore, signer: Signer,
    on_playable: Callable[[], None] = lambda: None,
) -> bool:  # fmt: skip
    """Write the release unless it stands already; says whether it wrote.

    `on_playable` is called when the first rendition is there with its playlist.
    """
    if is_delivered(address, objects):
        return False
    first = _first(files, artifacts)
    for name in (*first, *(name for name in files if name not in first)):
        objects.put(f"{address.folder}/{name}", artifacts.path(files[name].digest), headers(name))
        if name == FIRST_MASTER_FILE:
            on_playable()
    envelope = signer.envelope(artifacts.read(address.statement), PAYLOAD_TYPE)
    objects.create(f"{address.folder}/{ENVELOPE}", json.dumps(envelope, indent=2).encode())
    return True


def _first(files: Mapping[str, Artifact], artifacts: ArtifactStore) -> tuple[str, ...]:
    playlist = files.get(FIRST_MASTER_FILE)
    return first_to_play(artifacts.read(playlist.digest).decode(), files) if playlist else ()
