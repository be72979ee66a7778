"""Follow the directory's log and end the streams of devices that were revoked, on this process too."""

from __future__ import annotations

from app.realtime.endpoint import Streams
from app.realtime.hub import Batch, Hub
from pratique.wire.bodies import Revocation
from pratique.wire.entries import Kind
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement


class RevocationWatch:
    """One reader of the directory's log per process."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    async def start(self, hub: Hub, directory: bytes) -> None:
        """Watch from now on; who was revoked before finds no open door."""
        await hub.join(directory, self)

    def offer(self, batch: Batch) -> None:
        """Look for revocations among new lines."""
        for line in batch.lines:
            if line.entry.kind is Kind.ROSTER:
                self._end(line.entry.data)

    def _end(self, raw: bytes) -> None:
        try:
            statement = Statement.parse(raw)
            if statement.label == Revocation.LABEL:
                self._streams.close_device(statement.read(Revocation).device)
        except Refused:
            return  # the server appended it, so it was read before; another label of another version, perhaps
