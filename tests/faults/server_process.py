"""Run the real server as its own process, `python -m app`, so that it can be killed at any moment."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2

from tests.databases import ROOT

READY_S = 30


class ServerProcess:
    """One server on a port of its own, which it keeps when it is started again.

    Takes   folder: for the log and the token key; settings: PRATIQUE_* without the prefix
    """

    def __init__(self, folder: Path, database_url: str, root_certificate: bytes, **settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "server.log"
        root = folder / "root.der"
        root.write_bytes(root_certificate)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        given = {
            "port": str(self.port),
            "database_url": database_url,
            "root_certificate": str(root),
            "token_key": str(folder / "token-key.pem"),
            "requests_per_minute": "0",
            "anonymous_per_minute": "0",
            "graceful_s": "1",
        } | settings
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR", "HOME") if name in os.environ}
        self._environment = kept | {f"PRATIQUE_{name.upper()}": value for name, value in given.items()}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id while it runs."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start it and wait until it answers that it is ready."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app"],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + READY_S
        async with httpx2.AsyncClient(base_url=self.url, trust_env=False) as client:
            while not await _ready(client):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the server did not start: {self.log.read_text(errors='replace')[-3000:]}")
                await asyncio.sleep(0.03)

    def kill(self) -> None:
        """Kill it as a power cut would: no warning, no last word."""
        self._end(signal.SIGKILL)

    def stop(self) -> int | None:
        """Ask it to stop and wait; give its exit code, None where it did not run."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int | None:
        if self._process is None:
            return None
        process, self._process = self._process, None
        process.send_signal(how)
        try:
            return process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


async def _ready(client: httpx2.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx2.TransportError:
        return False
