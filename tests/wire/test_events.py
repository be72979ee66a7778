"""Hold events to one form: what is written is read back, and nothing loose is read."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.wire.entries import Entry, Kind, Urgency
from pratique.wire.events import (
    EventRefused,
    Withheld,
    batch,
    decode_batch,
    decode_event,
    encode_event,
    encode_withheld,
    format_ms,
    parse_ms,
)
from tests.wire.vector_sets.actors import AT_MS, KE_DEVICE

ENTRY = Entry(bytes(31) + b"\xab", 7, Kind.COMMIT, KE_DEVICE, 3, UUID(int=5), Urgency.URGENT, AT_MS + 42, b"data")
WITHHELD = Withheld(ENTRY.log, 8, bytes(32))
ENTRIES = st.builds(
    Entry,
    log=st.binary(min_size=32, max_size=32),
    seq=st.integers(1, 2**53 - 1),
    kind=st.sampled_from(Kind),
    device=st.sampled_from(["", KE_DEVICE]),
    epoch=st.integers(0, 2**53 - 1),
    post_id=st.uuids(),
    urgency=st.sampled_from(Urgency),
    at_ms=st.integers(0, 253_402_300_799_999),
    data=st.binary(max_size=100),
)


def test_an_event_is_cloudevents_json() -> None:
    assert json.loads(encode_event(ENTRY)) == {
        "specversion": "1.0",
        "id": "00" * 31 + "ab/7",
        "source": "/v1/logs/" + "00" * 31 + "ab",
        "type": "pratique.entry.commit",
        "time": "2027-01-15T08:00:00.042Z",
        "datacontenttype": "application/octet-stream",
        "seq": 7,
        "epoch": 3,
        "device": KE_DEVICE,
        "urgency": "urgent",
        "postid": "00000000-0000-0000-0000-000000000005",
        "data_base64": "ZGF0YQ==",
    }


@given(st.lists(ENTRIES, max_size=4))
def test_a_batch_is_read_back(entries: list[Entry]) -> None:
    assert decode_batch(batch([encode_event(entry) for entry in entries])) == entries


def test_a_withheld_entry_is_read_back() -> None:
    assert decode_batch(batch([encode_withheld(WITHHELD), encode_event(ENTRY)])) == [WITHHELD, ENTRY]


@pytest.mark.parametrize(
    "change",
    [
        {"id": "00" * 31 + "AB/7"},
        {"id": "00" * 31 + "ab/8"},
        {"id": "00" * 31 + "ab/07"},
        {"id": "00" * 31 + "/7"},
        {"id": "00 " * 31 + "ab/7"},
        {"id": 7},
        {"seq": 0, "id": "00" * 31 + "ab/0"},
        {"seq": "7"},
        {"seq": True, "id": "00" * 31 + "ab/1"},
        {"seq": 7.0},
        {"epoch": -1},
        {"epoch": True},
        {"epoch": None},
        {"type": "commit"},
        {"type": "pratique.entry.COMMIT"},
        {"type": "pratique.entry.proposal"},
        {"type": ["pratique.entry.commit"]},
        {"device": 5},
        {"device": None},
        {"urgency": "high"},
        {"urgency": 2},
        {"postid": "{00000000-0000-0000-0000-000000000005}"},
        {"postid": "urn:uuid:00000000-0000-0000-0000-000000000005"},
        {"postid": "0"},
        {"time": "2027-01-15T08:00:00Z"},
        {"time": "2027-01-15T08:00:00.042+00:00"},
        {"time": "2027-02-30T08:00:00.042Z"},
        {"time": "1969-12-31T23:59:59.999Z"},
        {"time": "２027-01-15T08:00:00.042Z"},
        {"time": "2027-01-15T08:00:00.042Z\n"},
        {"time": 1},
        {"data_base64": "ZGF0YQ"},
        {"data_base64": "ZG F0YQ=="},
        {"data_base64": "é"},
        {"data_base64": None},
    ],
    ids=str,
)
def test_a_loose_event_is_refused(change: dict[str, Any]) -> None:
    event = json.loads(encode_event(ENTRY))
    assert decode_event(event) == ENTRY
    with pytest.raises(EventRefused) as refused:
        decode_event({**event, **change})
    assert refused.value.code == "malformed_event"


@pytest.mark.parametrize("name", ["id", "type", "time", "seq", "epoch", "device", "urgency", "postid", "data_base64"])
def test_an_event_without_a_field_is_refused(name: str) -> None:
    event = json.loads(encode_event(ENTRY))
    del event[name]
    with pytest.raises(EventRefused):
        decode_event(event)


@pytest.mark.parametrize("digest", ["00", "00" * 33, "zz" * 32, "AB" * 32, None])
def test_a_loose_withheld_event_is_refused(digest: object) -> None:
    with pytest.raises(EventRefused):
        decode_event({**json.loads(encode_withheld(WITHHELD)), "digest": digest})


@pytest.mark.parametrize("data", [b"", b"{}", b"[", b"[1]", b"[null]", b'["x"]', b"[[]]", b"[{}]", b"\xff"])
def test_what_is_no_batch_is_refused(data: bytes) -> None:
    with pytest.raises(EventRefused):
        decode_batch(data)


@given(st.integers(0, 253_402_300_799_999))
def test_instants_are_read_back(at_ms: int) -> None:
    assert parse_ms(format_ms(at_ms)) == at_ms
