"""Cut the network of one device at a chosen request, hold it there, or refuse what it asks."""

from __future__ import annotations

import asyncio
import json

import httpx2


class Cut(httpx2.AsyncBaseTransport):
    """A network that fails from the n-th post of entries on, before or after the server got that one."""

    def __init__(self) -> None:
        self._inner = httpx2.AsyncHTTPTransport()
        self._left: int | None = None
        self._heard = self._refuses = False
        self._held: asyncio.Event | None = None

    def after(self, posts: int, *, heard: bool) -> None:
        """Let so many posts through; the server still hears the next one, or not."""
        self._left, self._heard, self._refuses, self._held = posts, heard, False, None

    def refuse(self, posts: int) -> None:
        """Let so many posts through; the next one is refused as a server refuses."""
        self._left, self._refuses, self._held = posts, True, None

    def hold(self, posts: int) -> asyncio.Event:
        """Let so many posts through; what comes next waits for the event."""
        self._left, self._held = posts, asyncio.Event()
        return self._held

    def mend(self) -> None:
        """Let everything through again."""
        self._left = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass a request on, or fail as a lost network does."""
        if self._left is None:
            return await self._inner.handle_async_request(request)
        if self._left > 0:
            self._left -= request.method == "POST" and request.url.path.endswith("/entries")
            return await self._inner.handle_async_request(request)
        if self._held is not None:
            await self._held.wait()
            return await self._inner.handle_async_request(request)
        if self._refuses:
            told = {"code": "entry_refused", "detail": "not today", "action": "fix"}
            return httpx2.Response(422, content=json.dumps(told).encode(), request=request)
        if self._heard and self._left == 0:
            self._left -= 1
            await (await self._inner.handle_async_request(request)).aread()
        raise httpx2.ConnectError("the network is gone", request=request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()
