"""Hold the encoding of fields, entries and the chain to the vectors."""

import hashlib
import struct
from typing import Any
from uuid import UUID

import pytest

from pratique.wire.entries import Entry, Kind, Seen, Urgency, directory_id, inbox_id, next_chain
from pratique.wire.tls import Malformed, Reader, Writer, encode
from tests.wire.vectors import load, names

FILE = load("encodings")
CHAIN = FILE["chain"]


def field(value: dict[str, str]) -> int | str | bytes:
    """Read one typed field of a vector."""
    [(kind, text)] = value.items()
    return int(text) if kind == "u64" else text if kind == "text" else bytes.fromhex(text)


def entry(row: dict[str, Any]) -> Entry:
    """Read one entry of a vector."""
    return Entry(
        log=bytes.fromhex(CHAIN["log"]),
        seq=row["seq"],
        kind=Kind.from_word(row["kind"]),
        device=row["device"],
        epoch=row["epoch"],
        post_id=UUID(row["post_id"]),
        urgency=Urgency.from_word(row["urgency"]),
        at_ms=row["at_ms"],
        data=bytes.fromhex(row["data"]),
    )


@pytest.mark.parametrize("case", FILE["fields"], ids=names(FILE["fields"]))
def test_fields(case: dict[str, Any]) -> None:
    assert encode(*map(field, case["fields"])).hex() == case["encoded"]


@pytest.mark.parametrize("case", FILE["lengths"], ids=names(FILE["lengths"]))
def test_lengths(case: dict[str, Any]) -> None:
    if case["expect"] == "ok":
        whole = bytes.fromhex(case["length"]) + bytes(case["size"])
        assert Writer().opaque(bytes(case["size"])).getvalue() == whole
        return
    with pytest.raises(Malformed) as refused:
        reader = Reader(bytes.fromhex(case["opaque"]))
        reader.opaque()
        reader.done()
    assert refused.value.code == case["expect"]


@pytest.mark.parametrize("case", FILE["seen"], ids=names(FILE["seen"]))
def test_seen(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["encoded"])
    if case["expect"] == "ok":
        assert Seen.decode(data) == Seen(case["seq"], bytes.fromhex(case["chain"]))
        assert Seen.decode(data).encode() == data
        return
    with pytest.raises(Malformed) as refused:
        Seen.decode(data)
    assert refused.value.code == case["expect"]


def test_entries_and_their_chain() -> None:
    chain = bytes.fromhex(CHAIN["log"])
    for row in CHAIN["entries"]:
        one = entry(row)
        if "encoded" in row:
            assert one.encode().hex() == row["encoded"]
        assert one.digest().hex() == row["digest"]
        chain = next_chain(chain, one.seq, one.digest())
        assert chain.hex() == row["chain"]


def test_the_chain_is_what_the_protocol_says_without_our_writer() -> None:
    row = CHAIN["entries"][0]
    log, device, data = bytes.fromhex(CHAIN["log"]), row["device"].encode(), bytes.fromhex(row["data"])
    parts = [b"\x20", log, struct.pack(">QQB", 1, 1, len(device)), device, struct.pack(">Q", 0)]
    parts += [UUID(row["post_id"]).bytes, struct.pack(">QQB", 0, row["at_ms"], len(data)), data]
    digest = hashlib.sha256(b"".join(parts)).digest()
    assert digest.hex() == row["digest"]
    chain = hashlib.sha256(b"\x20" + log + struct.pack(">Q", 1) + b"\x20" + digest).digest()
    assert chain.hex() == row["chain"]


def test_every_field_of_an_entry_stands_in_its_digest() -> None:
    one = entry(CHAIN["entries"][3])
    changes: dict[str, Any] = {
        "log": bytes(32),
        "seq": 9,
        "kind": Kind.LINK,
        "device": "",
        "epoch": 9,
        "post_id": UUID(int=9),
        "urgency": Urgency.ROUTINE,
        "at_ms": 9,
        "data": b"",
    }
    assert set(changes) == set(one.__dataclass_fields__)
    digests = {Entry(**{**one.__dict__, name: value}).digest() for name, value in changes.items()}
    assert len(digests | {one.digest()}) == len(changes) + 1


@pytest.mark.parametrize("case", FILE["logs"], ids=names(FILE["logs"]))
def test_log_ids(case: dict[str, Any]) -> None:
    found = inbox_id(case["device"]) if "device" in case else directory_id(case["deployment"])
    assert found.hex() == case["log"]


@pytest.mark.parametrize("words", [Kind, Urgency])
def test_words_are_read_back_and_nothing_else_is(words: type[Kind] | type[Urgency]) -> None:
    for one in words:
        assert words.from_word(one.word) is one
    for word in ("", "COMMIT", "Routine", "proposal", "commit ", "1"):
        with pytest.raises(ValueError):
            words.from_word(word)
