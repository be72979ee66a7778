"""Keep operations: numbered statements of the OCU, each in the operation's own log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from app import log
from app.db import Database, Transaction
from app.directory import devices
from app.directory.parties import Parties
from app.errors import NotAllowed, NotFound, StaleTerms, StatementRefused
from app.models.operation import operations, participants
from pratique.wire.bodies import OperationTerms
from pratique.wire.entries import Draft, Kind
from pratique.wire.identity import DeviceUri
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement


@dataclass(frozen=True)
class Operation:
    """An operation as its newest statement tells it."""

    id: bytes
    code: str
    number: int
    head_seq: int
    head_chain: bytes
    statement: bytes


@dataclass(frozen=True)
class Placed:
    """Where a statement stands in an operation's log."""

    operation: bytes
    seq: int
    at_ms: int


async def found(db: Database, parties: Parties, device: DeviceUri, post_id: UUID, raw: bytes) -> Placed:
    """Begin an operation by its first statement; the same statement again gives the same place.

    Raises  NotAllowed, StatementRefused
    """
    async with db.transaction() as tx:
        statement, terms = await _read(tx, parties, device, raw)
        operation = statement.digest
        if terms.number != 1 or statement.follows:
            raise StatementRefused("wrong_number", "the first statement is number 1 and follows nothing")
        await log.lock(tx, [], {operation: log.LogKind.OPERATION})
        if placed := await _placed(tx, operation, raw):
            return placed
        row = {"id": operation, "code": terms.code, "number": 1, "head": operation, "statement": raw}
        await tx.execute(insert(operations).values(row))
        return await _place(tx, operation, device, post_id, raw, terms)


async def amend(
    db: Database, parties: Parties, device: DeviceUri, operation: bytes, post_id: UUID, raw: bytes
) -> Placed:
    """Put the next statement of an operation; the same statement again gives the same place.

    Raises  NotFound, NotAllowed, StaleTerms, StatementRefused
    """
    async with db.transaction() as tx:
        statement, terms = await _read(tx, parties, device, raw)
        if await log.kind(tx, operation) is not log.LogKind.OPERATION:
            raise NotFound
        await log.lock(tx, [operation])
        if placed := await _placed(tx, operation, raw):
            return placed
        now = (await tx.execute(select(operations).where(operations.c.id == operation))).one()
        if terms.number != now.number + 1 or statement.follows != now.head:
            raise StaleTerms(now.number)
        await tx.execute(
            update(operations)
            .where(operations.c.id == operation)
            .values(code=terms.code, number=terms.number, head=statement.digest, statement=raw)
        )
        return await _place(tx, operation, device, post_id, raw, terms)


async def of_party(tx: Transaction, party: str) -> list[Operation]:
    """List the operations in which a party takes part, by code."""
    rows = (
        await tx.execute(
            select(operations)
            .join(participants, participants.c.operation == operations.c.id)
            .where(participants.c.party == party)
            .order_by(operations.c.code, operations.c.id)
        )
    ).all()
    ends = await log.ends(tx, [row.id for row in rows])
    return [Operation(row.id, row.code, row.number, *ends[row.id], row.statement) for row in rows]


async def codes(tx: Transaction, ids: Iterable[bytes]) -> dict[bytes, str]:
    """Give the codes of some operations, by which people know them."""
    rows = await tx.execute(select(operations.c.id, operations.c.code).where(operations.c.id.in_(list(ids))))
    return dict(rows.all())


def takers(terms: OperationTerms) -> frozenset[str]:
    """Give the parties that read an operation's log by its terms."""
    return frozenset({taker.party for taker in terms.participants} | set(terms.lane_companions))


async def _read(tx: Transaction, parties: Parties, device: DeviceUri, raw: bytes) -> tuple[Statement, OperationTerms]:
    """Read a statement that a device of an OCU signed itself and whose parties are all listed."""
    if not await parties.is_ocu(tx, device.party):
        raise NotAllowed("only a device of an OCU says the terms of an operation")
    authorities = await parties.newest(tx)
    known = await devices.known(tx, authorities, [str(device)])
    certificate = known.device(str(device), tx.now_ms)
    try:
        statement = Statement.parse(raw)
        terms = statement.read(OperationTerms)
        if certificate is None or statement.signer != str(device):
            raise StatementRefused("not_own_statement", "a device posts its own statements")
        statement.verify(certificate.key)
    except Refused as refused:
        raise StatementRefused(refused.code, refused.detail) from None
    if not takers(terms) <= authorities.parties.keys():
        raise StatementRefused("unknown_party", "the terms name a party that the party list does not have")
    if terms.from_ms >= terms.until_ms:
        raise StatementRefused("wrong_dates", "the operation ends before it begins")
    return statement, terms


async def _placed(tx: Transaction, operation: bytes, raw: bytes) -> Placed | None:
    """Find where these very bytes already stand in the operation's locked log."""
    after = 0
    while page := await log.read(tx, operation, after):
        for entry in page:
            if entry.data == raw:
                return Placed(operation, entry.seq, entry.at_ms)
        after = page[-1].seq
    return None


async def _place(
    tx: Transaction, operation: bytes, device: DeviceUri, post_id: UUID, raw: bytes, terms: OperationTerms
) -> Placed:
    # The party that founds stays a reader whether or not its terms name it.
    await tx.execute(delete(participants).where(participants.c.operation == operation))
    rows = [{"operation": operation, "party": party} for party in sorted(takers(terms) | {device.party})]
    await tx.execute(insert(participants), rows)
    entry = log.append(tx, operation, [Draft(Kind.ROSTER, raw)], device=str(device), post_id=post_id)[0]
    return Placed(operation, entry.seq, entry.at_ms)
