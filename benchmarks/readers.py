"""Read streams, many at once, and know how many entries have reached how many of them."""

from __future__ import annotations

import asyncio
import json

from websockets.asyncio.client import ClientConnection, connect

MARK = b'"specversion"'  # stands once in every event


class Crowd:
    """Connected readers of one log; counts every event that any of them is given."""

    def __init__(self) -> None:
        self.given = 0
        self._wanted = 0
        self._there = asyncio.Event()
        self._reading: list[asyncio.Task[None]] = []
        self._sockets: list[ClientConnection] = []

    def __len__(self) -> int:
        return len(self._sockets)

    async def join(self, url: str, *frames: object) -> None:
        """Connect one more reader and send its first frames."""
        socket = await connect(url, compression=None, max_size=None, ping_interval=None)
        for frame in frames:
            await socket.send(json.dumps(frame))
        self._sockets.append(socket)
        self._reading.append(asyncio.create_task(self._read(socket)))

    async def reach(self, given: int) -> None:
        """Wait until so many events were given in all."""
        self._wanted = given
        if self.given < given:
            self._there.clear()
            await self._there.wait()

    async def aclose(self) -> None:
        """Disconnect all."""
        for task in self._reading:
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)
        await asyncio.gather(*(socket.close() for socket in self._sockets))

    async def _read(self, socket: ClientConnection) -> None:
        while True:
            frame = await socket.recv(decode=False)
            self.given += frame.count(MARK)
            if self.given >= self._wanted:
                self._there.set()
