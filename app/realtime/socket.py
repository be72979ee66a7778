"""Serve one stream: read logs from cursors, live or behind by the same steps.

A subscription that is level is fed by the hub, with frames made once for all. One that is behind, lags or has to ask
the door again reads on by itself, and is level again at the end of its log.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.types import Receive, Send

from app import access
from app.access import Reading
from app.authentication.tokens import Session
from app.db import Database
from app.directory import devices
from app.errors import Busy, CertificateExpired, DeviceRevoked, NotFound, Problem
from app.log import LogKind
from app.realtime.acks import Acks
from app.realtime.closing import Close
from app.realtime.frames import (
    FRAMES_PER_S,
    MAX_SUBSCRIPTIONS,
    Ack,
    FrameRefused,
    Place,
    Subscribe,
    batches,
    read,
    told,
)
from app.realtime.hub import Batch, Hub
from app.realtime.tail import Line
from app.realtime.transport import FanOutProtocol
from pratique.wire.entries import Kind


@dataclass(eq=False, slots=True)
class Subscription:
    """One log on one stream; `level` means that the hub feeds it."""

    socket: Socket
    reading: Reading
    cursor: int
    level: bool = False
    behind: bool = False

    def offer(self, batch: Batch) -> None:
        """Write the batch if it is exactly what comes next and nothing has to be asked; else read on."""
        if batch.last <= self.cursor:
            return
        next_up = self.level and batch.after == self.cursor and self.reading.since <= batch.after
        if next_up and not any(self.asks(line) for line in batch.lines) and self.socket.push(batch):
            self.cursor = batch.last
            return
        self.level = False
        self.behind = True
        self.socket.nudge()

    def asks(self, line: Line) -> bool:
        """Say whether the door has to be asked again behind this entry."""
        if line.entry.kind is Kind.ROSTER:
            return self.reading.kind in (LogKind.CHANNEL, LogKind.OPERATION)
        return line.entry.kind is Kind.COMMIT and self.reading.since > 0


class Socket:
    """One device's stream, from its ticket to its end."""

    def __init__(
        self,
        session: Session,
        send: Send,
        parts: tuple[Database, Hub, Acks],
        slow_s: float,
        transport: FanOutProtocol | None,
    ) -> None:
        self.session = session
        self._send = send
        self._database, self._hub, self._acks = parts
        self._slow_s = slow_s
        self._transport = transport
        self._subscriptions: dict[bytes, Subscription] = {}
        self._reader: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    async def run(self, receive: Receive) -> None:
        """Take frames until the stream ends."""
        loop = asyncio.get_running_loop()
        left_s = (self.session.expires_ms - self._database.now_ms()) / 1000
        expiry = loop.call_later(max(0.0, left_s), self.close, Close.TOKEN_EXPIRED)
        try:
            second, frames = 0.0, 0
            while (message := await receive())["type"] == "websocket.receive":
                if (now := loop.time()) - second >= 1:
                    second, frames = now, 0
                frames += 1
                try:
                    if frames > FRAMES_PER_S:
                        raise FrameRefused(f"a client sends at most {FRAMES_PER_S} frames per second")
                    await self._take(message.get("text"))
                except FrameRefused as refused:
                    self.close(Close.PROTOCOL_ERROR, str(refused))
                except Busy:
                    self.close(Close.TRY_LATER, "the database did not answer")
        finally:
            expiry.cancel()
            for log_id, subscription in self._subscriptions.items():
                self._hub.leave(log_id, subscription)
            for task in (self._reader, self._closing):
                if task is not None:
                    task.cancel()

    def close(self, code: Close, reason: str = "") -> None:
        """End the stream; the first reason counts."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(code, reason))

    def push(self, batch: Batch) -> bool:
        """Write a batch's ready frames now, if the connection takes them."""
        if self._transport is None or self._closing is not None:
            return False
        return self._transport.push(batch.frames())

    def nudge(self) -> None:
        """Read on wherever a subscription is behind."""
        if self._reader is None and self._closing is None:
            self._reader = asyncio.create_task(self._read_on())

    async def _take(self, text: str | None) -> None:
        if text is None:
            raise FrameRefused("frames are text")
        match read(text):
            case Subscribe(places):
                for place in places:
                    await self._subscribe(place)
                self.nudge()
            case Ack(place):
                # Of other logs nothing was sent here; noting them would cost a look at the door each.
                if place.log in self._subscriptions:
                    self._acks.tell(self.session.device, place.log, place.seq)
            case _:
                raise FrameRefused("a stream has one ticket")

    async def _subscribe(self, place: Place) -> None:
        if before := self._subscriptions.pop(place.log, None):
            self._hub.leave(place.log, before)
        if len(self._subscriptions) >= MAX_SUBSCRIPTIONS:
            raise FrameRefused(f"a stream has at most {MAX_SUBSCRIPTIONS} logs")
        try:
            reading = await self._ask(place.log)
        except NotFound as problem:
            await self._gone(place.log, problem)
            return
        subscription = Subscription(self, reading, place.seq, behind=True)
        self._subscriptions[place.log] = subscription
        await self._hub.join(place.log, subscription)

    async def _ask(self, log_id: bytes) -> Reading:
        async with self._database.read() as tx:
            return await access.readable(tx, self.session.device, log_id)

    async def _read_on(self) -> None:
        try:
            while waiting := [one for one in self._subscriptions.values() if one.behind]:
                for subscription in waiting:
                    await self._catch_up(subscription)
        except TimeoutError:
            self._drop()
        except Busy:
            self.close(Close.TRY_LATER, "the database did not answer")
        except (RuntimeError, OSError):
            pass  # the connection ended; `run` hears of it
        finally:
            self._reader = None

    async def _catch_up(self, subscription: Subscription) -> None:
        """Send one page, or find that the subscription is level; the others get their turn in between."""
        log_id = subscription.reading.log_id
        subscription.behind = False
        lines = await self._hub.tail.since(log_id, subscription.cursor)
        if self._subscriptions.get(log_id) is not subscription:
            return
        if not lines:
            subscription.level = not subscription.behind
            return
        subscription.behind = True
        # What follows an entry that may end or change the reading waits until the door was asked.
        end = next((place for place, line in enumerate(lines, 1) if subscription.asks(line)), len(lines))
        last = lines[end - 1]
        asks = subscription.asks(last)
        # A commit may be the one that adds this device, which then may read it: the door is asked before it is shown.
        first = asks and last.entry.kind is Kind.COMMIT
        if first and not await self._ask_again(subscription):
            return
        for document in batches([line.shown(subscription.reading) for line in lines[:end]]):
            await self._write(document)
        subscription.cursor = last.entry.seq
        if asks and not first:
            await self._ask_again(subscription)

    async def _ask_again(self, subscription: Subscription) -> bool:
        """Say whether the log is still the device's to read, and take note of what of it."""
        log_id = subscription.reading.log_id
        try:
            subscription.reading = await self._ask(log_id)
            return True
        except NotFound as problem:
            self._hub.leave(log_id, subscription)
            if self._subscriptions.get(log_id) is subscription:
                del self._subscriptions[log_id]
            await self._gone(log_id, problem)
            return False

    async def _gone(self, log_id: bytes, problem: Problem) -> None:
        """Tell that a log is not the device's to read; without another log the stream ends."""
        try:
            # A revoked device finds no log; it shall hear why, whichever log brings the news first.
            async with self._database.read() as tx:
                await devices.require_active(tx, str(self.session.device), tx.now_ms)
        except DeviceRevoked:
            self.close(Close.DEVICE_REVOKED)
            return
        except CertificateExpired:
            self.close(Close.TICKET_REFUSED)
            return
        await self._write(told(problem, log=log_id.hex()))
        if not self._subscriptions:
            self.close(Close.LOG_GONE)

    async def _write(self, document: bytes) -> None:
        async with asyncio.timeout(self._slow_s):
            await self._send({"type": "websocket.send", "text": document.decode()})

    async def _close(self, code: Close, reason: str) -> None:
        try:
            async with asyncio.timeout(self._slow_s):
                await self._send({"type": "websocket.close", "code": int(code), "reason": reason})
        except TimeoutError:
            self._drop()
        except (RuntimeError, OSError):
            pass  # closed from the other side meanwhile

    def _drop(self) -> None:
        """Cut off a reader that takes nothing; it comes back and reads from its cursor."""
        if self._transport is not None:
            self._transport.abort()
        else:
            self.close(Close.TRY_LATER)
