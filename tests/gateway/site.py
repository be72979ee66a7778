"""Set up a Member's site for a test: a gateway with a real device, and a receiver of webhooks, on real ports."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import structlog
import uvicorn
from standardwebhooks.webhooks import Webhook as Verifier

from exercise.dates import moved_to_now
from pratique.desk.desk import Desk
from pratique.device import Device
from pratique.gateway import api_keys, serving
from pratique.gateway.app import build
from pratique.gateway.book import Book
from pratique.gateway.settings import Settings
from pratique.opened import Operation
from tests.world import World, unlock

EXAMPLE = Path(__file__).parents[2] / "examples" / "vaccine-consignment.json"
WITHIN_S = 60.0


def announcement(national: str = "BE-1", **changed: Any) -> dict[str, Any]:
    """Give an announcement from Belgium by the Emirates to Kenya, as a national system hands it in."""
    told: dict[str, Any] = moved_to_now(json.loads(EXAMPLE.read_bytes()))
    return {**told, "national_reference": national, **changed}


async def until(what: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    """Wait for something that other tasks bring about; raises `TimeoutError`."""
    async with asyncio.timeout(within_s):
        while not what():
            await asyncio.sleep(0.01)


class Serving:
    """One ASGI application on a port, which it keeps when it is started again."""

    def __init__(self) -> None:
        self.port = 0
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self, application: Any, settings: Settings) -> None:
        """Serve until `stop`."""
        listening = serving.listen(settings)
        self.port = listening.getsockname()[1]
        self._server = serving.server(application, settings)
        self._task = asyncio.create_task(self._server._serve([listening]))
        while not self._server.started:
            if self._task.done():
                self._task.result()
                raise RuntimeError("it ended before it began")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """End it and wait."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await self._task
            self._server = None


@dataclass
class Site:
    """A running gateway; `client` shows its API key."""

    store: Path
    operation: Operation
    engine: Any
    settings: dict[str, Any]
    key: str = ""
    device: Device | None = None
    desk: Desk | None = None
    book: Book | None = None
    client: httpx2.AsyncClient = field(default_factory=lambda: httpx2.AsyncClient(trust_env=False))
    _serving: Serving = field(default_factory=Serving)

    async def start(self) -> None:
        """Open the store and serve; a second start is a restart."""
        keys = self.store.with_suffix(".keys")
        if not keys.exists():
            self.key = api_keys.make(keys)
        settings = Settings(key_hashes=api_keys.read(keys), port=self._serving.port, **self.settings)
        self.device = await Device.open(self.store, unlock, engine=self.engine)
        self.book = Book.open(self.store, unlock)
        self.desk = await Desk.open(self.device, self.operation)
        await self._serving.start(build(self.desk, self.book, settings), settings)
        self.client = httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{self._serving.port}",
            headers={"Authorization": f"Bearer {self.key}"},
            trust_env=False,
            timeout=30,
        )

    async def stop(self) -> None:
        """End the gateway as SIGTERM does."""
        await self.client.aclose()
        await self._serving.stop()
        if self.book is not None and self.device is not None:
            self.book.close()
            await self.device.aclose()

    async def post(self, path: str, body: Any, key: str | None = None) -> httpx2.Response:
        """Send JSON with an Idempotency-Key."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.client.post(path, json=body, headers=headers)

    async def report(self, reference: str, type_name: str, **said: Any) -> httpx2.Response:
        """Report an event, under a key of its own."""
        return await self.post(f"/v1/prenotifications/{reference}/events", {"type": type_name, **said}, uuid4().hex)


@dataclass
class Heard:
    """One webhook that came."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The CloudEvent."""
        event: dict[str, Any] = json.loads(self.body)
        return event


class Receiver:
    """A real HTTP server that takes webhooks; `statuses` are its next answers, then 204."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.statuses: list[int] = []
        self.location = ""
        self.secret = ""
        self._serving = Serving()

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._serving.port}"

    @property
    def url(self) -> str:
        """Where webhooks go."""
        return f"http://{self.address}/hook"

    async def start(self) -> None:
        """Listen; on the same port again after a stop."""
        settings = Settings(key_hashes=frozenset(), port=self._serving.port)
        await self._serving.start(self._take, settings)

    async def stop(self) -> None:
        """Stop listening."""
        await self._serving.stop()

    async def _take(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for answer in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{answer}.complete"})
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.heard.append(Heard({**headers, ":path": scope["path"]}, body))
        status = self.statuses.pop(0) if self.statuses else 204
        location = [(b"location", self.location.encode())] if self.location else []
        await send({"type": "http.response.start", "status": status, "headers": location})
        await send({"type": "http.response.body", "body": b""})

    def verified(self) -> list[dict[str, Any]]:
        """Give the events, each verified with the library of Standard Webhooks."""
        return [Verifier(self.secret).verify(one.body, one.headers) for one in self.heard]


@contextlib.asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Give a receiver that listens."""
    receiver = Receiver()
    await receiver.start()
    try:
        yield receiver
    finally:
        await receiver.stop()


@dataclass
class Members:
    """Belgium, the Emirates and Kenya in one operation, each with a device."""

    operation: Operation
    be: Device
    ae: Device
    ke: Device


async def members(w: World) -> Members:
    """Found the operation and enrol the devices."""
    id = await w.operation()
    be, ae, ke = [await w.device(party) for party in ("be", "ae", "ke")]
    return Members(next(one for one in await be.operations() if one.id == id), be, ae, ke)


@contextlib.asynccontextmanager
async def site(w: World, device: Device, operation: Operation, **settings: Any) -> AsyncIterator[Site]:
    """Give a running gateway over a device's store (of which this opens its own)."""
    made = Site(w.store_of(device), operation, w.engine, settings)
    await made.start()
    try:
        yield made
    finally:
        with contextlib.suppress(ReferenceError):
            await made.stop()


@contextlib.contextmanager
def log_of() -> Any:
    """Catch every line of the log, as the gateway writes it."""
    said = io.StringIO()
    serving.log_lines()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(said))
    try:
        yield said
    finally:
        structlog.reset_defaults()
