"""Open this device's store for the length of a command."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pratique.cli.passphrase import unlock

if TYPE_CHECKING:
    from pratique.cli.output import Speaker
    from pratique.device import Device


@asynccontextmanager
async def opened_device(store: Path, passphrase_file: Path | None) -> AsyncIterator[Device]:
    """Give the device of a store, and close it afterwards."""
    from pratique.device import Device

    device = await Device.open(store, unlock(store, passphrase_file))
    try:
        yield device
    finally:
        await device.aclose()


@asynccontextmanager
async def synced_device(
    speaker: Speaker, store: Path, passphrase_file: Path | None, *, offline: bool = False
) -> AsyncIterator[Device]:
    """Give the device of a store after it caught up with the server; what went wrong on the way is said."""
    async with opened_device(store, passphrase_file) as device:
        if not offline:
            with speaker.working("catching up with the server"):
                report = await device.sync()
            for problem in report.problems:
                speaker.note(f"warning: {problem}")
        yield device
