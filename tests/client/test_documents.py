"""Files beside a channel: sealed, padded, opened and checked; an operator that changes a byte is caught."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from pratique.contents.sealed_file import SealedFile
from pratique.documents import SEGMENT_BYTES, open_file, padded_size, seal_file
from pratique.sealing import SealRefused
from tests.wire.vectors import FOLDER
from tests.world import stored, world


def sealed(data: bytes) -> tuple[SealedFile, dict[str, bytes]]:
    said, segments = seal_file(data, "seal.jpg", "image/jpeg")
    return SealedFile.check(said), dict(zip(said["segments"], segments, strict=True))


@pytest.mark.parametrize("size", [1, 2, 255, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 1_500_000])
async def test_a_file_comes_back(size: int) -> None:
    data = os.urandom(size)
    file, kept = sealed(data)

    async def fetch(digest: str) -> bytes:
        return kept[digest]

    assert await open_file(file, fetch) == data
    assert size <= padded_size(size) <= size * 1.12 + 1
    assert all(data[:32] not in segment for segment in kept.values()) or size < 32


async def test_the_vector_opens() -> None:
    vector = json.loads((FOLDER / "files.json").read_text(encoding="utf-8"))

    async def fetch(_digest: str) -> bytes:
        return base64.b64decode(vector["segments"][0])

    opened = await open_file(SealedFile.check(vector["file"]), fetch)
    assert hashlib.sha256(opened).hexdigest() == vector["data_sha256"]
    assert {size: padded_size(size) for size, _ in vector["sizes"]} == dict(vector["sizes"])


def test_sizes_are_padded_to_few() -> None:
    assert len({padded_size(size) for size in range(1 << 20, 2 << 20, 97)}) <= 33
    assert [padded_size(size) for size in (1, 2, 9, 1000, 1 << 20)] == [1, 2, 10, 1024, 1 << 20]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size_bytes": 999_999}, "malformed_file"),
        ({"sha256": "0" * 64}, "malformed_file"),
        ({"id": "0" * 32}, "cannot_open"),
        ({"key": "A" * 43 + "="}, "cannot_open"),
        ({"segments": "reversed"}, "cannot_open"),
        ({"segments": "shorter"}, "cannot_open"),
    ],
)
async def test_what_was_changed_is_not_believed(changes: dict[str, Any], code: str) -> None:
    file, kept = sealed(os.urandom(1_000_000))
    orders = {"reversed": file.segments[::-1], "shorter": file.segments[:1]}
    named = {name: orders.get(value, value) if name == "segments" else value for name, value in changes.items()}

    async def fetch(digest: str) -> bytes:
        return kept[digest]

    with pytest.raises(SealRefused) as told:
        await open_file(file.model_copy(update=named), fetch)
    assert told.value.code == code


async def test_a_changed_segment_is_named() -> None:
    file, _ = sealed(b"photo")

    async def fetch(_digest: str) -> bytes:
        return b"other bytes"

    with pytest.raises(SealRefused) as told:
        await open_file(file, fetch)
    assert told.value.code == "segment_differs"


async def test_a_photo_reaches_the_other_member_and_not_the_server(tmp_path: Path, database_url: str) -> None:
    photo = b"\xff\xd8\xff" + b"SEAL BE-778812 BROKEN" * 30_000
    async with world(tmp_path, database_url) as w:
        room = await w.make_channel(2)
        be, ae = room.devices
        said = await be.put_file(room.channel, photo, "broken-seal.jpg", "image/jpeg")
        assert await ae.get_file(room.channel, SealedFile.check(said)) == photo
        held = [data for _, data in stored(database_url)]
        assert not any(mark in data for data in held for mark in (b"SEAL BE-778812", b"broken-seal"))
        assert any(bytes.fromhex(said["segments"][0]) in data or said["segments"][0].encode() in data for data in held)
        assert hashlib.sha256(photo).hexdigest().encode() not in b"".join(held)
