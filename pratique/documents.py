"""Seal a file into segments under a key of its own, and open it again (docs/protocol.md §10, rules FILE-1 and FILE-3).

    file ─▶ padded (Padmé) ─▶ segments of 512 KiB ─▶ Cobblestone-256 under a fresh key ─▶ one blob per segment

The key and the digests travel in a sealed content; the server keeps bytes under their digest.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from pratique.contents.sealed_file import MOST_BYTES, SealedFile
from pratique.sealing import SealRefused
from pratique.wire.tls import encode

LABEL = "pratique document v1"
SEGMENT_BYTES = 512 * 1024
KEY_BYTES = 32
ID_BYTES = 16


def padded_size(size: int) -> int:
    """Give the size to which a file is padded: Padmé, at most 12 % more, so that few files share no size.

    Source  Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", algorithm 1
    """
    if size < 2:
        return size
    exponent = size.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (size + mask) & ~mask


def seal_file(data: bytes, name: str, type: str) -> tuple[dict[str, Any], list[bytes]]:
    """Seal a file; give the fields of its `SealedFile` and the sealed segments in order.

    Raises  SealRefused("file_too_large", "file_empty")
    """
    if not data or len(data) > MOST_BYTES:
        code = "file_too_large" if data else "file_empty"
        raise SealRefused(code, f"a file has 1 to {MOST_BYTES} bytes, this one {len(data)}")
    key, id_ = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(ID_BYTES)
    pieces = _pieces(data.ljust(padded_size(len(data)), b"\0"))
    sealed = []
    for index, piece in enumerate(pieces):
        encryptor = Cobblestone256Encryptor(key, _context(id_, index, len(pieces)))
        sealed.append(encryptor.update(piece) + encryptor.finalize())
    said = {
        "id": id_.hex(),
        "name": name,
        "type": type,
        "size_bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "key": base64.b64encode(key).decode(),
        "segments": [hashlib.sha256(segment).hexdigest() for segment in sealed],
    }
    return said, sealed


async def open_file(file: SealedFile, fetch: Callable[[str], Awaitable[bytes]]) -> bytes:
    """Fetch the segments of a file by their digests, open and check them.

    Raises  SealRefused: segment_differs, cannot_open, malformed_file; whatever `fetch` raises
    """
    key, id_, opened = base64.b64decode(file.key), bytes.fromhex(file.id), bytearray()
    for index, digest in enumerate(file.segments):
        sealed = await fetch(digest)
        if hashlib.sha256(sealed).hexdigest() != digest:
            raise SealRefused("segment_differs", f"segment {index + 1} of {file.name} is not what was put")
        try:
            decryptor = Cobblestone256Decryptor(key, _context(id_, index, len(file.segments)))
            opened += decryptor.update(sealed) + decryptor.finalize()
        except (InvalidTag, ValueError):
            raise SealRefused("cannot_open", f"segment {index + 1} of {file.name} does not open") from None
        if len(opened) > padded_size(MOST_BYTES):
            raise SealRefused("malformed_file", f"{file.name} is larger than a file may be")
    data, rest = bytes(opened[: file.size_bytes]), opened[file.size_bytes :]
    fits = len(opened) == padded_size(file.size_bytes) and not any(rest)
    if not fits or hashlib.sha256(data).hexdigest() != file.sha256:
        raise SealRefused("malformed_file", f"{file.name} is not what its sender described")
    return data


def _pieces(padded: bytes) -> list[bytes]:
    return [padded[start : start + SEGMENT_BYTES] for start in range(0, len(padded), SEGMENT_BYTES)]


def _context(id_: bytes, index: int, count: int) -> bytes:
    return encode(LABEL, id_, index, count)
