"""Shape what crosses the stream: the client's three kinds of frames, and the server's ready-made ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from app.errors import Problem
from pratique.wire import events, strict_json

# A batch of events is cut so that no frame is much larger than this; one event may be larger by itself.
FRAME_BYTES = 256 * 1024
MAX_SUBSCRIPTIONS = 1000
FRAMES_PER_S = 200  # of one client; an acknowledgement per batch is far below
_LOG = re.compile(r"[0-9a-f]{64}")
_MAX_SEQ = 2**53 - 1


class FrameRefused(Exception):
    """Says that a client's frame is none of the three kinds."""


@dataclass(frozen=True)
class Place:
    """A log and a number in it."""

    log: bytes
    seq: int


@dataclass(frozen=True)
class Subscribe:
    """Read these logs from behind these numbers on."""

    places: tuple[Place, ...]


@dataclass(frozen=True)
class Ack:
    """Everything up to here is safely with the client."""

    place: Place


@dataclass(frozen=True)
class Ticket:
    """The first frame: who this is."""

    value: str


def read(text: str) -> Ticket | Subscribe | Ack:
    """Read a client's frame; raises `FrameRefused`."""
    try:
        frame = strict_json.loads(text.encode())
    except (strict_json.JsonRefused, UnicodeEncodeError):
        raise FrameRefused("a frame is strict JSON") from None
    match frame:
        case {"ticket": str(value), **rest} if not rest and len(value) <= 100:
            return Ticket(value)
        case {"subscribe": list(wanted), **rest} if not rest and 0 < len(wanted) <= MAX_SUBSCRIPTIONS:
            return Subscribe(tuple(_place(one, "after") for one in wanted))
        case {"ack": dict(one), **rest} if not rest:
            return Ack(_place(one, "seq"))
        case _:
            raise FrameRefused("a frame is a ticket, a subscribe or an ack")


def _place(one: Any, number: str) -> Place:
    if isinstance(one, dict) and one.keys() == {"log", number}:
        log, seq = one["log"], one[number]
        if isinstance(log, str) and _LOG.fullmatch(log) and type(seq) is int and 0 <= seq <= _MAX_SEQ:
            return Place(bytes.fromhex(log), seq)
    raise FrameRefused(f"a place is a log and {number}")


def batches(shown: list[bytes]) -> list[bytes]:
    """Join encoded events into as few documents as the frame size allows."""
    found: list[list[bytes]] = [[]]
    size = 0
    for event in shown:
        if found[-1] and size + len(event) > FRAME_BYTES:
            found.append([])
            size = 0
        found[-1].append(event)
        size += len(event)
    return [events.batch(part) for part in found if part]


def told(problem: Problem, **facts: Any) -> bytes:
    """Give the document of a problem on a stream."""
    return strict_json.dumps(problem.to_json() | facts)


def text_frame(document: bytes) -> bytes:
    """Give a whole unmasked RFC 6455 text frame, ready for every transport."""
    size = len(document)
    if size < 126:
        head = bytes((0x81, size))
    elif size < 1 << 16:
        head = b"\x81\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + size.to_bytes(8, "big")
    return head + document
