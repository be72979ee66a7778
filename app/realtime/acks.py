"""Gather acknowledgements and save them together: a lost one costs the client a second look, nothing more."""

from __future__ import annotations

import asyncio

import structlog

from app.db import Database
from app.delivery import channels
from app.errors import NotFound
from pratique.wire.identity import DeviceUri

logger = structlog.get_logger(__name__)
EVERY_S = 1.0


class Acks:
    """How far devices say they are, until it is saved."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._told: dict[tuple[DeviceUri, bytes], int] = {}
        self._task: asyncio.Task[None] | None = None

    def tell(self, device: DeviceUri, log_id: bytes, seq: int) -> None:
        """Note that a device has everything up to a number."""
        self._told[device, log_id] = max(seq, self._told.get((device, log_id), 0))

    async def start(self) -> None:
        """Begin to save every second."""
        self._task = asyncio.create_task(self._run(), name="acks")

    async def stop(self) -> None:
        """Save what was told and end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.save()

    async def save(self) -> None:
        """Save what was told since the last time."""
        told, self._told = self._told, {}
        if not told:
            return
        try:
            async with self._database.transaction() as tx:
                # In one order everywhere, so that two processes never wait for each other in a ring.
                for (device, log_id), seq in sorted(told.items(), key=lambda one: (one[0][1], str(one[0][0]))):
                    try:
                        await channels.set_cursor(tx, device, log_id, seq)
                    except NotFound:
                        continue
        except Exception as failure:  # the next ones are due in a second
            logger.warning("acknowledgements were not saved", fault=type(failure).__name__, count=len(told))

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            await self.save()
