"""Show an entry as a CloudEvents 1.0 JSON object: the one representation of pages, sockets and webhooks."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pratique.wire import strict_json
from pratique.wire.entries import LOG_ID_BYTES, Entry, Kind, Urgency
from pratique.wire.refused import Refused

MEDIA_TYPE = "application/cloudevents+json"
BATCH_MEDIA_TYPE = "application/cloudevents-batch+json"
TYPE_PREFIX = "pratique.entry."
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


class EventRefused(Refused):
    """An event that is not one of ours."""

    def __init__(self, detail: str) -> None:
        super().__init__("malformed_event", detail)


@dataclass(frozen=True)
class Withheld:
    """An entry of which a reader may know only the number and the digest (history `from_join`)."""

    log: bytes
    seq: int
    digest: bytes


def format_ms(at_ms: int) -> str:
    """Give RFC 3339 UTC with milliseconds."""
    return (_EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_ms(text: str) -> int:
    """Read `format_ms`'s text; raises `EventRefused`."""
    if not _TIME.fullmatch(text):
        raise EventRefused("time is not RFC 3339 UTC with milliseconds")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise EventRefused("time is not a date") from None
    if moment < _EPOCH:
        raise EventRefused("time is before 1970")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def encode_event(entry: Entry) -> bytes:
    """Give the event's JSON bytes; done once per entry and process."""
    log = entry.log.hex()
    head = strict_json.dumps(
        {
            "specversion": "1.0",
            "id": f"{log}/{entry.seq}",
            "source": f"/v1/logs/{log}",
            "type": TYPE_PREFIX + entry.kind.word,
            "time": format_ms(entry.at_ms),
            "datacontenttype": "application/octet-stream",
            "seq": entry.seq,
            "epoch": entry.epoch,
            "device": entry.device,
            "urgency": entry.urgency.word,
            "postid": str(entry.post_id),
        }
    )
    # Base64 needs no escaping, and it is nearly all there is: it goes in as it is.
    return head[:-1] + b',"data_base64":"' + base64.b64encode(entry.data) + b'"}'


def encode_withheld(withheld: Withheld) -> bytes:
    """Give the event that stands for an entry whose bytes this reader may not have."""
    log = withheld.log.hex()
    return strict_json.dumps(
        {
            "specversion": "1.0",
            "id": f"{log}/{withheld.seq}",
            "source": f"/v1/logs/{log}",
            "type": TYPE_PREFIX + "withheld",
            "seq": withheld.seq,
            "digest": withheld.digest.hex(),
        }
    )


def batch(events: list[bytes]) -> bytes:
    """Join encoded events into one `application/cloudevents-batch+json` document."""
    return b"[" + b",".join(events) + b"]"


def decode_event(event: Any) -> Entry | Withheld:
    """Read one parsed event back; raises `EventRefused`."""
    try:
        log_text, _, seq_text = event["id"].partition("/")
        log, seq = _digest(log_text), event["seq"]
        if type(seq) is not int or seq < 1 or seq_text != str(seq):
            raise EventRefused("id and seq do not agree")
        prefix, word = event["type"][: len(TYPE_PREFIX)], event["type"][len(TYPE_PREFIX) :]
        if prefix != TYPE_PREFIX:
            raise EventRefused("type is not one of ours")
        if word == "withheld":
            return Withheld(log, seq, _digest(event["digest"]))
        epoch, device, post_id = event["epoch"], event["device"], UUID(event["postid"])
        if type(epoch) is not int or epoch < 0:
            raise EventRefused("epoch is not a number")
        if not isinstance(device, str) or str(post_id) != event["postid"]:
            raise EventRefused("device or postid is not in its one form")
        return Entry(
            log=log,
            seq=seq,
            kind=Kind.from_word(word),
            device=device,
            epoch=epoch,
            post_id=post_id,
            urgency=Urgency.from_word(event["urgency"]),
            at_ms=parse_ms(event["time"]),
            data=base64.b64decode(event["data_base64"], validate=True),
        )
    except EventRefused:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error):
        raise EventRefused("an event lacks a field or has one of the wrong form") from None


def _digest(text: str) -> bytes:
    digest = bytes.fromhex(text)
    if len(digest) != LOG_ID_BYTES or digest.hex() != text:
        raise EventRefused("a digest is 64 lower-case hex digits")
    return digest


def decode_batch(data: bytes) -> list[Entry | Withheld]:
    """Read a page or a socket frame; raises `EventRefused`."""
    try:
        events = strict_json.loads(data)
    except strict_json.JsonRefused as refused:
        raise EventRefused(refused.detail) from None
    if not isinstance(events, list):
        raise EventRefused("a batch is a list of events")
    return [decode_event(event) for event in events]
