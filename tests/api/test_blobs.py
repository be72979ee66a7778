"""Sealed bytes by their digest: kept once, given to the seated, refused where they are not what they claim."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from app.api.headers import GUARDING
from app.db import Database
from app.delivery import blobs
from app.delivery.blobs import MAX_BYTES
from app.errors import BlobRefused
from pratique.errors import Problem
from tests.world import World, world

MEDIA = "application/octet-stream"


def address(channel: bytes, data: bytes) -> str:
    return f"/v1/channels/{channel.hex()}/blobs/{hashlib.sha256(data).hexdigest()}"


async def refused(w: World, channel: bytes, path: str, data: bytes, media: str = MEDIA) -> Problem:
    device = next(one for one in w.devices if one.uri.party == "be")
    with pytest.raises(Problem) as told:
        await device._account.call("PUT", path, data, media=media)
    return told.value


async def test_bytes_are_kept_once_and_come_back(tmp_path: Path, database_url: str) -> None:
    async with world(tmp_path, database_url) as w:
        room = await w.make_channel(2)
        be, ae = room.devices
        data = os.urandom(MAX_BYTES)
        path = address(room.channel, data)
        put = await asyncio.gather(*(one._account.call("PUT", path, data, media=MEDIA) for one in (be, be, ae)))
        assert sorted(answer.status for answer in put) == [201, 204, 204]
        got = await ae._account.call("GET", path)
        assert got.content == data
        assert all(got.headers[name.decode()] == text.decode() for name, text in GUARDING)
        with pytest.raises(Problem) as absent:
            await ae._account.call("GET", address(room.channel, b"other"))
        assert absent.value.code == "not_found"


async def test_what_is_not_what_it_claims_is_refused(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(2)
        good = b"sealed"
        path = address(room.channel, good)
        assert (await refused(w, room.channel, path, b"Sealed")).facts["reason"] == "digest_differs"
        assert (await refused(w, room.channel, address(room.channel, b""), b"")).facts["reason"] == "empty"
        large = bytes(MAX_BYTES + 1)
        assert (await refused(w, room.channel, address(room.channel, large), large)).facts["reason"] == "too_large"
        assert (await refused(w, room.channel, path, bytes(1 << 20) + b"1")).code == "body_too_large"
        assert (await refused(w, room.channel, path, good, "text/html")).code == "unsupported_media_type"
        with pytest.raises(Problem):
            await room.devices[0]._account.call("GET", path)


async def test_a_party_has_a_share(tmp_path: Path, sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRATIQUE_BLOB_BYTES_PER_PARTY", "1000")
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(2)
        be, ae = room.devices
        first, second = bytes(600), bytes(500)
        await be._account.call("PUT", address(room.channel, first), first, media=MEDIA)
        assert (await refused(w, room.channel, address(room.channel, second), second)).facts["reason"] == "share_used"
        again = await be._account.call("PUT", address(room.channel, first), first, media=MEDIA)
        assert again.status == 204
        # Another party has a share of its own.
        assert (await ae._account.call("PUT", address(room.channel, second), second, media=MEDIA)).status == 201


@pytest.mark.postgres
async def test_a_share_holds_against_two_devices_at_once(tmp_path: Path, postgres_database_url: str) -> None:
    async with world(tmp_path, postgres_database_url) as w:
        room = await w.make_channel(2)
        be = room.devices[0]
        other = await w.device("be")
        pieces = [bytes([number]) * 300 for number in range(10)]

        database = Database(postgres_database_url)

        async def put(number: int, data: bytes) -> bool:
            uri, digest = (be, other)[number % 2].uri, hashlib.sha256(data).digest()
            try:
                return await blobs.put(database, uri, room.channel, digest, data, 1000)
            except BlobRefused as problem:
                assert problem.facts["reason"] == "share_used"
                return False

        kept = await asyncio.gather(*(put(number, data) for number, data in enumerate(pieces)))
        assert kept.count(True) == 3
        await database.close()
