"""The closed profile: the only three certificates there are, each fully given by a handful of values.

A certificate is judged by building the one that its values call for and comparing the bytes, so there is nothing else
that a reader would have to know how to refuse. Issuing signs the same templates.

    root (CN "Pratique root <deployment>", pathlen 1) → party CA (CN host, pathlen 0, constrained to it) → device (SAN)
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import NameOID

from pratique.wire.identity import DeviceUri

ROOT_PREFIX = "Pratique root "
SERIAL_BYTES = 16
MAX_DEVICE_MS = 90 * 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Holder:
    """What every certificate says besides names: its serial, its key and when it holds.

    Shape  serial: 1 … 2^128 − 1; key: 32 bytes
    Unit   not_before_ms, not_after_ms: UTC, whole seconds in milliseconds
    """

    serial: int
    key: bytes
    not_before_ms: int
    not_after_ms: int


def key_identifier(key: bytes) -> bytes:
    """Give the leftmost 160 bits of SHA-256 of a public key (RFC 7093 §2, method 1)."""
    return hashlib.sha256(key).digest()[:20]


def root_template(deployment: str, holder: Holder) -> x509.CertificateBuilder:
    """Give the unsigned root certificate of a deployment."""
    name = _name(ROOT_PREFIX + deployment)
    builder = _builder(name, name, holder)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
    builder = builder.add_extension(_usage(certificates=True, lists=True), critical=True)
    return builder.add_extension(_subject_key(holder.key), critical=False)


def authority_template(host: str, deployment: str, root_key: bytes, holder: Holder) -> x509.CertificateBuilder:
    """Give the unsigned CA certificate of a party, constrained to its own host."""
    constraint = x509.NameConstraints([x509.UniformResourceIdentifier(host)], None)
    builder = _builder(_name(host), _name(ROOT_PREFIX + deployment), holder)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(certificates=True), critical=True)
    builder = builder.add_extension(constraint, critical=True)
    builder = builder.add_extension(_subject_key(holder.key), critical=False)
    return builder.add_extension(_authority_key(root_key), critical=False)


def device_template(uri: DeviceUri, authority_key: bytes, holder: Holder) -> x509.CertificateBuilder:
    """Give the unsigned certificate of a device: no subject, its URI as the only name."""
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(str(uri))])
    builder = _builder(x509.Name([]), _name(uri.host), holder)
    builder = builder.add_extension(names, critical=True)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signatures=True), critical=True)
    builder = builder.add_extension(_subject_key(holder.key), critical=False)
    return builder.add_extension(_authority_key(authority_key), critical=False)


def from_ms(at_ms: int) -> datetime:
    """Give the UTC moment of an instant in milliseconds."""
    return _EPOCH + timedelta(milliseconds=at_ms)


def to_ms(moment: datetime) -> int:
    """Give the milliseconds since 1970 of a UTC moment."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _builder(subject: x509.Name, issuer: x509.Name, holder: Holder) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(holder.serial)
        .public_key(Ed25519PublicKey.from_public_bytes(holder.key))
        .not_valid_before(from_ms(holder.not_before_ms))
        .not_valid_after(from_ms(holder.not_after_ms))
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _subject_key(key: bytes) -> x509.SubjectKeyIdentifier:
    return x509.SubjectKeyIdentifier(key_identifier(key))


def _authority_key(key: bytes) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier(key_identifier(key), None, None)


def _usage(*, signatures: bool = False, certificates: bool = False, lists: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signatures,
        key_cert_sign=certificates,
        crl_sign=lists,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
