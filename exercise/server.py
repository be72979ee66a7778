"""Start and stop the server of an exercise; its database, keys and log lie in one folder."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from exercise.commands import ROOT, environment

HOST = "127.0.0.1"
STARTS_WITHIN_S = 60


class ServerFailed(Exception):
    """The server did not start; the message says what its log ends with."""


class Server:
    """One server process on a socket that the exercise has bound before."""

    def __init__(self, folder: Path, listening: socket.socket) -> None:
        self.folder = folder
        self.url = f"http://{HOST}:{listening.getsockname()[1]}"
        # Passkeys are of a name, never of an address.
        self.pages = f"http://localhost:{listening.getsockname()[1]}"
        self._listening = listening
        self._process: subprocess.Popen[bytes] | None = None

    def _environment(self) -> dict[str, str]:
        return environment() | {
            "PRATIQUE_DATABASE_URL": f"sqlite+aiosqlite:///{self.folder / 'pratique.sqlite3'}",
            "PRATIQUE_ROOT_CERTIFICATE": str(self.folder / "root.der"),
            "PRATIQUE_TOKEN_KEY": str(self.folder / "token-key.pem"),
            "PRATIQUE_RELEASE_STATEMENT": str(self.folder / "release.statement"),
            "PRATIQUE_GRACEFUL_S": "3",
            # All parties, their browsers and their commands come from one address here.
            "PRATIQUE_ANONYMOUS_PER_MINUTE": "6000",
        }

    def start(self) -> None:
        """Migrate the database, start, and wait until the server says that it is ready."""
        with (self.folder / "server.log").open("ab") as log:
            migrated = subprocess.run(
                [sys.executable, "-m", "alembic", "upgrade", "head"],
                cwd=ROOT,
                env=self._environment(),
                stdout=log,
                stderr=log,
                check=False,
            )
            if migrated.returncode:
                raise ServerFailed(f"the database could not be migrated:\n{self._log_end()}")
            handle = self._listening.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "exercise.serving", str(handle)],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(handle,),
                start_new_session=True,
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < until:
            if not self.alive():
                break
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                    return
            except urllib.error.HTTPError as answer:
                answer.close()
            except OSError:
                pass
            time.sleep(0.1)
        self.stop()
        raise ServerFailed(f"the server did not start:\n{self._log_end()}")

    def alive(self) -> bool:
        """Say whether the server runs."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End it and wait for its end."""
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def _log_end(self) -> str:
        lines = (self.folder / "server.log").read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-20:])


def bind(port: int) -> socket.socket:
    """Give a bound, listening socket of this machine only; raises `OSError` where the port is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(512)
    except OSError:
        listening.close()
        raise
    return listening
