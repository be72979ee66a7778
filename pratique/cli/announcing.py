"""Split a consignment over its lanes and post it: goods lane, and route lane where the way leads through others."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pratique.cli.documents import load, located
from pratique.cli.finding import read_board
from pratique.contents.fields import make_reference
from pratique.contents.findings import shipment_findings
from pratique.contents.prenotification import goods_part, needs_route_lane, route_part, route_parties
from pratique.contents.shipment import Override, Shipment
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from pratique.device import Device
    from pratique.opened import Operation
    from pratique.wire.entries import Urgency


@dataclass(frozen=True)
class Lane:
    """Where one part went."""

    part: Literal["goods", "route"]
    parties: tuple[str, ...]
    channel: bytes
    seq: int


@dataclass(frozen=True)
class Sent:
    """A pre-notification that is on its lanes."""

    reference: str
    lanes: tuple[Lane, ...]


def read_shipment(file: Path, reasons: list[str]) -> Shipment:
    """Read and check a consignment's file.

    Raises  PratiqueError: bad_input; needs_reason where a finding has none
    """
    shipment, positions = load(file, Shipment)
    given = [reason.partition("=") for reason in reasons]
    if any(not why.strip() for _, _, why in given):
        raise PratiqueError("usage", "a reason is given as field=reason")
    overrides = (*shipment.overrides, *(Override(field=field, reason=why.strip()) for field, _, why in given))
    shipment = shipment.model_copy(update={"overrides": overrides})
    if findings := shipment_findings(shipment):
        hint = f'correct the file, or say why it stands: --reason "{findings[0].path}=…"'
        raise PratiqueError("needs_reason", located(file, positions, findings), hint)
    return shipment


async def announce(device: Device, operation: Operation, shipment: Shipment, urgency: Urgency) -> Sent:
    """Post both parts under one new reference; the goods part first, so that nobody knows of a route without goods."""
    parties = route_parties(shipment.legs)
    if parties[0] != device.uri.party:
        detail = f"the way begins in {parties[0].upper()}, but this device is of {device.uri.party.upper()}"
        raise PratiqueError("not_the_sender", detail, "the departure Member announces its own consignments")
    _check_participation(operation, parties)
    reference = next_reference(device, operation.terms.code)
    goods = goods_part(shipment, reference)
    lanes = [await _post(device, operation, "goods", (parties[0], parties[-1]), goods.write(), urgency)]
    if needs_route_lane(shipment.legs):
        route = route_part(shipment, reference)
        lanes.append(await _post(device, operation, "route", parties, route.write(), urgency))
    return Sent(reference, tuple(lanes))


async def _post(
    device: Device,
    operation: Operation,
    part: Literal["goods", "route"],
    parties: tuple[str, ...],
    body: bytes,
    urgency: Urgency,
) -> Lane:
    channel = await device.lane(operation.id, parties)
    posted = await device.post(channel, "prenotification", body, urgency)
    charter = next(state.charter for state in device.channels() if state.id == channel)
    return Lane(part, charter.parties, channel, posted.seq)


def _check_participation(operation: Operation, parties: tuple[str, ...]) -> None:
    known = {participant.party for participant in operation.terms.participants}
    if missing := [party.upper() for party in parties if party not in known]:
        detail = f"{', '.join(missing)} on the way takes no part in {operation.terms.code} and cannot be told here"
        raise PratiqueError("not_reachable", detail, "tell them by another way, then choose another route or operation")


def next_reference(device: Device, code: str) -> str:
    """Give this party's next free reference of this year, as far as its own lanes show."""
    year = datetime.fromtimestamp(time.time(), UTC).year
    start = f"PN-{code}-{device.uri.party.upper()}-{year}-"
    taken = [int(known.removeprefix(start)[:6]) for known in read_board(device).said if known.startswith(start)]
    return make_reference(code, device.uri.party, year, max(taken, default=0) + 1)
