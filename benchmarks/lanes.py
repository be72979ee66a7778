"""Send HTTP requests with little CPU of our own: one kept connection per lane, one request at a time."""

from __future__ import annotations

import asyncio
from typing import Self


class Lane:
    """One kept connection to a server on this machine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, bearer: str) -> None:
        self._reader, self._writer = reader, writer
        self._head = f"host: 127.0.0.1:{port}\r\nauthorization: Bearer {bearer}\r\ncontent-type: application/json\r\n"

    @classmethod
    async def open(cls, port: int, bearer: str = "") -> Self:
        """Connect."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 24), port, bearer)

    async def call(self, method: str, path: str, body: bytes = b"", *, expect: int = 201) -> bytes:
        """Send a request and give the answer's body; raises `RuntimeError` for another status than expected."""
        status, told = await self.ask(method, path, body)
        if status != expect:
            raise RuntimeError(f"{method} {path} was answered {status}: {told[:300]!r}")
        return told

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Send a request and give the answer's status and body."""
        head = f"{method} {path} HTTP/1.1\r\n{self._head}content-length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        return int(answer.split(b" ", 2)[1]), await self._reader.readexactly(length)

    async def aclose(self) -> None:
        """Disconnect."""
        self._writer.close()
        await self._writer.wait_closed()
