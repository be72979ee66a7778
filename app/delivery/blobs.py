"""Keep sealed segments of documents and photos: put once under their digest, given to whoever is seated.

What they hold, whose file it is and what it is called stands in a sealed entry that names the digest; here are bytes
(rule FILE-2).
Sole owner of `blobs`.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from app import access
from app.db import Database, Transaction
from app.errors import BlobRefused, NotFound
from app.models.blob import blobs
from pratique.wire.identity import DeviceUri

# A segment of 512 KiB, sealed: its salt, its commitment and a tag for each chunk come on top.
MAX_BYTES = 576 * 1024


async def put(db: Database, device: DeviceUri, channel: bytes, digest: bytes, data: bytes, share_bytes: int) -> bool:
    """Keep bytes under their digest; False where they were there already.

    Takes   share_bytes: what the blobs of one party may weigh together
    Locks   the party's share until the save
    Raises  NotFound; BlobRefused: digest_differs, empty, too_large, share_used
    """
    if not data or len(data) > MAX_BYTES:
        raise BlobRefused("too_large" if data else "empty", f"a blob has 1 to {MAX_BYTES} bytes")
    if hashlib.sha256(data).digest() != digest:
        raise BlobRefused("digest_differs", "the bytes do not have the digest in the path")
    async with db.read() as tx:  # knock: strangers hold no lock
        await access.channel(tx, device, channel)
    async with db.transaction() as tx:
        # What a party's blobs weigh is counted by one of its devices at a time.
        await tx.hold(f"blobs of {device.party}")
        await access.channel(tx, device, channel)
        used = (await tx.execute(select(func.sum(blobs.c.size_bytes)).where(blobs.c.party == device.party))).scalar()
        if (used or 0) + len(data) > share_bytes and not await _there(tx, channel, digest):
            raise BlobRefused("share_used", f"your party's blobs weigh {used} of {share_bytes} bytes")
        row = {
            "channel": channel,
            "digest": digest,
            "party": device.party,
            "at_ms": tx.now_ms,
            "size_bytes": len(data),
            "data": data,
        }
        new = tx.insert(blobs).values(row).on_conflict_do_nothing().returning(blobs.c.size_bytes)
        return (await tx.execute(new)).first() is not None


async def get(tx: Transaction, device: DeviceUri, channel: bytes, digest: bytes) -> bytes:
    """Give the bytes of a digest; raises `NotFound`."""
    await access.channel(tx, device, channel)
    row = await tx.execute(select(blobs.c.data).where(blobs.c.channel == channel, blobs.c.digest == digest))
    found: bytes | None = row.scalar()
    if found is None:
        raise NotFound
    return found


async def _there(tx: Transaction, channel: bytes, digest: bytes) -> bool:
    row = await tx.execute(select(blobs.c.digest).where(blobs.c.channel == channel, blobs.c.digest == digest))
    return row.first() is not None
