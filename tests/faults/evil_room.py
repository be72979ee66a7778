"""Set a room of real devices behind an evil server, and give one of them to it as an insider."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.engine import make_url

from exercise.canary import search
from pratique.device import Device
from pratique.errors import Problem
from pratique.groups.committing import base_of, stage_commit
from pratique.sealing import EpochKey
from pratique.store.outbox import Outgoing
from pratique.wire.entries import Entry, Kind, Seen, Urgency
from pratique.wire.identity import DeviceUri
from tests.evil_server import EvilServer, Forge, Shown
from tests.world import DEPLOYMENT, Room, World, marks_of, now_ms, unlock, world

# What was said in the rooms of the running test, for the search of what it printed and logged.
SPOKEN: set[str] = set()


@dataclass(frozen=True)
class EvilRoom:
    """A world whose devices all talk to the evil server, and a channel of theirs."""

    world: World
    room: Room
    evil: EvilServer

    @property
    def channel(self) -> bytes:
        return self.room.channel

    @contextlib.asynccontextmanager
    async def copy(self, device: Device) -> AsyncIterator[Device]:
        """Lend a copy of a device with a store of its own, so that what is done to it is done to nobody."""
        with tempfile.TemporaryDirectory(dir=self.world.folder) as folder:
            store = Path(folder) / "store"
            shutil.copytree(self.world.store_of(device), store)
            copied = await Device.open(store, unlock, engine=self.world.engine)
            try:
                yield copied
            finally:
                await copied.aclose()


@contextlib.asynccontextmanager
async def evil_room(
    folder: Path, database_url: str, devices: int = 3, history: Literal["full", "from_join"] = "full"
) -> AsyncIterator[EvilRoom]:
    """Found a channel of devices of BE, AE and KE, by an evil server that was honest so far."""
    async with world(folder, database_url) as made, EvilServer(made.url) as evil:
        made.url = evil.url
        room = await made.make_channel(devices, history=history)
        yield EvilRoom(made, room, evil)
        spoken = marks_of(made.devices)
        assert room.channel in spoken
        database = Path(make_url(database_url).database or "")
        stored = [(file.name, file.read_bytes()) for file in database.parent.glob(database.name + "*")]
        passed = [(f"{asked.method} {asked.path}", asked.body) for asked in evil.asked]
        # what is public is found there, so the search looks in the right place
        assert search({str(room.devices[0].uri)}, stored) and search({str(room.devices[0].uri)}, passed)
        assert search(spoken[room.channel], [*stored, *passed]) == []
        SPOKEN.update(spoken[room.channel])


def standing(device: Device, channel: bytes) -> tuple[object, ...]:
    """Give what must not move when a device is lied to: its MLS state and keys, who it believes is there."""
    position = device._follower.logs.load(channel)
    member = position.membership
    assert member is not None
    held = (device._follower.keys.epochs(channel, epoch) for epoch in range(member.epoch + 2))
    keys = [known for known in held if known]
    folded = replace(member, seq=0, at_ms=0)
    return position.state, position.state_epoch, keys, folded


@dataclass(frozen=True)
class Insider:
    """A device whose owner works with the operator: it makes genuine MLS commits of whatever is wished."""

    device: Device
    channel: bytes

    async def stage(
        self,
        adds: Sequence[bytes] = (),
        removes: Sequence[int] = (),
        old: EpochKey | None = None,
        seen: Seen | None = None,
    ) -> Outgoing:
        """Make a commit and all that goes with it, posted nowhere.

        Takes   old: the key that the link shall lead to; seen: what the commit shall say it has seen;
                the truth where they are not given
        """
        follower = self.device._follower
        position = follower.logs.load(self.channel)
        epoch = self.device._poster.current_key(position)
        charter = next(follower.logs.rows(self.channel, kinds=(Kind.CHARTER,))).entry.data
        base = base_of(position, charter, old or epoch)
        base = base if seen is None else replace(base, seen=seen)
        return await stage_commit(follower.engine, base, follower.signer, adds=adds, removes=removes)

    async def refusal(self, post: Outgoing) -> str:
        """Post it to the honest server; give the reason for which it is refused."""
        with pytest.raises(Problem) as refused:
            await self.device._account.call("POST", post.path, post.body)
        assert refused.value.status in (404, 409, 422)
        return str(refused.value.facts.get("reason", refused.value.code))

    def entries(self, post: Outgoing, after: Shown) -> list[Shown]:
        """Give the entries that the server would have made of a post, had it taken it."""
        assert isinstance(after, Entry)
        told = json.loads(post.body)
        drafts = [draft for draft in told["drafts"] if draft["kind"] != "welcome"]
        return [
            Entry(
                log=self.channel,
                seq=number,
                kind=Kind.from_word(draft["kind"]),
                device=str(self.device.uri),
                epoch=draft["epoch"],
                post_id=UUID(told["post_id"]),
                urgency=Urgency.ROUTINE,
                at_ms=max(after.at_ms, now_ms()),
                data=base64.b64decode(draft["data_base64"]),
            )
            for number, draft in enumerate(drafts, after.seq + 1)
        ]

    def taken(self, post: Outgoing) -> Forge:
        """Give the log as it would be had the server taken the post."""
        made: list[Shown] = []

        def forge(entries: list[Shown]) -> list[Shown]:
            if not made:
                made.extend(self.entries(post, entries[-1]))
            return [*entries, *made]

        return forge


async def key_package(device: Device, uri: str, key: Ed25519PrivateKey) -> bytes:
    """Make a key package under any name and key."""
    start = now_ms() // 1000 - 3600
    made = await device._follower.engine.key_package(
        uri, key.private_bytes_raw(), not_before=start, not_after=start + 28 * 86_400
    )
    return made.key_package


def ghost_uri(party: str) -> DeviceUri:
    """Name a device that nobody enrolled."""
    return DeviceUri(party, DEPLOYMENT, "ncp", "w.otieno", "9057")


def renumbered(entries: Sequence[Shown]) -> list[Shown]:
    """Give entries with gapless numbers and times that do not fall, as a clever operator would."""
    given: list[Shown] = []
    at_ms = 0
    for number, entry in enumerate(entries, 1):
        if isinstance(entry, Entry):
            at_ms = max(at_ms, entry.at_ms)
            entry = replace(entry, seq=number, at_ms=at_ms)
        given.append(entry)
    return given
