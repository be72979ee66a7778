"""Make posts that hold no commit: sealed contents with reminders, and signed statements for a channel's roster."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from uuid import UUID, uuid4

from pratique.errors import PratiqueError
from pratique.groups.committing import Signer, entries_path, post_body
from pratique.sealing import Content, EpochKey, Place, seal
from pratique.store.logs import LogPosition
from pratique.store.outbox import Outgoing, Posting
from pratique.wire.bodies import BadCommit, Rejoin, Reminder, ReminderEnd, Roster, SeatChange
from pratique.wire.entries import Draft, Kind, Seen
from pratique.wire.statements import Body, sign

MOST_DRAFTS = 64


def sealed_post(
    signer: Signer, position: LogPosition, epoch: EpochKey, posting: Posting, post_id: UUID | None = None
) -> Outgoing:
    """Seal contents under the current epoch and state reminders and their ends, as one post; contents come first.

    Takes   post_id: the same again where an earlier sealing was refused as stale, so that it can count only once
    Raises  SealRefused("content_too_large"), PratiqueError("wrong_size")
    """
    post_id = post_id or uuid4()
    statements = _reminders(posting)
    if not 0 < len(posting.contents) + len(statements) <= MOST_DRAFTS:
        raise PratiqueError("wrong_size", f"a post holds 1 to {MOST_DRAFTS} contents and reminders", "split it")
    place, seen = Place(position.id, signer.uri, post_id), Seen(position.seq, position.chain)
    drafts = [
        Draft(
            Kind.APPLICATION,
            seal(Content(kind, seen, body), place, epoch, signer.key),
            epoch=epoch.epoch,
            urgency=posting.urgency,
        )
        for kind, body in posting.contents
    ]
    for body in statements:
        statement = sign(body, signer=signer.uri, key=signer.key, seen=seen)
        drafts.append(Draft(Kind.REMINDER, statement.raw, urgency=posting.urgency))
    return Outgoing(post_id, position.id, entries_path(position.id), post_body(post_id, drafts), posting)


def _reminders(posting: Posting) -> list[Body]:
    channel = posting.channel.hex()
    said: list[Body] = [
        Reminder(channel=channel, party=party, rings=rings, nonce=secrets.token_hex(16))
        for party, rings in posting.reminders
    ]
    return said + [ReminderEnd(channel=channel, seq=seq) for seq in posting.ends]


def seats_post(signer: Signer, position: LogPosition, changes: Sequence[SeatChange]) -> Outgoing:
    """State the next roster of a channel."""
    member = position.membership
    assert member is not None
    roster = Roster(channel=position.id.hex(), number=member.roster_number + 1, changes=tuple(changes))
    return _stated(signer, position, roster, member.roster_head)


def rejoin_post(signer: Signer, position: LogPosition) -> Outgoing:
    """Ask to be removed and added anew."""
    return _stated(signer, position, Rejoin(channel=position.id.hex(), nonce=secrets.token_hex(16)))


def bad_commit_report(signer: Signer, position: LogPosition, seq: int, chain: bytes) -> Outgoing:
    """Report that this device cannot apply the commit at `seq`."""
    return _stated(signer, position, BadCommit(channel=position.id.hex(), seq=seq, chain=chain.hex()))


def _stated(signer: Signer, position: LogPosition, body: Body, follows: bytes = b"") -> Outgoing:
    seen = Seen(position.seq, position.chain)
    statement = sign(body, signer=signer.uri, key=signer.key, follows=follows, seen=seen)
    post_id, draft = uuid4(), Draft(Kind.ROSTER, statement.raw)
    return Outgoing(post_id, position.id, entries_path(position.id), post_body(post_id, [draft]))
