"""Build an operation with desks for a test: coordinator, operation room, one desk per Member, all synced."""

from __future__ import annotations

import copy
import itertools
import json
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pratique.contents.prenotification import Announcement
from pratique.desk.desk import Desk, clock_ms
from pratique.desk.room import open_room
from pratique.opened import Operation
from pratique.wire.bodies import OperationTerms, Participant
from tests.clocks import HandClock
from tests.world import DAY_MS, PARTIES, World, now_ms, world

HOUR_MS = 3_600_000
EXAMPLE = Path(__file__).parents[2] / "examples" / "vaccine-consignment.json"
WAY = ("BEBRU", "AEDXB", "KENBO")


def at(hours: float, start_ms: int | None = None) -> str:
    """Give an instant field so many hours from now."""
    whole = (now_ms() if start_ms is None else start_ms) + round(hours * HOUR_MS)
    return datetime.fromtimestamp(whole // 60_000 * 60, UTC).strftime("%Y-%m-%dT%H:%MZ")


def announced(
    way: Sequence[str] = WAY, *, departs_h: float = 80, national: str | None = None, **around: Any
) -> Announcement:
    """Give the example's goods on a way: flights of 6 hours with 6 hours on the ground, the first in some hours."""
    told = json.loads(EXAMPLE.read_text())
    told.pop("national_reference")
    form = told["form"]
    leg = form["legs"][0]
    form["legs"] = [
        {**leg, "from_place": a, "to_place": b, "etd_at": at(departs_h + 12 * n), "eta_at": at(departs_h + 12 * n + 6)}
        for n, (a, b) in enumerate(itertools.pairwise(way))
    ]
    expiry = datetime.fromtimestamp(now_ms() / 1000 + 400 * 86400, UTC).strftime("%Y-%m-%d")
    for line in form["goods"]:
        for lot in line["lots"]:
            lot["expiry"] = expiry
    form["consignor"]["country"], form["consignee"]["country"] = way[0][:2], way[-1][:2]
    return Announcement.check({**told, **({"national_reference": national} if national else {}), **around})


def changed(announcement: Announcement, **values: Any) -> Announcement:
    """Give the same with other values: `legs__0__flight="EK9"` for form fields."""
    form = copy.deepcopy(announcement.form)
    for path, value in values.items():
        *steps, last = [int(step) if step.isdecimal() else step for step in path.split("__")]
        place: Any = form
        for step in steps:
            place = place[step]
        place[last] = value
    return announcement.model_copy(update={"form": form})


@dataclass
class Desks:
    """An operation and its desks, by party."""

    world: World
    operation: Operation
    coordinator: Desk
    by_party: dict[str, Desk]

    def __getitem__(self, party: str) -> Desk:
        return self.by_party[party]

    async def sync(self, *parties: str) -> None:
        """Let desks catch up."""
        for party in parties or self.by_party:
            await self.by_party[party].sync()

    async def again(self, party: str) -> Desk:
        """Open a party's store once more, as another process would."""
        return await Desk.open(await self.world.again(self.by_party[party].device), self.operation)

    async def second(self, party: str, person: str = "colleague") -> Desk:
        """Give another device of a party's desk, added wherever the first one is."""
        device = await self.world.device(party, person=person)
        await self.by_party[party].sync()
        await device.sync()
        return await Desk.open(device, self.operation)


@asynccontextmanager
async def desks(
    folder: Path,
    database_url: str,
    parties: Sequence[str] = ("be", "ae", "ke"),
    *,
    strangers: Sequence[str] = (),
    companions: Sequence[str] = (),
    clock: HandClock | None = None,
    searched: bool = True,
) -> AsyncIterator[Desks]:
    """Give an operation of `parties`; `strangers` exist and take no part; `clock` is the server's and the desks'.

    Takes   searched: False where so much is said that to look for each of it on the server takes too long
    """
    everybody = tuple(dict.fromkeys((*PARTIES, *parties, *strangers)))
    async with world(folder, database_url, everybody, clock=clock, searched=searched) as w:
        device = await w.device("ocu", person="desk")
        terms = OperationTerms(
            number=1,
            code="STOP-III",
            from_ms=now_ms(),
            until_ms=now_ms() + 30 * DAY_MS,
            phase="active",
            participants=(
                Participant(party="ocu", roles=("coordinator",)),
                *(Participant(party=party, roles=("departure", "transit", "destination")) for party in parties),
            ),
            lane_companions=tuple(companions),
            nonce=secrets.token_hex(16),
        )
        operation = await device.found_operation(terms)
        members = {party: await w.device(party) for party in parties}
        await open_room(device, operation)
        tells = clock_ms if clock is None else clock.now_ms
        made = {party: await Desk.open(member, operation, tells) for party, member in members.items()}
        for desk in made.values():
            await desk.sync()
        yield Desks(w, operation, await Desk.open(device, operation), made)
