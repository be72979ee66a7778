"""Build the server's rooms below the edge on a real database, with real certificates, commits and key packages."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from app import log
from app.access import readable
from app.clock import now_ms
from app.db import Database
from app.delivery import key_packages
from app.delivery.framing import PostBody
from app.delivery.groups import PublicState, group_info
from app.delivery.judge import Judge
from app.delivery.post import post
from app.delivery.revocations import revoke
from app.delivery.writer import Writer
from app.directory import devices, operations
from app.directory.parties import Parties as Listed
from app.log import LogKind
from pratique.groups.committing import Base, Signer, stage_channel, stage_commit
from pratique.groups.engine_host import Engine
from pratique.sealing import EpochKey
from pratique.store.outbox import Outgoing
from pratique.wire import strict_json
from pratique.wire.bodies import Charter, OperationTerms, Participant, Revocation, Roster, SeatChange
from pratique.wire.entries import Draft, Entry, Kind, Seen, Urgency, inbox_id, next_chain
from pratique.wire.membership import Membership, advance, found
from pratique.wire.statements import Statement, sign
from tests.faults.parties import DAY_MS, Device, Parties

Answered = list[tuple[bytes, int]]


def decode(body: bytes) -> PostBody:
    """Read a post's body as the edge does."""
    told = json.loads(body)
    blobs = {
        name: base64.b64decode(told[name])
        for name in ("group_info", "ratchet_tree", "first_ratchet_tree")
        if name in told
    }
    drafts = tuple(
        Draft(
            Kind.from_word(one["kind"]),
            base64.b64decode(one["data_base64"]),
            one["epoch"],
            Urgency.from_word(one["urgency"]),
            tuple(one.get("to", ())),
        )
        for one in told["drafts"]
    )
    return PostBody(UUID(told["post_id"]), drafts, **blobs)


@dataclass
class Channel:
    """A founded channel as its founder knows it."""

    id: bytes
    charter: Statement
    full: bool
    head: bytes
    state: bytes
    epoch: EpochKey
    seen: Seen

    def base(self) -> Base:
        """Give what the founder's next commit stands on."""
        return Base(self.id, self.charter.raw, self.full, self.state, self.epoch, self.seen, self.head)


@dataclass
class Room:
    """One server process below its edge."""

    database: Database
    certified: Parties
    parties: Listed
    writer: Writer
    woken: list[frozenset[bytes]] = field(default_factory=list)

    async def enrol(self, party: str, office: str = "ncp") -> Device:
        """Certify and activate a device, with its inbox."""
        device = self.certified.enrol(party, office)
        async with self.database.transaction() as tx:
            known = await self.parties.newest(tx)
            await devices.activate(tx, known.verify_device(device.certificate, now_ms()))
            await log.lock(tx, (), {inbox_id(str(device.uri)): LogKind.INBOX})
        return device

    async def stock(self, device: Device, engine: Engine, count: int = 1) -> list[bytes]:
        """Make key packages of a device and bring them to its stock."""
        made = [(await device.key_package(engine)).key_package for _ in range(count)]
        await self.bring(device, made)
        return made

    async def bring(self, device: Device, made: Sequence[bytes], last_resort: bytes | None = None) -> int:
        """Bring key packages to a device's stock; gives how many are there."""
        async with self.database.transaction() as tx:
            return await key_packages.store(tx, device.uri, made, last_resort)

    async def claim(self, device: Device, channel: bytes | None, of: Sequence[Device]) -> list[bytes]:
        """Claim a key package of each device."""
        async with self.database.transaction() as tx:
            claimed = await key_packages.claim(tx, device.uri, channel, [str(one.uri) for one in of])
        return [package for _, package in claimed if package is not None]

    async def operation(self, coordinator: Device, parties: Sequence[str], companions: Sequence[str] = ()) -> bytes:
        """Found an operation."""
        terms = OperationTerms(
            number=1,
            code="STOP-III",
            from_ms=now_ms(),
            until_ms=now_ms() + DAY_MS,
            phase="active",
            participants=tuple(Participant(party=party, roles=("observer",)) for party in parties),
            lane_companions=tuple(companions),
            nonce=secrets.token_hex(16),
        )
        statement = sign(terms, signer=str(coordinator.uri), key=coordinator.key)
        await operations.found(self.database, self.parties, coordinator.uri, uuid4(), statement.raw)
        return statement.digest

    async def stage(
        self,
        engine: Engine,
        founder: Device,
        operation: bytes,
        others: Sequence[Device] = (),
        *,
        lane: Sequence[str] = (),
        history: str = "full",
        seat: Sequence[str] = (),
    ) -> tuple[Outgoing, Statement, bytes]:
        """Stage the founding of a channel with a leaf for every device given; gives the post, charter, roster head."""
        charter = sign(
            Charter(
                operation=operation.hex(),
                purpose="lane" if lane else "channel",
                owners=(founder.uri.office_id,),
                parties=tuple(sorted(lane)),
                history=history,  # type: ignore[arg-type]
                retention_s=0,
                nonce=secrets.token_hex(16),
            ),
            signer=str(founder.uri),
            key=founder.key,
        )
        offices = sorted({other.uri.office_id for other in others} | {*seat} - {founder.uri.office_id})
        offices = [office for office in offices if office != founder.uri.office_id]
        roster = seats(charter.digest, founder, charter.digest, 1, **dict.fromkeys(offices, True)) if offices else None
        adds = await self.claim(founder, None, others) if others else []
        own = await founder.key_package(engine)
        signer = Signer(str(founder.uri), founder.key)
        outgoing = await stage_channel(engine, signer, charter, roster, own, adds, full=history == "full")
        return outgoing, charter, roster.digest if roster else charter.digest

    async def found(
        self, engine: Engine, founder: Device, operation: bytes, others: Sequence[Device] = (), **more: object
    ) -> Channel:
        """Found a channel with a leaf for every device given, each of which joins."""
        outgoing, charter, head = await self.stage(engine, founder, operation, others, **more)  # type: ignore[arg-type]
        await self.post(founder, None, outgoing.body)
        founder.state = outgoing.staged[-1].state
        epoch = await engine.epoch(founder.state)
        key = EpochKey(epoch.number, epoch.key, epoch.authenticator)
        full = more.get("history", "full") == "full"
        return Channel(charter.digest, charter, full, head, founder.state, key, Seen(0, charter.digest))

    async def post(self, device: Device, channel: bytes | None, body: bytes) -> Answered:
        """Post exact bytes."""
        answer = await post(self.writer, device.uri, channel, decode(body), hashlib.sha256(body).digest())
        return [(bytes.fromhex(one["log"]), one["seq"]) for one in json.loads(answer.body)["entries"]]

    async def commit(
        self,
        engine: Engine,
        channel: Channel,
        founder: Device,
        *,
        adds: Sequence[bytes] = (),
        removes: Sequence[int] = (),
    ) -> Answered:
        """Post a commit of the founder's and move on to its epoch."""
        outgoing = await self.staged(engine, channel, founder, adds=adds, removes=removes)
        answered = await self.post(founder, channel.id, outgoing.body)
        channel.state = outgoing.staged[-1].state
        epoch = await engine.epoch(channel.state)
        channel.epoch = EpochKey(epoch.number, epoch.key, epoch.authenticator)
        return answered

    async def staged(
        self,
        engine: Engine,
        channel: Channel,
        founder: Device,
        *,
        adds: Sequence[bytes] = (),
        removes: Sequence[int] = (),
    ) -> Outgoing:
        """Stage a commit of the founder's."""
        signer = Signer(str(founder.uri), founder.key)
        return await stage_commit(engine, channel.base(), signer, adds=adds, removes=removes)

    async def revoke(self, device: Device) -> list[bytes]:
        """Revoke a device by its own party; gives the channels that carry it."""
        body = Revocation(device=str(device.uri), reason="lost", at_ms=now_ms())
        return await self.revoke_by(sign(body, signer=device.uri.host, key=self.certified.keys[device.uri.party]))

    async def revoke_by(self, statement: Statement) -> list[bytes]:
        """Revoke by any statement."""
        return await revoke(self.database, self.parties, statement.raw)

    async def inbox(self, device: Device) -> list[Entry]:
        """Read a device's inbox."""
        return await self.read(inbox_id(str(device.uri)))

    async def read(self, log_id: bytes, after: int = 0, limit: int = 500) -> list[Entry]:
        """Read a log without asking who may."""
        async with self.database.read() as tx:
            return await log.read(tx, log_id, after, limit)

    async def state(self, device: Device, channel: bytes, epoch: int) -> PublicState:
        """Fetch GroupInfo and tree of an epoch."""
        async with self.database.read() as tx:
            return await group_info(tx, device.uri, channel, epoch)

    async def chain(self, log_id: bytes) -> bytes:
        """Work out the chain over a whole log."""
        chain = log_id
        for entry in await self.read(log_id):
            chain = next_chain(chain, entry.seq, entry.digest())
        return chain

    async def fold(self, channel: bytes) -> Membership:
        """Fold a channel's log from its first entry, as every client does."""
        first, *rest = await self.read(channel)
        member = found(first, self.certified)
        for entry in rest:
            member = advance(member, entry, self.certified)
        return member

    async def may_read(self, device: Device, log_id: bytes) -> int:
        """Ask the door; gives `since`."""
        async with self.database.read() as tx:
            return (await readable(tx, device.uri, log_id)).since


def sealed(epoch: int, count: int = 1, *, size: int = 300, post_id: UUID | None = None) -> bytes:
    """Write the body of a post of sealed entries; the server cannot see that nothing is in them."""
    one = {"kind": "application", "epoch": epoch, "urgency": "routine"}
    drafts = [one | {"data_base64": base64.b64encode(secrets.token_bytes(size)).decode()} for _ in range(count)]
    return strict_json.dumps({"post_id": str(post_id or uuid4()), "drafts": drafts})


def stated(statement: Statement) -> bytes:
    """Write the body of a post of one roster statement."""
    data = base64.b64encode(statement.raw).decode()
    draft = {"kind": "roster", "epoch": 0, "urgency": "routine", "data_base64": data}
    return strict_json.dumps({"post_id": str(uuid4()), "drafts": [draft]})


def seats(channel: bytes, signer: Device, follows: bytes, number: int, **changes: bool) -> Statement:
    """Sign a roster statement: office → seated."""
    body = Roster(
        channel=channel.hex(),
        number=number,
        changes=tuple(SeatChange(office=office, seated=seated) for office, seated in changes.items()),
    )
    return sign(body, signer=str(signer.uri), key=signer.key, follows=follows, seen=Seen(0, channel))


@asynccontextmanager
async def server(url: str, certified: Parties | None = None, clock: Callable[[], int] = now_ms) -> AsyncIterator[Room]:
    """Run one server process below its edge; with `certified` on a database where another one runs already."""
    first = certified is None
    certified = certified or Parties()
    woken: list[frozenset[bytes]] = []
    database = Database(url, wake=woken.append, now_ms=clock)
    listed = Listed(certified.root)
    writer = Writer(database, Judge(listed))
    await writer.start()
    try:
        if first:
            await listed.add(database, certified.list.raw)
        yield Room(database, certified, listed, writer, woken)
    finally:
        await writer.stop()
        await database.close()
