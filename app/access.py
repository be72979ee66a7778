"""The doors: what a device may see and do is decided here, and what is not its own is not there (`NotFound`).

Doors look without locks. Who then writes looks again, under the log's lock.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, bindparam, select, true

from app import log
from app.db import Transaction
from app.errors import NotFound
from app.log import LogKind
from app.models.channel import channels, leaves, seats
from app.models.device import devices
from app.models.operation import operations, participants
from pratique.wire.bodies import OperationTerms
from pratique.wire.entries import Entry, Kind, inbox_id
from pratique.wire.identity import DeviceUri
from pratique.wire.statements import Statement

EVERYTHING: Final = 2**63 - 1
# The fold is possible for every seated office from entry 1 on, whatever else is withheld.
_NEVER_WITHHELD = frozenset({Kind.CHARTER, Kind.ROSTER})
_ACTIVE = select(devices.c.uri).where(devices.c.uri.in_(bindparam("uris", expanding=True)), devices.c.state == "active")
_HELD = _ACTIVE.order_by(devices.c.uri).with_for_update(read=True)


@dataclass(frozen=True, slots=True)
class Reading:
    """Leave to read a log; entries up to `since` are withheld, but for charters and rosters."""

    log_id: bytes
    kind: LogKind
    since: int = 0

    def withholds(self, entry: Entry) -> bool:
        """Say whether the reader may know only the entry's number and digest."""
        return entry.seq <= self.since and entry.kind not in _NEVER_WITHHELD


@dataclass(frozen=True, slots=True)
class Terms:
    """An operation's newest terms."""

    operation: bytes
    statement: Statement
    body: OperationTerms


def _active(device: DeviceUri) -> ColumnElement[bool]:
    return (
        select(devices.c.uri).where(devices.c.uri == str(device), devices.c.state == "active").correlate(None).exists()
    )


async def channel(tx: Transaction, device: DeviceUri, channel_id: bytes) -> Reading:
    """Let pass an active device of a seated office; raises `NotFound`."""
    row = await tx.execute(
        select(channels.c.history, leaves.c.since_seq)
        .join(seats, and_(seats.c.channel == channels.c.id, seats.c.office == device.office_id))
        .outerjoin(leaves, and_(leaves.c.channel == channels.c.id, leaves.c.device == str(device)))
        .where(channels.c.id == channel_id, _active(device))
    )
    if (found := row.first()) is None:
        raise NotFound
    history, since = found
    if history == "full":
        return Reading(channel_id, LogKind.CHANNEL)
    return Reading(channel_id, LogKind.CHANNEL, EVERYTHING if since is None else since)


async def readable(tx: Transaction, device: DeviceUri, log_id: bytes) -> Reading:
    """Let an active device read a log: a channel it is seated in, its inbox, an operation it is part of, the directory.

    Raises  NotFound, the same for what is not there and what is not the device's
    """
    match await log.kind(tx, log_id):
        case LogKind.CHANNEL:
            return await channel(tx, device, log_id)
        case LogKind.INBOX as kind:
            allowed: ColumnElement[bool] = true() if log_id == inbox_id(str(device)) else ~true()
        case LogKind.OPERATION as kind:
            allowed = (
                select(participants.c.party)
                .where(participants.c.operation == log_id, participants.c.party == device.party)
                .correlate(None)
                .exists()
            )
        case LogKind.DIRECTORY as kind:
            allowed = true()
        case None:
            # An inbox begins with its first entry; until then its own device reads it as empty.
            kind, allowed = LogKind.INBOX, true() if log_id == inbox_id(str(device)) else ~true()
    if not (await tx.execute(select(true()).where(allowed, _active(device)))).first():
        raise NotFound
    return Reading(log_id, kind)


async def active(tx: Transaction, uris: Collection[str], *, hold: bool = False) -> frozenset[str]:
    """Give those of some devices that are active.

    Locks   with `hold`, their rows until the save, shared: none of them is revoked meanwhile
    """
    rows = await tx.execute(_HELD if hold else _ACTIVE, {"uris": list(uris)})
    return frozenset(rows.scalars())


async def active_of_offices(tx: Transaction, offices: Collection[str]) -> list[str]:
    """Give the active devices of some offices."""
    if not offices:
        return []
    rows = await tx.execute(
        select(devices.c.uri)
        .where(devices.c.office.in_(list(offices)), devices.c.state == "active")
        .order_by(devices.c.uri)
    )
    return list(rows.scalars())


@dataclass(frozen=True, slots=True)
class Seated:
    """A device's seat in a channel; entries up to `since` are withheld from it."""

    device: str
    channel: bytes
    operation: bytes
    since: int


async def seats_of(tx: Transaction, uris: Collection[str], only: Collection[bytes] | None = None) -> list[Seated]:
    """Give in which channels some devices are seated, if they are active.

    Takes   only: ask for these channels alone
    """
    asked = (
        select(devices.c.uri, channels.c.id, channels.c.operation, channels.c.history, leaves.c.since_seq)
        .join(seats, seats.c.office == devices.c.office)
        .join(channels, channels.c.id == seats.c.channel)
        .outerjoin(leaves, and_(leaves.c.channel == channels.c.id, leaves.c.device == devices.c.uri))
        .where(devices.c.uri.in_(list(uris)), devices.c.state == "active")
    )
    rows = await tx.execute(asked if only is None else asked.where(channels.c.id.in_(list(only))))
    return [
        Seated(uri, channel, operation, 0 if history == "full" else EVERYTHING if since is None else since)
        for uri, channel, operation, history, since in rows
    ]


async def key(tx: Transaction, device: DeviceUri) -> bytes:
    """Give an active device's signature key; raises `NotFound`."""
    row = await tx.execute(select(devices.c.key).where(devices.c.uri == str(device), devices.c.state == "active"))
    found: bytes | None = row.scalar()
    if found is None:
        raise NotFound
    return found


async def terms(tx: Transaction, operation: bytes) -> Terms | None:
    """Give an operation's newest terms, or None where there is no such operation."""
    row = await tx.execute(select(operations.c.statement).where(operations.c.id == operation))
    found: bytes | None = row.scalar()
    if found is None:
        return None
    statement = Statement.parse(found)
    return Terms(operation, statement, statement.read(OperationTerms))
