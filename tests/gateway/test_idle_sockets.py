"""Whoever opens connections and says nothing, or half of something, keeps nobody else from the gateway."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from pratique.gateway import api_keys, serving
from pratique.gateway.app import routes
from pratique.gateway.gate import Gate
from pratique.gateway.settings import Settings
from tests.gateway.site import Serving
from tests.gateway.test_tls import nothing

ASKED = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALF = ASKED[:30]


async def connected(opened: AsyncExitStack, port: int, sent: bytes) -> asyncio.StreamReader:
    """Open a connection and send something on it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    opened.callback(writer.close)
    writer.write(sent)
    return reader


@pytest.mark.parametrize("sent", [b"", HALF, ASKED + HALF], ids=["nothing", "half a head", "half a second head"])
async def test_a_head_that_does_not_come_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(serving, "HEAD_WITHIN_S", 1.0)
    monkeypatch.setattr(serving, "MOST_CONNECTIONS", 8)
    api_keys.make(tmp_path / "keys")
    settings = Settings(key_hashes=api_keys.read(tmp_path / "keys"), port=0)
    gate, site = Gate(routes(), settings), Serving()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await (nothing if scope["type"] == "lifespan" else gate)(scope, receive, send)

    await site.start(application, settings)
    async with AsyncExitStack() as opened, asyncio.timeout(20):
        opened.push_async_callback(site.stop)
        idle = [await connected(opened, site.port, sent) for _ in range(7)]
        turned_away = await connected(opened, site.port, ASKED)
        assert b" 503 " in await turned_away.readline()
        told = [await reader.read() for reader in idle]  # each ends because the gateway ends it
        assert [answer.count(b" 200 ") for answer in told] == [sent.count(ASKED)] * 7
        assert b" 200 " in await (await connected(opened, site.port, ASKED)).readline()
