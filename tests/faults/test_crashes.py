"""kill -9 of the server under load: nothing that was acknowledged is lost, doubled or reordered (R-2)."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy.engine import make_url

from pratique.groups.engine_host import Engine
from pratique.http import Http
from pratique.wire.entries import Entry, Kind, Urgency
from tests.faults.enrolled import enrol, found_channel, found_operation, publish
from tests.faults.parties import Parties
from tests.faults.posters import Poster, reckon
from tests.faults.server_process import ServerProcess

POSTERS = 6
NOTHING_WRONG = dict.fromkeys(("lost", "altered", "doubled", "made_up", "gaps", "reordered", "time_fell"), 0)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.full)])
async def test_kill_9_under_load_loses_nothing_acknowledged(
    kills: int, engine: Engine, sqlite_database_url: str, tmp_path: Path
) -> None:
    chance = random.Random(kills)
    parties = Parties()
    server = ServerProcess(tmp_path / "server", sqlite_database_url, parties.root)
    await server.start()
    http = Http(server.url)
    try:
        await publish(http, parties)
        coordinator = await enrol(http, parties, engine, "ocu")
        operation = await found_operation(coordinator, parties.names)
        devices = [await enrol(http, parties, engine, party, f"officer{n}") for n in range(3) for party in ("be", "ke")]
        channel = await found_channel(engine, devices[0], operation, devices[1:])
        begun = await devices[0].read(channel)
        posters = [Poster(device, channel, 1, random.Random(n)) for n, device in enumerate(devices[:POSTERS])]
        enough, answered = asyncio.Event(), asyncio.Event()
        for poster in posters:
            poster.answered = answered
        running = [asyncio.create_task(poster.run(enough)) for poster in posters]
        try:
            for number in range(kills):
                before = acknowledged(posters)
                more = chance.randint(1, 60)
                while acknowledged(posters) < before + more:
                    await asyncio.sleep(chance.uniform(0.001, 0.02))
                    if failed := [task for task in running if task.done()]:
                        failed[0].result()
                if number % 2 == 0:
                    # right behind an acknowledgement: what it promised has to be on disk by then
                    answered.clear()
                    await asyncio.wait_for(answered.wait(), 30)
                server.kill()
                assert intact(sqlite_database_url, tmp_path / f"crash{number}") == "ok"
                await server.start()
        finally:
            enough.set()
        await asyncio.gather(*running)
        shown = await devices[-1].read(channel)
        assert reckon(posters, shown, len(begun)) == NOTHING_WRONG
        assert len(shown) - len(begun) == acknowledged(posters) > kills
        assert sum(poster.cut_off for poster in posters) > 0
        assert intact(sqlite_database_url, tmp_path / "end") == "ok"
    finally:
        await http.aclose()
        server.stop()


def acknowledged(posters: list[Poster]) -> int:
    """Count the entries that the server acknowledged so far."""
    return sum(len(poster.acknowledged) for poster in posters)


def intact(url: str, folder: Path) -> str:
    """Ask SQLite whether a copy of the database, as the crash left it, is whole."""
    source = Path(make_url(url).database or "")
    folder.mkdir()
    for end in ("", "-wal"):
        if (file := source.with_name(source.name + end)).exists():
            shutil.copyfile(file, folder / file.name)
    with sqlite3.connect(folder / source.name) as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    shutil.rmtree(folder)
    return str(verdict)


def test_the_reckoning_sees_what_is_wrong() -> None:
    uri, log = "pratique://be.stop.example/ncp/officer/7f3a", bytes(32)
    poster = Poster(SimpleNamespace(uri=uri), log, 1, random.Random(1))  # type: ignore[arg-type]
    entries = [
        Entry(log, number, Kind.APPLICATION, uri, 1, uuid4(), Urgency.ROUTINE, number, bytes([number]))
        for number in (1, 2, 3, 4)
    ]
    poster.acknowledged = {(entry.post_id, entry.seq): entry.data for entry in entries}
    one, two, three, four = entries
    broken = {
        "lost": [one, two, three],
        "altered": [one, two, three, replace(four, data=b"other")],
        "doubled": [*entries, replace(four, seq=5, post_id=uuid4())],
        "made_up": [*entries, replace(four, seq=5, data=b"new", post_id=uuid4())],
        "gaps": [one, two, four],
        "time_fell": [one, two, three, replace(four, at_ms=1)],
    }
    assert reckon([poster], entries, 0) == NOTHING_WRONG
    for wrong, shown in broken.items():
        assert reckon([poster], shown, 0)[wrong] == 1, wrong
    poster.acknowledged = dict(reversed(poster.acknowledged.items()))
    assert reckon([poster], entries, 0)["reordered"] == 3
