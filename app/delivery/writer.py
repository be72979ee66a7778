"""Save posts together: one writer per process judges what waits, one by one, and saves it in one transaction.

    submit ─▶ waiting ─▶ judge each ─▶ one save ─▶ answers ─▶ wake-ups

No delay is added: a batch is what came while the batch before was being saved. A refused post never fails its
neighbours; a database that fails a batch (deadlock, lock timeout, lost connection) makes the writer take its posts one
by one, beside those that come.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

from sqlalchemy.exc import IntegrityError

from app.db import Database
from app.delivery.judge import Answer, Judge, Post
from app.errors import Busy

Waiting: TypeAlias = tuple[Post, asyncio.Future[Answer]]

MAX_BATCH = 256
MAX_WAITING = 4096
TRIES = 4
APART = 4  # posts taken by themselves at one moment, each with a connection


class Writer:
    """Give each post its turn and its answer.

    Takes   planned: called after a save with the instant of the first ring that a post of the batch may have planned
    """

    def __init__(self, database: Database, judge: Judge, planned: Callable[[int], None] = lambda _at_ms: None) -> None:
        self.database = database
        self.judge = judge
        self._planned = planned
        self._waiting: deque[Waiting] = deque()
        self._came = asyncio.Event()
        self._stopping = False
        self._apart: set[asyncio.Task[None]] = set()
        self._few = asyncio.Semaphore(APART)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to save."""
        self._task = asyncio.create_task(self._run(), name="writer")

    async def stop(self) -> None:
        """Save what waits, refuse what comes, and end."""
        self._stopping = True
        self._came.set()
        if self._task is not None:
            with suppress(asyncio.CancelledError):
                await self._task
        await asyncio.gather(*self._apart)

    async def submit(self, post: Post) -> Answer:
        """Wait for a post's answer, given after the save.

        A caller that goes away takes nothing back: the post is judged and saved with the others.
        Raises  what the judge gave for it; Busy when too much waits or the database does not take it
        """
        if self._stopping or self._task is None or len(self._waiting) >= MAX_WAITING:
            raise Busy
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((post, answer))
        self._came.set()
        return await answer

    async def _run(self) -> None:
        while True:
            await self._came.wait()
            self._came.clear()
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))]
                await self._serve(batch)
            if self._stopping:
                return

    async def _serve(self, batch: list[Waiting]) -> None:
        try:
            grown = await self._save(batch)
        except (Busy, IntegrityError):
            # One of them may be what the database does not take, or what another process took a moment before: the
            # others must not wait for it, nor fail with it.
            for one in batch:
                alone = asyncio.create_task(self._alone(one), name="post alone")
                self._apart.add(alone)
                alone.add_done_callback(self._apart.discard)
            return
        except Exception as failure:
            # A fault of ours fails its posts, not the writer.
            grown = frozenset()
            _answer(batch, [failure] * len(batch))
        # The answers go out before the readers of this process are fed.
        await asyncio.sleep(0)
        self.database.announce(grown)

    async def _save(self, batch: list[Waiting]) -> frozenset[bytes]:
        async with self.database.transaction(announce=False) as tx:
            answers = await self.judge.judge(tx, [post for post, _ in batch])
        _answer(batch, answers)
        if rings := [at_ms for post, _ in batch if (at_ms := post.bundle.first_ring_ms) is not None]:
            self._planned(min(rings))
        return frozenset(tx.grown)

    async def _alone(self, one: Waiting) -> None:
        """Take one post by itself, some times; it is safe to repeat, for its post id is looked up anew."""
        refused: Exception = Busy()
        for attempt in range(TRIES):
            try:
                async with self._few:
                    self.database.announce(await self._save([one]))
                return
            except (Busy, IntegrityError) as failure:
                refused = failure
                await asyncio.sleep(0.02 * 2**attempt)
            except Exception as failure:
                refused = failure
                break
        _answer([one], [refused])


def _answer(batch: Sequence[Waiting], answers: Sequence[Answer | Exception]) -> None:
    for (_, future), answer in zip(batch, answers, strict=True):
        if future.done():
            continue  # the caller went away
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
