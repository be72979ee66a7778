"""Watch logs live: the stream's frames go the way of history pages, and what is shown comes from the store.

So nothing is shown twice or skipped, whichever process of this device took it, and a lost stream costs only time.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

from pratique.channels import Channels
from pratique.errors import PratiqueError, Problem, ServerMistrusted, Unreachable
from pratique.following import Events, Follower
from pratique.opened import Notice, OpenedEntry, SyncReport
from pratique.reading import NO_KEY
from pratique.store.logs import Row
from pratique.stream import Stream, StreamEnded, open_stream
from pratique.wire import strict_json
from pratique.wire.entries import Entry, Kind, inbox_id
from pratique.wire.refused import Refused

# Certificates are judged at the server's instants; a clock further off than this is a person's business.
MOST_SKEW_MS = 5 * 60_000
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 15.0
# After these, the channel may want a device added or removed.
STIRRING = frozenset({Kind.ROSTER, Kind.NOTICE, Kind.COMMIT})

Shown = Callable[[bytes, int], Iterator[OpenedEntry]]


@dataclass
class Held:
    """Entries of a log that are not shown yet because no key opens them; looked at again when the epoch moves."""

    seqs: set[int] = field(default_factory=set)
    epoch: int | None = None


class Watch:
    """One live run of one device."""

    def __init__(
        self,
        follower: Follower,
        channels: Channels,
        opened: Shown,
        only: Iterable[bytes] | None,
    ) -> None:
        self._follower, self._channels = follower, channels
        self._opened = opened
        self._only = None if only is None else frozenset(only)
        self._shown: dict[bytes, int] = {}
        self._tending: dict[bytes, asyncio.Task[None]] = {}
        self._stirred: set[bytes] = set()
        self._held: dict[bytes, Held] = {}
        # How far the inbox was heard of; others of this device may have taken more of it.
        self._greeted = follower.logs.load(inbox_id(follower.own)).seq

    async def run(self, listed: Iterable[bytes]) -> AsyncGenerator[OpenedEntry | Notice]:
        """Yield what comes in these channels and new ones; raises `PratiqueError` where coming back would not help."""
        self._shown = {log: self._follower.logs.load(log).seq for log in listed if self._wants(log)}
        pause = FIRST_PAUSE_S
        try:
            while True:
                try:
                    if (alarm := await self._look_around()) is not None:
                        yield alarm
                    async with open_stream(self._follower.account) as stream:
                        await self._subscribe(stream)
                        async with aclosing(self._listen(stream)) as heard:
                            async for one in heard:
                                pause = FIRST_PAUSE_S
                                yield one
                except StreamEnded as ended:
                    if ended.final:
                        raise
                except Unreachable:
                    pass
                except Problem as problem:
                    if problem.action != "retry":
                        raise
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load only
                pause = min(pause * 2, LONGEST_PAUSE_S)
        finally:
            for task in self._tending.values():
                task.cancel()
            await asyncio.gather(*self._tending.values(), return_exceptions=True)

    async def _look_around(self) -> Notice | None:
        """Do what every connection begins with: party lists, key packages, unsent posts; alarm at a wrong clock."""
        follower = self._follower
        server_ms, now_ms = await follower.directory.refresh_parties(follower.account.http), follower.now_ms()
        await self._channels.stock.refill(now_ms)
        await self._channels.poster.flush()
        if abs(server_ms - now_ms) <= MOST_SKEW_MS:
            return None
        return Notice(inbox_id(follower.own), 0, now_ms, {"notice": "clock_off", "skew_ms": server_ms - now_ms})

    async def _listen(self, stream: Stream) -> AsyncGenerator[OpenedEntry | Notice]:
        async for notice in self._greet_all(stream):
            yield notice
        for log in list(self._shown):
            for one in self._fresh(log):
                yield one
        async for frame in stream.frames():
            if isinstance(frame, bytes):
                self._shown.pop(frame, None)
                continue
            if not frame:
                continue
            log = frame[0].log
            if log == inbox_id(self._follower.own):
                self._follower.take_inbox(frame)
                async for notice in self._greet_all(stream):
                    yield notice
            else:
                await self._take(log, frame)
                for one in self._fresh(log):
                    yield one
            await stream.ack(log, self._follower.logs.load(log).seq)

    async def _take(self, log: bytes, events: Events) -> None:
        try:
            await self._follower.take(log, events)
        except ServerMistrusted as mistrusted:
            if mistrusted.code != "out_of_order":
                raise
            # A frame that does not continue the store's end is passed over; the page that does is fetched.
            await self._follower.follow(log)
        if any(isinstance(event, Entry) and event.kind in STIRRING for event in events):
            self._stir(log)

    async def _greet_all(self, stream: Stream) -> AsyncIterator[Notice]:
        """Look at what came into the inbox, whoever took it: a join that looks for its welcome does so too."""
        for row in self._follower.logs.rows(inbox_id(self._follower.own), self._greeted):
            self._greeted = row.entry.seq
            async for notice in self._greet(stream, row):
                yield notice

    async def _greet(self, stream: Stream, row: Row) -> AsyncIterator[Notice]:
        """Look at an inbox entry: a channel that is new to this device is followed from now on."""
        entry, channel = row.entry, b""
        if entry.kind is Kind.NOTICE:
            notice = notice_of(entry)
            if notice is None:
                return
            yield notice
            with suppress(ValueError):
                channel = bytes.fromhex(str(notice.facts.get("channel", "")))
            if notice.facts.get("notice") == "key_packages_low":
                await self._channels.stock.refill(self._follower.now_ms())
        if len(channel) == 32 and channel not in self._shown and self._wants(channel):
            self._shown[channel] = self._follower.logs.load(channel).seq
            await stream.subscribe([(channel, self._shown[channel])])

    async def _subscribe(self, stream: Stream) -> None:
        inbox = inbox_id(self._follower.own)
        await stream.subscribe((log, self._follower.logs.load(log).seq) for log in [inbox, *self._shown])
        for log in self._shown:
            self._stir(log)

    def _fresh(self, log: bytes) -> Iterator[OpenedEntry]:
        """Yield what the store holds past what was shown, and what waited for a key that is there now."""
        position, after = self._follower.logs.load(log), self._shown.get(log, 0)
        held = self._held.setdefault(log, Held())
        if held.seqs and held.epoch != position.state_epoch:
            for one in self._opened(log, min(held.seqs) - 1):
                if one.seq in held.seqs and not _waits(one):
                    held.seqs.discard(one.seq)
                    yield one
        held.epoch = position.state_epoch
        for one in self._opened(log, after):
            if one.seq > position.seq:
                break
            if _waits(one):
                held.seqs.add(one.seq)
            else:
                yield one
        if log in self._shown:
            self._shown[log] = max(after, position.seq)

    def _stir(self, log: bytes) -> None:
        """Tend a channel in the background, one run at a time."""
        self._stirred.add(log)
        running = self._tending.get(log)
        if running is None or running.done():
            self._tending[log] = asyncio.create_task(self._tend(log))

    async def _tend(self, log: bytes) -> None:
        while log in self._stirred:
            self._stirred.discard(log)
            with suppress(PratiqueError, Refused):
                if (self._follower.logs.load(log).trouble or "").startswith("bad_commit"):
                    await self._channels.poster.flush()
                await self._channels.tend(log, SyncReport(), patient=True)

    def _wants(self, log: bytes) -> bool:
        return self._only is None or log in self._only


def notice_of(entry: Entry) -> Notice | None:
    """Read a server's notice; None where it is not one."""
    try:
        facts = strict_json.loads(entry.data)
    except ValueError:
        return None
    if not isinstance(facts, dict) or not all(isinstance(value, str | int) for value in facts.values()):
        return None
    return Notice(entry.log, entry.seq, entry.at_ms, facts)


def notices_of(rows: Iterable[Row]) -> list[Notice]:
    """Give the notices among new entries of the inbox."""
    found = (notice_of(row.entry) for row in rows if row.entry.kind is Kind.NOTICE)
    return [notice for notice in found if notice is not None]


def _waits(one: OpenedEntry) -> bool:
    return one.problem is not None and one.problem.startswith(NO_KEY)
