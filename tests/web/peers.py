"""Run devices of the browser's SDK in a Node process: the same modules as in the worker, IndexedDB in memory."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"
ENGINE = WEB.parent / "pratique" / "groups" / "engine.js"
_BUNDLER = WEB / "node_modules" / ".bin" / "rolldown"
_LINE_BYTES = 64 * 1024 * 1024
_CLOSE_S = 10.0


class PeerError(Exception):
    """What the SDK refused, with its code."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code


def bundle(folder: Path) -> Path:
    """Bundle the peer's script; skips the test where Node or the web client's packages are not there."""
    if shutil.which("node") is None or not _BUNDLER.exists():
        pytest.skip("the web client's SDK needs Node and `npm ci` in web/")
    made = folder / "peer.mjs"
    script = WEB / "test" / "client" / "peer.ts"
    asked = [str(_BUNDLER), str(script), "--format", "esm", "--platform", "node", "--file", str(made)]
    subprocess.run(asked, cwd=WEB, check=True, capture_output=True, timeout=120)
    return made


class Peer:
    """One Node process with any number of named devices."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._ids = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read())

    async def ask(self, device: str, method: str, **args: Any) -> Any:
        """Have a device do something; give what it says; raises `PeerError`."""
        assert self._process.stdin is not None
        number = next(self._ids)
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._asked[number] = answered
        line = json.dumps({"id": number, "device": device, "method": method, "args": args})
        self._process.stdin.write(line.encode() + b"\n")
        await self._process.stdin.drain()
        return await answered

    async def read(self, device: str, channel: bytes) -> list[str]:
        """Give the messages of a channel that a device opened, in order."""
        told = await self.ask(device, "read", channel=channel.hex())
        return [one["body"] for one in told if one["type"] == "message"]

    async def aclose(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            told = json.loads(line)
            answered = self._asked.pop(told["id"])
            if "error" in told:
                answered.set_exception(PeerError(told["error"]["code"], told["error"]["detail"]))
            else:
                answered.set_result(told["result"])
        for answered in self._asked.values():
            answered.set_exception(PeerError("peer_ended", "the Node process ended; its last words are on stderr"))


@contextlib.asynccontextmanager
async def peer(script: Path, url: str) -> AsyncIterator[Peer]:
    """Give a running peer towards a server."""
    process = await asyncio.create_subprocess_exec(
        *("node", "--experimental-websocket", "--no-warnings", str(script), url, str(ENGINE)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LINE_BYTES,
    )
    running = Peer(process)
    try:
        yield running
    finally:
        await running.aclose()
