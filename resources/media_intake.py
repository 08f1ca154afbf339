"""The customer's pictures and sounds on their way in: found by reference, copied into the store, named by digest.

Whether a reference may be followed is decided in `vidgen_assets/prompts/media.py`; this reads what it allows, from
a local folder or from an object store.
"""

from urllib.parse import urlsplit

from resources.artifact_store import ArtifactStore
from resources.object_store import ObjectStore
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import MediaFile
from vidgen_assets.prompts.media import MediaRoot


class MediaIntake:
    def __init__(self, artifacts: ArtifactStore, allowed_prefixes: tuple[str, ...] = ()) -> None:
        self._artifacts = artifacts
        self.allowed_prefixes = allowed_prefixes

    def keep(self, base_uri: str, reference: str) -> MediaFile:
        """Copy the file into the store. Raises `InputError` for one that is missing, too large or out of bounds."""
        data = self._read(base_uri, reference)
        artifact = self._artifacts.put_bytes(data)
        return MediaFile(reference=reference, digest=artifact.digest, size_bytes=artifact.size_bytes)

    def look(self, base_uri: str, reference: str) -> MediaFile:
        """What `keep` would return, without writing anything."""
        data = self._read(base_uri, reference)
        return MediaFile(reference=reference, digest=Digest.of_bytes(data), size_bytes=len(data))

    def _read(self, base_uri: str, reference: str) -> bytes:
        root = MediaRoot(base_uri, self.allowed_prefixes)
        place = root.locate(reference)
        if not isinstance(place, str):
            return root.read(reference)
        parts = urlsplit(place)
        data = ObjectStore(f"{parts.scheme}://{parts.netloc}").get(parts.path.lstrip("/"))
        if data is None:
            remedy = "Put the object there, or mend the reference."
            raise InputError("the object does not exist", field="reference", value=place, remedy=remedy)
        root.refuse_large(len(data), reference, "reference")
        return data
