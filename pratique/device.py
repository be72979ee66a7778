"""One device of a Member: the façade that commands and gateways use; every public act of the SDK is a method here."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, Literal

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique import enrolment
from pratique.account import Account
from pratique.channels import Channels
from pratique.contents.sealed_file import SealedFile
from pratique.contents.title import Title
from pratique.directory import LocalDirectory
from pratique.doctor import examine
from pratique.documents import open_file, seal_file
from pratique.errors import StoreRefused
from pratique.following import Follower
from pratique.groups.engine_host import Engine
from pratique.groups.stock import KeyPackageStock
from pratique.http import Http, field
from pratique.invitations import InvitationTicket
from pratique.keystore import Unlock
from pratique.opened import ChannelState, Check, Notice, OpenedEntry, Operation, Posted, Sent, SyncReport
from pratique.operations import Operations
from pratique.posting import Poster
from pratique.posts import MOST_DRAFTS
from pratique.reading import opened_entries, state_of
from pratique.store.file import Store
from pratique.store.outbox import Posting
from pratique.store.trust import Trust
from pratique.syncing import Syncer
from pratique.watching import Watch
from pratique.wire.bodies import OperationTerms
from pratique.wire.entries import Urgency
from pratique.wire.identity import DeviceUri

__all__ = ["Device", "Posting", "Unlock"]


class Device:
    """A device's own view of its deployment. One per store folder; several processes may open one folder."""

    def __init__(
        self, store: Store, transport: httpx2.AsyncBaseTransport | None = None, engine: Engine | None = None
    ) -> None:
        """Take an open store; `engine` may be shared by the devices of one process and is then closed by its owner."""
        uri, server, self._root = store.fact("uri"), store.fact("server"), store.fact("root")
        if uri is None or server is None or self._root is None:
            raise StoreRefused("store_damaged", f"{store.file} does not say whose it is")
        self.uri = DeviceUri.parse(uri.decode())
        self._store = store
        self._own_engine = engine is None
        self._engine = engine or Engine()
        key = Ed25519PrivateKey.from_private_bytes(store.secret("device key"))
        self._http = Http(server.decode(), transport)
        self._account = Account(self._http, self.uri, key)
        self._directory = LocalDirectory(store, self._root)
        self._follower = Follower(store, self._account, self._engine, self._directory)
        self._stock = KeyPackageStock(store, self._account, self._engine, self._follower.keys)
        self._poster = Poster(self._follower)
        self._channels = Channels(self._follower, self._poster, self._stock)
        self._operations = Operations(self._follower)
        self._syncer = Syncer(self._follower, self._channels)

    @classmethod
    async def open(
        cls,
        folder: Path,
        unlock: Unlock | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        engine: Engine | None = None,
    ) -> Device:
        """Open an existing store; raises `StoreRefused`."""
        return cls(Store.open(folder, unlock), transport, engine)

    @classmethod
    async def begin_enrolment(
        cls,
        folder: Path,
        server_url: str,
        ticket: InvitationTicket,
        device_name: str,
        unlock: Unlock | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        engine: Engine | None = None,
    ) -> tuple[Device, str]:
        """Make the store and the device key, ask to be enrolled; give the fingerprint to read to the approver."""
        http = Http(server_url, transport)
        try:
            store, fingerprint = await enrolment.begin(http, folder, ticket, device_name, unlock)
        finally:
            if transport is None:
                await http.aclose()
        return cls(store, transport, engine), fingerprint

    async def finish_enrolment(self) -> bool:
        """Fetch and verify the certificate, upload key packages; False while no officer has approved."""
        if self._store.fact("enrolled") is None:
            if not await enrolment.finish(self._http, self._store, self.uri, self._account.key):
                return False
            self._directory.reload()
        await self._stock.refill(self._follower.now_ms())
        return True

    async def renew(self) -> bool:
        """Fetch a newer certificate of this device; False where its officer has signed none."""
        before = len(Trust(self._store).certificates(str(self.uri)))
        await self._directory.fetch_office(self._account, self.uri.office_id)
        return len(Trust(self._store).certificates(str(self.uri))) > before

    async def sign_in(self) -> None:
        """Sign in now; every call does it by itself when needed."""
        await self._account.sign_in()

    async def aclose(self) -> None:
        """Close connections, engine and store."""
        await self._http.aclose()
        if self._own_engine:
            await self._engine.aclose()
        self._store.close()

    async def sync(self, log: bytes | None = None) -> SyncReport:
        """Catch up one channel or all of them: join, add and remove devices as the fold asks, refill key packages.

        What an earlier run left unsent is sent first. A channel that cannot be followed is reported, the others go on.
        """
        return await self._syncer.sync(log)

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
        charter = self._channels.charter(operation, "channel", history, retention_s)
        channel = await self._channels.create(charter, offices)
        await self.post(channel, Title.TYPE, Title(title=title).write())
        return channel

    async def lane(self, operation: bytes, parties: Sequence[str]) -> bytes:
        """Give the lane of exactly these parties (and the operation's companions); first use makes it.

        Takes   parties: this device's own is added; where it is the only one, the lane is its own, without companions
        """
        terms = (await self._operations.one(operation)).terms
        return await self._channels.lane(operation, terms, parties)

    async def post(self, channel: bytes, type: str, body: bytes, urgency: Urgency = Urgency.ROUTINE) -> Posted:
        """Seal and post one content; it is saved on both sides when this returns.

        Raises  ChannelStopped, SealRefused("content_too_large"), Problem; Unreachable: it is sent by the next sync
        """
        return (await self._poster.post(channel, [(type, body)], urgency))[0]

    async def post_all(self, postings: Sequence[Posting]) -> list[Sent]:
        """Post to several channels: all posts are kept in one transaction before the first leaves, then sent in order.

        Gives   per posting the places of its contents in order, and the numbers of its reminders
        Raises  Unreachable: what is not sent is sent by the next sync. ChannelStopped, SealRefused, Problem: what came
                before the refused posting is sent, that one and what comes after it are not
        """
        return await self._poster.post_all(postings)

    async def post_many(
        self, channel: bytes, contents: Sequence[tuple[str, bytes]], urgency: Urgency = Urgency.ROUTINE
    ) -> list[Posted]:
        """Seal and post many contents in order, 64 in one request; each request stands or falls by itself."""
        posted: list[Posted] = []
        for start in range(0, len(contents), MOST_DRAFTS):
            posted += await self._poster.post(channel, contents[start : start + MOST_DRAFTS], urgency)
        return posted

    async def put_file(self, channel: bytes, data: bytes, name: str, type: str) -> dict[str, Any]:
        """Seal a file beside a channel; give the fields of the `SealedFile` that a content then carries.

        Raises  SealRefused; Problem("blob_refused"); Unreachable: the same file again is sealed anew
        """
        said, segments = seal_file(data, name, type)
        for digest, segment in zip(said["segments"], segments, strict=True):
            await self._account.call("PUT", _blob(channel, digest), segment, media="application/octet-stream")
        return said

    async def get_file(self, channel: bytes, file: SealedFile) -> bytes:
        """Fetch and open a file of a channel; raises `SealRefused`, `Problem`, `Unreachable`."""

        async def fetch(digest: str) -> bytes:
            return (await self._account.call("GET", _blob(channel, digest))).content

        return await open_file(file, fetch)

    def opened(self, channel: bytes, after: int = 0) -> Iterator[OpenedEntry]:
        """Yield what the store holds of a channel, in order; reads no network."""
        return opened_entries(self._follower.logs, channel, after)

    async def cursors(self, channel: bytes) -> dict[str, int]:
        """Give how far each device has read a channel, as the server keeps it: what "delivered" means."""
        told = (await self._account.call("GET", f"/v1/channels/{channel.hex()}")).get("cursors", list)
        return {field(one, "device", str): field(one, "seq", int) for one in told}

    def unsent(self) -> int:
        """Count the posts that are kept here and not known to be saved by the server; reads no network."""
        return len(self._follower.outbox.waiting())

    def channels(self) -> list[ChannelState]:
        """List the channels that the store knows; reads no network."""
        now_ms, logs = self._follower.now_ms(), self._follower.logs
        return [state_of(logs.load(log), str(self.uri), now_ms) for log in logs.ids()]

    async def watch(self, logs: Iterable[bytes] | None = None) -> AsyncGenerator[OpenedEntry | Notice]:
        """Yield entries as they come, after what the store has; reconnects by itself, ends when cancelled."""
        run = Watch(self._follower, self._channels, self.opened, logs)
        async with aclosing(run.run((await self._syncer.listed()).ids())) as entries:
            async for one in entries:
                yield one

    async def change_seats(self, channel: bytes, seat: Sequence[str] = (), unseat: Sequence[str] = ()) -> None:
        """Seat and unseat offices by a signed roster statement; then add and remove their devices."""
        await self._channels.change_seats(channel, seat, unseat)
        await self._channels.tend(channel, SyncReport())

    async def update_leaf(self, channel: bytes) -> bool:
        """Give this device's leaf a fresh path, as `sync` does weekly; False where another commit came first."""
        await self._follower.follow(channel)
        return await self._poster.commit(channel)

    async def rejoin(self, channel: bytes) -> None:
        """Ask to be removed and added anew, where this device lost its state of a channel."""
        await self._channels.rejoin(channel)

    async def operations(self, *, stored: bool = False) -> list[Operation]:
        """List the operations in which this device's party takes part, verified.

        Takes   stored: only those of the channels in the store, by the terms it holds; the server is not asked
        """
        if not stored:
            return await self._operations.all()
        known = {bytes.fromhex(state.charter.operation) for state in self.channels()}
        return [await self._operations.stored(operation) for operation in sorted(known)]

    async def found_operation(self, terms: OperationTerms) -> Operation:
        """Found an operation (a device of an OCU party only); terms.number is 1."""
        return await self._operations.found(terms)

    async def amend_operation(self, operation: bytes, terms: OperationTerms) -> Operation:
        """State new terms; terms.number is one more than the newest."""
        return await self._operations.amend(operation, terms)

    async def doctor(self) -> list[Check]:
        """Look at store, server, clock, chain, engine, key packages and channels."""
        return await examine(self._follower, self._stock, self.channels())


def _blob(channel: bytes, digest: str) -> str:
    return f"/v1/channels/{channel.hex()}/blobs/{digest}"
