"""Share the fixtures every test may ask for: a fresh migrated database, on both kinds."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.databases import PostgresServer, PostgresTemplate, SqliteTemplate

# A busy machine must not fail a property; pytest-timeout bounds the time.
settings.register_profile("pratique", deadline=None)
settings.load_profile("pratique")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests counted with `record_property("counted", …)`, however many workers ran them."""
    reports = [report for kind in terminalreporter.stats.values() for report in kind if hasattr(report, "when")]
    told = [text for one in reports if one.when == "call" for name, text in one.user_properties if name == "counted"]
    for text in sorted(told):
        terminalreporter.write_line(f"counted: {text}")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """Give the migrated SQLite file that tests copy."""
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Give the URL of a PostgreSQL server for this test process: TEST_DATABASE_URL, else one of our own."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    server = PostgresServer()
    yield server.url
    server.close()


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[PostgresTemplate]:
    """Give the migrated PostgreSQL database that tests copy."""
    template = PostgresTemplate(postgres_url)
    yield template
    template.close()


@pytest.fixture
def sqlite_database_url(sqlite_template: SqliteTemplate, tmp_path: Path) -> str:
    """Give a fresh, migrated SQLite database."""
    return sqlite_template.copy(tmp_path)


@pytest.fixture
def postgres_database_url(postgres_template: PostgresTemplate) -> Iterator[str]:
    """Give a fresh, migrated PostgreSQL database; mark the test `postgres`."""
    with postgres_template.copy() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give a fresh, migrated database; a test that asks for this runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_database_url")
    return url
