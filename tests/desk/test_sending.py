"""Sending holds: whatever breaks off is finished by doing it again, and nothing is doubled."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from pratique import http
from pratique.contents.prenotification import GoodsPart, RoutePart
from pratique.desk.desk import Desk
from pratique.desk.results import AnnouncementRefused, Sent
from pratique.device import Device
from pratique.errors import PratiqueError, Problem, Unreachable
from tests.desk.cut import Cut
from tests.desk.desks import Desks, announced, changed, desks
from tests.world import unlock


def parts(desk: Desk) -> Counter[tuple[str, str, int]]:
    """Count the parts on the lanes that a desk reads: reference, addressee, version."""
    return Counter(
        (said.content.reference, said.content.addressee, said.content.version)
        for heard in desk.board.said.values()
        for said in heard
        if isinstance(said.content, GoodsPart | RoutePart)
    )


async def reopened(d: Desks, party: str) -> tuple[Desk, Cut]:
    """Open a party's store once more, over a network that can be cut."""
    cut = Cut()
    device = await Device.open(d.world.store_of(d[party].device), unlock, cut, d.world.engine)
    d.world.devices.append(device)
    desk = await Desk.open(device, d.operation)
    await desk.sync()
    return desk, cut


async def until(what: Callable[[], bool]) -> None:
    """Wait for what another task brings about."""
    async with asyncio.timeout(60):
        while not what():
            await asyncio.sleep(0.01)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a device try again at once: a lost network stays lost here."""
    monkeypatch.setattr(http, "FIRST_PAUSE_S", 0.0)


@pytest.mark.usefixtures("impatient")
async def test_wherever_the_network_breaks_the_same_again_finishes_it(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url) as d:
        await d["be"].announce(announced(national="BE-0"))
        be, cut = await reopened(d, "be")
        # A draft, the goods part, the route part, the record.
        for number, (posts, heard) in enumerate((posts, heard) for posts in range(4) for heard in (False, True)):
            shipment = announced(national=f"BE-{number + 1}")
            cut.after(posts, heard=heard)
            with pytest.raises(Unreachable):
                await be.announce(shipment)
            cut.mend()
            sent = await be.announce(shipment)
            assert sent.version == 1
            assert (await be.announce(shipment)).repeated
            later = changed(shipment, legs__1__flight="EK1")
            cut.after(posts - 1, heard=heard)
            if posts:
                with pytest.raises(Unreachable):
                    await be.announce(later)
            cut.mend()
            again = await be.announce(later)
            assert (again.reference, again.version) == (sent.reference, 2)
        await d["ke"].sync()
        assert len(d["ke"].board.consignments) == 9
        assert set(parts(d["ke"]).values()) == {1}
        assert all(one.marks == () for one in d["ke"].board.consignments.values())
        assert len({draft.reference for draft in be.drafts.by_id.values()}) == 9


async def test_two_devices_with_one_national_reference_send_one_notification(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with desks(tmp_path, sqlite_database_url) as d:
        await d["be"].announce(announced(national="BE-0"))
        slow, cut = await reopened(d, "be")
        second = await d.second("be")
        # The first one stands still between its number and its goods: the second one waits for it.
        shipment = announced(national="BE-1")
        going = cut.hold(1)
        first = asyncio.create_task(slow.announce(shipment))
        await until(lambda: len(slow.drafts.by_id) == 2)
        other = asyncio.create_task(second.announce(shipment))
        await asyncio.wait({other}, timeout=1.0)
        going.set()
        one, two = await first, await other
        assert (one.reference, one.repeated, two.repeated) == (two.reference, False, True)
        # The first one is gone for good: the second one sends under its number.
        shipment = announced(national="BE-2")
        cut.hold(1)
        lost = asyncio.create_task(slow.announce(shipment))
        await until(lambda: len(slow.drafts.by_id) == 4)
        lost.cancel()
        taken = await second.announce(shipment)
        assert (taken.repeated, taken.version) == (False, 1)
        cut.mend()
        assert (await slow.announce(shipment)).reference == taken.reference
        await d.sync("ke")
        assert len(d["ke"].board.consignments) == 3
        heard = parts(d["ke"])
        assert heard[one.reference, "ke", 1] == heard[one.reference, "ae", 1] == 1
        assert all(leg.state == "PENDING" for leg in d["ke"].find(taken.reference).legs)


async def test_what_was_refused_halfway_is_sent_once(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url) as d:
        await d["be"].announce(announced(national="BE-0"))
        be, cut = await reopened(d, "be")
        shipment = announced(national="BE-1")
        later = changed(shipment, legs__0__flight="EK1")
        for text, posts in ((shipment, 2), (later, 1)):
            cut.refuse(posts)
            with pytest.raises(Problem):
                await be.announce(text)
            cut.mend()
            await be.announce(text)
        await d.sync("ae", "ke")
        assert set(parts(d["ke"]).values()) == {1}
        assert sorted(one.version for one in d["ae"].board.consignments.values()) == [1, 2]
        assert all(one.marks == () for one in d["ke"].board.consignments.values())


async def test_many_go_in_one_run_and_what_is_wrong_stands_in_its_place(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with desks(tmp_path, sqlite_database_url, ("be", "ae", "ke"), strangers=("tz",)) as d:
        be = d["be"]
        good = [announced(national=f"BE-{number}") for number in range(40)]
        wrong = changed(good[0], goods__0__hs_code="none").model_copy(update={"national_reference": "BE-W"})
        far = announced(("BEBRU", "TZDAR"), national="BE-T")
        twice = changed(good[3], legs__0__flight="EK2")
        nameless = announced()
        everything = [*good, wrong, far, twice, nameless, nameless]
        told: list[tuple[int, int]] = []
        sent = await be.announce_many(everything, lambda done, of: told.append((done, of)))
        assert told[-1] == (45, 45)
        errors = [one for one in sent if isinstance(one, PratiqueError)]
        assert [error.code for error in errors] == ["bad_form", "not_reachable"]
        assert isinstance(errors[0], AnnouncementRefused)
        assert errors[0].problems[0].path == "goods[0].hs_code"
        done = [one for one in sent if isinstance(one, Sent)]
        assert (done[40].reference, done[40].version) == (done[3].reference, 2)
        assert len({one.reference for one in done}) == 42
        await d.sync("ae", "ke")
        assert len(d["ke"].board.consignments) == len(d["ae"].board.consignments) == 42
        assert all(not one.marks for one in d["ke"].board.consignments.values())
        # The same run again posts nothing; an older text of one is its next version.
        before = {state.id: state.seq for state in be.device.channels()}
        again = await be.announce_many(everything[:40] + everything[43:])
        assert [one.repeated for one in again if isinstance(one, Sent)] == [n != 3 for n in range(42)]
        await be.sync()
        moved = {state.id for state in be.device.channels() if state.seq != before[state.id]}
        assert len(moved) == 3


@pytest.mark.usefixtures("impatient")
async def test_a_run_that_breaks_off_goes_on(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url) as d:
        await d["be"].announce(announced(national="BE-0"))
        everything = [announced(national=f"BE-{number + 1}") for number in range(8)] + [announced(), announced()]
        be, cut = await reopened(d, "be")
        for posts in range(4):
            cut.after(posts, heard=posts % 2 == 0)
            try:
                await be.announce_many(everything)
            except Unreachable:
                continue
            finally:
                cut.mend()
        sent = await be.announce_many(everything)
        assert all(isinstance(one, Sent) for one in sent)
        await d["ke"].sync()
        assert len(d["ke"].board.consignments) == 11
        assert set(parts(d["ke"]).values()) == {1}


async def test_what_must_not_be_sent_is_not(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url, ("be", "ae", "ke"), strangers=("tz", "et")) as d:
        be = d["be"]
        for shipment, code in (
            (announced(("AEDXB", "KENBO")), "not_the_sender"),
            (announced(("BEBRU", "TZDAR")), "not_reachable"),
            (announced(("BEBRU", "ETADD", "KENBO")), "not_reachable"),
            (changed(announced(), legs__0__awb="176-12345676"), "needs_reason"),
            (announced(departs_h=-20), "needs_reason"),
            (announced(kind="onward"), "needs_reason"),
            (announced(kind="call_off"), "bad_form"),
        ):
            with pytest.raises(PratiqueError) as refused:
                await be.announce(shipment)
            assert refused.value.code == code
        assert be.board.consignments == {}
        assert be.drafts.by_id == {}
        late = be.check(announced(departs_h=-20))
        assert late.late.keys() == {"ae", "ke"}
        assert [(finding.path, finding.code) for finding in late.findings] == [("notice", "late")]
        checked = be.check(announced(("BEBRU", "ETADD", "KENBO")))
        assert (checked.unreachable, tuple(checked.deadlines)) == (("et",), ("ke",))
        sent = await be.announce(announced(("BEBRU", "ETADD", "KENBO")), without=("et",))
        assert (sent.without, [lane.parties for lane in sent.lanes]) == (("et",), [("be", "ke")])
        assert be.find(sent.reference).transit == ()
        # The same goods again are linked, not blocked.
        found = be.check(announced(departs_h=100))
        assert {(link.b, link.why) for link in found.duplicates} == {
            (sent.reference, "lot"),
            (sent.reference, "transport_document"),
        }
