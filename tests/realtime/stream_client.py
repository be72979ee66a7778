"""Read a stream as a client does: ticket first, then logs from cursors; keeps what came, in the order it came."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from pratique.wire.entries import Entry
from pratique.wire.events import Withheld, decode_event
from tests.faults.enrolled import Enrolled


class Stream:
    """One open stream; `events` are the entries, `problems` the problem frames."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.events: list[Entry | Withheld] = []
        self.problems: list[dict[str, Any]] = []
        self._grew = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def send(self, frame: Any) -> None:
        """Send a frame: text as it is, anything else as JSON."""
        await self.connection.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def subscribe(self, log: bytes, after: int = 0) -> None:
        """Ask for a log from behind a number on."""
        await self.send({"subscribe": [{"log": log.hex(), "after": after}]})

    async def until(self, count: int, timeout_s: float = 20) -> list[int]:
        """Wait until so many entries came; give all their numbers."""
        async with asyncio.timeout(timeout_s):
            while len(self.events) < count:
                self._grew.clear()
                await self._grew.wait()
        return [event.seq for event in self.events]

    async def problem(self, timeout_s: float = 10) -> dict[str, Any]:
        """Wait for the first problem frame."""
        async with asyncio.timeout(timeout_s):
            while not self.problems:
                self._grew.clear()
                await self._grew.wait()
        return self.problems[0]

    async def closed(self, timeout_s: float = 10) -> int:
        """Wait for the end; give the server's close code, 1006 where there was none."""
        async with asyncio.timeout(timeout_s):
            await asyncio.shield(self._reader)
        return self.connection.close_code or 1006

    async def aclose(self) -> None:
        """Leave."""
        await self.connection.close()
        await self._reader

    async def _read(self) -> None:
        try:
            async for frame in self.connection:
                told = json.loads(frame)
                if isinstance(told, list):
                    self.events += [decode_event(event) for event in told]
                else:
                    self.problems.append(told)
                self._grew.set()
        except ConnectionClosed:
            pass


async def ticket(device: Enrolled) -> str:
    """Get a ticket for a device."""
    answer = await device.account.call("POST", "/v1/stream-tickets")
    value: str = answer.json()["ticket"]
    return value


@asynccontextmanager
async def opened(host: str, device: Enrolled, logs: Sequence[tuple[bytes, int]] = ()) -> AsyncIterator[Stream]:
    """Open a stream of a device, subscribed to logs from behind numbers on."""
    value = await ticket(device)
    async with connect(f"ws://{host}/v1/stream", max_size=None, proxy=None, compression=None) as connection:
        stream = Stream(connection)
        await stream.send({"ticket": value})
        if logs:
            await stream.send({"subscribe": [{"log": log.hex(), "after": after} for log, after in logs]})
        try:
            yield stream
        finally:
            await stream.aclose()
