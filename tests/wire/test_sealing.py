"""Hold sealing and opening to the vectors: bytes sealed once open for ever, and nothing else does."""

import base64
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.sealing import (
    PADDED_BYTES,
    Content,
    EpochKey,
    Place,
    SealRefused,
    open_link,
    open_sealed,
    seal,
    seal_link,
)
from pratique.wire.entries import Kind, Seen
from tests.wire.vector_sets.actors import KE_DEVICE, key, public
from tests.wire.vectors import load, names

FILE = load("sealing")
CHANNEL = bytes(32)
SEEN = Seen(9, bytes(32))
EPOCH = EpochKey(3, bytes(32), bytes(range(32)))
DEVICE_KEY, DEVICE_PUBLIC = key(KE_DEVICE), public(KE_DEVICE)


def place(kind: Kind = Kind.APPLICATION) -> Place:
    """Give a fresh place of the device's next post."""
    return Place(CHANNEL, KE_DEVICE, uuid4(), kind)


def opened(case: dict[str, Any]) -> Content | EpochKey:
    """Open a case of the vectors, as an entry or as a link."""
    given = {**FILE["base"], **case.get("with", {})}
    where = Place(
        bytes.fromhex(given["channel"]), given["device"], UUID(given["post_id"]), Kind.from_word(given["kind"])
    )
    epoch = EpochKey(given["epoch"], bytes.fromhex(given["key"]), bytes.fromhex(given["authenticator"]))
    opening = open_link if where.kind is Kind.LINK else open_sealed
    return opening(base64.b64decode(case["sealed"]), where, epoch, bytes.fromhex(given["signature_key"]))


@pytest.mark.parametrize("case", FILE["cases"], ids=names(FILE["cases"]))
def test_vector(case: dict[str, Any]) -> None:
    if case["expect"] != "ok":
        with pytest.raises(SealRefused) as refused:
            opened(case)
        assert refused.value.code == case["expect"]
        return
    found = opened(case)
    if isinstance(found, EpochKey):
        old = {"epoch": found.epoch, "key": found.key.hex(), "authenticator": found.authenticator.hex()}
        assert old == case["link"]
    else:
        seen = {"seq": found.seen.seq, "chain": found.seen.chain.hex()}
        assert {"type": found.type, "seen": seen, "body": found.body.hex()} == case["content"]


@pytest.mark.parametrize("case", FILE["sizes"], ids=lambda case: str(case["body_bytes"]))
def test_only_the_padded_size_shows(case: dict[str, Any]) -> None:
    sealed = seal(Content(case["type"], SEEN, bytes(case["body_bytes"])), place(), EPOCH, DEVICE_KEY)
    assert len(sealed) == case["sealed_bytes"]


def test_the_padded_sizes_are_those_of_the_vectors() -> None:
    assert list(PADDED_BYTES) == FILE["padded_bytes"]


def test_the_largest_content_fits_and_one_byte_more_does_not() -> None:
    largest = FILE["sizes"][-1]["body_bytes"]
    where = place()
    body = bytes(largest)
    sealed = seal(Content("message", SEEN, body), where, EPOCH, DEVICE_KEY)
    assert open_sealed(sealed, where, EPOCH, DEVICE_PUBLIC).body == body
    with pytest.raises(SealRefused) as refused:
        seal(Content("message", SEEN, body + b"\x00"), where, EPOCH, DEVICE_KEY)
    assert refused.value.code == "content_too_large"


@given(st.binary(max_size=3000), st.integers(0, 2**64 - 1), st.text(st.characters(max_codepoint=127), max_size=20))
def test_what_is_sealed_opens_as_it_was(body: bytes, seq: int, of: str) -> None:
    content, where = Content(of, Seen(seq, bytes(32)), body), place()
    sealed = seal(content, where, EPOCH, DEVICE_KEY)
    assert open_sealed(sealed, where, EPOCH, DEVICE_PUBLIC) == content
    assert seal(content, where, EPOCH, DEVICE_KEY) != sealed


@settings(max_examples=200)
@given(st.data())
def test_no_changed_byte_opens(data: st.DataObject) -> None:
    where = place()
    sealed = bytearray(seal(Content("message", SEEN, b"body"), where, EPOCH, DEVICE_KEY))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealRefused) as refused:
        open_sealed(bytes(sealed), where, EPOCH, DEVICE_PUBLIC)
    assert refused.value.code == "cannot_open"


def test_links_walk_back_epoch_by_epoch() -> None:
    epochs = [EpochKey(number, bytes([number] * 32), bytes([100 + number] * 32)) for number in range(4)]
    where = place(Kind.LINK)
    links = [seal_link(old, new, where, SEEN, DEVICE_KEY) for old, new in pairwise(epochs)]
    found = epochs[-1]
    for sealed in reversed(links):
        found = open_link(sealed, where, found, DEVICE_PUBLIC)
    assert found == epochs[0]
    with pytest.raises(SealRefused, match="cannot_open"):
        open_link(links[0], where, epochs[-1], DEVICE_PUBLIC)


def test_a_key_does_not_show_in_text() -> None:
    epoch = EpochKey(1, b"K" * 32, b"A" * 32)
    assert "K" * 8 not in repr(epoch) and "A" * 8 not in repr(epoch)
