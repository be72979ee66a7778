"""Ask the server over HTTP: strict JSON both ways, problems as exceptions, repeats only of what is safe to repeat."""

from __future__ import annotations

import asyncio
import base64
import binascii
import ipaddress
import random
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2

from pratique.errors import PratiqueError, Problem, ServerMistrusted, Unreachable
from pratique.wire import strict_json

TRIES = 5
FIRST_PAUSE_S = 0.2
TIMEOUT_S = 30.0
MAX_ANSWER_BYTES = 64 * 1024 * 1024
_LONGEST_PAUSE_S = 5.0


def check_url(url: str) -> str:
    """Give the server's base URL back; plain http goes to this machine only; raises `PratiqueError`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or parts.username:
        raise PratiqueError("bad_url", f"{url} is not a server's address", "it looks like https://pratique.example")
    if parts.scheme == "http" and not _loopback(host):
        raise PratiqueError("bad_url", f"{url} is not encrypted", "use https; plain http works only on 127.0.0.1")
    return url.rstrip("/")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Http:
    """A connection pool to one server."""

    def __init__(self, url: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self.url = check_url(url)
        # Loading the system's CAs takes long and is for TLS only; plain http reaches no further than this machine.
        tls = self.url.startswith("https:")
        self._client = httpx2.AsyncClient(
            base_url=self.url, timeout=TIMEOUT_S, transport=transport, trust_env=False, verify=tls
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        bearer: str = "",
        repeat: bool | None = None,
        media: str = "application/json",
    ) -> Answer:
        """Send one request and give the answer.

        Takes   body: bytes as they are, anything else as strict JSON; repeat: whether sending the same bytes again is
                harmless, by itself true for GET and PUT; media: what the bytes of a body are
        Raises  Problem, Unreachable, ServerMistrusted
        """
        content = body if isinstance(body, bytes) else None if body is None else strict_json.dumps(body)
        headers = {"accept": "application/json"}
        if content is not None:
            headers["content-type"] = media
        if bearer:
            headers["authorization"] = f"Bearer {bearer}"
        again = method in ("GET", "PUT") if repeat is None else repeat
        pause = FIRST_PAUSE_S
        for left in reversed(range(TRIES)):
            try:
                return (await self._ask(method, path, content, headers)).checked()
            except (httpx2.TransportError, Problem) as failed:
                wait = pause
                if isinstance(failed, Problem):
                    if failed.action != "retry":
                        raise
                    wait = max(pause, float(failed.facts.get("retry_after_s", 0)))
                if not again or not left or wait > _LONGEST_PAUSE_S:
                    if isinstance(failed, Problem):
                        raise
                    raise Unreachable(self.url, str(failed) or type(failed).__name__) from None
            await asyncio.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load, guards nothing
            pause *= 2
        raise AssertionError("the last try raises or returns")

    async def _ask(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Answer:
        async with self._client.stream(method, path, content=content, headers=headers) as response:
            parts, size = [], 0
            async for part in response.aiter_bytes():
                size += len(part)
                if size > MAX_ANSWER_BYTES:
                    raise ServerMistrusted("answer_too_large", f"the server sends more than {MAX_ANSWER_BYTES} bytes")
                parts.append(part)
            return Answer(response.status_code, dict(response.headers), b"".join(parts))


class Answer:
    """One answer of the server."""

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.status = status
        self.headers = headers
        self.content = content

    def checked(self) -> Answer:
        """Give this answer, or raise the `Problem` that it is."""
        if 200 <= self.status < 300:
            return self
        try:
            told = dict(strict_json.loads(self.content))
            code, detail = plain(told.pop("code")), plain(told.pop("detail"))
        except (ValueError, KeyError, TypeError):
            raise Problem("http_error", self.status, f"HTTP {self.status}") from None
        action = plain(told.pop("action", ""))
        told = {name: value for name, value in told.items() if name not in ("type", "title", "status")}
        raise Problem(code, self.status, detail, action, told)

    def json(self) -> Any:
        """Read the body as strict JSON; raises `ServerMistrusted`."""
        try:
            return strict_json.loads(self.content)
        except ValueError:
            raise ServerMistrusted("bad_answer", "the server's answer is not strict JSON") from None

    def get(self, name: str, kind: type) -> Any:
        """Give one field of a JSON object, of a type; raises `ServerMistrusted`."""
        return field(self.json(), name, kind)


def field(value: Any, name: str, kind: type) -> Any:
    """Give one field of an object the server sent, of a type; bytes are read from base64."""
    found = value.get(name) if isinstance(value, dict) else None
    if kind is bytes:
        try:
            return base64.b64decode(found, validate=True)  # type: ignore[arg-type]
        except (binascii.Error, ValueError, TypeError):
            found = None
    if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
        raise ServerMistrusted("bad_answer", f"the server's answer lacks {name}")
    return found


def plain(value: object) -> str:
    """Give text of the server's as one short printable line, which a terminal shows as it is."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(value)[:300])


def blobs(values: Iterable[Any]) -> list[bytes]:
    """Read a list of base64 texts; raises `ServerMistrusted`."""
    return [field({"value": value}, "value", bytes) for value in values]


def text(data: bytes) -> str:
    """Write bytes as the API carries them: standard base64."""
    return base64.b64encode(data).decode()
