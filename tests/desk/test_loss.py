"""A Member that lost every device goes on from a new one: other numbers, and what was announced stays its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from pratique.contents.movement import Movement
from pratique.desk.desk import Desk
from pratique.errors import PratiqueError
from tests.desk.desks import Desks, announced, at, changed, desks

STRAIGHT = ("BEBRU", "KENBO")


def number(reference: str) -> int:
    """Give the six digits of a reference."""
    return int(reference.split("-")[-2])


async def replaced(d: Desks, old: Desk, person: str) -> Desk:
    """Give a new device of BE's, all others being lost: the other Members add it wherever they can."""
    await d.world.officers["be"].revoke(str(old.device.uri), "lost")
    device = await d.world.device("be", person=person)
    await d.sync("ke", "ae")
    desk = await Desk.open(device, d.operation)
    await desk.sync()
    return desk


async def test_a_member_that_lost_its_only_device_announces_and_amends_from_a_new_one(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with desks(tmp_path, sqlite_database_url) as d:
        shipment = announced(national="BE-1")
        first = await d["be"].announce(shipment)
        other = await d["be"].announce(announced())
        await d.sync("ke", "ae")
        be = await replaced(d, d["be"], "successor")
        assert be.find(first.reference).origin == "be"

        second = await be.announce(announced(national="BE-2"))
        assert number(second.reference) > number(other.reference) > number(first.reference)
        assert (second.version, (await be.announce(announced(national="BE-2"))).reference) == (1, second.reference)

        # What the lost device announced goes on: changed, withdrawn, sent another way.
        amended = await be.amend(first.reference, changed(shipment, legs__1__flight="EK1"))
        assert (amended.reference, amended.version) == (first.reference, 2)
        assert (await be.amend(first.reference, changed(shipment, legs__1__flight="EK1"))).repeated
        await be.withdraw(first.reference, "not needed any more")
        await be.report(other.reference, Movement, {"step": "DEPARTED", "happened_at": at(0)})
        rerouted = await be.reroute(other.reference, announced(STRAIGHT), "the other airport is closed")
        assert len({one.reference for one in (first, other, second, rerouted)}) == 4
        await d.sync("ke", "ae")
        ke = d["ke"].board
        assert {one.reference: one.state for one in ke.consignments.values()} == {
            first.reference: "WITHDRAWN",
            other.reference: "REPLACED",
            second.reference: "SENT",
            rerouted.reference: "SENT",
        }
        assert ke.consignments[first.reference].version == 2
        assert not any(one.marks for one in ke.consignments.values())


async def test_numbers_are_apart_even_where_nothing_of_the_past_can_be_read(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with desks(tmp_path, sqlite_database_url) as d:
        past = {(await d["be"].announce(announced(STRAIGHT))).reference for _ in range(2)}
        await d["ke"].sync()
        await d.world.officers["be"].revoke(str(d["be"].device.uri), "lost")
        be = await Desk.open(await d.world.device("be", person="second"), d.operation)
        # Nobody has added this device anywhere yet: it begins a draft, and knows no consignment.
        draft = await be.save_draft(announced(STRAIGHT, national="BE-3"))
        assert be.board.consignments == {}
        await d["ke"].sync()
        await be.sync()
        drafted = await be.release(draft)
        many = await be.announce_many([announced(STRAIGHT, national=f"BE-{n}") for n in (4, 5)])
        assert not [one for one in many if isinstance(one, PratiqueError)]
        # And once more: the third lane stands behind both.
        third = await replaced(d, be, "third")
        last = await third.announce(announced(STRAIGHT))
        await d["ke"].sync()
        assert len(d["ke"].board.consignments) == 6
        assert past | {drafted.reference, last.reference} <= d["ke"].board.consignments.keys()
        assert number(last.reference) == max(map(number, d["ke"].board.consignments))
        assert not any(one.marks for one in d["ke"].board.consignments.values())


async def test_while_a_sibling_lives_the_own_lane_is_waited_for(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url) as d:
        sent = await d["be"].announce(announced(STRAIGHT))
        newer = await Desk.open(await d.world.device("be", person="newer"), d.operation)
        await d["ke"].sync()
        await newer.sync()
        text = changed(announced(STRAIGHT), legs__0__flight="KQ1")
        # It stands in the goods lane already; its Member's own record it cannot read yet.
        for acts in (newer.announce(announced(STRAIGHT)), newer.amend(sent.reference, text)):
            with pytest.raises(PratiqueError) as refused:
                await acts
            assert refused.value.code in {"no_leaf", "no_draft", "not_added"}
        await d["be"].sync()
        await newer.sync()
        assert (await newer.amend(sent.reference, text)).version == 2
        own = {state.id for state in newer.device.channels() if state.charter.parties == ("be",)}
        assert len(own) == 1
