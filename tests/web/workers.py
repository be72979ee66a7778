"""Run workers of the web client in a Node process: all that stands behind a page, IndexedDB in memory."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pratique.authority import PartyOfficer
from tests.web.peers import ENGINE, WEB, Peer

_VITE = WEB / "node_modules" / ".bin" / "vite"
_TABLES = WEB.parent / "templates" / "codes"
_LINE_BYTES = 64 * 1024 * 1024
_WAIT_S = 60.0


def bundle_worker(folder: Path) -> Path:
    """Bundle the workers' script; skips the test where Node or the web client's packages are not there."""
    if shutil.which("node") is None or not _VITE.exists():
        pytest.skip("the web client's worker needs Node and `npm ci` in web/")
    asked = [str(_VITE), "build", "-c", "test/worker/vite.config.ts", "--outDir", str(folder)]
    subprocess.run(asked, cwd=WEB, check=True, capture_output=True, timeout=120)
    return folder / "peer.mjs"


@dataclass(frozen=True)
class Worker:
    """One browser's worker: asked as a page asks it."""

    peer: Peer
    name: str

    async def query(self, name: str, **given: Any) -> Any:
        """Ask a question of the pages."""
        return await self.peer.ask(self.name, "query", name=name, given=given or None)

    async def act(self, name: str, **given: Any) -> Any:
        """Do an act of the pages; raises `PeerError`."""
        return await self.peer.ask(self.name, "act", name=name, given=given or None)

    async def network(self, there: bool) -> None:
        """Take this browser's network away, or give it back."""
        await self.peer.ask(self.name, "network", name="", given=there)

    async def until(self, path: list[str | int], equals: Any, name: str, **given: Any) -> Any:
        """Ask at every change until a place of the answer is as awaited; give the answer."""
        async with asyncio.timeout(_WAIT_S):
            asked = {"name": name, "given": given or None, "path": path, "equals": equals}
            return await self.peer.ask(self.name, "until", **asked)

    async def enrol(self, officer: PartyOfficer, person: str = "officer") -> str:
        """Enrol as a person does, approved by a Python officer; give the device's URI."""
        ticket = await officer.invite("ncp", person)
        unlock = {"by": "passkey", "credential": self.name, "salt": "c2FsdA", "prf": [7] * 32}
        told = await self.act("enrol", ticket=ticket.text(), device=f"web{self.name}", unlock=unlock)
        assert (await self.query("session"))["state"] == "waiting"
        await officer.approve(ticket.id, told["fingerprint"])
        assert await self.act("finish_enrolment")
        await self.until(["connection"], "live", "sync")
        uri: str = told["uri"]
        return uri


@contextlib.asynccontextmanager
async def workers(script: Path, url: str) -> AsyncIterator[Peer]:
    """Give a process in which any number of workers live."""
    process = await asyncio.create_subprocess_exec(
        *("node", "--experimental-websocket", "--no-warnings", str(script), url, str(ENGINE), str(_TABLES)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LINE_BYTES,
    )
    running = Peer(process)
    try:
        yield running
    finally:
        await running.aclose()
