"""Stand between a browser and a server as a thin link does: every byte late, and not many at a time.

A browser's own throttling leaves out its workers and sockets; this one leaves out nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

_PIECE = 1460


@dataclass
class Link:
    """A link to a server; both directions share nothing, all connections share both.

    Unit    rate: bytes/s, 0 = as fast as it goes; delay_s: one way
    """

    port: int
    target: int
    rate: float = 0.0
    delay_s: float = 0.0
    down_bytes: int = 0
    _free: tuple[float, float] = (0.0, 0.0)

    @property
    def url(self) -> str:
        """Where a browser finds the server behind it."""
        return f"http://127.0.0.1:{self.port}"

    def thin(self, kbit_s: float = 256, round_trip_s: float = 0.6) -> None:
        """Be thin from now on."""
        self.rate, self.delay_s = kbit_s * 1000 / 8, round_trip_s / 2

    def wide(self) -> None:
        """Be no hindrance from now on."""
        self.rate = self.delay_s = 0.0

    def leaves(self, direction: int, size: int) -> float:
        """Give when a piece is through; both directions queue by themselves."""
        now = asyncio.get_running_loop().time()
        if not self.rate:
            return now
        free = max(now, self._free[direction]) + size / self.rate
        self._free = (free, self._free[1]) if direction == 0 else (self._free[0], free)
        return free + self.delay_s


@asynccontextmanager
async def linked(target: int) -> AsyncIterator[Link]:
    """Give a link to a port of this machine, wide at first."""
    link = Link(0, target)
    tasks: set[asyncio.Task[None]] = set()

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            # The handshake that this machine did without the link.
            await asyncio.sleep(2 * link.delay_s)
            # Cancelled when the link ends: then this connection ends, and nobody waits for it.
            with contextlib.suppress(OSError, asyncio.CancelledError):
                there, back = await asyncio.open_connection("127.0.0.1", link.target)
                await asyncio.gather(_carry(link, 0, there, writer), _carry(link, 1, reader, back))
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(taken, "127.0.0.1", 0)
    link.port = server.sockets[0].getsockname()[1]
    try:
        yield link
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _carry(link: Link, direction: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=256)

    async def send() -> None:
        while True:
            at, piece = await queue.get()
            if not piece:
                break
            await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
            writer.write(piece)
            await writer.drain()

    sending = asyncio.create_task(send())
    try:
        with contextlib.suppress(OSError):
            while piece := await reader.read(_PIECE):
                if direction == 0:
                    link.down_bytes += len(piece)
                await queue.put((link.leaves(direction, len(piece)), piece))
            await queue.put((0.0, b""))
            await sending
    finally:
        sending.cancel()
        with contextlib.suppress(OSError):
            writer.close()
