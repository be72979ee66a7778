"""One device of a Member: the façade that commands and gateways use; every public act of the SDK is a method here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import httpx2

from pratique.invitations import InvitationTicket
from pratique.opened import ChannelState, Check, Notice, OpenedEntry, Operation, Posted, SyncReport
from pratique.wire.bodies import OperationTerms
from pratique.wire.entries import Urgency
from pratique.wire.identity import DeviceUri

# Gives the passphrase of a store or of a key file; asked only when the key is in no keyring.
Unlock = Callable[[], bytes]


class Device:
    """A device's own view of its deployment. One per store folder; several processes may open one folder."""

    uri: DeviceUri

    @classmethod
    async def open(
        cls, folder: Path, unlock: Unlock | None = None, transport: httpx2.AsyncBaseTransport | None = None
    ) -> Device:
        """Open an existing store."""
        raise NotImplementedError

    @classmethod
    async def begin_enrolment(
        cls,
        folder: Path,
        server_url: str,
        ticket: InvitationTicket,
        device_name: str,
        unlock: Unlock | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> tuple[Device, str]:
        """Make the store and the device key, ask to be enrolled; give the fingerprint to read to the approver."""
        raise NotImplementedError

    async def finish_enrolment(self) -> bool:
        """Fetch and verify the certificate, upload key packages; False while no officer has approved."""
        raise NotImplementedError

    async def renew(self) -> bool:
        """Fetch a newer certificate of this device, if its officer has signed one."""
        raise NotImplementedError

    async def sign_in(self) -> None:
        """Sign in now; every call does it by itself when needed."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """Close connections, engine and store."""
        raise NotImplementedError

    async def sync(self, log: bytes | None = None) -> SyncReport:
        """Catch up one channel or all of them: join, add and remove devices as the fold asks, refill key packages."""
        raise NotImplementedError

    async def create_channel(
        self,
        operation: bytes,
        *,
        title: str,
        offices: Sequence[str],
        history: Literal["full", "from_join"] = "full",
        retention_s: int = 0,
    ) -> bytes:
        """Found a channel owned by this device's office and seat others; the title is its first sealed content."""
        raise NotImplementedError

    async def lane(self, operation: bytes, parties: Sequence[str]) -> bytes:
        """Give the lane of exactly these parties (and the operation's companions); first use makes it."""
        raise NotImplementedError

    async def post(self, channel: bytes, type: str, body: bytes, urgency: Urgency = Urgency.ROUTINE) -> Posted:
        """Seal and post one content; it is saved on both sides when this returns."""
        raise NotImplementedError

    async def post_many(
        self, channel: bytes, contents: Sequence[tuple[str, bytes]], urgency: Urgency = Urgency.ROUTINE
    ) -> list[Posted]:
        """Seal and post many contents, up to 64 in one request."""
        raise NotImplementedError

    def opened(self, channel: bytes, after: int = 0) -> Iterator[OpenedEntry]:
        """Yield what the store holds of a channel, in order; reads no network."""
        raise NotImplementedError

    def channels(self) -> list[ChannelState]:
        """List the channels that the store knows; reads no network."""
        raise NotImplementedError

    def watch(self, logs: Iterable[bytes] | None = None) -> AsyncIterator[OpenedEntry | Notice]:
        """Yield entries as they come, after what the store has; reconnects by itself, ends when cancelled."""
        raise NotImplementedError

    async def change_seats(self, channel: bytes, seat: Sequence[str] = (), unseat: Sequence[str] = ()) -> None:
        """Seat and unseat offices by a signed roster statement; then add and remove their devices."""
        raise NotImplementedError

    async def rejoin(self, channel: bytes) -> None:
        """Ask to be removed and added anew, where this device lost its state of a channel."""
        raise NotImplementedError

    async def operations(self) -> list[Operation]:
        """List the operations in which this device's party takes part, verified."""
        raise NotImplementedError

    async def found_operation(self, terms: OperationTerms) -> Operation:
        """Found an operation (a device of an OCU party only); terms.number is 1."""
        raise NotImplementedError

    async def amend_operation(self, operation: bytes, terms: OperationTerms) -> Operation:
        """State new terms; terms.number is one more than the newest."""
        raise NotImplementedError

    async def doctor(self) -> list[Check]:
        """Look at store, server, clock, chain, engine, key packages and channels."""
        raise NotImplementedError
