"""Run migrations: on the URL that the caller set, else on the server's own setting."""

from __future__ import annotations

import os
from logging.config import fileConfig
from pathlib import Path

from alembic import context
from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, make_url

from app.models import metadata

config = context.config
if config.cmd_opts is not None and config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)


def database() -> URL:
    """Name the database for a synchronous driver."""
    text = config.get_main_option("sqlalchemy.url") or os.environ.get("PRATIQUE_DATABASE_URL", "")
    if not text:
        text = "sqlite+aiosqlite:///var/pratique.sqlite3"
    url = make_url(text)
    if url.get_backend_name() != "sqlite":
        return url
    if url.database:
        file = Path(url.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    return url.set(drivername="sqlite")


def run() -> None:
    """Migrate in one transaction; a lock that is not given within 5 s ends it with nothing done."""
    engine = create_engine(database())
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: setattr(connection, "isolation_level", None))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET lock_timeout = '5s'")
            connection.commit()
        context.configure(connection=connection, target_metadata=metadata, compare_type=True, transactional_ddl=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


if context.is_offline_mode():
    raise SystemExit("migrations run on a database, not into a file")
run()
