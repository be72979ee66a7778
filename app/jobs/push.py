"""Tell devices that are away: a reader of the logs with its own cursors, that sees envelopes only.

    a log grew ─▶ wait a moment ─▶ gather what nobody acknowledged ─▶ claim what is due ─▶ send ─▶ settle

Every process runs one. What one misses, because a wake-up was lost or it died, another or its own next look finds.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable

import structlog

from app import access
from app.clock import Clock
from app.db import Database, Transaction
from app.delivery import alerts, subscriptions
from app.delivery.alerts import Alert, Told, Waits
from app.delivery.subscriptions import Subscription
from app.directory import operations
from app.jobs.mail import Mailer
from app.jobs.web_push import Ended, Outcome, WebPush
from pratique.wire.entries import inbox_id

logger = structlog.get_logger(__name__)
# Long enough for a device that listens to say that it has the entry, and for a burst to become one message.
RIPE_MS = 3_000
# A stream that is open and takes nothing is a browser that sleeps.
PRESENT_MS = 60_000
LONGEST_MS = 60_000
FIRST_PAUSE_MS = 15_000
LONGEST_PAUSE_MS = 3_600_000
MOST_TRIES = 12
AT_ONCE = 8


class Pushes:
    """The one task of a process that tells devices which are away.

    Takes   web, mail: the ways, where there are any; present: whether a device has the stream open in this process
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        web: WebPush | None,
        mail: Mailer | None,
        present: Callable[[str], bool],
        *,
        mail_after_ms: int = 300_000,
    ) -> None:
        self._database, self._clock = database, clock
        self._web, self._mail, self._present = web, mail, present
        self._waits = Waits(RIPE_MS, PRESENT_MS, mail_after_ms if mail else None)
        self._woken = asyncio.Event()
        self._grown: set[bytes] = set()
        self._next_ms = 0
        self._whole_ms = 0
        self._few = asyncio.Semaphore(AT_ONCE)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with what came while no server ran; do nothing where there is no way to tell anybody."""
        if self._web or self._mail:
            self._task = asyncio.create_task(self._run(), name="pushes")

    async def stop(self) -> None:
        """End; what is being told now is told again by whoever comes next."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def wake(self, grown: Iterable[bytes]) -> None:
        """Hear that logs have grown; they are looked at in a moment, however many wake-ups come until then."""
        if self._task is None:
            return
        self._grown.update(grown)
        if (soon_ms := self._clock.now_ms() + RIPE_MS) < self._next_ms:
            self._next_ms = soon_ms
            self._woken.set()

    async def look(self, grown: frozenset[bytes] | None = None) -> int:
        """Tell what is to be told; give the instant to look again.

        Takes   grown: look at these logs alone, else at all that subscribed devices read
        """
        now_ms = self._clock.now_ms()
        async with self._database.read() as tx:
            asked = await subscriptions.active(tx)
            told = await self._readers(tx, asked, grown) if asked else {}
            behind = await alerts.behind(tx, told) if told else []
        again = [now_ms + LONGEST_MS]
        present = {device for device in asked if self._present(device)}
        for log_id in behind:
            async with self._database.transaction() as tx:
                raw_ms = await alerts.gather(tx, log_id, told[log_id], present, self._waits, now_ms)
            if raw_ms is not None:
                self._grown.add(log_id)
                again.append(raw_ms)
        while asked:
            async with self._database.transaction() as tx:
                claimed, more = await alerts.claim(tx, asked, now_ms)
                codes = await operations.codes(tx, {alert.operation for alert in claimed}) if claimed else {}
            await asyncio.gather(*(self._tell(alert, asked[alert.device], codes) for alert in claimed))
            if not more:
                break
        async with self._database.read() as tx:
            due_ms = await alerts.next_ms(tx) if asked else None
        return min([*again, *([due_ms] if due_ms is not None else [])])

    async def _readers(
        self, tx: Transaction, asked: dict[str, Subscription], grown: frozenset[bytes] | None
    ) -> dict[bytes, list[Told]]:
        """Give who reads what: the channels in which subscribed devices are seated, and their inboxes."""
        found: dict[bytes, list[Told]] = defaultdict(list)
        for seat in await access.seats_of(tx, asked.keys(), grown):
            found[seat.channel].append(Told(asked[seat.device], seat))
        for device, one in asked.items():
            if grown is None or inbox_id(device) in grown:
                found[inbox_id(device)].append(Told(one, None))
        return found

    async def _tell(self, alert: Alert, to: Subscription, codes: dict[bytes, str]) -> None:
        async with self._few:
            ended = await self._sent(alert, to, codes.get(alert.operation, ""))
        now_ms = self._clock.now_ms()
        again_ms = None
        if ended.outcome is Outcome.LATER and alert.tries < MOST_TRIES:
            pause_ms = max(FIRST_PAUSE_MS << (alert.tries - 1), 1000 * ended.wait_s)
            again_ms = now_ms + min(pause_ms, LONGEST_PAUSE_MS)
        elif ended.outcome is not Outcome.TOLD:
            logger.info("a device could not be told", way=alert.way, outcome=ended.outcome.value, tries=alert.tries)
        async with self._database.transaction() as tx:
            await alerts.settle(tx, alert, again_ms, now_ms)
            if ended.outcome is Outcome.GONE and to.push is not None:
                await subscriptions.forget_push(tx, alert.device, to.push.endpoint)

    async def _sent(self, alert: Alert, to: Subscription, code: str) -> Ended:
        now_ms = self._clock.now_ms()
        if alert.way == "push" and self._web is not None and to.push is not None:
            return await self._web.send(alert, to.push, code, now_ms)
        if alert.way == "mail" and self._mail is not None and to.mail is not None:
            return await self._mail.send(alert, to.mail, code, now_ms)
        return Ended(Outcome.REFUSED)

    async def _run(self) -> None:
        while True:
            try:
                now_ms = self._clock.now_ms()
                whole = now_ms >= self._whole_ms
                grown, self._grown = frozenset(self._grown), set()
                self._next_ms = now_ms + LONGEST_MS  # a wake-up meanwhile brings it nearer
                again_ms = await self.look(None if whole else grown)
                if whole:
                    self._whole_ms = now_ms + LONGEST_MS
            except Exception as failure:  # whatever it was, nothing is lost: the cursors and the rows stay
                logger.warning("devices could not be told; it is tried again", fault=type(failure).__name__)
                self._whole_ms = 0
                again_ms = self._clock.now_ms() + FIRST_PAUSE_MS
            self._next_ms = min(self._next_ms, again_ms)
            while self._clock.now_ms() < self._next_ms:
                self._woken.clear()
                await self._clock.wait(self._woken, self._next_ms)
