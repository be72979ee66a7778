"""Make files.json: a sealed file that opens, and the sizes to which files are padded.

Sealing draws a salt, so the segments sealed before are kept as long as they open to the same file.
"""

import base64
import hashlib
import json

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from pratique.wire.tls import encode
from tests.wire.vectors import FOLDER

KEY, ID = bytes(range(32)), bytes(range(16))
DATA = b"\xff\xd8\xff\xe0 a photo of a broken seal " * 37
# size → padded size, worked out by hand from the paper's algorithm for the first ten
SIZES = (
    {1: 1, 2: 2, 3: 3, 8: 8, 9: 10, 11: 12, 100: 104, 1000: 1024, 1025: 1088, 65_537: 67_584}
    | {(1 << power): (1 << power) for power in range(4, 26)}
    | {(1 << power) - 1: (1 << power) for power in range(10, 26)}
)
CONTEXT = encode("pratique document v1", ID, 0, 1)


def padded() -> bytes:
    """Give the plaintext of the only segment: the file, and zeros up to a whole number of 2⁶ bytes."""
    size = -(-len(DATA) // 64) * 64
    return DATA.ljust(size, b"\0")


def make() -> dict[str, object]:
    """Give the file."""
    segment = _kept() or _sealed()
    file = {
        "id": ID.hex(),
        "name": "broken-seal.jpg",
        "type": "image/jpeg",
        "size_bytes": len(DATA),
        "sha256": hashlib.sha256(DATA).hexdigest(),
        "key": base64.b64encode(KEY).decode(),
        "segments": [hashlib.sha256(segment).hexdigest()],
    }
    return {
        "sizes": sorted(SIZES.items()),
        "file": file,
        "data_sha256": hashlib.sha256(DATA).hexdigest(),
        "segments": [base64.b64encode(segment).decode()],
    }


def _sealed() -> bytes:
    encryptor = Cobblestone256Encryptor(KEY, CONTEXT)
    return encryptor.update(padded()) + encryptor.finalize()


def _kept() -> bytes | None:
    try:
        kept = json.loads((FOLDER / "files.json").read_text(encoding="utf-8"))
        segment = base64.b64decode(kept["segments"][0])
        decryptor = Cobblestone256Decryptor(KEY, CONTEXT)
        return segment if decryptor.update(segment) + decryptor.finalize() == padded() else None
    except (OSError, ValueError, KeyError, InvalidTag):
        return None
