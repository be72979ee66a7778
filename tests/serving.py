"""Run the real server inside a test: uvicorn on a free port, real sockets, its parts within reach."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from app.__main__ import listen, server
from app.main import build
from app.settings import Settings


@dataclass
class Served:
    """A running server; `app.state` holds its database, writer and streams."""

    url: str
    app: FastAPI
    running: uvicorn.Server
    task: asyncio.Task[None]

    @property
    def host(self) -> str:
        """Host and port."""
        return self.url.removeprefix("http://")

    async def stop(self) -> None:
        """Stop as SIGTERM would, and wait."""
        self.running.should_exit = True
        await self.task


def settings(folder: Path, database_url: str, root: bytes, **given: Any) -> Settings:
    """Give settings for a test: no limits unless asked for, every file in one folder."""
    folder.mkdir(exist_ok=True)
    (folder / "root.der").write_bytes(root)
    chosen: dict[str, Any] = {
        "database_url": database_url,
        "root_certificate": folder / "root.der",
        "token_key": folder / "token-key.pem",
        "requests_per_minute": 0,
        "anonymous_per_minute": 0,
        "graceful_s": 2,
    }
    return Settings(**(chosen | given))


@asynccontextmanager
async def serving(folder: Path, database_url: str, root: bytes, **given: Any) -> AsyncIterator[Served]:
    """Start a server and stop it afterwards."""
    chosen = settings(folder, database_url, root, **given)
    application = build(chosen)
    listening = listen("127.0.0.1", 0)
    running = server(chosen, application)
    task = asyncio.create_task(running._serve([listening]))
    while not running.started:
        if task.done():
            await task
            raise RuntimeError("the server ended before it started")
        await asyncio.sleep(0.005)
    served = Served(f"http://127.0.0.1:{listening.getsockname()[1]}", application.app, running, task)
    try:
        yield served
    finally:
        await served.stop()
