"""Certify parties and devices by hand: real root, real party CAs, real certificates, no server and no store."""

from __future__ import annotations

import base64
import secrets
import time
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.certificates import issue_authority, issue_device, make_root
from pratique.groups.engine_host import Engine, KeyPackage, Pair
from pratique.wire.authorities import Authorities
from pratique.wire.bodies import Authority, ListedParty, PartyKind, PartyList
from pratique.wire.certificates import CertificateRefused, DeviceCertificate
from pratique.wire.identity import DeviceUri, party_host
from pratique.wire.statements import sign

DEPLOYMENT = "stop.example"
DAY_MS = 86_400_000


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Device:
    """One device: its name, its key and its certificate; `state` is its MLS state, empty before it joined."""

    uri: DeviceUri
    key: Ed25519PrivateKey
    certificate: bytes
    state: bytes = b""

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    @property
    def pair(self) -> Pair:
        return str(self.uri), self.public

    async def key_package(self, engine: Engine, uri: str = "") -> KeyPackage:
        """Make a key package under this device's key; `uri` is another name to claim."""
        start = now_ms() // 1000 - 3600
        return await engine.key_package(
            uri or str(self.uri), self.key.private_bytes_raw(), not_before=start, not_after=start + 28 * 86_400
        )


@dataclass
class Parties:
    """A deployment's root, its parties' CAs, and the certificates that were handed out: the fold's directory."""

    names: tuple[str, ...] = ("ocu", "be", "ke", "ae")
    at_ms: int = field(default_factory=now_ms)
    certificates: dict[str, list[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root_key = Ed25519PrivateKey.generate()
        self.root = make_root(DEPLOYMENT, self.root_key, self.at_ms)
        self.keys = {name: Ed25519PrivateKey.generate() for name in self.names}
        self.cas = {name: self.issue_ca(name, self.keys[name]) for name in self.names}
        listed = tuple(
            ListedParty(
                party=name,
                kind=PartyKind.OCU if name == "ocu" else PartyKind.MEMBER,
                name=name.upper(),
                authorities=(
                    Authority(certificate=base64.b64encode(self.cas[name]).decode(), from_ms=self.at_ms - 240_000),
                ),
            )
            for name in self.names
        )
        body = PartyList(deployment=DEPLOYMENT, number=1, parties=listed)
        self.list = sign(body, signer="root", key=self.root_key)
        self.authorities = Authorities.found(self.root).advance(self.list)

    def issue_ca(self, party: str, key: Ed25519PrivateKey) -> bytes:
        """Certify a CA key of a party by the root."""
        return issue_authority(party, self.root, self.root_key, key.public_key().public_bytes_raw(), self.at_ms)

    def enrol(self, party: str, office: str = "ncp", person: str = "officer", days: int = 90) -> Device:
        """Certify a new device by its own party, and publish its certificate."""
        uri = DeviceUri(party, DEPLOYMENT, office, person, secrets.token_hex(4))
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes_raw()
        der = issue_device(uri, public, self.cas[party], self.keys[party], self.at_ms, days)
        self.publish(str(uri), der)
        return Device(uri, key, der)

    def publish(self, uri: str, der: bytes) -> None:
        """Hand out a certificate under a name, genuine or not: what the server says a device's certificate is."""
        self.certificates.setdefault(uri, []).append(der)

    def device(self, uri: str, at_ms: int) -> DeviceCertificate | None:
        """Find what verifies at an instant, as membership.Directory asks; what does not verify is not there."""
        newest: DeviceCertificate | None = None
        for der in self.certificates.get(uri, ()):
            try:
                found = self.authorities.verify_device(der, at_ms)
            except CertificateRefused:
                continue
            if str(found.uri) == uri and (newest is None or found.not_before_ms >= newest.not_before_ms):
                newest = found
        return newest

    def authority_keys(self, signer: str, at_ms: int) -> tuple[bytes, ...]:
        """Give the keys that may sign for a party's host or the root."""
        return self.authorities.authority_keys(signer, at_ms)

    def host(self, party: str) -> str:
        """Give a party's host name."""
        return party_host(party, DEPLOYMENT)
