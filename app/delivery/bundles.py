"""Take the posts that change a channel: its founding, a commit with what belongs to it, roster statements.

Called under the locks of every log that the post grows, in a savepoint: what raises here leaves no trace.
"""

from __future__ import annotations

from collections.abc import Sequence

from app import access, log
from app.db import Transaction
from app.delivery import channels, groups, key_packages, notices
from app.delivery.framing import Bundle, Founding, Handshake
from app.directory import devices
from app.errors import AlreadyLeaf, ChannelExists, EntryRefused, Problem, RemovalPending, StaleEpoch, StaleRoster
from pratique.wire import membership, mls
from pratique.wire.authorities import Authorities
from pratique.wire.bodies import OperationTerms
from pratique.wire.entries import Draft, Entry, Kind, Seen, inbox_id
from pratique.wire.identity import office_party
from pratique.wire.leaves import Directory, Membership, NotCounted, skip
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement


async def take(
    tx: Transaction, authorities: Authorities, device: str, bundle: Bundle, before: Membership | None
) -> tuple[Membership, list[Entry]]:
    """Judge a bundle by the fold and by what the server checks beyond it, and store its entries.

    Takes   before: the fold after its last change; None to found the channel
    Gives   the fold after the bundle, and the entries in draft order, a welcome's at its devices' places
    Raises  EntryRefused, StaleEpoch, RemovalPending, StaleRoster, AlreadyLeaf, LaneExists, ChannelExists
    """
    added = [package.identity for package in bundle.handshake.commit.adds] if bundle.handshake else []
    directory = await devices.known(tx, authorities, [device, *added])
    taking = _Taking(tx, directory, device, bundle, before)
    try:
        return await taking.take(added)
    except NotCounted as refused:
        raise taking.refusal(refused) from None
    except Refused as refused:
        raise EntryRefused(refused.code, refused.detail) from None


def refusal(refused: NotCounted, member: Membership, head_seq: int, at_ms: int) -> Problem:
    """Tell a rule of the fold as the problem that helps its poster on."""
    match refused.code:
        case "stale_epoch":
            return StaleEpoch(member.epoch, head_seq)
        case "removal_pending":
            return RemovalPending([(index, member.leaves[index].uri) for index in member.surplus(at_ms)])
        case "stale_roster":
            return StaleRoster(member.roster_number)
        case "already_leaf":
            return AlreadyLeaf()
        case code:
            return EntryRefused(code, refused.detail)


async def require_seen(tx: Transaction, entry: Entry) -> None:
    """Refuse a commit or a statement whose poster saw another log: no client would believe it.

    Raises  EntryRefused; what cannot be read raises `Refused`
    """
    seen: Seen | None = None
    if entry.kind is Kind.COMMIT:
        seen = Seen.decode(mls.parse_commit(entry.data).aad)
    elif entry.kind in (Kind.ROSTER, Kind.REMINDER):
        told = Statement.parse(entry.data).seen
        seen = told if told.chain else None
    if seen is not None and (
        seen.seq > tx.heads[entry.log].seq or await log.chain_at(tx, entry.log, seen.seq) != seen.chain
    ):
        raise EntryRefused("bad_seen", "what the poster has seen is not what stands in this log")


class _Taking:
    """One bundle being judged, draft by draft; entries are stored once all of them count."""

    def __init__(
        self, tx: Transaction, directory: Directory, device: str, bundle: Bundle, before: Membership | None
    ) -> None:
        self._tx, self._directory, self._device, self._bundle, self._before = tx, directory, device, bundle, before
        self._channel = bundle.founding.statement.digest if bundle.founding else before.channel if before else b""
        self._head = tx.heads[self._channel].seq
        self._member = skip(before, self._head) if before else None
        self._taken: list[Entry] = []
        self._since: dict[str, int] = {}

    async def take(self, added: Sequence[str]) -> tuple[Membership, list[Entry]]:
        bundle = self._bundle
        terms = await self._terms()
        if bundle.founding is not None:
            await self._found(bundle.founding, terms)
        for draft in bundle.plain:
            await self._fold(draft)
        if bundle.handshake is not None:
            await self._commit(bundle.handshake, added)
        member = self._now
        _check_seats(self._before, member, terms)
        log.store(self._tx, self._taken)
        if bundle.founding is not None:
            await channels.begin(self._tx, member)
            await groups.keep(self._tx, self._channel, bundle.founding.state)
        if bundle.handshake is not None:
            await groups.keep(self._tx, self._channel, bundle.handshake.state)
        await channels.save(self._tx, self._before, member, self._since)
        newly = member.seated - (self._before.seated if self._before else frozenset())
        notices.seated(self._tx, await access.active_of_offices(self._tx, newly), self._channel)
        return member, [*self._taken, *self._welcomes(bundle.handshake)]

    def refusal(self, refused: NotCounted) -> Problem:
        """Tell what the fold refused, by the facts before the draft that it refused."""
        member = self._member or self._before
        if member is None:
            return EntryRefused(refused.code, refused.detail)
        at_ms = max(self._tx.now_ms, self._tx.heads[self._channel].last_ms)
        return refusal(refused, member, self._head, at_ms)

    @property
    def _now(self) -> Membership:
        assert self._member is not None
        return self._member

    async def _terms(self) -> OperationTerms:
        charter = self._bundle.founding.charter if self._bundle.founding else self._now.charter
        terms = await access.terms(self._tx, bytes.fromhex(charter.operation))
        if terms is None:
            raise EntryRefused("not_participant", "the charter names no operation of this party's")
        return terms.body

    async def _found(self, founding: Founding, terms: OperationTerms) -> None:
        if self._head:
            raise ChannelExists
        charter, parties = founding.charter, {one.party for one in terms.participants}
        if not parties.issuperset(charter.parties):
            raise EntryRefused("not_participant", "a lane names parties of its operation only")
        if terms.phase == "closed":
            raise EntryRefused("operation_closed", "a closed operation takes no new channels")
        if charter.purpose == "lane":
            # A party's own lane has no audience that a companion could share.
            if len(charter.parties) > 1 and not set(terms.lane_companions) <= set(charter.parties):
                raise EntryRefused("companion_missing", "a lane of several parties names the operation's companions")
            await channels.require_new_lane(self._tx, charter)
        (entry,) = self._number([founding.charter_draft])
        self._member = membership.found(entry, self._directory)
        self._taken.append(entry)
        await self._fold(founding.info_draft)
        groups.check_founding(founding, self._now)
        for draft in founding.rosters:
            await self._fold(draft)
        if charter.purpose == "lane":
            operation = bytes.fromhex(charter.operation)
            log.append(self._tx, operation, [founding.charter_draft], device=self._device, post_id=self._bundle.post_id)

    async def _commit(self, handshake: Handshake, added: Sequence[str]) -> None:
        before = self._now
        if bool(handshake.link) != (before.charter.history == "full"):
            raise EntryRefused("bad_bundle", "a commit carries a link in a channel of full history, and only there")
        if handshake.commit.epoch == before.epoch:
            # Claimed packages were verified when they were brought; nobody makes the fold verify a thousand others.
            await key_packages.use(self._tx, self._device, handshake.commit.adds)
        await self._fold(handshake.draft)
        if self._bundle.founding is not None:
            current = self._bundle.founding.state
        else:
            current = await groups.current(self._tx, self._channel, before.epoch)
        groups.check_commit(handshake, current, before, self._now)
        if set(added) - await access.active(self._tx, added, hold=True):
            raise EntryRefused("device_revoked", "a device that the commit adds is not active")
        seen = Seen.decode(handshake.commit.aad)
        self._since |= dict.fromkeys(added, seen.seq)
        if handshake.link is not None:
            await self._fold(handshake.link)

    async def _fold(self, draft: Draft) -> None:
        """Judge the next draft by the fold; the log's own number and instant are those it will have."""
        (entry,) = self._number([draft])
        await require_seen(self._tx, entry)
        self._member = membership.advance(self._now, entry, self._directory)
        self._taken.append(entry)

    def _number(self, drafts: Sequence[Draft]) -> list[Entry]:
        return log.number(
            self._tx,
            self._channel,
            drafts,
            device=self._device,
            post_id=self._bundle.post_id,
            after=len(self._taken),
        )

    def _welcomes(self, handshake: Handshake | None) -> list[Entry]:
        """Put the welcome into the inbox of each device that it names."""
        if handshake is None or handshake.welcome is None:
            return []
        draft = Draft(Kind.WELCOME, handshake.welcome.data, handshake.welcome.epoch, handshake.welcome.urgency)
        return [
            entry
            for uri in handshake.welcome.to
            for entry in log.append(self._tx, inbox_id(uri), [draft], device=self._device, post_id=self._bundle.post_id)
        ]


def _check_seats(before: Membership | None, after: Membership, terms: OperationTerms) -> None:
    """Refuse a seat for an office whose party does not take part in the operation."""
    parties = {one.party for one in terms.participants}
    newly = after.seated - (before.seated if before else frozenset())
    if any(office_party(office) not in parties for office in newly):
        raise EntryRefused("not_participant", "only offices of the operation's parties are seated")
