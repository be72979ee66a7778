"""What the member side hands to views and people: opened entries, notices, and reports of what was done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Type, TypeVar  # noqa: UP035
from uuid import UUID

from pratique.contents.content import Content, ContentRefused
from pratique.wire.bodies import Charter, OperationTerms
from pratique.wire.entries import Kind, Urgency

C = TypeVar("C", bound=Content)


@dataclass(frozen=True)
class OpenedEntry:
    """One entry of a channel as this device may know it.

    Takes   kind: APPLICATION carries type and body; COMMIT and ROSTER carry the type "members" and a JSON body of what
            they changed: {"added":[uri], "removed":[uri]}, {"seated":[office], "unseated":[office]},
            {"revoked":[uri]}, {"rejoining":[uri]}; REMINDER has the type "reminder" or "reminder_end" and the body of
            its statement (docs/protocol.md §9)
            problem: why it could not be opened or is not believed; type and body are then empty
    Unit    at_ms: UTC, milliseconds since 1970, as the server says
    """

    channel: bytes
    seq: int
    kind: Kind
    at_ms: int
    device: str
    party: str
    epoch: int
    post_id: UUID
    urgency: Urgency
    type: str
    body: bytes
    problem: str | None = None

    def read_as(self, kind: Type[C]) -> C | None:  # noqa: UP006 - `type` is a field here
        """Read the content as one of a kind; None where it is of another, did not open, or breaks its form."""
        if self.problem is not None or self.type != kind.TYPE:
            return None
        try:
            return kind.read(self.body)
        except ContentRefused:
            return None


@dataclass(frozen=True)
class Notice:
    """What the server noticed; it changes no state and is worth a look, not belief."""

    log: bytes
    seq: int
    at_ms: int
    facts: dict[str, str | int]


@dataclass(frozen=True)
class Posted:
    """A post that the server saved: the place of its (first) entry."""

    seq: int
    at_ms: int
    post_id: UUID


@dataclass(frozen=True)
class Sent:
    """One posting that the server saved: the places of its contents in order, and the numbers of its reminders."""

    posted: list[Posted]
    reminders: tuple[int, ...] = ()


@dataclass
class SyncReport:
    """What a sync did: numbers per channel, and what a person should see.

    Takes   notices: what the server noticed since this device last read its inbox
    """

    entries: int = 0
    joined: list[bytes] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass(frozen=True)
class ChannelState:
    """One channel as this device's own fold knows it.

    Takes   trouble: why the channel cannot be posted to, or None; own_leaf: whether this device holds a leaf
            living: whether any device holds one that was not revoked
    """

    id: bytes
    charter: Charter
    seq: int
    epoch: int
    seated: tuple[str, ...]
    devices: tuple[str, ...]
    surplus: tuple[str, ...]
    own_leaf: bool
    living: bool
    trouble: str | None


@dataclass(frozen=True)
class Operation:
    """An operation by its newest terms; `id` is the digest of its first statement, `head` of its newest."""

    id: bytes
    head: bytes
    terms: OperationTerms


@dataclass(frozen=True)
class Check:
    """One finding of `doctor`: what was looked at, how it is, what to do."""

    name: Literal["store", "server", "clock", "chain", "engine", "key packages", "channels"]
    good: bool
    detail: str
    hint: str = ""
