"""`pratique prenotify`: announce a consignment to the Members on its way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pratique.cli.exits import run
from pratique.cli.options import DEFAULT_STORE, Json, OperationName, PassphraseFile, Store
from pratique.cli.output import Speaker
from pratique.cli.urgency import UrgencyWord, as_urgency


def prenotify(
    file: Annotated[Path, typer.Argument(help="The consignment as JSON, as in examples/vaccine-consignment.json.")],
    operation: OperationName,
    reason: Annotated[
        list[str] | None,
        typer.Option(help='Why a finding stands, as "legs[0].awb=number copied from the paper"; repeat it.'),
    ] = None,
    check_only: Annotated[bool, typer.Option("--check", help="Only read and check the file; send nothing.")] = False,
    urgency: UrgencyWord = "priority",
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Send a pre-notification: everything to the destination, the transit view to the Members on the way."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.announcing import announce, read_shipment
        from pratique.cli.finding import find_operation
        from pratique.cli.opening import synced_device
        from pratique.contents.prenotification import route_parties

        shipment = read_shipment(file, reason or [])
        parties = route_parties(shipment.legs)
        if check_only:
            speaker.say(f"{file} can be sent: {' → '.join(party.upper() for party in parties)}")
            speaker.emit({"file": str(file), "parties": parties})
            return
        async with synced_device(speaker, store, passphrase_file) as device:
            found = await find_operation(device, operation)
            with speaker.working("opening the lanes, sealing and posting"):
                sent = await announce(device, found, shipment, as_urgency(urgency))
        speaker.say(f"{sent.reference} is sent")
        for lane in sent.lanes:
            what = "everything" if lane.part == "goods" else "legs, places, temperature, seals, product class"
            speaker.say(f"  {lane.part} lane  {' '.join(party.upper() for party in lane.parties):14}  reads {what}")
        speaker.emit(
            {
                "reference": sent.reference,
                "lanes": [
                    {"part": lane.part, "parties": lane.parties, "channel": lane.channel.hex(), "seq": lane.seq}
                    for lane in sent.lanes
                ],
            }
        )

    run(speaker, work())
