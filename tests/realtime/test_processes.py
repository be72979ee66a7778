"""Let two server processes share one PostgreSQL: what one saves, the other's readers hear of at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.realtime.conftest import Begin
from tests.realtime.posting import post, revoke
from tests.realtime.stream_client import opened
from tests.serving import serving

pytestmark = pytest.mark.postgres


async def test_wake_ups_and_revocations_cross_processes(
    world_on_postgres: Begin, postgres_database_url: str, tmp_path: Path
) -> None:
    # The poll is far away: what arrives in time came by NOTIFY.
    async with (
        world_on_postgres(poll_s=60) as here,
        serving(tmp_path / "server", postgres_database_url, here.parties.root, poll_s=60) as second,
        opened(second.host, here.others[0], [(here.channel, here.head)]) as stream,
    ):
        await post(here.owner, here.channel)
        await stream.until(1, 5)
        for _ in range(20):
            await post(here.owner, here.channel, count=2)
        assert await stream.until(41, 10) == list(range(here.head + 1, here.head + 42))
        await revoke(here.http, here.parties, here.others[0])
        assert await stream.closed(5) == 4403


async def test_a_broken_wake_up_connection_costs_a_poll(
    world_on_postgres: Begin, postgres_database_url: str, tmp_path: Path
) -> None:
    async with (
        world_on_postgres() as here,
        serving(tmp_path / "server", postgres_database_url, here.parties.root, poll_s=0.1) as second,
        opened(second.host, here.others[0], [(here.channel, here.head)]) as stream,
    ):
        async with here.served.app.state.database.transaction() as tx:
            await tx.connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%%' OR query LIKE 'SELECT pg_notify%%'"
            )
        await post(here.owner, here.channel, count=3)
        assert await stream.until(3, 10) == [here.head + 1, here.head + 2, here.head + 3]
