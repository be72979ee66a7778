"""Post: keep the exact bytes, send them until they are answered, and do what the answer asks.

    outbox ─▶ POST ─▶ 201: saved · stale_epoch: follow, seal again · removal_pending: follow, remove, seal again

A commit that lost its race is dropped and what came is followed; the caller decides anew whether it is still needed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from pratique.errors import ChannelStopped, Problem, ServerMistrusted
from pratique.following import Follower
from pratique.groups import committing
from pratique.groups.committing import base_of
from pratique.http import field
from pratique.opened import Posted, Sent
from pratique.posts import sealed_post
from pratique.sealing import EpochKey, SealRefused
from pratique.store.logs import LogPosition
from pratique.store.outbox import Outgoing, Posting
from pratique.wire.bodies import ReminderEnd
from pratique.wire.entries import Kind, Urgency
from pratique.wire.events import EventRefused, parse_ms
from pratique.wire.membership import NotCounted, check_sealed
from pratique.wire.stated import read_reminder

# A channel under constant change is tried this often before a person hears of it.
TRIES = 20
# The log moved on under a post: follow it, then decide anew.
MOVED = frozenset({"stale_epoch", "removal_pending", "stale_roster", "already_leaf"})
# Another of this device's processes sealed the same post again a moment ago, or somebody ended a reminder first.
_OVERTAKEN = frozenset({"post_id_reused", "reminder_ended"})


@dataclass(frozen=True)
class Poster:
    """Sends the posts of one device."""

    follower: Follower

    async def send(self, post: Outgoing) -> list[Posted]:
        """Send one post that is in the outbox until it is answered; a refused one leaves the outbox.

        One that can be sealed again stays where the log moved on under it.
        Raises  Problem, Unreachable (the post stays in the outbox and is sent again by the next sync)
        """
        try:
            answer = await self.follower.account.call("POST", post.path, post.body, repeat=True)
        except Problem as problem:
            if not _stays(problem) and not (post.again and _moved(problem)):
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
        broken: dict[str, bool] = {}  # acts of which one post was not sent, and whether it never will be
        for post in self.follower.outbox.waiting():
            act = post.again.act if post.again is not None else ""
            if act in broken:
                if broken[act]:
                    self.follower.outbox.drop(post.post_id)
                continue
            try:
                if post.again is None:
                    await self.send(post)
                else:
                    await self._deliver(post, post.again)
            except (Problem, ChannelStopped, ServerMistrusted) as refused:
                if post.again is not None:
                    lost.append(f"a post of an earlier run is not sent: {refused.detail}")
                if act:
                    broken[act] = isinstance(refused, ChannelStopped) or (
                        isinstance(refused, Problem) and not _stays(refused)
                    )
        return lost

    async def post(
        self, channel: bytes, contents: Sequence[tuple[str, bytes]], urgency: Urgency = Urgency.ROUTINE
    ) -> list[Posted]:
        """Seal contents and post them under the epoch that holds, removing surplus leaves first.

        Raises  ChannelStopped, SealRefused, Problem, Unreachable
        """
        (sent,) = await self.post_all([Posting(channel, contents, urgency)])
        return sent.posted

    async def post_all(self, postings: Sequence[Posting]) -> list[Sent]:
        """Put every post into the outbox in one transaction, then send each in order, as `post` does.

        Raises  Unreachable: all that is not sent stays in the outbox. ChannelStopped, SealRefused, Problem: what came
                before is sent; the refused one and what comes after it are not, and never will be
        """
        act = secrets.token_hex(16)
        postings = [replace(posting, act=act) for posting in postings]
        posts = await self._put(postings)
        sent = []
        for place, (post, posting) in enumerate(zip(posts, postings, strict=True)):
            try:
                sent.append(await self._deliver(post, posting))
            except (Problem, ChannelStopped, SealRefused) as refused:
                if not (isinstance(refused, Problem) and _stays(refused)):
                    for later in filter(None, posts[place + 1 :]):
                        self.follower.outbox.drop(later.post_id)
                raise
        return sent

    async def _put(self, postings: Sequence[Posting]) -> list[Outgoing | None]:
        """Seal posts for channels that are ready, and keep all of them or none."""
        for _ in range(TRIES):
            for channel in dict.fromkeys(posting.channel for posting in postings):
                await self._ready(channel)
            try:
                with self.follower.store.transaction():
                    return [self._seal(posting) for posting in postings]
            except NotCounted:
                continue  # another process of this device followed a log meanwhile, and a leaf has to go first
        raise ChannelStopped("busy_channel", "the channels changed at every try", "try again")

    def _seal(self, posting: Posting, post_id: UUID | None = None) -> Outgoing | None:
        """Seal one post where the store stands and keep it; None where somebody else ended all that it would end.

        Raises  NotCounted, where this device may not seal now
        """
        position = self.follower.logs.load(posting.channel)
        epoch, member = self.current_key(position), position.membership
        assert member is not None
        check_sealed(member, self.follower.own, member.epoch, self.follower.next_ms(position))
        # Whether somebody ended a reminder first is only looked up once the server refused an end for it.
        still = posting if post_id is None else replace(posting, ends=self._open_ends(posting))
        if posting.ends and not (still.contents or still.reminders or still.ends):
            return None
        post = sealed_post(self.follower.signer, position, epoch, still, post_id)
        self.follower.outbox.put(post)
        return post

    def _open_ends(self, posting: Posting) -> tuple[int, ...]:
        """Leave out the ends of reminders that somebody else ended; the log shows it."""
        if not posting.ends:
            return ()
        ended = set()
        for row in self.follower.logs.rows(posting.channel, min(posting.ends), kinds=(Kind.REMINDER,)):
            said = read_reminder(row.entry.data) if row.state == "counted" else None
            if isinstance(said, ReminderEnd):
                ended.add(said.seq)
        return tuple(seq for seq in dict.fromkeys(posting.ends) if seq not in ended)

    async def _deliver(self, post: Outgoing | None, posting: Posting) -> Sent:
        """Send a post until it is saved; seal it again wherever the log moved on under it."""
        if post is None:
            return Sent([])
        problem: Problem | None = None
        try:
            for _ in range(TRIES):
                try:
                    return _sent(posting, await self.send(post))
                except Problem as refused:
                    if not _moved(refused):
                        raise
                    problem = refused
                await self.follower.follow(post.log)
                if (places := self._in_log(post)) is not None:
                    return _sent(posting, places)
                if problem.code == "post_id_reused":
                    break
                self._check_removal(post.log, problem)
                await self._ready(post.log)
                with suppress(NotCounted):  # the log moved on once more; the bytes at hand are refused as before
                    again = self._seal(posting, post.post_id)
                    if again is None:
                        self.follower.outbox.drop(post.post_id)
                        return Sent([])
                    post = again
        except (ChannelStopped, SealRefused):
            self.follower.outbox.drop(post.post_id)
            raise
        self.follower.outbox.drop(post.post_id)
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

    def _in_log(self, post: Outgoing) -> list[Posted] | None:
        """Find an own post in the log, where the server saved it and said otherwise."""
        found = []
        for row in self.follower.logs.of_post(post.log, self.follower.own, post.post_id):
            found.append(Posted(row.entry.seq, row.entry.at_ms, post.post_id))
        if not found:
            return None
        self.follower.outbox.drop(post.post_id)
        return found

    def _charter(self, channel: bytes) -> bytes:
        row = next(self.follower.logs.rows(channel, kinds=(Kind.CHARTER,)))
        return row.entry.data


def _sent(posting: Posting, places: list[Posted]) -> Sent:
    """Tell contents and reminders apart: they stand in the order of the post's drafts."""
    count = len(posting.contents)
    return Sent(places[:count], tuple(place.seq for place in places[count : count + len(posting.reminders)]))


def _stays(problem: Problem) -> bool:
    """Say whether a post is only delayed: busy, too many, signed out."""
    return problem.action == "retry" or problem.status in (401, 500)


def _moved(problem: Problem) -> bool:
    """Say whether the log moved on under a post, so that it may be sealed again."""
    return bool({problem.code, problem.facts.get("reason")} & (MOVED | _OVERTAKEN))


def _at_ms(told: str) -> int:
    try:
        return parse_ms(told)
    except EventRefused:
        return 0
