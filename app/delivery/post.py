"""Take a post: knock, lock, look again, judge, append; in exactly this order (docs/protocol.md §3).

    post() ─ knock ─▶ Writer ─ lock, look again ─▶ Judge ─▶ entries, saved together

The knock turns strangers away before they can hold a lock; what it saw is not believed once the lock is held.
"""

from __future__ import annotations

from app import access
from app.delivery import framing
from app.delivery.framing import Bundle, PostBody
from app.delivery.judge import Answer, Post, seats, taken
from app.delivery.writer import Writer
from app.errors import EntryRefused
from app.log import LogKind
from pratique.wire.entries import inbox_id
from pratique.wire.identity import DeviceUri

__all__ = ["Answer", "PostBody", "post"]


async def post(
    writer: Writer, device: DeviceUri, channel_id: bytes | None, body: PostBody, body_sha256: bytes
) -> Answer:
    """Take one post to its answer.

    Takes   channel_id: None to found a channel; body_sha256: of the request's exact bytes
    Raises  NotFound, DeviceRevoked, PostIdReused, EntryRefused, StaleEpoch, RemovalPending, StaleRoster, AlreadyLeaf,
            LaneExists, ChannelExists, Busy
    """
    if channel_id is not None and not seats(writer.judge.folds.get(channel_id), device):
        async with writer.database.read() as tx:
            await access.channel(tx, device, channel_id)
    bundle = framing.read(body, founding=channel_id is None)
    try:
        logs, begins = await _logs(writer, device, bundle)
    except EntryRefused:
        async with writer.database.read() as tx:
            if not await taken(tx, device, bundle.post_id, body_sha256):
                raise
        logs, begins = frozenset(), {}
    channel = bundle.founding.statement.digest if bundle.founding else channel_id
    assert channel is not None
    return await writer.submit(Post(device, channel, bundle, body_sha256, logs | {channel}, begins))


async def _logs(writer: Writer, device: DeviceUri, bundle: Bundle) -> tuple[frozenset[bytes], dict[bytes, LogKind]]:
    """Give the logs beside the channel's that the post would grow, and those that it may begin."""
    offices = framing.seated_offices(bundle)
    welcomed = bundle.handshake.welcome.to if bundle.handshake and bundle.handshake.welcome else ()
    if not offices and not welcomed:
        return frozenset(), {}
    logs: set[bytes] = set()
    async with writer.database.read() as tx:
        if set(welcomed) - await access.active(tx, welcomed):
            raise EntryRefused("device_revoked", "a device that the commit adds is not active")
        seated = await access.active_of_offices(tx, offices)
        begins = {inbox_id(uri): LogKind.INBOX for uri in (*welcomed, *seated)}
        if bundle.founding is not None:
            charter = bundle.founding.charter
            begins[bundle.founding.statement.digest] = LogKind.CHANNEL
            terms = await access.terms(tx, operation := bytes.fromhex(charter.operation))
            if terms is None or device.party not in {one.party for one in terms.body.participants}:
                raise EntryRefused("not_participant", "the charter names no operation of this party's")
            if charter.purpose == "lane":
                logs.add(operation)
    return frozenset(logs | begins.keys()), begins
