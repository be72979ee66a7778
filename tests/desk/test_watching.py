"""What a desk is told as it comes: entries with their reference, reminders with what they wait for, until it came."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.answer import Answer
from pratique.contents.query import Query
from pratique.contents.reply import Reply
from pratique.desk.desk import Desk
from pratique.desk.results import Alert
from pratique.wire.entries import Urgency
from tests.clocks import HOUR_MS, HandClock
from tests.desk.desks import announced, changed, desks


class Watched:
    """A desk that is watched, and what it told."""

    def __init__(self, desk: Desk) -> None:
        self.alerts: list[Alert] = []
        self.states: list[str | None] = []
        self._desk, self._more = desk, asyncio.Event()
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        async for alert in self._desk.watch():
            self.alerts.append(alert)
            one = self._desk.board.consignments.get(alert.reference or "")
            self.states.append(None if one is None else one.state)
            self._more.set()

    def reminded(self) -> list[tuple[str | None, str]]:
        """Give of what this desk was reminded, in order."""
        return [(alert.reference, alert.party) for alert in self.alerts if alert.kind == "reminder"]

    async def until(self, kind: str, count: int) -> None:
        """Wait for so many alerts of a kind (of an entry: its type)."""
        async with asyncio.timeout(60):
            while sum(kind in (alert.kind, alert.type) for alert in self.alerts) < count:
                self._more.clear()
                await self._more.wait()

    async def stop(self) -> None:
        """End it."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def test_alerts_tell_the_reference_and_reminders_end_with_the_answer(tmp_path: Path, database_url: str) -> None:
    clock = HandClock()
    async with desks(tmp_path, database_url, ("be", "ke"), clock=clock) as d:
        be, ke = d["be"], d["ke"]
        shipment = announced(("BEBRU", "KENBO"), departs_h=24 * 20, mode="REPLY")
        first = (await be.announce(shipment)).reference
        watched, above = Watched(ke), Watched(d.coordinator)
        await watched.until("prenotification", 1)
        second = (await be.announce(changed(shipment, legs__0__flight="EK3"), urgency=Urgency.PRIORITY)).reference
        await watched.until("prenotification", 2)
        told = [(one.reference, one.party, one.urgency, one.to_us) for one in watched.alerts if one.kind == "entry"]
        assert told == [(one, "be", Urgency.PRIORITY, True) for one in (first, second)]
        assert watched.states[-1] == "SENT", "what an alert tells is on the board"

        clock.move(13 * HOUR_MS)  # half of the 24 hours for an acknowledgement
        await watched.until("reminder", 2)
        assert sorted(watched.reminded()) == sorted([(first, "ke"), (second, "ke")])
        # Acknowledged: only the answer is still waited for; asked back: its clock stands still.
        await ke.report(first, Acknowledgement, {})
        asked = await ke.report(first, Query, {"text": "Which store?"})
        await ke.report(second, Acknowledgement, {})
        await ke.report(second, Answer, {"answer": "NO_OBJECTION"})
        clock.move(12 * HOUR_MS)
        await be.sync()
        await be.report(first, Reply, {"query": asked.id, "text": "The national one."})
        await watched.until("reply", 1)
        before = len(watched.reminded())
        assert before == 2
        clock.move(48 * HOUR_MS)  # due after 48 hours, and the day at most that the clock may stand still
        await watched.until("reminder", before + 3)
        assert watched.reminded()[2:] == [(first, "ke")] * 3
        clock.move(12 * HOUR_MS)
        await above.until("reminder", 1)
        assert above.reminded() == [(None, "")], "who does not read the lane learns only that something waits"
        await ke.report(first, Answer, {"answer": "NO_OBJECTION"})
        await asyncio.gather(watched.stop(), above.stop())
        lane = ke.reading.parts(first)["ke"][0]
        assert ke.reading.waiting(first, "ke", lane) == ke.reading.waiting(second, "ke", lane) == ()
