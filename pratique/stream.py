"""Listen to the server's stream: a ticket, the logs from their cursors, then frames as they come; keeps nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from pratique.account import Account
from pratique.errors import PratiqueError, Unreachable
from pratique.following import Events, read_events
from pratique.wire import strict_json

MAX_FRAME_BYTES = 8 * 1024 * 1024
# Close codes after which coming back changes nothing.
FINAL = range(4400, 4500)
DEVICE_REVOKED = 4403


class StreamEnded(PratiqueError):
    """The stream ended; `final` says that coming back would not help."""

    def __init__(self, code: int, reason: str) -> None:
        name = "device_revoked" if code == DEVICE_REVOKED else "stream_ended"
        super().__init__(name, f"the server closed the stream ({code}) {reason}".rstrip())
        self.close_code = code
        self.final = code in FINAL and code != 4401


class Stream:
    """One open stream."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def subscribe(self, places: Iterable[tuple[bytes, int]]) -> None:
        """Ask for logs, each from after a number."""
        wanted = [{"log": log.hex(), "after": after} for log, after in places]
        if wanted:
            await self._send({"subscribe": wanted})

    async def ack(self, log: bytes, seq: int) -> None:
        """Say that everything up to a number is kept here."""
        await self._send({"ack": {"log": log.hex(), "seq": seq}})

    async def frames(self) -> AsyncIterator[Events | bytes]:
        """Yield batches of events as they come; a log that is gone comes as its id alone; ends with `StreamEnded`."""
        try:
            async for frame in self._socket:
                data = frame.encode() if isinstance(frame, str) else frame
                told = strict_json.loads(data) if data[:1] == b"{" else None
                if isinstance(told, dict):
                    yield bytes.fromhex(str(told.get("log", "")))
                else:
                    yield read_events(data)
        except ConnectionClosed:
            pass
        raise StreamEnded(self._socket.close_code or 1006, self._socket.close_reason or "")

    async def _send(self, frame: object) -> None:
        try:
            await self._socket.send(json.dumps(frame))
        except ConnectionClosed:
            raise StreamEnded(self._socket.close_code or 1006, self._socket.close_reason or "") from None


@asynccontextmanager
async def open_stream(account: Account) -> AsyncIterator[Stream]:
    """Open a stream as a device; raises `Unreachable` or a `Problem`."""
    ticket = (await account.call("POST", "/v1/stream-tickets")).get("ticket", str)
    url = account.http.url.replace("http", "ws", 1) + "/v1/stream"
    try:
        socket = await connect(url, compression=None, max_size=MAX_FRAME_BYTES, user_agent_header=None, proxy=None)
    except (OSError, InvalidHandshake, InvalidURI, TimeoutError) as failed:
        raise Unreachable(account.http.url, f"no stream: {failed}") from None
    async with socket:
        stream = Stream(socket)
        await stream._send({"ticket": ticket})
        yield stream
