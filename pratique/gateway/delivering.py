"""Tell every webhook what was heard: at least once, in order while it goes well, and by one gateway of the Member.

    heard ─▶ queue ─▶ claimed in the Member's own lane ─▶ sent ─▶ said to be delivered there

The receiver sees the same `webhook-id` again where a gateway died between its answer and our note of it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from typing import TYPE_CHECKING

import structlog

from pratique.errors import PratiqueError
from pratique.gateway.claims import Claims
from pratique.gateway.hearing import Hearing
from pratique.gateway.queue import Queue
from pratique.gateway.sending import Outcome, Sender
from pratique.gateway.settings import Settings
from pratique.gateway.told import NOT_YET, cloud_event, is_elsewhere, mark_of, type_of
from pratique.gateway.webhooks import Webhook, Webhooks
from pratique.wire import strict_json
from pratique.wire.refused import Refused

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.views.timeline import Line

BATCH = 50
# A batch ends well before its claim lapses.
BATCH_S = 120.0
# Many entries come at once: they are looked at together.
GATHER_S = 0.02
# A receiver that does not answer is asked again this soon where there is something new for it.
REST_MS = 60_000

logger = structlog.get_logger(__name__)


class Deliverer:
    """Delivers for one gateway until it is cancelled."""

    def __init__(
        self, desk: Desk, hearing: Hearing, webhooks: Webhooks, queue: Queue, sender: Sender, settings: Settings
    ) -> None:
        self.queue = queue
        self._desk, self._hearing, self._webhooks = desk, hearing, webhooks
        self._claims = Claims(desk, settings)
        self._sender, self._settings = sender, settings
        self._awake = asyncio.Event()
        self._serving: dict[str, asyncio.Task[None]] = {}
        # Where the server (no claim without it) or the receiver did not answer: until when nothing is tried.
        self._rests: dict[str, int] = {}
        self._up: set[str] = set()

    def wake(self) -> None:
        """Look at once what there is to do."""
        self._awake.set()

    def again(self, delivery: int) -> None:
        """Deliver once more, now; raises `Problem` not_found."""
        self.queue.again(delivery)
        self._rests.pop(self.queue.get(delivery)["webhook"], None)
        self.wake()

    async def run(self) -> None:
        """Deliver what is due, then wait for the next; one slow receiver delays no other."""
        try:
            while True:
                await asyncio.sleep(GATHER_S)
                self._awake.clear()
                try:
                    self._look()
                except Exception as fault:
                    # Whatever it was, the next look finds what is still to tell; nothing was moved on past it.
                    logger.error("deliveries could not be looked at", fault=type(fault).__name__)
                    await asyncio.sleep(self._settings.backoff_s[0])
                try:
                    await asyncio.wait_for(self._awake.wait(), self._pause_s())
                except TimeoutError:
                    continue
        finally:
            for task in self._serving.values():
                task.cancel()
            await asyncio.gather(*self._serving.values(), return_exceptions=True)

    def _look(self) -> None:
        self._plan()
        for webhook in self._webhooks.all():
            running = self._serving.get(webhook.id)
            if (running is None or running.done()) and self._has_work(webhook):
                self._serving[webhook.id] = asyncio.create_task(self._serve(webhook))
        self.queue.forget_old()

    def _plan(self) -> None:
        """Queue for every webhook what was heard since."""
        self._hearing.look()
        for webhook in self._webhooks.all():
            after, items = webhook.after, []
            for number, line in self._hearing.after(webhook.after, 1000):
                after = number
                if self._wants(webhook, line):
                    items.append((line.entry.channel, line.entry.seq))
            if after > webhook.after:
                self.queue.put(webhook, items, after)
                if after < self._hearing.newest():
                    self.wake()

    def _wants(self, webhook: Webhook, line: Line) -> bool:
        if webhook.types and type_of(line) not in webhook.types:
            return False
        if line.entry.party == self._desk.party and not webhook.own:
            return False
        return not is_elsewhere(self._desk, line)

    def _has_work(self, webhook: Webhook) -> bool:
        if self._settings.now_ms() < self._rests.get(webhook.id, 0):
            return False
        return bool(self.queue.due(webhook, 1) or self.queue.unconfirmed(webhook, 1))

    def _pause_s(self) -> float:
        now_ms, pause_s = self._settings.now_ms(), self._settings.idle_s
        for webhook in self._webhooks.all():
            next_ms, running = self.queue.next_ms(webhook), self._serving.get(webhook.id)
            if next_ms is not None and (running is None or running.done()):
                pause_s = min(pause_s, (max(next_ms, self._rests.get(webhook.id, 0)) - now_ms) / 1000)
        return max(pause_s, 0.0)

    async def _serve(self, webhook: Webhook) -> None:
        try:
            while await self._batch(webhook):
                pass
        except (PratiqueError, Refused) as failed:
            logger.warning("deliveries wait", webhook=webhook.id, why=failed.code)
            self._rests[webhook.id] = self._settings.now_ms() + round(self._settings.backoff_s[0] * 1000)
        except Exception as fault:
            logger.error("deliveries failed", webhook=webhook.id, fault=type(fault).__name__)
            for row in self.queue.due(webhook, BATCH):
                self.queue.note(row["id"], Outcome("fault", None, 0))
        self.wake()

    async def _batch(self, webhook: Webhook) -> bool:
        """Deliver one batch; say whether there may be more to do at once."""
        endpoint = webhook.endpoint(self._desk.operation.id)
        lines: dict[int, Line] = {}
        rows = [row for row in self.queue.due(webhook, BATCH) if self._counts(row, lines)]
        free = await self._claims.take(endpoint, {row["id"]: _item(row) for row in rows if not row["forced"]})
        ready = []
        for row in rows:
            said = "mine" if row["forced"] else free[row["id"]]
            if said == "delivered":
                self.queue.settle(row["id"], "elsewhere")
            elif isinstance(said, int):
                self.queue.postpone(row["id"], said)
            else:
                ready.append(row)
        try:
            there = await self._send(webhook, ready, lines)
        except asyncio.CancelledError:
            await self._confirm(webhook, endpoint)
            left = [_item(row) for row in ready if self.queue.get(row["id"])["state"] == "waiting"]
            await self._claims.give_back(endpoint, left)
            raise
        await self._confirm(webhook, endpoint)
        return bool(rows) and there

    def _counts(self, row: sqlite3.Row, lines: dict[int, Line]) -> bool:
        line = self._hearing.line(row["log"], row["seq"])
        if line is None or line.content is None:
            self.queue.settle(row["id"], "gone")
            return False
        mark = mark_of(self._desk, line)
        if mark == NOT_YET:
            self.queue.note(row["id"], Outcome(mark, None, 0))
            return False
        if mark is not None:
            self.queue.settle(row["id"], "ignored")
            return False
        lines[row["id"]] = line
        return True

    async def _send(self, webhook: Webhook, rows: list[sqlite3.Row], lines: dict[int, Line]) -> bool:
        """Send one after the other; where the receiver does not answer, the others are not tried either."""
        until = time.monotonic() + BATCH_S
        there = True
        for row in rows:
            if time.monotonic() > until:
                break
            if not there:
                self.queue.note(row["id"], Outcome("not_tried", None, 0))
                continue
            event = cloud_event(self._desk, lines[row["id"]])
            body = strict_json.dumps(event)
            headers = self._webhooks.signed(webhook.id, event["id"], body)
            outcome = await self._sender.send(webhook.url, headers, body)
            self.queue.note(row["id"], outcome)
            there = outcome.answered
            self._mind(webhook, row["id"], there)
            told = {"webhook": webhook.id, "delivery": row["id"], "outcome": outcome.outcome}
            logger.info("webhook", **told, status=outcome.status, took_ms=outcome.took_ms)
        return there

    def _mind(self, webhook: Webhook, delivery: int, there: bool) -> None:
        """Let everything behind a receiver that does not answer wait with its first; when it is back, hurry."""
        if not there:
            self._up.discard(webhook.id)
            next_ms = int(self.queue.get(delivery)["next_ms"])
            self._rests[webhook.id] = min(next_ms, self._settings.now_ms() + REST_MS)
        elif webhook.id not in self._up:
            self._up.add(webhook.id)
            self._rests.pop(webhook.id, None)
            self.queue.hurry(webhook)

    async def _confirm(self, webhook: Webhook, endpoint: str) -> None:
        rows = self.queue.unconfirmed(webhook, 200)
        if rows:
            await self._claims.say_delivered(endpoint, [_item(row) for row in rows])
            self.queue.confirm([row["id"] for row in rows])


def _item(row: sqlite3.Row) -> str:
    return f"{row['log'].hex()}/{row['seq']}"
