"""Make encodings.json: fields, lengths, entries, the chain, the ids of logs."""

import hashlib
from uuid import UUID

from pratique.wire.entries import Entry, Kind, Seen, Urgency, directory_id, inbox_id, next_chain
from pratique.wire.tls import Writer, encode
from tests.wire.vector_sets.actors import AT_MS, BE_DEVICE, DEPLOYMENT, KE_DEVICE, Case

CHANNEL = hashlib.sha256(b"pratique vectors: channel").digest()

FIELDS: dict[str, tuple[int | str | bytes, ...]] = {
    "nothing": (),
    "an integer is u64": (1,),
    "the largest integer": (2**64 - 1,),
    "a text is UTF-8 behind its length": ("é",),
    "bytes": (b"\x00\xff",),
    "empty text and empty bytes": ("", b""),
    "label, digest, number": ("pratique entry v1", CHANNEL, 7),
    "63 bytes take a length of one byte": (bytes(63),),
    "64 bytes take a length of two": (bytes(64),),
}
BAD_OPAQUE = {
    "no length": "",
    "half of a two-byte length": "40",
    "63 in two bytes": "403f" + "00" * 63,
    "16,383 in four bytes": "80003fff" + "00" * 16_383,
    "the reserved prefix 11": "c000000000000001aa",
    "one byte is missing": "02aa",
    "a byte is left over": "01aabb",
}
ENTRIES = (
    Entry(CHANNEL, 1, Kind.CHARTER, BE_DEVICE, 0, UUID(int=1), Urgency.ROUTINE, AT_MS, b"charter"),
    Entry(CHANNEL, 2, Kind.GROUP_INFO, BE_DEVICE, 0, UUID(int=1), Urgency.ROUTINE, AT_MS, b"group info"),
    Entry(CHANNEL, 3, Kind.COMMIT, BE_DEVICE, 0, UUID(int=1), Urgency.ROUTINE, AT_MS, bytes(64)),
    Entry(
        CHANNEL,
        4,
        Kind.APPLICATION,
        KE_DEVICE,
        1,
        UUID("0197a4e2-7c00-7d2b-9f3a-5be1c6d80a44"),
        Urgency.URGENT,
        AT_MS + 1,
        bytes(range(256)) * 65,
    ),
    Entry(CHANNEL, 5, Kind.NOTICE, "", 1, UUID(int=0), Urgency.PRIORITY, AT_MS + 1, b""),
)


def make() -> Case:
    """Give the whole file."""
    return {
        "about": "Fields are joined as RFC 9420 TLS presentation: integers u64, text and bytes behind their length.",
        "fields": [
            {
                "name": name,
                "expect": "ok",
                "fields": [_field(field) for field in fields],
                "encoded": encode(*fields).hex(),
            }
            for name, fields in FIELDS.items()
        ],
        "lengths": [
            {"name": f"{size} bytes", "expect": "ok", "size": size, "length": _length(size)}
            for size in (0, 1, 63, 64, 16_383, 16_384, 65_536)
        ]
        + [{"name": name, "expect": "malformed_encoding", "opaque": data} for name, data in BAD_OPAQUE.items()],
        "seen": _seen(),
        "chain": {"log": CHANNEL.hex(), "entries": _chain()},
        "logs": [
            {"name": "inbox of a device", "device": KE_DEVICE, "log": inbox_id(KE_DEVICE).hex()},
            {"name": "directory of a deployment", "deployment": DEPLOYMENT, "log": directory_id(DEPLOYMENT).hex()},
        ],
    }


def _field(field: int | str | bytes) -> Case:
    if isinstance(field, int):
        return {"u64": str(field)}
    return {"text": field} if isinstance(field, str) else {"bytes": field.hex()}


def _length(size: int) -> str:
    return Writer().opaque(bytes(size)).getvalue()[: -size or None].hex()


def _seen() -> list[Case]:
    good = Seen(4, CHANNEL).encode()
    cases: list[Case] = [{"name": "seen", "expect": "ok", "seq": 4, "chain": CHANNEL.hex(), "encoded": good.hex()}]
    for name, data in {"a byte is left over": good + b"\x00", "cut short": good[:-1], "empty": b""}.items():
        cases.append({"name": name, "expect": "malformed_encoding", "encoded": data.hex()})
    return cases


def _chain() -> list[Case]:
    chain, rows = CHANNEL, []
    for entry in ENTRIES:
        chain = next_chain(chain, entry.seq, entry.digest())
        row: Case = {
            "seq": entry.seq,
            "kind": entry.kind.word,
            "device": entry.device,
            "epoch": entry.epoch,
            "post_id": str(entry.post_id),
            "urgency": entry.urgency.word,
            "at_ms": entry.at_ms,
            "data": entry.data.hex(),
            "digest": entry.digest().hex(),
            "chain": chain.hex(),
        }
        if len(entry.data) <= 64:
            row["encoded"] = entry.encode().hex()
        rows.append(row)
    return rows
