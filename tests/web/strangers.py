"""Serve pages of another origin: what a stranger's site could do to somebody who is enrolled here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Stranger:
    """Another origin on this machine; `asked` tells which paths were fetched from it."""

    url: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readline()).decode("latin-1").split(" ")
        while (await reader.readline()).strip():
            pass
        path = line[1] if len(line) > 1 else ""
        self.asked.append(path)
        body = self.pages.get(path, "").encode()
        status = "200 OK" if body else "404 Not Found"
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def stranger() -> AsyncIterator[Stranger]:
    """Give a running other origin."""
    made = Stranger()
    server = await asyncio.start_server(made._serve, "127.0.0.1", 0)
    made.url = f"http://localhost:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield made
