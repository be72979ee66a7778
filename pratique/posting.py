"""Post: keep the exact bytes, send them until they are answered, and do what the answer asks.

    outbox ─▶ POST ─▶ 201: saved · stale_epoch: follow, seal again · removal_pending: follow, remove, seal again

A commit that lost its race is dropped and what came is followed; the caller decides anew whether it is still needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pratique.errors import ChannelStopped, Problem, ServerMistrusted
from pratique.following import Follower
from pratique.groups import committing
from pratique.groups.committing import base_of
from pratique.http import field
from pratique.opened import Posted
from pratique.posts import sealed_post
from pratique.sealing import EpochKey
from pratique.store.logs import LogPosition
from pratique.store.outbox import Outgoing
from pratique.wire import strict_json
from pratique.wire.entries import Kind, Urgency
from pratique.wire.events import EventRefused, parse_ms
from pratique.wire.membership import NotCounted, check_sealed

# A channel under constant change is tried this often before a person hears of it.
TRIES = 20
# The log moved on under a post: follow it, then decide anew.
MOVED = frozenset({"stale_epoch", "removal_pending", "stale_roster", "already_leaf"})


@dataclass(frozen=True)
class Poster:
    """Sends the posts of one device."""

    follower: Follower

    async def send(self, post: Outgoing) -> list[Posted]:
        """Send one post that is in the outbox until it is answered; a refused one leaves the outbox.

        Raises  Problem, Unreachable (the post stays in the outbox and is sent again by the next sync)
        """
        try:
            answer = await self.follower.account.call("POST", post.path, post.body, repeat=True)
        except Problem as problem:
            # What is only delayed (busy, too many, signed out) stays; what is refused is gone.
            if problem.action != "retry" and problem.status not in (401, 500):
                self.follower.outbox.drop(post.post_id)
            raise
        places = [
            Posted(field(told, "seq", int), _at_ms(field(told, "at", str)), post.post_id)
            for told in answer.get("entries", list)
            if field(told, "log", str) == post.log.hex()
        ]
        self.follower.outbox.sent(post.post_id)
        return places

    async def flush(self) -> list[str]:
        """Send again what an earlier run left: the same bytes, until the server says what became of them.

        Gives   what a person should know: posts that were refused and are gone
        """
        lost = []
        for post in self.follower.outbox.waiting():
            try:
                await self._resend(post)
            except (Problem, ChannelStopped, ServerMistrusted) as refused:
                if post.contents:
                    lost.append(f"a post of an earlier run is not sent: {refused.detail}")
        return lost

    async def _resend(self, post: Outgoing) -> None:
        try:
            await self.send(post)
        except Problem as problem:
            if problem.code not in MOVED or not post.contents:
                raise
            await self.follower.follow(post.log)
            if not self._in_log(post):
                await self.post(post.log, post.contents, _urgency(post), again=post)

    async def post(
        self,
        channel: bytes,
        contents: Sequence[tuple[str, bytes]],
        urgency: Urgency = Urgency.ROUTINE,
        again: Outgoing | None = None,
    ) -> list[Posted]:
        """Seal contents and post them under the epoch that holds, removing surplus leaves first.

        Raises  ChannelStopped, SealRefused, Problem, Unreachable
        """
        problem: Problem | None = None
        for _ in range(TRIES):
            position = await self._ready(channel)
            epoch = self.current_key(position)
            post_id = again.post_id if again is not None else None
            post = sealed_post(self.follower.signer, position, epoch, contents, urgency, post_id)
            self.follower.outbox.put(post)
            try:
                return await self.send(post)
            except Problem as refused:
                if refused.code not in MOVED:
                    raise
                problem, again = refused, post
            await self.follower.follow(channel)
            if places := self._in_log(post):
                return places
            self._check_removal(channel, problem)
        assert problem is not None
        raise problem

    async def commit(self, channel: bytes, adds: Sequence[bytes] = (), removes: Sequence[int] = ()) -> bool:
        """Commit once; False where another device was first, and its entries are followed."""
        position = self.follower.logs.load(channel)
        epoch, charter = self.current_key(position), self._charter(channel)
        post = await committing.stage_commit(
            self.follower.engine, base_of(position, charter, epoch), self.follower.signer, adds=adds, removes=removes
        )
        self.follower.outbox.put(post)
        try:
            await self.send(post)
        except Problem as problem:
            if problem.code not in MOVED and problem.code != "entry_refused":
                raise
            await self.follower.follow(channel)
            return False
        await self.follower.follow(channel)
        return True

    def current_key(self, position: LogPosition) -> EpochKey:
        """Give the key of the epoch that holds; raises `ChannelStopped` where this device cannot post."""
        member = position.membership
        if position.trouble is not None:
            raise ChannelStopped("channel_stopped", position.trouble, "see `doctor`; `rejoin` starts anew")
        if member is None or position.state is None or position.state_epoch != member.epoch:
            raise ChannelStopped("no_leaf", "this device is not (yet) among those who can read this channel")
        return self.follower.keys.epochs(position.id, member.epoch)[0]

    async def _ready(self, channel: bytes) -> LogPosition:
        """Give a position under which this device may seal; follows and removes surplus leaves where needed."""
        for _ in range(TRIES):
            position = self.follower.logs.load(channel)
            if position.membership is None or position.state is None:
                await self.follower.follow(channel)
                position = self.follower.logs.load(channel)
            self.current_key(position)
            member = position.membership
            assert member is not None
            try:
                check_sealed(member, self.follower.own, member.epoch, self.follower.next_ms(position))
                return position
            except NotCounted as refused:
                if refused.code != "removal_pending":
                    raise ChannelStopped(refused.code, refused.detail) from None
            surplus = member.surplus(self.follower.next_ms(position))
            if member.leaf_of(self.follower.own) in surplus:
                raise ChannelStopped("own_leaf_surplus", "this device is to be removed from this channel")
            await self.commit(channel, removes=surplus)
        raise ChannelStopped("busy_channel", "the channel changed at every try", "try again")

    def _check_removal(self, channel: bytes, problem: Problem) -> None:
        """Refuse to remove what only the server calls surplus."""
        if problem.code != "removal_pending":
            return
        position = self.follower.logs.load(channel)
        member = position.membership
        if member is not None and not member.surplus(self.follower.next_ms(position)):
            detail = "the server asks for a removal that no signed statement in the log asks for"
            raise ChannelStopped("false_removal", detail, "ask the server's operator; nothing was removed")

    def _in_log(self, post: Outgoing) -> list[Posted]:
        """Find an own post in the log, where the server saved it and said otherwise."""
        found = []
        for row in self.follower.logs.of_post(post.log, self.follower.own, post.post_id):
            found.append(Posted(row.entry.seq, row.entry.at_ms, post.post_id))
        if found:
            self.follower.outbox.drop(post.post_id)
        return found

    def _charter(self, channel: bytes) -> bytes:
        row = next(self.follower.logs.rows(channel, kinds=(Kind.CHARTER,)))
        return row.entry.data


def _urgency(post: Outgoing) -> Urgency:
    return Urgency.from_word(strict_json.loads(post.body)["drafts"][0]["urgency"])


def _at_ms(told: str) -> int:
    try:
        return parse_ms(told)
    except EventRefused:
        return 0
