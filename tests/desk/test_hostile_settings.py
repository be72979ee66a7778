"""What an insider tells the room or sets for its own desk never turns against the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pratique.contents.desk import DeskHours
from pratique.contents.title import Title
from pratique.desk.desk import Desk
from pratique.desk.room import open_room
from tests.desk.desks import announced, changed, desks


async def test_only_a_coordinator_names_a_channel_the_room(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url, ("be", "ke")) as d:
        ocu, be = d.coordinator, d["be"]
        room = ocu.reading.rooms[0]
        # Several, because the order in which a store lists channels is not known.
        inner = [await ocu.device.create_channel(d.operation.id, title="Inner", offices=["be/ncp"]) for _ in range(4)]
        await be.sync()
        for channel in inner:
            await be.device.post(channel, Title.TYPE, Title(title="Room", purpose="operation").write())
        await ocu.sync()
        assert (await Desk.open(ocu.device, d.operation)).reading.rooms == ocu.reading.rooms == [room]
        assert await open_room(ocu.device, d.operation) == room
        seated = {state.id: state.seated for state in ocu.device.channels()}
        assert all("ke/ncp" not in seated[channel] for channel in inner)
        assert (await Desk.open(be.device, d.operation)).reading.rooms == [room]


async def test_a_room_named_while_others_watch_is_heard(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url, ("be", "ke")) as d:
        ocu, be = d.coordinator, d["be"]
        second = await ocu.device.create_channel(d.operation.id, title="Later a room", offices=["be/ncp"])
        await be.sync()
        await ocu.device.post(second, Title.TYPE, Title(title="Room", purpose="operation").write())
        await ocu.device.post(second, DeskHours.TYPE, DeskHours(duty_phone="+4121111111").write())
        await be.device.sync(second)
        for entry in be.device.opened(second):  # one by one, as `watch` brings them
            be.reading.look(entry)
        assert be.room.desks["ocu"].duty_phone == "+4121111111"


async def test_a_member_that_never_works_is_told_all_the_same(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url, ("be", "ae", "ke")) as d:
        be, ae = d["be"], d["ae"]
        today = datetime.now(UTC).date()
        holidays = tuple((today + timedelta(days=day)).isoformat() for day in range(-1, 399))
        await ae.set_desk(DeskHours(holidays=holidays))
        await be.sync()
        shipment = changed(announced(departs_h=24 * 30), legs__0__mode="sea", legs__1__mode="sea")
        for leg in shipment.form["legs"]:
            leg.pop("flight"), leg.pop("awb", None)
            leg |= {"vessel": "MV Kilimo", "voyage": "112W"}
        sent = await be.announce(shipment)
        await ae.sync()
        assert ae.find(sent.reference).transit == ("ae",)
