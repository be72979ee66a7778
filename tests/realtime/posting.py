"""Post sealed entries at speed (the server cannot read them, so any bytes do), and end seats and devices."""

from __future__ import annotations

import os
from uuid import uuid4

from pratique.http import Http, text
from pratique.wire.bodies import Revocation, Roster, SeatChange
from pratique.wire.entries import Entry, Kind, Seen
from pratique.wire.statements import Statement, sign
from tests.faults.enrolled import Enrolled
from tests.faults.parties import Parties, now_ms


async def post(device: Enrolled, channel: bytes, *, epoch: int = 1, count: int = 1, size: int = 256) -> None:
    """Post some entries in one bundle."""
    draft = {"kind": "application", "epoch": epoch, "urgency": "routine"}
    drafts = [draft | {"data_base64": text(os.urandom(size))} for _ in range(count)]
    await device.account.call(
        "POST", f"/v1/channels/{channel.hex()}/entries", {"post_id": str(uuid4()), "drafts": drafts}
    )


async def unseat(owner: Enrolled, channel: bytes, *offices: str) -> None:
    """End the seats of offices, each by a statement of its own, all in one post."""
    rosters = [Statement.parse(entry.data) for entry in await rosters_of(owner, channel)]
    number, follows, drafts = len(rosters), rosters[-1].digest if rosters else channel, []
    for office in offices:
        number += 1
        body = Roster(channel=channel.hex(), number=number, changes=(SeatChange(office=office, seated=False),))
        statement = sign(body, signer=owner.uri, key=owner.device.key, follows=follows, seen=Seen(0, channel))
        drafts.append({"kind": "roster", "epoch": 0, "urgency": "routine", "data_base64": text(statement.raw)})
        follows = statement.digest
    await owner.account.call(
        "POST", f"/v1/channels/{channel.hex()}/entries", {"post_id": str(uuid4()), "drafts": drafts}
    )


async def revoke(http: Http, parties: Parties, device: Enrolled) -> None:
    """Revoke a device by its party's CA."""
    body = Revocation(device=device.uri, reason="stolen", at_ms=now_ms())
    statement = sign(body, signer=device.device.uri.host, key=parties.keys[device.device.uri.party])
    await http.call("POST", "/v1/revocations", {"statement": text(statement.raw)})


async def rosters_of(owner: Enrolled, channel: bytes) -> list[Entry]:
    """Give the roster entries of a channel, as the owner reads them."""
    entries = await owner.read(channel)
    return [entry for entry in entries if isinstance(entry, Entry) and entry.kind is Kind.ROSTER]
