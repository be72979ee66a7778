"""Make channels and lanes, and tend them: add wanted devices, remove leaves that must go, renew the own leaf."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from pratique.directory import ActiveDevice
from pratique.errors import ChannelStopped, PratiqueError, Problem, ServerMistrusted
from pratique.following import Follower
from pratique.groups import tending
from pratique.groups.committing import stage_channel
from pratique.groups.stock import KeyPackageStock
from pratique.http import field
from pratique.opened import SyncReport
from pratique.posting import Poster
from pratique.posts import rejoin_post, seats_post
from pratique.reading import newest_title, opened_entries
from pratique.wire import mls
from pratique.wire.bodies import Charter, OperationTerms, Roster, SeatChange
from pratique.wire.entries import Seen
from pratique.wire.membership import Membership
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement, sign

NCP = "ncp"
# In a live run, each rank in the order of committers waits this much longer than the one before it.
RANK_S = 0.3
_MOST_RANKS = 10


Offices = dict[str, list[ActiveDevice]]


@dataclass(frozen=True)
class Channels:
    """What one device does for its channels."""

    follower: Follower
    poster: Poster
    stock: KeyPackageStock

    async def create(self, charter: Charter, offices: Sequence[str]) -> bytes:
        """Found a channel with this device's office as an owner; seat others and add all their devices.

        Raises  Problem("lane_exists") with the channel of the lane that is there
        """
        follower = self.follower
        signer = follower.signer
        founding = sign(charter, signer=signer.uri, key=signer.key)
        others = [office for office in dict.fromkeys(offices) if office not in charter.owners]
        roster: Statement | None = None
        if others:
            body = Roster(
                channel=founding.digest.hex(),
                number=1,
                changes=tuple(SeatChange(office=office, seated=True) for office in others),
            )
            seen = Seen(0, founding.digest)
            roster = sign(body, signer=signer.uri, key=signer.key, follows=founding.digest, seen=seen)
        devices = await self._offices([*charter.owners, *others])
        wanted = [device for found in devices.values() for device in found if device.uri != signer.uri]
        adds = await self.stock.claim(None, wanted[: tending.MOST_ADDS], follower.now_ms())
        own = await self.stock.own(follower.now_ms())
        full = charter.history == "full"
        post = await stage_channel(follower.engine, signer, founding, roster, own, adds, full=full)
        follower.outbox.put(post)
        await self.poster.send(post)
        await follower.follow(post.log)
        return post.log

    async def tend(
        self, channel: bytes, report: SyncReport, *, patient: bool = False, offices: Offices | None = None
    ) -> None:
        """Make the tree hold what the fold wants, and renew the own leaf when it is due.

        Takes   patient: wait for one's rank, so that of many devices that are awake one commits;
                offices: what was fetched of offices a moment ago, to ask only once
        """
        known: Offices = {} if offices is None else offices
        for _ in range(3):
            position = self.follower.logs.load(channel)
            member = position.membership
            if member is None or position.state is None or position.trouble or position.state_epoch != member.epoch:
                return
            if member.leaf_of(self.follower.own) is None:
                return
            known.update(await self._offices(sorted(member.seated - known.keys())))
            wanted = tending.need(member, known, self.follower.next_ms(position))
            if member.leaf_of(self.follower.own) in wanted.removes:
                return
            due = self._update_due(member, position.tended_ms)
            if not wanted and not due:
                return
            if patient and wanted:
                rank = min(tending.rank(position.chain, self.follower.own, member), _MOST_RANKS)
                await asyncio.sleep(rank * RANK_S * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load only
                if await self.follower.follow(channel):
                    continue
            devices = [one for office in member.seated for one in known[office] if one.uri in wanted.adds]
            adds = await self.stock.claim(channel, devices, self.follower.now_ms()) if devices else []
            if adds:
                adds = await self._addable(member, wanted.removes, adds)
            if not adds and not wanted.removes and not due:
                return
            if await self.poster.commit(channel, adds, wanted.removes):
                report.added += [mls.parse_key_package(add).identity for add in adds]
                report.removed += [member.leaves[index].uri for index in wanted.removes]
                if adds and member.charter.history == "from_join":
                    await self._say_title_again(channel)
                if len(adds) == len(wanted.adds):
                    return

    async def _say_title_again(self, channel: bytes) -> None:
        """Tell whom this device let in what the channel is called, which was said before they came."""
        title = newest_title(opened_entries(self.follower.logs, channel))
        if title is None:
            return
        # The newcomer is in either way; whoever lets the next one in says it again.
        with suppress(PratiqueError):
            await self.poster.post(channel, [(title.TYPE, title.write())])

    async def change_seats(self, channel: bytes, seat: Sequence[str], unseat: Sequence[str]) -> None:
        """State the next roster; where another came first, follow it and state what is still to change."""
        changes = dict.fromkeys(seat, True) | dict.fromkeys(unseat, False)
        for _ in range(5):
            await self.follower.follow(channel)
            position = self.follower.logs.load(channel)
            if position.membership is None:
                raise ChannelStopped("no_channel", "this device does not know that channel")
            seated = position.membership.seated
            left = [SeatChange(office=one, seated=so) for one, so in changes.items() if (one in seated) != so]
            if not left:
                return
            post = seats_post(self.follower.signer, position, left)
            self.follower.outbox.put(post)
            try:
                await self.poster.send(post)
            except Problem as problem:
                if problem.code != "stale_roster":
                    raise
                continue
            await self.follower.follow(channel)
            return
        raise ChannelStopped("busy_channel", "the roster changed at every try", "try again")

    async def rejoin(self, channel: bytes) -> None:
        """Ask to be removed and added anew; the next device that is awake does it."""
        await self.follower.follow(channel)
        position = self.follower.logs.load(channel)
        member = position.membership
        # Where commits are withheld, the fold knows no leaves, and only the server can say that there is none.
        if member is None or (member.leaves and member.leaf_of(self.follower.own) is None):
            raise ChannelStopped("no_leaf", "this device holds no leaf there; it is added once its office is seated")
        await self.stock.refill(self.follower.now_ms())
        post = rejoin_post(self.follower.signer, position)
        self.follower.outbox.put(post)
        await self.poster.send(post)
        self.follower.logs.forget_state(self.follower.logs.load(channel))
        await self.follower.follow(channel)

    async def lane(self, operation: bytes, terms: OperationTerms, parties: Sequence[str]) -> bytes:
        """Give the lane of exactly these parties and the operation's companions; first use makes it.

        Takes   parties: the own one is added; where it is the only one, this is its own lane, without companions. One
                that died with its last device is passed over: nobody can add this device there
        """
        named = {*parties, self.follower.account.uri.party}
        full_set = tuple(sorted(named if len(named) == 1 else named.union(terms.lane_companions)))
        for log in self.follower.logs.ids():
            if self._is_lane(log, operation, full_set) and (len(full_set) > 1 or self._lives(log)):
                return log
        charter = self.charter(operation, "lane", "full", 0, full_set)
        try:
            return await self.create(charter, [f"{party}/{NCP}" for party in full_set])
        except Problem as problem:
            if problem.code != "lane_exists":
                raise
            channel = bytes.fromhex(field(problem.facts, "channel", str))
        await self.follower.follow(channel)
        if not self._is_lane(channel, operation, full_set):
            raise PratiqueError("wrong_lane", "the server named a channel that is not that lane")
        return channel

    def _lives(self, log: bytes) -> bool:
        member = self.follower.logs.load(log).membership
        return member is not None and member.living

    def _is_lane(self, channel: bytes, operation: bytes, parties: tuple[str, ...]) -> bool:
        member = self.follower.logs.load(channel).membership
        if member is None:
            return False
        charter = member.charter
        return (charter.purpose, charter.operation, charter.parties) == ("lane", operation.hex(), parties)

    def charter(
        self,
        operation: bytes,
        purpose: Literal["channel", "lane"],
        history: Literal["full", "from_join"],
        retention_s: int,
        parties: tuple[str, ...] = (),
    ) -> Charter:
        """Write the terms of a new channel owned by this device's office."""
        return Charter(
            operation=operation.hex(),
            purpose=purpose,
            owners=(self.follower.account.uri.office_id,),
            parties=parties,
            history=history,
            retention_s=retention_s,
            nonce=secrets.token_hex(16),
        )

    def forget(self, channel: bytes, now_ms: int) -> None:
        """Delete what is past its retention in a `from_join` channel: opened bodies, and the keys that opened them."""
        member = self.follower.logs.load(channel).membership
        if member is None or member.charter.history != "from_join" or not member.charter.retention_s:
            return
        with self.follower.store.transaction():
            epoch = self.follower.logs.forget_before(channel, now_ms - member.charter.retention_s * 1000)
            self.follower.keys.drop_epochs(channel, epoch)

    async def _addable(self, member: Membership, removes: Sequence[int], adds: Sequence[bytes]) -> list[bytes]:
        """Leave out key packages with a key that stands in the tree; they would keep all the others out."""
        path = f"/v1/channels/{member.channel.hex()}/group-info?epoch={member.epoch}"
        data = (await self.follower.account.call("GET", path)).get("ratchet_tree", bytes)
        try:
            standing = mls.parse_ratchet_tree(data).encryption_keys(without=removes)
        except Refused as refused:
            raise ServerMistrusted(
                refused.code, f"the server's ratchet tree cannot be read: {refused.detail}"
            ) from None
        fresh = []
        for add in adds:
            key = mls.parse_key_package(add).encryption_key
            if key not in standing:
                fresh.append(add)
                standing.add(key)
        return fresh

    def _update_due(self, member: Membership, last_ms: int) -> bool:
        """Say whether the own leaf wants a commit: its week is over, or its certificate was renewed since."""
        own = self.follower.own
        leaf, newest = member.leaves[member.leaf_of(own) or 0], self.follower.directory.newest(own)
        renewed = newest is not None and newest.not_after_ms - leaf.not_after_ms > tending.DAY_MS
        return renewed or tending.update_due(own, last_ms, self.follower.now_ms())

    async def offices(self, channels: Iterable[bytes]) -> Offices:
        """Fetch the active devices of all offices seated in these channels, asking once; nothing where that fails."""
        members = [self.follower.logs.load(channel).membership for channel in channels]
        try:
            return await self._offices(sorted({office for member in members if member for office in member.seated}))
        except PratiqueError:
            return {}  # each channel then asks for what it needs, and says what is wrong

    async def _offices(self, offices: Sequence[str]) -> Offices:
        return await self.follower.directory.fetch_offices(self.follower.account, offices)
