"""Keep the one key under which a store or a key file is sealed: in the OS keyring, else under a passphrase (Argon2id).

Shape  key file: strict JSON {"kdf":"argon2id","salt","iterations","memory_kib","lanes","sealed"}, mode 0600
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from pratique.errors import StoreRefused
from pratique.wire import strict_json

# Gives the passphrase; asked only when the key is in no keyring.
Unlock = Callable[[], bytes]

KEY_BYTES = 32
NONCE_BYTES = 12
SERVICE = "pratique"
# RFC 9106 §4, the second recommended choice: 64 MiB, three passes, four lanes.
COST = {"iterations": 3, "memory_kib": 64 * 1024, "lanes": 4}
_MOST = {"iterations": 64, "memory_kib": 4 * 1024 * 1024, "lanes": 64}


def seal(key: bytes, plain: bytes, place: bytes) -> bytes:
    """Seal bytes at rest with AES-256-GCM, bound to where they are kept."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, place)


def unseal(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """Open what `seal` made at the same place; raises `StoreRefused`."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
    except (InvalidTag, ValueError):
        raise StoreRefused(
            "store_damaged", "a sealed value does not open: wrong key, or the file was altered"
        ) from None


def write_new(file: Path, data: bytes) -> None:
    """Write a file that only its owner reads, durably, and never over another; raises `StoreRefused`."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise StoreRefused("file_exists", f"{file} is there already", "choose another place, or remove it") from None
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def make_key(file: Path, unlock: Unlock | None) -> bytes:
    """Make a key and keep it: under the passphrase in a file, or in the OS keyring where no passphrase is given."""
    key = secrets.token_bytes(KEY_BYTES)
    if unlock is None:
        _to_keyring(str(file.resolve()), base64.b64encode(key).decode())
        return key
    salt = secrets.token_bytes(16)
    wrapped = seal(_derive(unlock(), salt, COST), key, b"pratique key file v1")
    texts = {"salt": base64.b64encode(salt).decode(), "sealed": base64.b64encode(wrapped).decode()}
    write_new(file, strict_json.dumps({"kdf": "argon2id", **COST, **texts}))
    return key


def find_key(file: Path, unlock: Unlock | None) -> bytes:
    """Give the key back; raises `StoreRefused` where it is not there or the passphrase is wrong."""
    if not file.exists():
        found = _from_keyring(str(file.resolve()))
        if found is None:
            raise StoreRefused("no_key", f"no key for {file.parent}: neither in the keyring nor in a file")
        return base64.b64decode(found)
    if unlock is None:
        raise StoreRefused("store_locked", f"{file} needs a passphrase", "give a passphrase file or type it")
    salt, sealed, cost = _read(file)
    derived = _derive(unlock(), salt, cost)
    try:
        return unseal(derived, sealed, b"pratique key file v1")
    except StoreRefused:
        raise StoreRefused("wrong_passphrase", f"the passphrase does not open {file}") from None


def _read(file: Path) -> tuple[bytes, bytes, dict[str, int]]:
    try:
        saved: dict[str, Any] = strict_json.loads(file.read_bytes())
        cost = {name: saved[name] for name in COST}
        if saved["kdf"] != "argon2id" or any(type(cost[n]) is not int or not 0 < cost[n] <= _MOST[n] for n in COST):
            raise ValueError
        return base64.b64decode(saved["salt"]), base64.b64decode(saved["sealed"]), cost
    except (ValueError, KeyError, TypeError):
        raise StoreRefused("store_damaged", f"{file} is not a key file of ours") from None


def _derive(passphrase: bytes, salt: bytes, cost: dict[str, int]) -> bytes:
    if not passphrase:
        raise StoreRefused("no_passphrase", "the passphrase is empty")
    kdf = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost["iterations"],
        lanes=cost["lanes"],
        memory_cost=cost["memory_kib"],
    )
    return kdf.derive(passphrase)


def _to_keyring(name: str, text: str) -> None:
    keyring = _keyring()
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, name, text)
    except KeyringError:
        raise StoreRefused(
            "keyring_refused", "the OS keyring takes no key", "unlock it, or give a passphrase"
        ) from None
    # A keyring that forgets would lose the store: some backends take everything and keep nothing.
    if _from_keyring(name) != text:
        raise StoreRefused("keyring_refused", "the OS keyring did not keep the key", "give a passphrase instead")


def _from_keyring(name: str) -> str | None:
    keyring = _keyring()
    from keyring.errors import KeyringError

    try:
        found: str | None = keyring.get_password(SERVICE, name)
        return found
    except KeyringError:
        raise StoreRefused(
            "keyring_refused", "the OS keyring gives no key", "unlock it, or give a passphrase"
        ) from None


def _keyring() -> Any:
    try:
        import keyring
        from keyring.backends.fail import Keyring
    except ImportError:
        raise StoreRefused("no_keyring", "no OS keyring here", "give a passphrase instead") from None
    if isinstance(keyring.get_keyring(), Keyring):
        raise StoreRefused("no_keyring", "no OS keyring here", "give a passphrase instead")
    return keyring
