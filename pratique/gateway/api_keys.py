"""The keys a national system shows: kept as hashes in a 0600 file, compared in constant time.

Shape  the file: one `sha256:<64 hex>` a line; `#` begins a comment; several lines are several valid keys
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from pratique.errors import PratiqueError

PREFIX = "pgk_"
_LINE = re.compile(r"sha256:([0-9a-f]{64})")


def make(file: Path) -> str:
    """Make a key, add its hash to the file, and give the key; it is shown this once."""
    key = PREFIX + secrets.token_urlsafe(32)
    if file.exists():
        read(file)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(f"sha256:{_digest(key)}\n")
    return key


def read(file: Path) -> frozenset[str]:
    """Give the hashes of a key file; raises `PratiqueError`."""
    try:
        if file.stat().st_mode & 0o077:
            raise PratiqueError("exposed_key_file", f"{file} can be read by others", f"chmod 600 {file}")
        lines = file.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise PratiqueError(
            "no_key_file", f"{file} cannot be read: {why}", "make one with `pratique gateway --make-api-key`"
        ) from None
    said = [line.partition("#")[0].strip() for line in lines]
    found = [_LINE.fullmatch(line) for line in said if line]
    if not found or not all(found):
        raise PratiqueError("bad_key_file", f"{file} holds something else than sha256:<64 hex> lines, or nothing")
    return frozenset(match[1] for match in found if match)


def holds(hashes: Iterable[str], authorization: bytes) -> bool:
    """Say whether an Authorization header carries one of the keys; takes as long whichever it is."""
    scheme, _, key = authorization.partition(b" ")
    if scheme.lower() != b"bearer":
        return False
    digest = _digest(key.decode("latin-1"))
    return sum(hmac.compare_digest(digest, one) for one in hashes) > 0


def _digest(key: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(key.encode()).hexdigest()
