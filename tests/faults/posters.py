"""Post under fire: devices that send identical bytes until they are answered, and the reckoning of what came of it."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from pratique.errors import Problem, Unreachable
from pratique.groups.committing import entries_path, post_body
from pratique.wire.entries import Draft, Entry, Kind
from pratique.wire.events import Withheld
from tests.faults.enrolled import Enrolled

MOST_DRAFTS = 3


@dataclass
class Poster:
    """One device that posts on and on; `acknowledged` maps (post id, number in the log) to the bytes.

    Takes   epoch: of the channel, in which nothing else happens meanwhile; answered: is set by every acknowledgement
    """

    enrolled: Enrolled
    channel: bytes
    epoch: int
    random: random.Random
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    acknowledged: dict[tuple[UUID, int], bytes] = field(default_factory=dict)
    cut_off: int = 0
    repeats: int = 0

    async def run(self, until: asyncio.Event) -> None:
        """Post until told to stop; the last post is still brought to its answer."""
        while not until.is_set():
            await self.once()

    async def once(self) -> None:
        """Make one post and bring it to its answer; sometimes ask for the answer again."""
        post_id = uuid4()
        drafts = [
            Draft(Kind.APPLICATION, self.random.randbytes(self.random.randint(40, 400)), self.epoch)
            for _ in range(self.random.randint(1, MOST_DRAFTS))
        ]
        body = post_body(post_id, drafts)
        told = await self._send(body)
        self.acknowledged |= {(post_id, seq): draft.data for seq, draft in zip(told, drafts, strict=True)}
        self.answered.set()
        if self.random.random() < 0.1:
            self.repeats += 1
            assert await self._send(body) == told, "the same bytes got another answer"

    async def _send(self, body: bytes) -> list[int]:
        """Send the same bytes until they are answered; give the numbers of their entries."""
        while True:
            try:
                answer = await self.enrolled.account.call("POST", entries_path(self.channel), body, repeat=False)
            except Unreachable:
                self.cut_off += 1
                await asyncio.sleep(0.05)
            except Problem as problem:
                if problem.action != "retry":
                    raise
                await asyncio.sleep(0.05)
            else:
                entries = answer.json()["entries"]
                assert all(entry["log"] == self.channel.hex() for entry in entries)
                return [entry["seq"] for entry in entries]


def reckon(posters: Sequence[Poster], shown: Sequence[Entry | Withheld], before: int) -> dict[str, int]:
    """Compare what was acknowledged with what the log shows: how many entries were lost, doubled, reordered, made up.

    Takes   shown: the whole log; before: how many entries it had when the posters began
    """
    entries = [entry for entry in shown if isinstance(entry, Entry) and entry.seq > before]
    owners = {poster.enrolled.uri: poster for poster in posters}
    there = {(entry.device, entry.post_id, entry.seq): entry.data for entry in entries}
    told = {
        (poster.enrolled.uri, post_id, seq): data
        for poster in posters
        for (post_id, seq), data in poster.acknowledged.items()
    }
    bodies = Counter((entry.device, entry.data) for entry in entries)
    return {
        "lost": len(told.keys() - there.keys()),
        "altered": sum(there[key] != told[key] for key in told.keys() & there.keys()),
        "doubled": sum(count - 1 for count in bodies.values()),
        # every post is brought to its answer in the end, so nothing may stand there unacknowledged
        "made_up": len(there.keys() - told.keys()),
        "gaps": sum(entry.seq != number for number, entry in enumerate(shown, 1)),
        "reordered": sum(_falls(list(poster.acknowledged)) for poster in owners.values()),
        "time_fell": sum(later.at_ms < earlier.at_ms for earlier, later in itertools.pairwise(entries)),
    }


def _falls(places: list[tuple[UUID, int]]) -> int:
    return sum(later[1] <= earlier[1] for earlier, later in itertools.pairwise(places))
