"""Let a frame that was made once be written to every reader, and drop connections that do not read.

A subclass of uvicorn's WebSocket protocol, valid with permessage-deflate off. It leans on names inside uvicorn
(`transport`, `writable`, `close_sent`, `disconnected`, `handshake_complete`); tests hold the pinned version to them.
"""

from __future__ import annotations

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

EXTENSION = "pratique.fan_out"
MAX_BUFFER_BYTES = 1 << 20


class FanOutProtocol(WebSocketsSansIOProtocol):
    """Speak WebSocket as uvicorn does, and offer the application `push` and `abort` in the scope's extensions."""

    def data_received(self, data: bytes) -> None:
        """Take bytes; who sends (pings, say) without reading the answers is cut off."""
        if self.transport is not None and self.transport.get_write_buffer_size() > MAX_BUFFER_BYTES:
            self.transport.abort()
            return
        super().data_received(data)

    async def run_asgi(self) -> None:
        """Run the application with this connection in its scope."""
        extensions = self.scope["extensions"]
        assert extensions is not None
        extensions[EXTENSION] = self  # type: ignore[assignment]
        await super().run_asgi()

    async def send(self, message: ASGISendEvent) -> None:
        """Send; a refused handshake that was answered in full is complete, which uvicorn would report as a fault."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True

    def push(self, frame: bytes) -> bool:
        """Write a ready frame now; False where the reader lags or is gone, and nothing was written."""
        if self.close_sent or self.disconnected or not self.handshake_complete or not self.writable.is_set():
            return False
        self.transport.write(frame)
        return True

    def abort(self) -> None:
        """End the connection at once, whatever is still to be sent."""
        self.transport.abort()
