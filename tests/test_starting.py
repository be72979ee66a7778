"""Start and stop the program itself: what stands in the way is one line, an interrupt ends it cleanly."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from app.db import Database
from tests.databases import ROOT, sqlite_url
from tests.faults.parties import Parties
from tests.faults.server_process import ServerProcess


def start(**settings: str) -> subprocess.CompletedProcess[str]:
    """Run the server until it ends by itself."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "HOME") if name in os.environ}
    given = {f"PRATIQUE_{name.upper()}": value for name, value in settings.items()}
    program = [sys.executable, "-m", "app"]
    return subprocess.run(program, cwd=ROOT, env=kept | given, capture_output=True, text=True, timeout=60)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Give the files that every start needs."""
    (tmp_path / "root.der").write_bytes(Parties().root)
    return {"root_certificate": str(tmp_path / "root.der"), "token_key": str(tmp_path / "token-key.pem"), "port": "0"}


@pytest.fixture
def taken() -> Iterator[int]:
    """Give a port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_taken_port_is_told_before_anything_else(taken: int) -> None:
    done = start(port=str(taken), root_certificate="/nowhere")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"PRATIQUE_PORT={taken + 1}" in done.stderr


def test_wrong_settings_are_named_and_not_shown() -> None:
    done = start(port="secret", token_s="9999")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "PRATIQUE_PORT, PRATIQUE_TOKEN_S" in done.stderr and "secret" not in done.stderr


def test_a_key_that_others_can_read_is_refused(files: dict[str, str]) -> None:
    key = Path(files["token_key"])
    key.write_text("x")
    key.chmod(0o644)
    done = start(**files)
    assert (done.returncode, done.stderr) == (1, f"cannot start: {key} can be read by others: chmod 600 {key}\n")


def test_a_database_without_tables_is_told(files: dict[str, str], tmp_path: Path) -> None:
    done = start(**files, database_url=sqlite_url(tmp_path / "empty.sqlite3"))
    assert done.returncode != 0 and "run alembic upgrade head" in done.stderr and "Traceback" not in done.stderr


async def test_a_second_process_on_one_file_is_refused(files: dict[str, str], sqlite_database_url: str) -> None:
    database = Database(sqlite_database_url)
    done = start(**files, database_url=sqlite_database_url)
    await database.close()
    assert done.returncode != 0 and "several processes need PostgreSQL" in done.stderr
    assert "Traceback" not in done.stderr


async def test_an_interrupt_ends_it_cleanly(tmp_path: Path, sqlite_database_url: str) -> None:
    server = ServerProcess(tmp_path, sqlite_database_url, Parties().root)
    await server.start()
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as client:
        assert (await client.get("/readyz")).json() == {"status": "ready"}
    assert server._end(signal.SIGINT) == 0
    log = server.log.read_text()
    assert "Traceback" not in log and log.count("\n") == 1, log
    assert Path(tmp_path / "token-key.pem").stat().st_mode & 0o777 == 0o600
