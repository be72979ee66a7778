"""Write certificates by hand, good and bad: a second statement of the profile, which shares nothing with the first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.wire.vector_sets.actors import AT_MS, DEPLOYMENT, KE_DEVICE, key, public

START = datetime.fromtimestamp(AT_MS / 1000, UTC) - timedelta(minutes=5)
ED25519_ALGORITHM = bytes.fromhex("300506032b6570")


@dataclass(frozen=True)
class Plan:
    """Everything a certificate says."""

    subject: x509.Name
    issuer: x509.Name
    key: Any
    signer: Ed25519PrivateKey | ec.EllipticCurvePrivateKey
    serial: int
    start: datetime
    end: datetime
    extensions: tuple[tuple[x509.ExtensionType, bool], ...]

    def but(self, **changes: object) -> Self:
        """Change fields."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def put(self, extension: x509.ExtensionType, critical: bool) -> Self:
        """Replace the extension of the same kind where it stands, or add one at the end."""
        if all(old.oid != extension.oid for old, _ in self.extensions):
            return self.but(extensions=(*self.extensions, (extension, critical)))
        replaced = ((extension, critical) if old.oid == extension.oid else (old, flag) for old, flag in self.extensions)
        return self.but(extensions=tuple(replaced))

    def drop(self, kind: type[x509.ExtensionType]) -> Self:
        """Leave an extension out."""
        return self.but(extensions=tuple(pair for pair in self.extensions if not isinstance(pair[0], kind)))

    def flag(self, kind: type[x509.ExtensionType], critical: bool) -> Self:
        """Change whether an extension is critical."""
        return self.but(
            extensions=tuple((one, critical if isinstance(one, kind) else flag) for one, flag in self.extensions)
        )

    def der(self) -> bytes:
        """Sign it."""
        builder = x509.CertificateBuilder(
            issuer_name=self.issuer,
            subject_name=self.subject,
            public_key=self.key,
            serial_number=self.serial,
            not_valid_before=self.start,
            not_valid_after=self.end,
        )
        for extension, critical in self.extensions:
            builder = builder.add_extension(extension, critical)
        if isinstance(self.signer, Ed25519PrivateKey):
            return builder.sign(self.signer, None).public_bytes(Encoding.DER)
        return builder.sign(self.signer, hashes.SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)


def common_name(*texts: str) -> x509.Name:
    """Give a name of nothing but common names."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text) for text in texts])


def uris(*texts: str) -> x509.SubjectAlternativeName:
    """Give alternative names that are URIs."""
    return x509.SubjectAlternativeName([x509.UniformResourceIdentifier(text) for text in texts])


def hosts(*permitted: str, excluded: tuple[str, ...] | None = None) -> x509.NameConstraints:
    """Constrain URIs to hosts."""
    return x509.NameConstraints(
        [x509.UniformResourceIdentifier(text) for text in permitted] or None,
        [x509.UniformResourceIdentifier(text) for text in excluded] if excluded else None,
    )


def usage(**bits: bool) -> x509.KeyUsage:
    """Give a key usage of the bits named and no other."""
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{name: bits.get(name, False) for name in names})


def subject_key(raw: bytes) -> x509.SubjectKeyIdentifier:
    """Name a certificate's own key."""
    return x509.SubjectKeyIdentifier(hashlib.sha256(raw).digest()[:20])


def issuer_key(raw: bytes) -> x509.AuthorityKeyIdentifier:
    """Name the key of the certificate above."""
    return x509.AuthorityKeyIdentifier(hashlib.sha256(raw).digest()[:20], None, None)


def root(deployment: str = DEPLOYMENT, name: str = "root") -> Plan:
    """Give the root as it should be."""
    own = common_name(f"Pratique root {deployment}")
    return Plan(
        own,
        own,
        key(name).public_key(),
        key(name),
        1,
        START,
        START + timedelta(days=3650),
        (
            (x509.BasicConstraints(True, 1), True),
            (usage(key_cert_sign=True, crl_sign=True), True),
            (subject_key(public(name)), False),
        ),
    )


def authority(party: str = "ke", serial: int = 2) -> Plan:
    """Give a party's CA as it should be."""
    host = f"{party}.{DEPLOYMENT}"
    return Plan(
        common_name(host),
        common_name(f"Pratique root {DEPLOYMENT}"),
        key(party).public_key(),
        key("root"),
        serial,
        START,
        START + timedelta(days=1825),
        (
            (x509.BasicConstraints(True, 0), True),
            (usage(key_cert_sign=True), True),
            (hosts(host), True),
            (subject_key(public(party)), False),
            (issuer_key(public("root")), False),
        ),
    )


def device(uri: str = KE_DEVICE) -> Plan:
    """Give a device's certificate as it should be."""
    return Plan(
        x509.Name([]),
        common_name("ke.stop.example"),
        key(uri).public_key(),
        key("ke"),
        4,
        START,
        START + timedelta(days=90),
        (
            (uris(uri), True),
            (x509.BasicConstraints(False, None), True),
            (usage(digital_signature=True), True),
            (subject_key(public(uri)), False),
            (issuer_key(public("ke")), False),
        ),
    )


def with_key(plan: Plan, raw: bytes) -> Plan:
    """Certify other key bytes, identifier and all."""
    return plan.but(key=Ed25519PublicKey.from_public_bytes(raw)).put(subject_key(raw), False)


def edited(der: bytes, old: bytes, new: bytes, signer: Ed25519PrivateKey) -> bytes:
    """Replace bytes of the signed part and sign it again."""
    signed_part = x509.load_der_x509_certificate(der).tbs_certificate_bytes
    assert signed_part.count(old) == 1 and signed_part[1] == 0x82
    changed = tlv(0x30, signed_part[4:].replace(old, new))
    return tlv(0x30, changed + ED25519_ALGORITHM + tlv(0x03, b"\x00" + signer.sign(changed)))


def tlv(tag: int, content: bytes) -> bytes:
    """Write one DER element."""
    size = len(content)
    length = (
        bytes([size]) if size < 0x80 else bytes([0x81, size]) if size < 0x100 else b"\x82" + size.to_bytes(2, "big")
    )
    return bytes([tag]) + length + content
