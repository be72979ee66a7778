"""End a device everywhere at once: in the directory, and by position in every channel where it holds a leaf."""

from __future__ import annotations

from uuid import uuid4

from app import log
from app.db import Database, Transaction
from app.delivery import channels, key_packages, subscriptions
from app.directory import devices
from app.directory.parties import Parties
from app.errors import AlreadyRevoked, StatementRefused
from app.log import LogKind
from pratique.wire import membership
from pratique.wire.entries import Draft, Kind
from pratique.wire.leaves import Directory, skip
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement


class _Missed(Exception):
    """The device holds leaves in channels that are not locked yet."""

    def __init__(self, held: frozenset[bytes]) -> None:
        super().__init__()
        self.held = held


async def revoke(database: Database, parties: Parties, raw: bytes) -> list[bytes]:
    """Take a signed revocation: entries in the directory and in each channel of the device, all in one save.

    Gives   the channels that carry it
    Locks   the directory and the device's channels in id order, then the device's row. A commit that adds the device
            holds that row too, so whoever comes second sees the other; a channel missed is locked in a new round
    Raises  StatementRefused, AlreadyRevoked
    """
    try:
        statement = Statement.parse(raw)
    except Refused as refused:
        raise StatementRefused(refused.code, refused.detail) from None
    held: frozenset[bytes] = frozenset()
    while True:
        try:
            async with database.transaction() as tx:
                return await _revoke(tx, parties, statement, held)
        except _Missed as missed:
            held |= missed.held


async def _revoke(tx: Transaction, parties: Parties, statement: Statement, locked: frozenset[bytes]) -> list[bytes]:
    await log.lock(tx, locked, {parties.log_id: LogKind.DIRECTORY})
    directory = devices.Known(await parties.newest(tx), {})
    try:
        device = membership.check_revocation(statement, directory, tx.now_ms).device
    except Refused as refused:
        raise StatementRefused(refused.code, refused.detail) from None
    if not await devices.revoke(tx, device, statement.raw):
        if await devices.find(tx, device) is None:
            raise StatementRefused("unknown_device", "no device of this name was ever active")
        raise AlreadyRevoked
    held = frozenset(await channels.holding(tx, device))
    if held - locked:
        raise _Missed(held)
    log.append(tx, parties.log_id, [Draft(Kind.ROSTER, statement.raw)], post_id=uuid4())
    for channel, member in (await channels.load(tx, held, channels.Folds())).items():
        await _tell(tx, channel, member, statement, directory)
    await key_packages.forget(tx, device)
    await subscriptions.forget(tx, device)
    return sorted(held)


async def _tell(
    tx: Transaction, channel: bytes, member: membership.Membership, statement: Statement, directory: Directory
) -> None:
    """Put the revocation at the end of one channel, where the fold counts it from."""
    draft = Draft(Kind.ROSTER, statement.raw)
    (entry,) = log.number(tx, channel, [draft], post_id=uuid4())
    after = membership.advance(skip(member, entry.seq - 1), entry, directory)
    log.store(tx, [entry])
    await channels.save(tx, member, after, {})
