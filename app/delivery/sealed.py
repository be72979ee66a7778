"""Take posts that change no member: sealed entries, and the reminders beside them."""

from __future__ import annotations

from collections.abc import Sequence

from app import access, log
from app.db import Transaction
from app.delivery import bundles, reminders
from app.delivery.framing import SEALED, Bundle
from app.directory import devices
from app.errors import EntryRefused
from pratique.wire.authorities import Authorities
from pratique.wire.bodies import Reminder
from pratique.wire.entries import Entry, Kind
from pratique.wire.leaves import Membership, NotCounted, check_sealed
from pratique.wire.stated import check_reminder


def take(tx: Transaction, device: str, bundle: Bundle, member: Membership) -> list[Entry]:
    """Judge sealed drafts by what is known of the channel, and store them; costs no statement.

    Raises  EntryRefused, StaleEpoch, RemovalPending
    """
    numbered = log.number(tx, member.channel, bundle.plain, device=device, post_id=bundle.post_id)
    _check(tx, member, [entry for entry in numbered if entry.kind in SEALED])
    log.store(tx, numbered)
    return numbered


async def take_reminders(
    tx: Transaction, authorities: Authorities, device: str, bundle: Bundle, member: Membership
) -> list[Entry]:
    """Judge a post that holds reminders or their ends beside what it seals, and store it; call it in a savepoint.

    Raises  EntryRefused, StaleEpoch, RemovalPending
    """
    directory = await devices.known(tx, authorities, [device])
    terms = await access.terms(tx, bytes.fromhex(member.charter.operation))
    parties = {one.party for one in terms.body.participants} if terms else set()
    numbered = log.number(tx, member.channel, bundle.plain, device=device, post_id=bundle.post_id)
    _check(tx, member, [entry for entry in numbered if entry.kind in SEALED])
    for entry in numbered:
        if entry.kind is not Kind.REMINDER:
            continue
        try:
            said = check_reminder(member, entry, directory)
        except NotCounted as refused:
            raise EntryRefused(refused.code, refused.detail) from None
        await bundles.require_seen(tx, entry)
        if isinstance(said, Reminder):
            await reminders.plan(tx, entry, said, parties)
        else:
            await reminders.end(tx, entry, said)
    log.store(tx, numbered)
    return numbered


def _check(tx: Transaction, member: Membership, numbered: Sequence[Entry]) -> None:
    """Judge entries that change nothing, as the fold would (rules AP-1 to AP-4)."""
    for entry in numbered:
        try:
            check_sealed(member, entry.device, entry.epoch, entry.at_ms)
            if entry.kind is Kind.LINK and member.charter.history != "full":
                raise NotCounted("no_links", "this channel keeps no links to old epochs")
        except NotCounted as refused:
            raise bundles.refusal(refused, member, tx.heads[entry.log].seq, entry.at_ms) from None
