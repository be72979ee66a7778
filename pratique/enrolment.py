"""Enrol a device: make its key, prove the invitation, and believe only a certificate that leads to the pinned root."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.account import enrolment_bytes
from pratique.certificates import enrolment_fingerprint
from pratique.directory import LocalDirectory
from pratique.errors import PratiqueError, Problem, ServerMistrusted
from pratique.http import Http, text
from pratique.invitations import InvitationTicket
from pratique.keystore import Unlock
from pratique.store.file import Store
from pratique.store.trust import Trust
from pratique.wire.certificates import read_root
from pratique.wire.identity import DeviceUri, office_party
from pratique.wire.refused import Refused


async def begin(
    http: Http, folder: Path, ticket: InvitationTicket, device_name: str, unlock: Unlock | None
) -> tuple[Store, str]:
    """Make a store with a new device key and ask to be enrolled; give the store and the fingerprint.

    Raises  PratiqueError, ServerMistrusted where the root is not the invitation's, Problem
    """
    invitation = ticket.invitation
    told = await http.call("GET", "/v1/deployment")
    root = told.get("root_certificate", bytes)
    if hashlib.sha256(root).hexdigest() != invitation.root:
        raise ServerMistrusted("wrong_root", "the server's root is not the one your invitation names")
    try:
        deployment = read_root(root).deployment
        party, office = office_party(invitation.office), invitation.office.partition("/")[2]
        uri = DeviceUri(party, deployment, office, invitation.person, device_name)
    except Refused as refused:
        raise PratiqueError(refused.code, refused.detail) from None
    store = Store.create(folder, unlock)
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    with store.transaction():
        store.set_secret("device key", key.private_bytes_raw())
        store.set_secret("invitation token", ticket.token)
        facts = {"server": http.url.encode(), "root": root, "uri": str(uri).encode(), "invitation": ticket.id}
        for name, value in facts.items():
            store.set_fact(name, value)
    try:
        await _ask(http, ticket.id, ticket.token, uri, key)
    except Problem:
        # The server refused, so nothing was enrolled and nothing is kept; without an answer, `finish` asks again.
        store.destroy()
        raise
    return store, enrolment_fingerprint(public, uri, ticket.id)


async def finish(http: Http, store: Store, uri: DeviceUri, key: Ed25519PrivateKey) -> bool:
    """Fetch and verify this device's certificate; False while no officer has approved.

    Raises  ServerMistrusted where the certificate is not for this name and key, or does not lead to the root
    """
    invitation, root = store.fact("invitation"), store.fact("root")
    assert invitation is not None and root is not None
    told = await http.call("GET", f"/v1/enrolments/{invitation.hex()}")
    state = told.get("state", str)
    if state == "expired":
        raise PratiqueError("invitation_expired", "the invitation has expired", "ask for a new one")
    if state == "open":
        await _ask(http, invitation, store.secret("invitation token"), uri, key)
    if state != "active":
        return False
    der = told.get("certificate", bytes)
    directory = LocalDirectory(store, root)
    now_ms = await directory.refresh_parties(http)
    try:
        certificate = directory.authorities.verify_device(der, now_ms)
    except Refused as refused:
        raise ServerMistrusted(refused.code, f"the certificate does not hold: {refused.detail}") from None
    if certificate.uri != uri or certificate.key != key.public_key().public_bytes_raw():
        raise ServerMistrusted("wrong_certificate", "the certificate is not for this device's name and key")
    with store.transaction():
        Trust(store).put_certificate(str(uri), der)
        store.set_fact("enrolled", b"yes")
    return True


async def _ask(http: Http, invitation: bytes, token: bytes, uri: DeviceUri, key: Ed25519PrivateKey) -> None:
    public = key.public_key().public_bytes_raw()
    asked = {
        "invitation": invitation.hex(),
        "token": text(token),
        "device": str(uri),
        "key": text(public),
        "signature": text(key.sign(enrolment_bytes(uri, invitation, public))),
    }
    await http.call("POST", "/v1/enrolments", asked, repeat=True)


async def move(folder: Path, server_url: str, unlock: Unlock | None) -> DeviceUri:
    """Write down that the server has another address, once it shows the root that this device has pinned.

    Raises  StoreRefused, Unreachable, ServerMistrusted("wrong_root")
    """
    store = Store.open(folder, unlock)
    http = Http(server_url)
    try:
        told = await http.call("GET", "/v1/deployment")
        uri = store.fact("uri")
        if told.get("root_certificate", bytes) != store.fact("root") or uri is None:
            raise ServerMistrusted("wrong_root", f"{server_url} is not the server of this device's deployment")
        store.set_fact("server", http.url.encode())
        return DeviceUri.parse(uri.decode())
    finally:
        await http.aclose()
        store.close()
