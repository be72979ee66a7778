"""Answer /v1/stream: judge the origin, take the ticket, and keep every open stream where revocations find it."""

from __future__ import annotations

import asyncio
from typing import cast

from starlette.types import Receive, Scope, Send

from app.authentication import sessions
from app.authentication.rates import Rates
from app.authentication.tokens import Session
from app.db import Database
from app.directory import devices
from app.errors import CertificateExpired, DeviceRevoked, NotSignedIn, TooManyRequests
from app.realtime.acks import Acks
from app.realtime.closing import Close
from app.realtime.frames import FrameRefused, Ticket, read
from app.realtime.hub import Hub
from app.realtime.socket import Socket
from app.realtime.transport import EXTENSION, FanOutProtocol

PATH = "/v1/stream"
TICKET_S = 5.0
MAX_WAITING = 200


class Streams:
    """Every open stream of this process; itself the ASGI application behind the path."""

    def __init__(
        self, database: Database, hub: Hub, acks: Acks, rates: Rates, origins: frozenset[str], slow_s: float
    ) -> None:
        self._database, self._hub, self._acks = database, hub, acks
        self._rates = rates
        self._origins = origins
        self._slow_s = slow_s
        self._open: dict[str, set[Socket]] = {}
        self._waiting = 0
        self._stopping = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection from its handshake to its end."""
        if not self._admits(scope):
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # before the handshake: an HTTP 403
            return
        await receive()
        await send({"type": "websocket.accept"})
        self._waiting += 1
        try:
            session = await self._greet(receive, send)
        finally:
            self._waiting -= 1
        if session is not None:
            await self._serve(session, scope, receive, send)

    def has(self, uri: str) -> bool:
        """Say whether a device has a stream open in this process."""
        return uri in self._open

    def close_device(self, uri: str) -> None:
        """End every stream of a revoked device."""
        for socket in self._open.get(uri, ()):
            socket.close(Close.DEVICE_REVOKED)

    def close_all(self) -> None:
        """End every stream because the server stops."""
        self._stopping = True
        for sockets in self._open.values():
            for socket in sockets:
                socket.close(Close.RESTART)

    def _admits(self, scope: Scope) -> bool:
        """Judge a handshake: no query, our own origin or none, and not too many from one address."""
        named: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            named.setdefault(name, []).append(value)
        origins = named.get(b"origin", [])
        host = named.get(b"host", [b""])[0].decode("latin-1").lower()
        own = {f"http://{host}", f"https://{host}"} | self._origins
        if len(origins) > 1 or any(origin.decode("latin-1").lower() not in own for origin in origins):
            return False
        if scope["query_string"] or self._stopping or self._waiting >= MAX_WAITING:
            return False
        try:
            self._rates.address(scope["client"][0] if scope.get("client") else "")
        except TooManyRequests:
            return False
        return True

    async def _greet(self, receive: Receive, send: Send) -> Session | None:
        try:
            async with asyncio.timeout(TICKET_S):
                message = await receive()
            if message["type"] != "websocket.receive":
                return None
            ticket = read(message.get("text") or "")
            if not isinstance(ticket, Ticket):
                raise FrameRefused("the first frame is the ticket")
            return await sessions.redeem(self._database, ticket.value)
        except FrameRefused:
            code = Close.PROTOCOL_ERROR
        except (NotSignedIn, CertificateExpired, TimeoutError):
            code = Close.TICKET_REFUSED
        except DeviceRevoked:
            code = Close.DEVICE_REVOKED
        await send({"type": "websocket.close", "code": int(code)})
        return None

    async def _serve(self, session: Session, scope: Scope, receive: Receive, send: Send) -> None:
        transport = cast("FanOutProtocol | None", (scope.get("extensions") or {}).get(EXTENSION))
        socket = Socket(session, send, (self._database, self._hub, self._acks), self._slow_s, transport)
        uri = str(session.device)
        self._open.setdefault(uri, set()).add(socket)
        try:
            # Asked again now that revocations find the stream: none falls in between.
            async with self._database.read() as tx:
                await devices.require_active(tx, uri, tx.now_ms)
            await socket.run(receive)
        except (DeviceRevoked, CertificateExpired):
            await send({"type": "websocket.close", "code": int(Close.DEVICE_REVOKED)})
        finally:
            self._open[uri].discard(socket)
            if not self._open[uri]:
                del self._open[uri]
