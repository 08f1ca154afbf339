"""The deployment's key: made once, refused in production, trusted after a rotation."""

import json
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from resources.keys import Signer, open_signer
from tests.architecture.tree import REPOSITORY
from vidgen_assets.clips.errors import InputError, PolicyError

OPENING = """
import sys
from pathlib import Path
from resources.keys import open_signer
print("ready", flush=True)
sys.stdin.readline()
print(open_signer(Path(sys.argv[1]), key_file=None, production=False).key_id)
"""


def development(folder: Path) -> Signer:
    return open_signer(folder, key_file=None, production=False)


def a_key_file(path: Path, key: Any = None) -> Path:
    key = key or Ed25519PrivateKey.generate()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def test_a_signature_verifies_for_its_message_and_no_other(tmp_path: Path) -> None:
    signer = development(tmp_path)
    signature = signer.sign(b"message")
    assert signer.verifies(signer.key_id, signature, b"message")
    assert not signer.verifies(signer.key_id, signature, b"massage")
    assert not signer.verifies(signer.key_id, development(tmp_path / "other").sign(b"message"), b"message")


@pytest.mark.parametrize("signature", ["", "AAAA", "not base64!", "é", "A" * 88])
def test_what_is_no_signature_verifies_nothing(tmp_path: Path, signature: str) -> None:
    signer = development(tmp_path)
    assert not signer.verifies(signer.key_id, signature, b"message")


def test_an_unknown_key_verifies_nothing(tmp_path: Path) -> None:
    signer = development(tmp_path)
    assert not signer.verifies("somebody", signer.sign(b"message"), b"message")


def test_the_key_is_made_once_for_its_owner_alone_and_says_what_it_is(tmp_path: Path) -> None:
    signer = development(tmp_path / "keys")
    assert development(tmp_path / "keys").key_id == signer.key_id
    assert signer.is_development
    assert signer.key_id.startswith("development-")
    [file] = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_of_many_threads_all_get_the_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: development(tmp_path / "keys").key_id, range(16)))
    assert len(keys) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["development.ed25519.pem"]


def test_of_several_processes_all_get_the_one_key(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPENING, str(tmp_path / "keys")]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
        for _ in range(3)
    ]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 3
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=30)[0] for process in processes}
    assert keys == {f"{development(tmp_path / 'keys').key_id}\n"}
    [file] = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_production_without_a_key_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="openssl genpkey -algorithm ed25519"):
        open_signer(tmp_path / "keys", key_file=None, production=True)
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("name", ["development.ed25519.pem", "production.pem"])
def test_production_refuses_the_development_key_under_any_name(tmp_path: Path, name: str) -> None:
    development(tmp_path)
    (tmp_path / "mounted").mkdir()
    file = tmp_path / "mounted" / name
    file.write_bytes((tmp_path / "development.ed25519.pem").read_bytes())
    with pytest.raises(PolicyError, match="may not sign in production"):
        open_signer(tmp_path, key_file=file, production=True)


def test_production_takes_a_mounted_key(tmp_path: Path) -> None:
    file = a_key_file(tmp_path / "key.pem")
    signer = open_signer(tmp_path / "keys", key_file=file, production=True)
    assert not signer.is_development
    assert signer.verifies(signer.key_id, signer.sign(b"x"), b"x")


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_key_that_cannot_be_read_is_wrong_input(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(InputError, match="can't be read"):
        open_signer(tmp_path, key_file=tmp_path / "key.pem", production=False)


def test_a_key_that_is_not_there_is_wrong_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        open_signer(tmp_path, key_file=tmp_path / "absent.pem", production=True)


def test_a_key_behind_a_password_is_wrong_input(tmp_path: Path) -> None:
    locked = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
    )
    (tmp_path / "key.pem").write_bytes(locked)
    with pytest.raises(InputError, match="encrypted"):
        open_signer(tmp_path, key_file=tmp_path / "key.pem", production=False)


def test_a_key_of_another_kind_is_wrong_input(tmp_path: Path) -> None:
    file = a_key_file(tmp_path / "key.pem", ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(InputError, match="Allowed: Ed25519"):
        open_signer(tmp_path, key_file=file, production=False)


def test_after_a_rotation_the_earlier_key_still_verifies_and_no_longer_signs(tmp_path: Path) -> None:
    old = open_signer(tmp_path, key_file=a_key_file(tmp_path / "old.pem"), production=True)
    signature, envelope = old.sign(b"verdict"), old.envelope(b"statement", "text/plain")
    (tmp_path / "trusted").mkdir()
    (tmp_path / "trusted" / "2025.pem").write_bytes(old.public_pem())
    new = open_signer(tmp_path, key_file=a_key_file(tmp_path / "new.pem"), production=True)
    assert new.key_id != old.key_id
    assert new.verifies(old.key_id, signature, b"verdict")
    assert new.opened(envelope) == b"statement"
    assert not new.verifies(old.key_id, new.sign(b"verdict"), b"verdict")


def test_a_trusted_development_key_counts_on_the_laptop_alone(tmp_path: Path) -> None:
    old = development(tmp_path / "old")
    (tmp_path / "keys" / "trusted").mkdir(parents=True)
    (tmp_path / "keys" / "trusted" / "development-laptop.pem").write_bytes(old.public_pem())
    file = a_key_file(tmp_path / "new.pem")
    laptop = open_signer(tmp_path / "keys", key_file=file, production=False)
    production = open_signer(tmp_path / "keys", key_file=file, production=True)
    assert laptop.verifies(old.key_id, old.sign(b"x"), b"x")
    assert not production.verifies(old.key_id, old.sign(b"x"), b"x")


def test_a_trusted_key_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "trusted").mkdir()
    (tmp_path / "trusted" / "broken.pem").write_bytes(b"?")
    with pytest.raises(InputError, match=r"broken\.pem.*openssl pkey -pubout"):
        development(tmp_path)


def test_an_envelope_opens_for_who_trusts_its_key(tmp_path: Path) -> None:
    signer, stranger = development(tmp_path / "a"), development(tmp_path / "b")
    envelope = json.loads(json.dumps(signer.envelope(b'{"a":1}', "application/vnd.in-toto+json")))
    assert signer.opened(envelope) == b'{"a":1}'
    assert stranger.opened(envelope) is None


@pytest.mark.parametrize(
    "change",
    [
        {"payload": "eyJhIjoyfQ=="},
        {"payloadType": "text/plain"},
        {"signatures": []},
        {"payload": "not base64!"},
        {"payload": None},
    ],
    ids=str,
)
def test_a_tampered_envelope_does_not_open(tmp_path: Path, change: dict[str, Any]) -> None:
    signer = development(tmp_path)
    envelope = signer.envelope(b'{"a":1}', "application/vnd.in-toto+json")
    assert signer.opened({**envelope, **change}) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
)


@given(st.dictionaries(st.sampled_from(["payload", "payloadType", "signatures", "x"]), JSON))
def test_nothing_but_an_envelope_opens(tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]) -> None:
    signer = development(tmp_path_factory.getbasetemp() / "envelope-keys")
    assert signer.opened(document) is None
