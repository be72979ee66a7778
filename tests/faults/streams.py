"""Read a stream as a bare client: a ticket, a subscription, and everything that comes, until it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from pratique.wire.entries import Entry
from pratique.wire.events import Withheld, decode_batch
from tests.faults.enrolled import Enrolled


@dataclass
class Stream:
    """One open stream of one device on one log; `got` is everything that came, `code` how it ended.

    Takes   after: the cursor to begin behind; url: of the server process to ask, the account's own where it is empty
    """

    enrolled: Enrolled
    log: bytes
    after: int = 0
    got: list[Entry | Withheld] = field(default_factory=list)
    code: int | None = None

    async def __aenter__(self) -> Self:
        self._grew = asyncio.Condition()
        ticket = (await self.enrolled.account.call("POST", "/v1/stream-tickets")).get("ticket", str)
        url = self.enrolled.account.http.url.replace("http", "ws", 1) + "/v1/stream"
        self._socket: ClientConnection = await connect(url, compression=None, max_size=None, proxy=None)
        await self._socket.send(json.dumps({"ticket": ticket}))
        await self._socket.send(json.dumps({"subscribe": [{"log": self.log.hex(), "after": self.after}]}))
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._socket.close()
        await self._reading

    def abort(self) -> None:
        """Break the connection as a power cut would."""
        self._socket.transport.abort()

    async def until(self, there: Callable[[Stream], bool], within_s: float) -> None:
        """Wait until something is so; raises `TimeoutError`."""
        async with asyncio.timeout(within_s), self._grew:
            await self._grew.wait_for(lambda: there(self))

    async def reaches(self, seq: int, within_s: float) -> None:
        """Wait until an entry came; raises `TimeoutError`, and `ConnectionError` where the stream ended before."""
        await self.until(lambda one: one.code is not None or (bool(one.got) and one.got[-1].seq >= seq), within_s)
        if not self.got or self.got[-1].seq < seq:
            raise ConnectionError(f"the stream ended with {self.code}")

    async def ends(self, within_s: float) -> int | None:
        """Wait until the server closes; give the code."""
        await self.until(lambda stream: stream.code is not None, within_s)
        return self.code

    async def _read(self) -> None:
        try:
            async for text in self._socket:
                if isinstance(text, str) and text.startswith("["):
                    async with self._grew:
                        self.got += decode_batch(text.encode())
                        self._grew.notify_all()
        except ConnectionClosed:
            pass
        async with self._grew:
            self.code = self._socket.close_code
            self._grew.notify_all()
