"""Stand before the application as plain ASGI: what every request and every stream passes, whatever its route."""

from __future__ import annotations

import re
import traceback
from uuid import uuid4

import structlog
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.headers import guarded, guarding
from app.api.pages import Pages
from app.api.problems import answer
from app.authentication.rates import Rates
from app.errors import BodyTooLarge, Internal, Problem, UnsupportedMediaType, WrongHost

MAX_BODY_BYTES = 1 << 20
MAX_POST_BYTES = 4 << 20
# What needs no token counts for the address, whatever token comes along.
PUBLIC = re.compile(
    r"/(healthz|readyz|docs|openapi\.json"
    r"|v1/(deployment|party-lists|invitations|enrolments|certificates|revocations|challenges|sessions))(/.*)?"
)
_POSTS = re.compile(r"/v1/channels(/[0-9a-f]{64}/entries)?")
logger = structlog.get_logger(__name__)


class Gate:
    """Give each request an id, refuse foreign hosts, packed and oversized bodies, and let no exception out."""

    def __init__(
        self, app: FastAPI, streams: dict[str, ASGIApp], pages: Pages, hosts: frozenset[str], rates: Rates
    ) -> None:
        self.app = app
        self._pages = pages
        self._streams = streams
        self._hosts = hosts
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection on, or answer it here."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            send = guarding(send)
            stream = self._streams.get(scope["path"])
            if stream is None or self._host_of(scope) not in self._hosts:
                await receive()
                await send({"type": "websocket.close", "code": 1008})  # before the handshake: an HTTP 403
                return
            await stream(scope, receive, send)
        else:
            await self.app(scope, receive, _shortly(send))

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = uuid4().hex
        begun = False

        async def headed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = guarded([*message.get("headers", ()), (b"x-request-id", request_id.encode())])
                message = {**message, "headers": headers}
            await send(message)

        try:
            limit = MAX_POST_BYTES if _POSTS.fullmatch(scope["path"]) else MAX_BODY_BYTES
            self._refuse(scope)
            app = self._pages if scope["path"] in self._pages else self.app
            await app(scope, _counted(receive, limit), headed)
        except Problem as problem:
            await answer(problem, {"Connection": "close"})(scope, receive, headed)
        except Exception as fault:
            # The message of an exception may quote what was sent; its type and place do not.
            place = traceback.extract_tb(fault.__traceback__)[-1]
            at = f"{place.filename}:{place.lineno}"
            logger.error("request failed", request_id=request_id, fault=type(fault).__name__, at=at)
            if not begun:
                await answer(Internal())(scope, receive, headed)

    def _refuse(self, scope: Scope) -> None:
        headers = scope["headers"]
        if self._host_of(scope) not in self._hosts:
            raise WrongHost
        signed_in = False
        for name, value in headers:
            if name == b"content-encoding" and value.strip().lower() != b"identity":
                raise UnsupportedMediaType("the body must not be compressed")
            signed_in = signed_in or name == b"authorization"
        # A browser takes the web client's files in one burst, and a whole office behind one address does so together.
        if (not signed_in or PUBLIC.fullmatch(scope["path"])) and scope["path"] not in self._pages:
            self._rates.address(scope["client"][0] if scope.get("client") else "")

    @staticmethod
    def _host_of(scope: Scope) -> str:
        named = [value for name, value in scope["headers"] if name == b"host"]
        if len(named) != 1:
            return ""
        host = named[0].decode("latin-1").lower()
        return host if host.endswith("]") else re.sub(r":\d{1,5}$", "", host)


def _shortly(send: Send) -> Send:
    """Tell a start that failed by its last line; the steps to it help no operator."""

    async def shortened(message: Message) -> None:
        if message["type"] == "lifespan.startup.failed":
            message = {**message, "message": message.get("message", "").strip().rpartition("\n")[2]}
        await send(message)

    return shortened


def _counted(receive: Receive, limit: int) -> Receive:
    """Count the bytes that really arrive, whatever the length announced."""
    arrived = 0

    async def counting() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > limit:
            # A client that is still sending would lose the answer with the connection, so a little more is taken.
            while message.get("more_body") and arrived <= 2 * limit:
                message = await receive()
                arrived += len(message.get("body", b""))
            raise BodyTooLarge(limit)
        return message

    return counting
