"""Make sealing.json: sealed bytes that open, and what must not open, be believed, or pass for a content.

Sealing draws a salt, so bytes sealed before are kept as long as they open to the same plaintext under the same context.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from uuid import UUID

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from pratique.wire.tls import Writer, encode
from tests.wire.vector_sets.actors import KE_DEVICE, Case, b64, flip, key, public
from tests.wire.vectors import FOLDER

CHANNEL = hashlib.sha256(b"pratique vectors: channel").digest()
CHAIN = hashlib.sha256(b"pratique vectors: seen").digest()
POST_ID = UUID("0197a4e2-7c00-7d2b-9f3a-5be1c6d80a44")
EPOCH = 7
KEY, AUTHENTICATOR = bytes(range(32)), bytes(range(32, 64))
OLD_KEY, OLD_AUTHENTICATOR = bytes(range(64, 96)), bytes(range(96, 128))
LABELS = {"application": "pratique entry v1", "link": "pratique link v1"}
MESSAGE = '{"text":"Vaccines to NBO, 2–8 °C"}'.encode()
LONG = bytes(range(256)) * 80
HEADER_BYTES, CHUNK_BYTES = 56, 16_384 + 16

BASE: Case = {
    "channel": CHANNEL.hex(),
    "device": KE_DEVICE,
    "post_id": str(POST_ID),
    "kind": "application",
    "epoch": EPOCH,
    "key": KEY.hex(),
    "authenticator": AUTHENTICATOR.hex(),
    "signature_key": public(KE_DEVICE).hex(),
}


def context(kind: str) -> bytes:
    """Give what a seal is bound to."""
    return encode(LABELS[kind], CHANNEL, EPOCH, KE_DEVICE) + POST_ID.bytes


def inside(
    kind: str, of: str, body: bytes, *, signer: str = KE_DEVICE, chain: bytes = CHAIN, tail: bytes = b""
) -> bytes:
    """Give a signed content without its frame and padding."""
    head = encode("pratique content v1", LABELS[kind], CHANNEL, EPOCH, AUTHENTICATOR, KE_DEVICE)
    signed = head + POST_ID.bytes + encode(of, 4, chain, body)
    writer = Writer().opaque(of.encode()).u64(4).opaque(chain).opaque(body).opaque(key(signer).sign(signed))
    return writer.raw(tail).getvalue()


def padded(content: bytes, size: int = 256, filler: bytes = b"\x00") -> bytes:
    """Frame a content and fill it up."""
    return Writer().opaque(content).getvalue().ljust(size, filler)


def link(epoch: int = EPOCH - 1, old_key: bytes = OLD_KEY, authenticator: bytes = OLD_AUTHENTICATOR) -> bytes:
    """Give the body of a link."""
    return encode(epoch, old_key, authenticator)


MESSAGE_PLAIN = padded(inside("application", "message", MESSAGE))
# name → code, kind, plaintext
PLAIN: dict[str, tuple[str, str, bytes]] = {
    "a message": ("ok", "application", MESSAGE_PLAIN),
    "an empty body": ("ok", "application", padded(inside("application", "receipt", b""))),
    "three chunks": ("ok", "application", padded(inside("application", "message", LONG), 32_768)),
    "padding is not zeros": ("malformed_content", "application", MESSAGE_PLAIN[:-1] + b"\x01"),
    "padded to 300 bytes": ("malformed_content", "application", padded(inside("application", "message", MESSAGE), 300)),
    "nothing at all": ("malformed_content", "application", b""),
    "no content": ("malformed_content", "application", bytes(256)),
    "a length beyond the end": ("malformed_content", "application", b"\x7f\xff".ljust(256, b"\x00")),
    "a byte is left over inside": (
        "malformed_content",
        "application",
        padded(inside("application", "message", MESSAGE, tail=b"\x00")),
    ),
    "a type that is not ASCII": ("malformed_content", "application", padded(inside("application", "mëssage", MESSAGE))),
    "a chain of 31 bytes": (
        "malformed_content",
        "application",
        padded(inside("application", "message", MESSAGE, chain=CHAIN[:31])),
    ),
    "signed by another device": (
        "bad_signature",
        "application",
        padded(inside("application", "message", MESSAGE, signer="other")),
    ),
    "signed as a link": ("bad_signature", "application", padded(inside("link", "message", MESSAGE))),
    "a link": ("ok", "link", padded(inside("link", "link", link()))),
    "a link to the same epoch": ("malformed_content", "link", padded(inside("link", "link", link(EPOCH)))),
    "a link to a later epoch": ("malformed_content", "link", padded(inside("link", "link", link(EPOCH + 1)))),
    "a link with a short key": ("malformed_content", "link", padded(inside("link", "link", link(old_key=KEY[:31])))),
    "a link with a short authenticator": (
        "malformed_content",
        "link",
        padded(inside("link", "link", link(authenticator=KEY[:31]))),
    ),
    "a link with more in it": ("malformed_content", "link", padded(inside("link", "link", link() + b"\x00"))),
    "a link of another type": ("malformed_content", "link", padded(inside("link", "message", link()))),
}
CONTENTS = {"a message": ("message", MESSAGE), "an empty body": ("receipt", b""), "three chunks": ("message", LONG)}


def make() -> Case:
    """Give the whole file."""
    sealed = {name: _sealed(name, kind, plain) for name, (_, kind, plain) in PLAIN.items()}
    return {
        "about": "Each case changes `base`; `sealed` is base64, everything else hex. Sealed bytes are random and kept.",
        "base": BASE,
        "padded_bytes": [256 << power for power in range(9)],
        "cases": [*(_good(name, data) for name, data in sealed.items()), *_broken(sealed)],
        "sizes": [
            {"body_bytes": body, "type": "message", "sealed_bytes": size + 40 + 16 + 16 * (size // 16_384 + 1)}
            for body, size in ((0, 256), (137, 256), (138, 512), (65_413, 65_536))
        ],
    }


def _good(name: str, data: bytes) -> Case:
    code, kind, _ = PLAIN[name]
    case: Case = {"name": name, "expect": code, "sealed": b64(data)}
    if kind == "link":
        case |= {"with": {"kind": "link"}}
        if code == "ok":
            old = {"epoch": EPOCH - 1, "key": OLD_KEY.hex(), "authenticator": OLD_AUTHENTICATOR.hex()}
            case |= {"link": old}
    elif code == "ok":
        of, body = CONTENTS[name]
        case |= {"content": {"type": of, "seen": {"seq": 4, "chain": CHAIN.hex()}, "body": body.hex()}}
    return case


def _broken(sealed: dict[str, bytes]) -> Iterator[Case]:
    """Move or break the sealed message."""
    data, long = sealed["a message"], sealed["three chunks"]
    for name, change in {
        "another channel": {"channel": flip(CHANNEL, 0).hex()},
        "another device": {"device": KE_DEVICE[:-1] + "b"},
        "another post_id": {"post_id": str(UUID(int=POST_ID.int ^ 1))},
        "another epoch": {"epoch": EPOCH + 1},
        "another key": {"key": flip(KEY, 0).hex()},
        "opened as a link": {"kind": "link"},
    }.items():
        yield {"name": name, "expect": "cannot_open", "with": change, "sealed": b64(data)}
    for name, change in {
        "another authenticator": {"authenticator": flip(AUTHENTICATOR, 0).hex()},
        "another signature key": {"signature_key": public("other").hex()},
        "a signature key of small order": {"signature_key": "01" + "00" * 31},
    }.items():
        yield {"name": name, "expect": "bad_signature", "with": change, "sealed": b64(data)}
    for name, changed in {
        "empty": b"",
        "the header only": data[:HEADER_BYTES],
        "cut short": data[:-1],
        "a byte is left over": data + b"\x00",
        "a bit of the salt": flip(data, 0),
        "a bit of the commitment": flip(data, HEADER_BYTES - 1),
        "a bit of the first chunk": flip(data, HEADER_BYTES),
        "a bit of the last tag": flip(data, -1),
        "cut after the first chunk": long[: HEADER_BYTES + CHUNK_BYTES],
        "first chunk twice": long[: HEADER_BYTES + CHUNK_BYTES] + long[HEADER_BYTES:],
    }.items():
        yield {"name": name, "expect": "cannot_open", "sealed": b64(changed)}


def _sealed(name: str, kind: str, plain: bytes) -> bytes:
    """Give the committed bytes if they still open to the same, else seal anew."""
    file = FOLDER / "sealing.json"
    committed = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for case in committed.get("cases", []):
        data = base64.b64decode(case["sealed"])
        if case["name"] == name and _opens(data, kind) == plain:
            return data
    encryptor = Cobblestone256Encryptor(KEY, context(kind))
    return encryptor.update(plain) + encryptor.finalize()


def _opens(data: bytes, kind: str) -> bytes | None:
    try:
        decryptor = Cobblestone256Decryptor(KEY, context(kind))
        return decryptor.update(data) + decryptor.finalize()
    except (InvalidTag, ValueError):
        return None
