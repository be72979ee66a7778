"""Run the least that could stand in the server's place: uvicorn, a list of sockets, a table, and nothing else.

POST /  the body becomes one ready frame, written to every open socket after the answer
GET  /<after>/<limit>  the stored bytes of a page of `entries`, joined
"""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import subprocess
import sys
import time
from typing import cast

import uvicorn
from starlette.types import Receive, Scope, Send

from app.realtime.frames import text_frame
from app.realtime.transport import EXTENSION, FanOutProtocol

START_S = 20


class BareApp:
    """The ASGI application."""

    def __init__(self, file: str, log_id: bytes) -> None:
        self._open: set[FanOutProtocol] = set()
        self._database = sqlite3.connect(file) if file else None
        self._log_id = log_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        if scope["type"] == "websocket":
            await self._stream(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] == "POST":
            frame = text_frame((await receive())["body"])
            await _answer(send, 201, b"{}")
            for transport in self._open:
                transport.push(frame)
        elif scope["type"] == "http":
            assert self._database is not None
            after, limit = scope["path"].split("/")[1:]
            page = self._database.execute(
                "SELECT data FROM entries WHERE log=? AND seq>? ORDER BY seq LIMIT ?", (self._log_id, after, limit)
            )
            await _answer(send, 200, b"".join(data for (data,) in page))

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = cast(FanOutProtocol, (scope.get("extensions") or {})[EXTENSION])
        await receive()
        await send({"type": "websocket.accept"})
        self._open.add(transport)
        while (await receive())["type"] == "websocket.receive":
            pass
        self._open.discard(transport)


async def _answer(send: Send, status: int, body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


class BareServer:
    """The bare application in a process of its own."""

    def __init__(self, file: str = "", log_id: bytes = b"") -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._process = subprocess.Popen([sys.executable, "-m", __name__, str(self.port), file, log_id.hex()])
        self.pid = self._process.pid

    async def start(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + START_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(0.05)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()


if __name__ == "__main__":
    uvicorn.run(
        BareApp(sys.argv[2], bytes.fromhex(sys.argv[3])),
        port=int(sys.argv[1]),
        ws=FanOutProtocol,
        ws_per_message_deflate=False,
        access_log=False,
        log_level="error",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
