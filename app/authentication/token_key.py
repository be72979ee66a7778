"""Load the key that signs access tokens from its file, and make it where there is none yet."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


class KeyFileRefused(Exception):
    """Says that the token key's file cannot be used, and what to do about it."""


def load(path: Path) -> bytes:
    """Give the PEM of the ES256 key; a new one is written with mode 0600 where the file is missing.

    Raises  KeyFileRefused
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        _make(path)
        status = path.stat()
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileRefused(f"{path} can be read by others: chmod 600 {path}")
    return path.read_bytes()


def _make(path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written aside and linked: of two processes that start together, both end with the key that came first.
    aside = path.with_name(f".{path.name}.{uuid4().hex}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
