"""Stand before the application: who asks, under which name, how much at once; and one line of log for each request.

A page in some browser can reach a service on loopback by rebinding a name: so the Host header must be one of ours, no
answer allows another origin, and the API key is never a cookie.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pratique.gateway.api_keys import holds
from pratique.gateway.problems import Problem, answer
from pratique.gateway.settings import Settings

MAX_BODY_BYTES = 1 << 20
BODY_WITHIN_S = 15.0
OPEN = "/healthz"
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]

logger = structlog.get_logger(__name__)


class Gate:
    """Passes on what may come in, and lets no exception out."""

    def __init__(self, application: ASGIApp, settings: Settings) -> None:
        self._application = application
        self._hosts = settings.host_names()
        self._keys = settings.key_hashes
        self._free = settings.most_at_once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or answer it here."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._application(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id, begun, status = uuid4().hex, time.monotonic(), 0

        async def headed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), *_HEADERS, (b"x-request-id", request_id.encode())]
                message = {**message, "headers": headers}
            await send(message)

        fault = ""
        try:
            self._judge(scope)
            self._free -= 1
            try:
                await self._application(scope, _counted(receive), headed)
            finally:
                self._free += 1
        except Problem as problem:
            await answer(problem)(scope, receive, headed)
        except Exception as raised:
            # The words of an exception may quote what was sent; its type and place do not.
            place = traceback.extract_tb(raised.__traceback__)[-1]
            fault = f"{type(raised).__name__} at {place.filename.rpartition('/')[2]}:{place.lineno}"
            if not status:
                await answer(Problem("internal"))(scope, receive, headed)
        # The route's pattern, never the path: references and everything else of a consignment stay out of the log.
        route = getattr(scope.get("route"), "path", "-")
        took_ms = round((time.monotonic() - begun) * 1000)
        told = {"request_id": request_id, "method": scope["method"], "route": route, "status": status}
        if fault:
            logger.error("request failed", **told, took_ms=took_ms, fault=fault)
        elif scope["path"] != OPEN:
            logger.info("request", **told, took_ms=took_ms)

    def _judge(self, scope: Scope) -> None:
        named = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
        if len(named) != 1 or _without_port(named[0]) not in self._hosts:
            raise Problem("wrong_host")
        if scope["path"] != OPEN:
            shown = [value for name, value in scope["headers"] if name == b"authorization"]
            if len(shown) != 1 or not holds(self._keys, shown[0]):
                raise Problem("unauthorized")
        packed = [value for name, value in scope["headers"] if name == b"content-encoding"]
        if any(value.strip().lower() != b"identity" for value in packed):
            raise Problem("unsupported_media_type", "the body must not be compressed")
        if self._free <= 0:
            raise Problem("busy")


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() and (not name.startswith("[") or name.endswith("]")) else host


def _counted(receive: Receive) -> Receive:
    """Count the bytes that really arrive, and wait for them only so long."""
    arrived = 0
    until = time.monotonic() + BODY_WITHIN_S
    whole = False

    async def counting() -> Message:
        nonlocal arrived, whole
        if whole:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), max(0.0, until - time.monotonic()))
        except TimeoutError:
            raise Problem("body_too_slow") from None
        arrived += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if arrived > MAX_BODY_BYTES:
            # A client that is still sending would lose the answer with the connection, so a little more is taken.
            while message.get("more_body") and arrived <= 2 * MAX_BODY_BYTES:
                message = await receive()
                arrived += len(message.get("body", b""))
            raise Problem("body_too_large", f"at most {MAX_BODY_BYTES} bytes")
        return message

    return counting
