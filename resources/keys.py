"""The deployment's signing key (Ed25519): who vouches for verdicts, publications and releases.

A development key is made on first use and says so in its id; production refuses it and asks for a mounted file.
Public keys of earlier deployments stay trusted through `trusted_keys` so that old verdicts still verify.
"""

import base64
import copy
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, Key, SSlibKey

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError, PolicyError

_DEVELOPMENT = "development-"
_DEVELOPMENT_FILE = "development.ed25519.pem"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with one key, verifies with every trusted one."""

    key_id: str
    _private: Ed25519PrivateKey
    _trusted: dict[str, Ed25519PublicKey] = field(default_factory=dict)

    def sign(self, message: bytes) -> str:
        """The signature, base64."""
        return base64.b64encode(self._private.sign(message)).decode()

    def verifies(self, key_id: str, signature: str, message: bytes) -> bool:
        """Whether a trusted key of that id signed exactly these bytes. An unknown key verifies nothing."""
        public = self._trusted.get(key_id)
        if public is None:
            return False
        try:
            public.verify(base64.b64decode(signature, validate=True), message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def envelope(self, payload: bytes, payload_type: str) -> dict[str, Any]:
        """`payload` in a signed DSSE envelope, the form in-toto statements travel in."""
        public = SSlibKey.from_crypto(self._private.public_key(), keyid=self.key_id)
        envelope = Envelope(payload, payload_type, {})
        envelope.sign(CryptoSigner(self._private, public))
        return envelope.to_dict()

    def opened(self, envelope: Mapping[str, Any]) -> bytes | None:
        """The payload, if a trusted key signed it."""
        keys: list[Key] = [SSlibKey.from_crypto(public, keyid=key_id) for key_id, public in self._trusted.items()]
        try:
            opened = Envelope.from_dict(copy.deepcopy(dict(envelope)))  # it takes the signatures apart
            opened.verify(keys, 1)
        except (VerificationError, ValueError, KeyError, TypeError, AttributeError):
            return None  # signed by nobody we trust, altered, or no envelope at all
        return opened.payload

    @property
    def is_development(self) -> bool:
        return self.key_id.startswith(_DEVELOPMENT)

    def public_pem(self) -> bytes:
        return self._private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def open_signer(keys_folder: Path, *, key_file: Path | None, production: bool) -> Signer:
    """The signer of this deployment. Raises `PolicyError` for a development key in production."""
    if key_file is None and production:
        raise PolicyError(
            "no signing key is configured",
            field="VIDGEN_SIGNING_KEY_FILE",
            allowed="the path of an Ed25519 private key in PEM, mounted as a secret",
            remedy="Make one with `openssl genpkey -algorithm ed25519`; a development key is refused in production.",
        )
    path = key_file or _made_on_first_use(keys_folder)
    private = _load_private(path)
    development = _is_development(path, keys_folder)
    if development and production:
        raise PolicyError("a development key may not sign in production", field="VIDGEN_SIGNING_KEY_FILE", value=path)
    key_id = (_DEVELOPMENT if development else "") + _fingerprint(private.public_key())
    return Signer(key_id, private, {key_id: private.public_key(), **_trusted(keys_folder, production)})


def _is_development(path: Path, keys_folder: Path) -> bool:
    """Whether this is the key made on first use, be it under another name."""
    own = keys_folder / _DEVELOPMENT_FILE
    return path.name == _DEVELOPMENT_FILE or (own.exists() and own.read_bytes() == path.read_bytes())


def _made_on_first_use(folder: Path) -> Path:
    path = folder / _DEVELOPMENT_FILE
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with tempfile.TemporaryDirectory(dir=folder) as scratch:  # not named by process: every pod's first one is 1
            part = Path(scratch) / "part"
            part.touch(mode=0o600)
            part.write_bytes(pem)
            with suppress(FileExistsError):
                os.link(part, path)  # the first of several processes wins, and none sees half a key
    return path


def _load_private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"the signing key can't be read: {error}", field="signing key", value=path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError("the signing key is of another kind", field="signing key", value=path, allowed="Ed25519")
    return key


def _load_public(path: Path) -> PublicKeyTypes:
    try:
        return load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        remedy = "Put the public key there in PEM (`openssl pkey -pubout`), or remove the file."
        raise InputError(
            f"a trusted key can't be read: {error}", field="trusted key", value=path, remedy=remedy
        ) from error


def _trusted(folder: Path, production: bool) -> dict[str, Ed25519PublicKey]:
    """Public keys left in `keys/trusted/*.pem`: earlier keys of this deployment, after a rotation."""
    found: dict[str, Ed25519PublicKey] = {}
    for path in sorted((folder / "trusted").glob("*.pem")):
        public = _load_public(path)
        if isinstance(public, Ed25519PublicKey):
            prefix = _DEVELOPMENT if path.name.startswith(_DEVELOPMENT) else ""
            if not (prefix and production):
                found[prefix + _fingerprint(public)] = public
    return found


def _fingerprint(public: Ed25519PublicKey) -> str:
    return Digest.of_bytes(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hex[:16]
