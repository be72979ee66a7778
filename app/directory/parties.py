"""Keep the numbered party lists, and what they say today, remembered per process."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import insert, select

from app import log
from app.db import Database, Transaction
from app.errors import StalePartyList, StatementRefused
from app.models.party_list import party_lists
from pratique.wire.authorities import Authorities
from pratique.wire.bodies import PartyKind
from pratique.wire.entries import Draft, Kind, directory_id
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement

# A list that ends a CA at once needs a moment to come here.
ON_ITS_WAY_MS = 60_000
# Refusals that only say that the caller's view is not the newest.
_STALE = frozenset({"stale_list", "list_gap", "forked_list"})


class Parties:
    """What the saved party lists say; a list is folded once per process."""

    def __init__(self, root_der: bytes) -> None:
        """Begin at the deployment's root; raises `CertificateRefused`."""
        self.root_der = root_der
        self._known = Authorities.found(root_der)
        self.deployment = self._known.deployment
        self.log_id = directory_id(self.deployment)

    async def newest(self, tx: Transaction) -> Authorities:
        """Give the fold of every list that is saved; do not ask in the transaction that adds one."""
        known = self._known
        rows = await tx.execute(
            select(party_lists.c.statement).where(party_lists.c.number > known.number).order_by(party_lists.c.number)
        )
        for row in rows:
            known = known.advance(Statement.parse(row.statement))
        if known.number > self._known.number:
            self._known = known
        return known

    async def add(self, db: Database, raw: bytes) -> int:
        """Take the next party list and give its number; the newest one again changes nothing.

        Raises  StalePartyList, StatementRefused
        """
        async with db.transaction() as tx:
            await log.lock(tx, [], {self.log_id: log.LogKind.DIRECTORY})
            known = await self.newest(tx)
            try:
                statement = Statement.parse(raw)
                if statement.digest == known.head:
                    return known.number
                after = known.advance(statement)
                _check_ends(known, after, tx.now_ms)
                number = after.number
            except Refused as refused:
                if refused.code in _STALE:
                    raise StalePartyList(known.number) from None
                raise StatementRefused(refused.code, refused.detail) from None
            await tx.execute(
                insert(party_lists).values(number=number, digest=statement.digest, statement=statement.raw)
            )
            log.append(tx, self.log_id, [Draft(Kind.ROSTER, statement.raw)], post_id=uuid4())
            return number

    async def is_ocu(self, tx: Transaction, party: str) -> bool:
        """Say whether the newest list has the party as an OCU."""
        listed = (await self.newest(tx)).party(party)
        return listed is not None and listed.kind is PartyKind.OCU


def _check_ends(before: Authorities, after: Authorities, now_ms: int) -> None:
    """Refuse a CA that ends in the past: entries that everybody has counted would count no more for newcomers."""
    ended = {
        entry for listed in before.parties.values() for entry in listed.authorities if entry.revoked_ms is not None
    }
    for listed in after.parties.values():
        for entry in listed.authorities:
            if entry.revoked_ms is not None and entry.revoked_ms < now_ms - ON_ITS_WAY_MS and entry not in ended:
                raise Refused("ends_in_the_past", f"a CA of {listed.party} must end now or later")


async def all_lists(tx: Transaction) -> list[bytes]:
    """Give every party list, in order."""
    rows = await tx.execute(select(party_lists.c.statement).order_by(party_lists.c.number))
    return [row.statement for row in rows]
