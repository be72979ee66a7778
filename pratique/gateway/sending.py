"""Send one webhook: to the address that was judged, once, for a few seconds, and believe nothing that comes back."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from pratique.gateway import destinations
from pratique.gateway.settings import Settings

MOST_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True)
class Outcome:
    """How one attempt ended: `outcome` is delivered, refused (a status), timeout, no_answer or a guard's code."""

    outcome: str
    status: int | None
    took_ms: int

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it."""
        return self.outcome == "delivered"

    @property
    def answered(self) -> bool:
        """Whether the receiver is there at all."""
        return self.status is not None


class Sender:
    """Sends over fresh connections: none is shared between receivers, no proxy, no redirect."""

    def __init__(self, settings: Settings, resolve: destinations.Resolve = destinations.resolve) -> None:
        self._settings = settings
        self._resolve = resolve
        self._tls: ssl.SSLContext | None = None

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Make one attempt; it fails, it never raises."""
        begun = time.monotonic()
        outcome, status = await self._attempt(url, headers, body)
        return Outcome(outcome, status, round((time.monotonic() - begun) * 1000))

    async def _attempt(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[str, int | None]:
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                to = destinations.read(url, self._settings.allowed)
                address = await destinations.address_of(to, self._resolve)
                status = await self._post(to, address, headers, body)
        except destinations.DestinationRefused as refused:
            return refused.code, None
        except (TimeoutError, httpx2.TimeoutException):
            return "timeout", None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError):
            return "no_answer", None
        return ("delivered" if 200 <= status < 300 else "refused"), status

    async def _post(self, to: destinations.Destination, address: str, headers: Mapping[str, str], body: bytes) -> int:
        host = f"[{address}]" if ":" in address else address
        own = {"host": to.authority, "content-type": "application/cloudevents+json", "connection": "close"}
        verify: ssl.SSLContext | bool = self._context() if to.scheme == "https" else False
        async with (
            httpx2.AsyncClient(verify=verify, trust_env=False, timeout=self._settings.timeout_s) as client,
            client.stream(
                "POST",
                f"{to.scheme}://{host}:{to.port}{to.target}",
                content=body,
                headers={**headers, **own},
                extensions={"sni_hostname": to.host},
                follow_redirects=False,
            ) as response,
        ):
            size = 0
            async for part in response.aiter_raw():
                size += len(part)
                if size > MOST_ANSWER_BYTES:
                    break
            return response.status_code

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
            if self._settings.ca is not None:
                self._tls.load_verify_locations(self._settings.ca)
        return self._tls
