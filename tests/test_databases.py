"""The databases tests are given are real, empty, apart from each other, and gone afterwards."""

import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from tests.databases import PostgresServer, PostgresTemplate, SqliteTemplate


async def test_a_fresh_database_is_migrated_and_takes_rows(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        revisions = (await connection.execute(text("SELECT version_num FROM alembic_version"))).all()
        await connection.execute(text("CREATE TABLE probe (n INTEGER)"))
        await connection.execute(text("INSERT INTO probe VALUES (1)"))
    await engine.dispose()
    assert len(revisions) == 1


def test_copies_of_the_sqlite_template_are_apart(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = (make_url(sqlite_template.copy(tmp_path / name)).database or "" for name in "ab")
    with sqlite3.connect(first) as connection:
        connection.execute("CREATE TABLE probe (n INTEGER)")
    with sqlite3.connect(second) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'probe'").fetchall() == []


@pytest.mark.postgres
def test_a_lent_postgres_database_is_dropped_under_open_connections(postgres_template: PostgresTemplate) -> None:
    with postgres_template.copy() as url:
        lent = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        held = psycopg.connect(lent)
    with pytest.raises(psycopg.OperationalError):
        held.execute("SELECT 1")
    held.close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(lent)


@pytest.mark.postgres
def test_a_server_that_keeps_fsync_says_so_and_leaves_nothing() -> None:
    server = PostgresServer(fsync=True)
    url = make_url(server.url).set(drivername="postgresql").render_as_string(hide_password=False)
    folder = Path(str(make_url(server.url).query["host"]))
    with psycopg.connect(url) as connection:
        answer = connection.execute(
            "SELECT current_setting('fsync'), current_setting('server_version_num')::int"
        ).fetchone()
    server.close()
    assert answer is not None
    assert answer[0] == "on"
    assert answer[1] >= 180000
    assert not folder.exists()
