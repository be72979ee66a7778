"""Any interleaving of posts, refusals, joins, drops and crashes of readers: every reader sees 1…n once, in order."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import log
from app.db import Database
from app.log import LogKind
from pratique.wire.entries import Draft, Entry, Kind, next_chain


@dataclass(frozen=True)
class Post:
    """Some drafts at once; a refused one fails after it took its numbers."""

    drafts: int
    refused: bool


@dataclass(frozen=True)
class Read:
    """One page for one reader; a reader that crashes forgets it before its cursor is saved."""

    reader: int
    limit: int
    crash: bool


STEPS = st.one_of(
    st.builds(Post, st.integers(1, 5), st.booleans()),
    st.builds(Read, st.integers(0, 3), st.integers(1, 7), st.booleans()),
)
# what stands in one inner list happens at the same time
PLANS = st.lists(st.lists(STEPS, min_size=1, max_size=6), min_size=1, max_size=8)


class Refusal(Exception):
    """A post that is judged bad after it was numbered."""


@dataclass
class Reader:
    """Reads on from what it saved; `turn` keeps one reader from reading twice at once, as its store does."""

    saved: list[Entry] = field(default_factory=list)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, database: Database, log_id: bytes, limit: int, crash: bool) -> int:
        """Take the next page; give how many entries it held."""
        async with self.turn:
            async with database.read() as tx:
                page = await log.read(tx, log_id, self.saved[-1].seq if self.saved else 0, limit)
            if not crash:
                self.saved += page
            return len(page)


async def play(database: Database, plan: list[list[Post | Read]]) -> tuple[dict[tuple[UUID, int], bytes], list[Reader]]:
    """Run a plan; give what was acknowledged, and four readers that have read to the end."""
    log_id = os.urandom(32)
    acknowledged: dict[tuple[UUID, int], bytes] = {}
    readers = [Reader() for _ in range(4)]

    async def post(step: Post) -> None:
        post_id = uuid4()
        drafts = [Draft(Kind.APPLICATION, os.urandom(8)) for _ in range(step.drafts)]
        try:
            async with database.transaction() as tx:
                await log.lock(tx, [], {log_id: LogKind.CHANNEL})
                entries = log.append(tx, log_id, drafts, post_id=post_id)
                if step.refused:
                    await tx.flush()
                    raise Refusal
        except Refusal:
            return
        acknowledged.update({(post_id, entry.seq): entry.data for entry in entries})

    for together in plan:
        await asyncio.gather(
            *(
                post(step)
                if isinstance(step, Post)
                else readers[step.reader].read(database, log_id, step.limit, step.crash)
                for step in together
            )
        )
    for reader in readers:
        while await reader.read(database, log_id, 3, False):
            pass
    return acknowledged, readers


def chain(entries: list[Entry]) -> bytes:
    """Give the chain over a reader's entries."""
    value = bytes(32)
    for entry in entries:
        value = next_chain(value, entry.seq, entry.digest())
    return value


@pytest.mark.parametrize("examples", [25, pytest.param(500, marks=pytest.mark.full)])
def test_every_reader_sees_every_entry_once_and_in_order(database_url: str, examples: int) -> None:
    with asyncio.Runner() as runner:
        database = Database(database_url)

        @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
        @given(PLANS)
        def check(plan: list[list[Post | Read]]) -> None:
            acknowledged, readers = runner.run(play(database, plan))
            for reader in readers:
                assert [entry.seq for entry in reader.saved] == list(range(1, len(acknowledged) + 1))
                assert {(entry.post_id, entry.seq): entry.data for entry in reader.saved} == acknowledged
            assert len({chain(reader.saved) for reader in readers}) == 1

        try:
            check()
        finally:
            runner.run(database.close())
