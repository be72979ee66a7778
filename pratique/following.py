"""Follow logs: fetch or receive entries, judge them, move the engine, save the step, open what can be opened.

    events ─▶ judge (pure) ─▶ engine, for commits ─▶ one transaction: cursor, chain, fold, state, keys, entries ─▶ open

History pages and live frames come the same way. A loser of a race between processes saves nothing and looks again.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from pratique.account import Account
from pratique.directory import LocalDirectory
from pratique.errors import ServerMistrusted
from pratique.groups.committing import Signer
from pratique.groups.engine_host import Engine
from pratique.groups.moving import Mover, Step
from pratique.listed import rolled_back
from pratique.opening import Opener
from pratique.posts import bad_commit_report
from pratique.store.file import Lost, Store
from pratique.store.keys import Keys
from pratique.store.logs import LogPosition, Logs, Row
from pratique.store.outbox import Outbox
from pratique.sync import judge, named
from pratique.wire import mls
from pratique.wire.entries import Entry, Kind, inbox_id, next_chain
from pratique.wire.events import EventRefused, Withheld, decode_batch, format_ms
from pratique.wire.refused import Refused
from pratique.wire.welcomes import Welcome

PAGE = 500
# Leaves and adds are judged at the server's instants: dated far ahead, one entry could evict whom the server chooses.
MOST_AHEAD_MS = 3_600_000
Events = Sequence[Entry | Withheld]


class Follower:
    """One device's reading of its logs."""

    def __init__(self, store: Store, account: Account, engine: Engine, directory: LocalDirectory) -> None:
        self.store = store
        self.account = account
        self.engine = engine
        self.directory = directory
        self.logs = Logs(store)
        self.keys = Keys(store)
        self.outbox = Outbox(store)
        self.signer = Signer(str(account.uri), account.key)
        self._opener = Opener(store, self.logs, self.keys)
        self._mover = Mover(store, account, engine, directory, self.logs, self.keys, self.outbox, self.read_inbox)
        self._turns: defaultdict[bytes, asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def own(self) -> str:
        """Give this device's URI."""
        return str(self.account.uri)

    def now_ms(self) -> int:
        """Give this machine's clock, UTC, in milliseconds."""
        return time.time_ns() // 1_000_000

    def next_ms(self, position: LogPosition) -> int:
        """Give the least instant that a next entry could have: leaves are judged at it before anything is posted."""
        return max(position.at_ms, self.now_ms())

    async def follow(self, log: bytes) -> int:
        """Read a log to its end and take what comes; give the number of new entries."""
        taken = 0
        while True:
            events, head = await self.page(log)
            taken += await self.take(log, events)
            if not events or events[-1].seq >= head:
                return taken

    async def page(self, log: bytes) -> tuple[list[Entry | Withheld], int]:
        """Fetch the events that follow where the store stands, and the number of the newest."""
        after = self.logs.load(log).seq
        answer = await self.account.call("GET", f"/v1/logs/{log.hex()}/entries?after={after}&limit={PAGE}")
        head = answer.headers.get("pratique-head", "")
        newest = int(head) if head.isascii() and head.isdigit() else 0
        if newest < after:
            raise rolled_back(log, after, newest)
        return read_events(answer.content), newest

    async def take(self, log: bytes, events: Events) -> int:
        """Take events of a channel that continue where the store stands; those known already are passed over.

        Raises  ServerMistrusted where they do not continue or cannot be honest; nothing of the rest is saved
        """
        async with self._turns[log]:
            while True:
                before = self.logs.load(log)
                fresh = [event for event in events if event.seq > before.seq]
                if not fresh:
                    return 0
                try:
                    await self._take(before, fresh)
                except Lost:
                    continue
                return len(fresh)

    async def read_inbox(self) -> list[Row]:
        """Read this device's inbox to its end, keep the welcomes, give the new entries."""
        found = []
        while True:
            events, head = await self.page(inbox_id(self.own))
            found += self.take_inbox(events)
            if not events or events[-1].seq >= head:
                return found

    def take_inbox(self, events: Events) -> list[Row]:
        """Take entries of this device's inbox; welcomes wait for the commit that they belong to."""
        inbox = inbox_id(self.own)
        while True:
            before = self.logs.load(inbox)
            at, rows = pass_over(before, events)
            try:
                with self.store.transaction():
                    if rows:
                        self.logs.advance(before, at, rows)
                    for row in rows:
                        self._keep_welcome(row.entry)
            except Lost:
                continue
            return rows

    def _keep_welcome(self, entry: Entry) -> None:
        if entry.kind is not Kind.WELCOME:
            return
        try:
            welcome = Welcome.decode(entry.data)
            refs = mls.parse_welcome(welcome.welcome).refs
        except Refused:
            return
        for ref in refs:
            if self.keys.package(ref) is not None:
                self.keys.put_welcome(welcome.channel, ref, entry.data)

    async def _take(self, before: LogPosition, events: Events) -> None:
        step = Step(before)
        # Who is met here for the first time is asked for together, not entry by entry.
        strangers = {uri for event in events for uri in named(event) if self.directory.never_asked(uri)}
        await self.directory.prepare(self.account, strangers, self.now_ms())
        for event in events:
            if isinstance(event, Entry):
                await self._prepare(event)
            judged = judge(step.at, event, self.own, self.directory, partial(self._chain_at, step))
            if judged.adds_us and step.at.state is None and step.rows:
                # A join looks back over the whole log, so what came before it is saved first.
                before = self._save(before, step)
                step = Step(before)
            step.rows.append(judged.row)
            step.chains[event.seq] = judged.row.chain
            step.at = judged.after
            if judged.row.state == "counted" and isinstance(event, Entry):
                await self._mover.move(step, judged, event)
        self._save(before, step)

    async def _prepare(self, event: Entry) -> None:
        """Fetch what the fold will ask for; take nothing from the future, which would end certificates at will."""
        if event.at_ms > self.now_ms() + MOST_AHEAD_MS:
            detail = f"entry {event.seq} of log {event.log.hex()[:8]} is dated in the future: {format_ms(event.at_ms)}"
            raise ServerMistrusted("time_ahead", detail, "compare this machine's clock with the server's")
        if uris := named(event):
            committer = event.device if event.kind is Kind.COMMIT else None
            await self.directory.prepare(self.account, uris, event.at_ms, committer)
        if event.kind is Kind.ROSTER:
            await self.directory.prepare_revocation(self.account, event.data, event.at_ms)

    def _chain_at(self, step: Step, seq: int) -> bytes | None:
        return step.chains.get(seq) or self.logs.chain_at(step.at.id, seq)

    def _save(self, before: LogPosition, step: Step) -> LogPosition:
        """Save a step in one transaction and open what its keys open; raises `Lost`."""
        with self.store.transaction():
            self.logs.advance(before, step.at, step.rows)
            for epoch in step.epochs:
                self.keys.put_epoch(before.id, epoch)
                self.outbox.settle(before.id, epoch.epoch)
            for ref in step.used:
                self.keys.use_package(ref)
                self.keys.drop_welcomes(before.id)
            for seq in step.bad:
                self.outbox.put(bad_commit_report(self.signer, step.at, seq, step.chains[seq]))
            self._opener.open_waiting(before.id)
        return self.logs.load(before.id)


def pass_over(before: LogPosition, events: Events) -> tuple[LogPosition, list[Row]]:
    """Chain the new events of a log that is no channel; raises `ServerMistrusted`."""
    at, rows = before, []
    for event in events:
        if event.seq <= before.seq:
            continue
        if isinstance(event, Withheld) or event.log != before.id or event.seq != at.seq + 1:
            raise ServerMistrusted("out_of_order", f"expected entry {at.seq + 1} of log {before.id.hex()[:8]}")
        chain = next_chain(at.chain, event.seq, event.digest())
        at = replace(at, seq=event.seq, chain=chain, at_ms=event.at_ms)
        rows.append(Row(event, chain, "counted"))
    return at, rows


def read_events(data: bytes) -> list[Entry | Withheld]:
    """Read a page or a frame; raises `ServerMistrusted`."""
    try:
        return decode_batch(data)
    except EventRefused as refused:
        raise ServerMistrusted(refused.code, refused.detail) from None
