"""Carry a browser's connections to the server, and break them: all at once, or in the midst of a post."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

POST = b"POST /v1/channels/"
_CHUNK = 1 << 16


@dataclass
class Line:
    """A line between one browser and the server; `broken` once it is cut, until it is mended."""

    server: str
    url: str = ""
    broken: asyncio.Event = field(default_factory=asyncio.Event)
    _within: Literal["request", "answer"] | None = None
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Drop every connection, and take no other."""
        self.broken.set()
        for end in self._ends:
            end.transport.abort()

    def mend(self) -> None:
        """Carry again."""
        self.broken.clear()

    def cut_within(self, part: Literal["request", "answer"]) -> None:
        """Cut at the next post: when half of it has passed, or when the server has done it and begins to answer."""
        self._within = part

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection both ways until either end leaves."""
        ends = {writer}
        with contextlib.suppress(OSError):
            if not self.broken.is_set():
                to = urlsplit(self.server)
                answers, server = await asyncio.open_connection(to.hostname, to.port)
                ends.add(server)
                self._ends |= ends
                await self._both_ways(reader, writer, answers, server)
        self._ends -= ends
        for end in ends:
            end.transport.abort()

    async def _both_ways(
        self,
        requests: asyncio.StreamReader,
        browser: asyncio.StreamWriter,
        answers: asyncio.StreamReader,
        server: asyncio.StreamWriter,
    ) -> None:
        fatal = asyncio.Event()

        async def up() -> None:
            while chunk := await requests.read(_CHUNK):
                part = self._within if chunk.startswith(POST) else None
                if part is not None:
                    self._within = None
                    fatal.set()
                server.write(chunk[: len(chunk) // 2] if part == "request" else chunk)
                await server.drain()
                if part == "request":
                    self.cut()

        async def down() -> None:
            while chunk := await answers.read(_CHUNK):
                if fatal.is_set():
                    self.cut()
                    return
                browser.write(chunk)
                await browser.drain()

        ways = [asyncio.create_task(up()), asyncio.create_task(down())]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


@asynccontextmanager
async def line(server: str) -> AsyncIterator[Line]:
    """Give a line that carries; its `url` is another origin of the same server."""
    made = Line(server)
    listening = await asyncio.start_server(made.carry, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        try:
            yield made
        finally:
            made.cut()
