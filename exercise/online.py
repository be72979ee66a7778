"""Keep one device of each party online, and let browsers in: the newcomer's channels open within a second or two.

`python -m exercise.online FOLDER`: one JSON line with a fresh link for each party's officer, then one for each browser
that was approved; ends with SIGINT. In a real operation a person compares the fingerprint before approving.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from exercise.founding import Party, Places, enrolled
from pratique.authority import PartyOfficer
from pratique.cli.passphrase import unlock
from pratique.device import Device
from pratique.errors import PratiqueError
from pratique.groups.engine_host import Engine
from pratique.opened import OpenedEntry
from pratique.wire.entries import Kind

ASK_EVERY_S = 1.0
AGAIN_AFTER_S = 3.0
LINK_LIVES_S = 7 * 86_400


async def stay(device: Device, moved: asyncio.Event) -> None:
    """Follow a device's channels for ever; what comes is taken, and newcomers get their leaves.

    Gives   moved: set whenever somebody came or went
    """
    while True:
        try:
            async for one in device.watch():
                if isinstance(one, OpenedEntry) and one.kind in (Kind.COMMIT, Kind.ROSTER):
                    moved.set()
        except PratiqueError as error:
            print(f"{device.uri}: {error}", file=sys.stderr, flush=True)
            await asyncio.sleep(AGAIN_AFTER_S)


async def tend(device: Device, moved: asyncio.Event) -> None:
    """Look at every channel when somebody came or went: a lane that a command of this device founded is not watched."""
    while True:
        await moved.wait()
        moved.clear()
        with suppress(PratiqueError):
            await device.sync()


async def let_in(file: Path, officer: PartyOfficer, invitation: bytes) -> None:
    """Approve the browser that uses an invitation, once it does."""
    while True:
        with suppress(PratiqueError):
            waiting = await officer.waiting(invitation)
            if waiting is not None:
                # Opened anew: a command may have written to the file meanwhile.
                device = await _officer(file).approve(invitation, waiting.fingerprint)
                tell(approved=device, party=officer.party, fingerprint=waiting.fingerprint)
                return
        await asyncio.sleep(ASK_EVERY_S)


def tell(**facts: object) -> None:
    """Print one line for whoever started this."""
    print(json.dumps(facts), flush=True)


def _officer(file: Path) -> PartyOfficer:
    return PartyOfficer.open(file, unlock(file, None))


async def _stay_all(places: Places, parties: Sequence[Party]) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as opened:
        engine = Engine()
        opened.push_async_callback(engine.aclose)
        devices, invited = [], []
        for party in parties:
            store, file = places.store(party.label), places.authority(party.label)
            devices.append(await Device.open(store, unlock(store, None), engine=engine))
            opened.push_async_callback(devices[-1].aclose)
            officer = _officer(file)
            invited.append((file, officer, await officer.invite("ncp", party.person, LINK_LIVES_S)))
        async with asyncio.TaskGroup() as running:
            tasks = []
            for device in devices:
                moved = asyncio.Event()
                tasks += [running.create_task(act(device, moved)) for act in (stay, tend)]
            tasks += [running.create_task(let_in(file, officer, ticket.id)) for file, officer, ticket in invited]
            tell(tickets={officer.party: ticket.text() for _, officer, ticket in invited})
            await stopping.wait()
            for task in tasks:
                task.cancel()


def main() -> None:
    """Stay online for every party that has a store in the folder."""
    places = Places(Path(sys.argv[1]))
    asyncio.run(_stay_all(places, enrolled(places)))


if __name__ == "__main__":
    main()
