"""Find what a person means: an operation by its code, a channel by its title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pratique.errors import PratiqueError
from pratique.reading import newest_title

if TYPE_CHECKING:
    from pratique.device import Device
    from pratique.opened import ChannelState, Operation

LEAST_ID_CHARACTERS = 6


async def find_operation(device: Device, name: str, *, offline: bool = False) -> Operation:
    """Give the operation with this code, or whose id begins so."""
    operations = await device.operations(stored=offline)
    found = [one for one in operations if one.terms.code == name or _begins(one.id, name)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(sorted(one.terms.code for one in operations)) or "none"
    what = "several operations are called" if found else "no operation is called"
    raise PratiqueError("no_operation", f"{what} {name}", f"this device's operations: {known}")


def titles(device: Device) -> dict[bytes, str]:
    """Give the title of each channel; a lane is called by its parties."""
    return {state.id: channel_title(device, state) for state in device.channels()}


def channel_title(device: Device, state: ChannelState) -> str:
    """Give a channel's newest title."""
    if state.charter.purpose == "lane":
        return "lane " + " ".join(party.upper() for party in state.charter.parties)
    newest = newest_title(device.opened(state.id))
    return "" if newest is None else newest.title


def find_channel(device: Device, name: str) -> bytes:
    """Give the channel with this title, or whose id begins so."""
    known = titles(device)
    found = [channel for channel, title in known.items() if title == name or _begins(channel, name)]
    if len(found) == 1:
        return found[0]
    what = "several channels are called" if found else "no channel is called"
    raise PratiqueError("no_channel", f"{what} {name!r}", "pratique channel list shows titles and ids")


def _begins(digest: bytes, text: str) -> bool:
    return len(text) >= LEAST_ID_CHARACTERS and digest.hex().startswith(text.lower())
