"""Put bare devices on a real server: signed in and with a leaf, but without a store, so that many can post at speed."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.account import Account, enrolment_bytes
from pratique.certificates import DAY_MS, issue_device
from pratique.groups.committing import Signer, stage_channel
from pratique.groups.engine_host import Engine
from pratique.http import Http, text
from pratique.wire.bodies import Charter, Invitation, OperationTerms, Participant, Roster, SeatChange
from pratique.wire.entries import Entry, Seen
from pratique.wire.events import Withheld, decode_batch
from pratique.wire.identity import DeviceUri
from pratique.wire.statements import sign
from tests.faults.parties import DEPLOYMENT, Device, Parties, now_ms


@dataclass
class Enrolled:
    """One device with its account on the server; `package` is the key package it uploaded last."""

    device: Device
    account: Account
    private: bytes = b""
    package: bytes = b""

    @property
    def uri(self) -> str:
        return str(self.device.uri)

    async def read(self, log: bytes, after: int = 0) -> list[Entry | Withheld]:
        """Read a log to its end."""
        entries: list[Entry | Withheld] = []
        while True:
            start = entries[-1].seq if entries else after
            answer = await self.account.call("GET", f"/v1/logs/{log.hex()}/entries?after={start}&limit=500")
            page = decode_batch(answer.content)
            if not page:
                return entries
            entries += page


async def publish(http: Http, parties: Parties) -> None:
    """Publish the party list."""
    await http.call("POST", "/v1/party-lists", {"statement": text(parties.list.raw)})


async def enrol(
    http: Http, parties: Parties, engine: Engine, party: str, person: str = "officer", office: str = "ncp"
) -> Enrolled:
    """Enrol a device as its person and its officer would, with one key package in stock."""
    uri = DeviceUri(party, DEPLOYMENT, office, person, secrets.token_hex(4))
    token, ca = os.urandom(32), parties.keys[party]
    invitation = sign(
        Invitation(
            token_digest=hashlib.sha256(token).hexdigest(),
            office=uri.office_id,
            person=person,
            expires_ms=now_ms() + DAY_MS,
            root=hashlib.sha256(parties.root).hexdigest(),
        ),
        signer=uri.host,
        key=ca,
    )
    await http.call("POST", "/v1/invitations", {"statement": text(invitation.raw)})
    device = Device(uri, Ed25519PrivateKey.generate(), b"")
    proof = {
        "invitation": invitation.digest.hex(),
        "token": text(token),
        "device": str(uri),
        "key": text(device.public),
        "signature": text(device.key.sign(enrolment_bytes(uri, invitation.digest, device.public))),
    }
    await http.call("POST", "/v1/enrolments", proof)
    device.certificate = issue_device(uri, device.public, parties.cas[party], ca, now_ms())
    await http.call("POST", "/v1/certificates", {"certificate": text(device.certificate)})
    made = await device.key_package(engine)
    enrolled = Enrolled(device, Account(http, uri, device.key), made.private, made.key_package)
    upload = {"key_packages": [text(made.key_package)], "last_resort": None}
    await enrolled.account.call("POST", "/v1/key-packages", upload)
    return enrolled


async def found_operation(coordinator: Enrolled, members: Sequence[str]) -> bytes:
    """Found an operation of some parties; give its id."""
    terms = OperationTerms(
        number=1,
        code="STOP-III",
        from_ms=now_ms(),
        until_ms=now_ms() + DAY_MS,
        phase="active",
        participants=tuple(Participant(party=party, roles=("observer",)) for party in members),
        nonce=secrets.token_hex(16),
    )
    statement = sign(terms, signer=coordinator.uri, key=coordinator.device.key)
    await coordinator.account.call(
        "POST", "/v1/operations", {"post_id": str(uuid4()), "statement": text(statement.raw)}
    )
    return statement.digest


async def found_channel(engine: Engine, owner: Enrolled, operation: bytes, others: Sequence[Enrolled]) -> bytes:
    """Found a channel with a leaf for every device given; give its id."""
    charter = sign(
        Charter(
            operation=operation.hex(),
            purpose="channel",
            owners=(owner.device.uri.office_id,),
            history="full",
            retention_s=0,
            nonce=secrets.token_hex(16),
        ),
        signer=owner.uri,
        key=owner.device.key,
    )
    offices = sorted({other.device.uri.office_id for other in others} - {owner.device.uri.office_id})
    roster = Roster(
        channel=charter.digest.hex(),
        number=1,
        changes=tuple(SeatChange(office=office, seated=True) for office in offices),
    )
    seats = sign(roster, signer=owner.uri, key=owner.device.key, follows=charter.digest, seen=Seen(0, charter.digest))
    claimed = await owner.account.call(
        "POST", "/v1/key-package-claims", {"channel": None, "devices": [other.uri for other in others]}
    )
    assert [one["device"] for one in claimed.json()["key_packages"]] == [other.uri for other in others]
    own = await owner.device.key_package(engine)
    outgoing = await stage_channel(
        engine,
        Signer(owner.uri, owner.device.key),
        charter,
        seats if offices else None,
        own,
        [other.package for other in others],
        full=True,
    )
    await owner.account.call("POST", outgoing.path, outgoing.body)
    owner.device.state = outgoing.staged[-1].state
    return charter.digest
