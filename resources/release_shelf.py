"""Laying a release out at its versioned address: the package's files, then the signed statement.

The envelope is written last and only once, so an address with an envelope is complete, and a delivery that was
interrupted is simply done again.
"""

import json
from collections.abc import Mapping

from resources.artifact_store import ArtifactStore
from resources.keys import Signer
from resources.object_store import ObjectStore
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.releases.address import ENVELOPE, Address
from vidgen_assets.releases.statement import PAYLOAD_TYPE


def is_delivered(address: Address, objects: ObjectStore) -> bool:
    """Whether the release stands there, complete."""
    return objects.has(f"{address.folder}/{ENVELOPE}")


def deliver(
    address: Address, files: Mapping[str, Artifact], objects: ObjectStore, artifacts: ArtifactStore, signer: Signer
) -> bool:
    """Write the release unless it stands already; says whether it wrote."""
    if is_delivered(address, objects):
        return False
    for name, file in files.items():
        objects.put(f"{address.folder}/{name}", artifacts.path(file.digest))
    envelope = signer.envelope(artifacts.read(address.statement), PAYLOAD_TYPE)
    objects.create(f"{address.folder}/{ENVELOPE}", json.dumps(envelope, indent=2).encode())
    return True
