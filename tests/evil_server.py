"""Play a hostile operator: a proxy between real devices and the real server that changes what it likes.

    Device ─▶ EvilServer ─▶ server      honest until told otherwise: every case has its honest twin on the same path

What it can do: show a reader another log than there is (`show`), change or invent answers (`answer`, `invent`), and
tell its readers apart by the sessions that they opened. It holds no key of anybody.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from pratique.wire.entries import Entry
from pratique.wire.events import BATCH_MEDIA_TYPE, Withheld, batch, decode_batch, encode_event, encode_withheld
from tests.log_ends import end_of

Shown = Entry | Withheld
Forge = Callable[[list[Shown]], list[Shown]]
HOP_HEADERS = {"content-length", "transfer-encoding", "content-encoding", "connection", "keep-alive", "host", "date"}
PAGE = 500


@dataclass(frozen=True)
class Asked:
    """One request; `reader` is the device that signed in, or empty."""

    method: str
    path: str
    query: httpx2.QueryParams
    body: bytes
    reader: str

    def json(self) -> Any:
        """Read the body."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answered:
    """One answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """Read the body."""
        return json.loads(self.body)

    def saying(self, body: Any) -> Answered:
        """Give the answer with another JSON body."""
        return replace(self, body=json.dumps(body).encode())


def problem(status: int, code: str, **facts: Any) -> Answered:
    """Make an answer that looks like a refusal of the server."""
    told = {"type": f"/problems/{code}", "title": code, "status": status, "code": code, "detail": code}
    body = json.dumps(told | {"action": "retry"} | facts).encode()
    return Answered(status, body, {"content-type": "application/problem+json"})


@dataclass(frozen=True)
class Rule:
    """What happens to requests that match; `change` gets the server's answer, or None where it is not asked."""

    method: str
    path: re.Pattern[str]
    reader: str | None
    forward: bool
    change: Callable[[Asked, Answered], Answered]

    def matches(self, asked: Asked) -> bool:
        """Tell whether a request is meant."""
        return (
            asked.method == self.method
            and self.path.fullmatch(asked.path) is not None
            and self.reader in (None, asked.reader)
        )


class EvilServer:
    """A proxy with a will of its own; use `async with EvilServer(server_url)` and give devices its `url`."""

    def __init__(self, server_url: str) -> None:
        self._server = server_url.rstrip("/")
        self._rules: list[Rule] = []
        self._forges: dict[tuple[bytes, str | None], Forge] = {}
        self._readers: dict[str, str] = {}
        self._tickets: dict[str, str] = {}
        self.asked: list[Asked] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def __aenter__(self) -> EvilServer:
        self._client = httpx2.AsyncClient(base_url=self._server, timeout=30)
        config = uvicorn.Config(
            self._application, interface="asgi3", ws="websockets-sansio", lifespan="off", log_config=None
        )
        self._uvicorn = _Quiet(config)
        self._task = asyncio.create_task(self._uvicorn.serve([self._socket]))
        while not self._uvicorn.started:
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._uvicorn.should_exit = self._uvicorn.force_exit = True
        await self._task
        await self._client.aclose()

    def show(self, log: bytes, forge: Forge, to: str | None = None) -> None:
        """Show a log as `forge` makes it of the true entries, to one device or to all."""
        self._forges[log, to] = forge

    def answer(
        self, method: str, path: str, change: Callable[[Asked, Answered], Answered], to: str | None = None
    ) -> None:
        """Change the server's answers to what matches; `path` is a regular expression."""
        self._rules.append(Rule(method, re.compile(path), to, True, change))

    def invent(self, method: str, path: str, make: Callable[[Asked], Answered], to: str | None = None) -> None:
        """Answer what matches without asking the server."""
        self._rules.append(Rule(method, re.compile(path), to, False, lambda asked, _: make(asked)))

    def behave(self) -> None:
        """Be honest again."""
        self._rules.clear()
        self._forges.clear()

    def count(self, method: str, path: str) -> int:
        """Count the requests seen so far that match."""
        return sum(asked.method == method and re.fullmatch(path, asked.path) is not None for asked in self.asked)

    def _forge(self, log: bytes, reader: str) -> Forge | None:
        return self._forges.get((log, reader)) or self._forges.get((log, None))

    async def _application(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            with contextlib.suppress(ConnectionClosed):
                await self._stream(scope, receive, send)
            return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        body = b""
        while (message := await receive()).get("more_body"):
            body += message["body"]
        body += message.get("body", b"")
        query = httpx2.QueryParams(scope["query_string"].decode())
        reader = self._readers.get(headers.get("authorization", "").removeprefix("Bearer "), "")
        self.asked.append(asked := Asked(scope["method"], scope["path"], query, body, reader))
        answered = await self._answered(asked, headers)
        raw = [(name.encode(), value.encode()) for name, value in answered.headers.items()]
        raw.append((b"content-length", str(len(answered.body)).encode()))
        await send({"type": "http.response.start", "status": answered.status, "headers": raw})
        await send({"type": "http.response.body", "body": answered.body})

    async def _answered(self, asked: Asked, headers: dict[str, str]) -> Answered:
        rules = [rule for rule in self._rules if rule.matches(asked)]
        invented = [rule for rule in rules if not rule.forward]
        if invented:
            return invented[0].change(asked, Answered(200))
        if forged := await self._forged(asked, headers):
            return forged
        sent = {name: value for name, value in headers.items() if name not in HOP_HEADERS | {"accept-encoding"}}
        got = await self._client.request(asked.method, asked.path, params=asked.query, content=asked.body, headers=sent)
        kept = {name: value for name, value in got.headers.items() if name.lower() not in HOP_HEADERS}
        answered = Answered(got.status_code, got.content, kept)
        if asked.path == "/v1/channels" and (told := answered.json()).get("channels"):
            listed = [await self._listed(one, asked, headers) for one in told["channels"]]
            answered = answered.saying({"channels": listed})
        self._remember(asked, answered)
        for rule in rules:
            answered = rule.change(asked, answered)
        return answered

    def _remember(self, asked: Asked, answered: Answered) -> None:
        if asked.method == "POST" and answered.status in (200, 201):
            if asked.path == "/v1/sessions":
                self._readers[answered.json()["access_token"]] = asked.json()["device"]
            elif asked.path == "/v1/stream-tickets":
                self._tickets[answered.json()["ticket"]] = asked.reader

    async def _forged(self, asked: Asked, headers: dict[str, str]) -> Answered | None:
        matched = re.fullmatch(r"/v1/logs/([0-9a-f]{64})/(entries|cursor)", asked.path)
        if matched is None or (forge := self._forge(bytes.fromhex(matched[1]), asked.reader)) is None:
            return None
        if matched[2] == "cursor":
            return Answered(204)
        shown = forge(await self._entries(bytes.fromhex(matched[1]), headers["authorization"]))
        after, limit = int(asked.query.get("after", 0)), int(asked.query.get("limit", PAGE))
        page = [entry for entry in shown if entry.seq > after][:limit]
        head = {"content-type": BATCH_MEDIA_TYPE, "pratique-head": str(shown[-1].seq if shown else 0)}
        return Answered(200, batch([_event(entry) for entry in page]), head)

    async def _listed(self, one: dict[str, Any], asked: Asked, headers: dict[str, str]) -> dict[str, Any]:
        """Tell in the list of channels the same lie as in the log."""
        forge = self._forge(log := bytes.fromhex(one["id"]), asked.reader)
        return one if forge is None else one | end_of(log, forge(await self._entries(log, headers["authorization"])))

    async def _entries(self, log: bytes, authorization: str) -> list[Shown]:
        """Read the true log, as much of it as this reader may."""
        entries: list[Shown] = []
        while True:
            path = f"/v1/logs/{log.hex()}/entries?after={len(entries)}&limit={PAGE}"
            got = await self._client.get(path, headers={"authorization": authorization})
            page = decode_batch(got.raise_for_status().content)
            if not page:
                return entries
            entries += page

    async def _stream(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        url = self._server.replace("http", "ws", 1) + scope["path"]
        async with connect(url, compression=None, max_size=None) as upstream:
            reader = _Stream(self, upstream, send)
            down = asyncio.create_task(reader.down())
            try:
                while (message := await receive())["type"] == "websocket.receive":
                    await reader.up(message.get("text") or message["bytes"].decode())
            finally:
                await upstream.close()
                await down

    def _authorization(self, reader: str) -> str:
        token = next(token for token, device in reversed(self._readers.items()) if device == reader)
        return f"Bearer {token}"


@dataclass
class _Stream:
    """One socket of one reader; of a forged log it sends what the forge makes, from where the reader is."""

    server: EvilServer
    upstream: ClientConnection
    send: Any
    reader: str = ""
    places: dict[bytes, int] = field(default_factory=dict)

    async def up(self, text: str) -> None:
        """Hand on a frame of the client."""
        frame = json.loads(text)
        if "ticket" in frame:
            self.reader = self.server._tickets.get(frame["ticket"], "")
        for wish in frame.get("subscribe", []):
            log = bytes.fromhex(wish["log"])
            if self.server._forge(log, self.reader):
                self.places[log] = wish["after"]
                wish["after"] = 0
        if "ack" in frame and self.server._forge(bytes.fromhex(frame["ack"]["log"]), self.reader):
            return
        await self.upstream.send(json.dumps(frame))

    async def down(self) -> None:
        """Hand on the server's frames until it closes, then close with its code."""
        try:
            async for text in self.upstream:
                await self._down(text if isinstance(text, str) else text.decode())
        except ConnectionClosed:
            pass
        with contextlib.suppress(Exception):
            await self.send({"type": "websocket.close", "code": self.upstream.close_code or 1011})

    async def _down(self, text: str) -> None:
        if not text.startswith("["):
            await self.send({"type": "websocket.send", "text": text})
            return
        entries = decode_batch(text.encode())
        true = [entry for entry in entries if self.server._forge(entry.log, self.reader) is None]
        forged = {entry.log for entry in entries} - {entry.log for entry in true}
        for log in sorted(forged):
            forge = self.server._forge(log, self.reader)
            assert forge is not None
            shown = forge(await self.server._entries(log, self.server._authorization(self.reader)))
            true += [entry for entry in shown if entry.seq > self.places.get(log, 0)]
            self.places[log] = max((entry.seq for entry in shown), default=0)
        if true:
            await self.send({"type": "websocket.send", "text": batch([_event(entry) for entry in true]).decode()})


class _Quiet(uvicorn.Server):
    """Leaves the signals to the tests."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _event(entry: Shown) -> bytes:
    return encode_withheld(entry) if isinstance(entry, Withheld) else encode_event(entry)
