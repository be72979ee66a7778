"""Lanes: one per party set, made on first use, the same whoever comes first; operations by verified statements."""

import asyncio
from pathlib import Path

import pytest

from pratique.errors import PratiqueError, Problem
from tests.evil_server import EvilServer, problem
from tests.world import read, world


async def test_both_ends_find_the_same_lane(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        operation = await w.operation(companions=["ocu"])
        be, ke = await w.device("be"), await w.device("ke")
        goods = await be.lane(operation, ["be", "ke"])
        assert await be.lane(operation, ["ke"]) == goods
        await be.post(goods, "message", b"lots and all")
        assert await ke.lane(operation, ["be", "ke"]) == goods
        await ke.sync()
        assert read(ke, goods) == [b"lots and all"]
        state = next(channel for channel in ke.channels() if channel.id == goods)
        assert (state.charter.purpose, state.charter.parties) == ("lane", ("be", "ke", "ocu"))
        assert state.seated == ("be/ncp", "ke/ncp", "ocu/ncp")


async def test_a_party_s_own_lane_is_its_devices_alone(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        operation = await w.operation(companions=["ocu"])
        be, colleague, ke = await w.device("be"), await w.device("be", person="a.peeters"), await w.device("ke")
        own = await be.lane(operation, ["be"])
        assert await be.lane(operation, []) == await colleague.lane(operation, ["be"]) == own
        assert own not in {await be.lane(operation, ["ke"]), await ke.lane(operation, [])}
        await be.post(own, "message", b"a draft of our own")
        await colleague.sync()
        assert read(colleague, own) == [b"a draft of our own"]
        state = next(channel for channel in be.channels() if channel.id == own)
        assert (state.charter.parties, state.seated) == (("be",), ("be/ncp",))
        await ke.sync()
        assert own not in {channel.id for channel in ke.channels()}


async def test_two_devices_that_make_one_lane_at_once_share_it(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        operation = await w.operation()
        be, ke = await w.device("be"), await w.device("ke")
        lanes = await asyncio.gather(be.lane(operation, ["be", "ke"]), ke.lane(operation, ["be", "ke"]))
        assert lanes[0] == lanes[1]
        for device in (be, ke):
            await device.sync()
        await be.post(lanes[0], "message", b"from be")
        await ke.post(lanes[0], "message", b"from ke")
        for device in (be, ke):
            await device.sync()
            assert read(device, lanes[0]) == [b"from be", b"from ke"]


async def test_no_statement_seats_a_party_that_the_lane_does_not_name(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        operation = await w.operation()
        be = await w.device("be")
        await w.device("ae")
        lane = await be.lane(operation, ["be", "ke"])
        with pytest.raises(Problem) as refused:
            await be.change_seats(lane, seat=["ae/ncp"])
        assert refused.value.facts["reason"] == "party_not_named"


async def test_a_lane_of_another_operation_is_not_taken_for_this_one_s(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w, EvilServer(w.url) as evil:
        w.url = evil.url
        first, second = await w.operation(), await w.operation()
        be, ke = await w.device("be"), await w.device("ke")
        other = await ke.lane(first, ["be", "ke"])
        lie = problem(409, "lane_exists", channel=other.hex(), action="resync")
        evil.invent("POST", "/v1/channels", lambda _: lie)
        with pytest.raises(PratiqueError) as refused:
            await be.lane(second, ["be", "ke"])
        assert refused.value.code == "wrong_lane"


async def test_terms_are_amended_in_turn(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        operation = await w.operation()
        desk, be = w.devices[0], await w.device("be")
        first = (await be.operations())[0]
        assert (first.id, first.terms.number, first.terms.phase) == (operation, 1, "active")
        await desk.amend_operation(operation, first.terms.model_copy(update={"number": 2, "phase": "closing"}))
        second = (await be.operations())[0]
        assert (second.terms.number, second.terms.phase) == (2, "closing")
        with pytest.raises(Problem) as refused:
            await be.amend_operation(operation, second.terms.model_copy(update={"number": 3}))
        assert refused.value.code == "not_allowed"


async def test_an_own_lane_that_died_with_its_last_device_is_passed_over(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        operation = await w.operation()
        lost = await w.device("be")
        dead = await lost.lane(operation, [])
        newer = await w.device("be", person="a.peeters")
        await newer.sync()
        assert await newer.lane(operation, []) == dead, "the first device lives and will add this one"
        await w.officers["be"].revoke(str(lost.uri), "lost")
        await newer.sync()
        own = await newer.lane(operation, [])
        assert own != dead
        told = {state.id: (state.living, state.trouble or "") for state in newer.channels()}
        assert told[own] == (True, "")
        assert told[dead][0] is False
        assert told[dead][1].startswith("ended: ")
        assert [check.name for check in await newer.doctor() if not check.good] == []
        assert await newer.lane(operation, ["be"]) == own
        await newer.post(own, "message", b"a new beginning")
        third = await w.device("be", person="b.claes")
        assert await third.lane(operation, []) == own
        await newer.sync()
        await third.sync()
        assert read(third, own) == [b"a new beginning"]
