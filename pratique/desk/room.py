"""The operation room: where all Members read how the operation works and how each desk can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pratique import templates
from pratique.contents.title import Title
from pratique.desk.outward import Parcel
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from pratique.contents.adaptation import Adaptation
    from pratique.contents.desk import DeskHours
    from pratique.desk.desk import Desk
    from pratique.device import Device
    from pratique.opened import Operation


async def open_room(device: Device, operation: Operation) -> bytes:
    """Make the room of an operation and seat every participant; where it is there, seat those who came later.

    Raises  PratiqueError: not_coordinator
    """
    from pratique.desk.reading import Reading

    _coordinating(device.uri.party, operation)
    offices = [f"{participant.party}/ncp" for participant in operation.terms.participants]
    await device.sync()
    reading = Reading(device, operation)
    reading.refresh()
    if reading.rooms:
        seated = next(state.seated for state in device.channels() if state.id == reading.rooms[0])
        if missing := [office for office in offices if office not in seated]:
            await device.change_seats(reading.rooms[0], seat=missing)
        return reading.rooms[0]
    title = f"{operation.terms.code} operation room"
    channel = await device.create_channel(operation.id, title=title, offices=offices)
    await device.post(channel, Title.TYPE, Title(title=title, purpose="operation").write())
    await device.sync(channel)
    return channel


async def set_desk(desk: Desk, hours: DeskHours) -> None:
    """Tell this Member's hours and telephone; raises `PratiqueError` no_room."""
    await desk.outward.send([Parcel(_room(desk), hours)])


async def adapt(desk: Desk, adaptation: Adaptation) -> None:
    """Adapt the template; raises `PratiqueError` not_coordinator, no_room; `AdaptationRefused`."""
    _coordinating(desk.party, desk.operation)
    templates.newest(adaptation.template).adapted(adaptation)
    await desk.outward.send([Parcel(_room(desk), adaptation)])


def _coordinating(party: str, operation: Operation) -> None:
    if not any(one.party == party and "coordinator" in one.roles for one in operation.terms.participants):
        detail = f"{party.upper()} does not coordinate {operation.terms.code}"
        raise PratiqueError("not_coordinator", detail, "the coordinating unit does this")


def _room(desk: Desk) -> bytes:
    if not desk.reading.rooms:
        detail = f"{desk.operation.terms.code} has no operation room that this device reads"
        raise PratiqueError("no_room", detail, "the coordinating unit opens it; then sync")
    return desk.reading.rooms[0]
