"""Verify the three certificates of the closed profile: root, party CA, device (docs/protocol.md §2).

A chain is checked once and remembered; only the instant is judged afresh, so a call on the hot path costs a look-up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from OpenSSL import crypto

from pratique.wire.certificate_profile import (
    MAX_DEVICE_MS,
    ROOT_PREFIX,
    SERIAL_BYTES,
    Holder,
    authority_template,
    device_template,
    root_template,
    to_ms,
)
from pratique.wire.identity import DeviceUri, NameRefused, check_deployment, check_party
from pratique.wire.keys import KeyRefused, check_ed25519_public, verify_ed25519
from pratique.wire.refused import Refused

T = TypeVar("T")

MAX_CERTIFICATE_BYTES = 4096
_SIGNATURE_BYTES = 64
_REMEMBERED = 8192
# Signs templates only to lay them out as bytes; the signature is cut off and never looked at.
_LAYOUT_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


class CertificateRefused(Refused):
    """Says that a certificate does not count.

    Codes  malformed_certificate, wrong_profile, wrong_name, key_refused, wrong_validity, wrong_issuer, expired,
           not_yet_valid, unknown_authority, revoked_authority
    """


@dataclass(frozen=True)
class RootCertificate:
    """The deployment's root, pinned at enrolment by its digest."""

    deployment: str
    key: bytes
    not_before_ms: int
    not_after_ms: int
    der: bytes

    @property
    def digest(self) -> str:
        """Give SHA-256 of the certificate in hex: what an invitation carries."""
        return hashlib.sha256(self.der).hexdigest()


@dataclass(frozen=True)
class AuthorityCertificate:
    """A party's CA, constrained to its host."""

    host: str
    key: bytes
    not_before_ms: int
    not_after_ms: int
    der: bytes


@dataclass(frozen=True)
class DeviceCertificate:
    """A device: its name, its signature key, and the party CA that vouched for both."""

    uri: DeviceUri
    key: bytes
    not_before_ms: int
    not_after_ms: int
    der: bytes
    authority: bytes

    @property
    def fingerprint(self) -> str:
        """Give SHA-256 of the certificate in hex."""
        return hashlib.sha256(self.der).hexdigest()


@lru_cache(maxsize=64)
def read_root(der: bytes) -> RootCertificate:
    """Read a root certificate and check its own signature; whoever calls has to pin its digest.

    Raises  CertificateRefused
    """
    parsed, holder = _read(der)
    common_name = _common_name(parsed)
    deployment = common_name.removeprefix(ROOT_PREFIX)
    if common_name == deployment:
        raise CertificateRefused("wrong_name", f'a root is named "{ROOT_PREFIX}<deployment>"')
    _canonical(check_deployment, deployment)
    _match(der, lambda: root_template(deployment, holder))
    _check_signature(der, parsed, holder.key, "the root does not sign itself")
    return RootCertificate(deployment, holder.key, holder.not_before_ms, holder.not_after_ms, der)


def verify_authority(der: bytes, root_der: bytes, at_ms: int) -> AuthorityCertificate:
    """Give the party CA that the root vouches for at an instant; raises `CertificateRefused`."""
    authority = _authority(der, root_der)
    _judge("root", read_root(root_der), at_ms)
    _judge("party CA", authority, at_ms)
    return authority


def verify_device(der: bytes, authority_der: bytes, root_der: bytes, at_ms: int) -> DeviceCertificate:
    """Give the device that the party CA vouches for at an instant, or raise `CertificateRefused`."""
    device = _device(der, authority_der, root_der)
    verify_authority(authority_der, root_der, at_ms)
    _judge("device", device, at_ms)
    return device


@lru_cache(maxsize=_REMEMBERED)
def authority_key_id(der: bytes) -> bytes:
    """Give the key identifier of the issuer that a certificate names, unverified; raises `CertificateRefused`."""
    parsed, _ = _read(der)
    try:
        found = parsed.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        found = None
    if found is None:
        raise CertificateRefused("wrong_profile", "the certificate does not name its issuer's key")
    return found


def read_authority(der: bytes) -> tuple[str, bytes]:
    """Give the host and the key that a party CA's certificate claims, unverified; raises `CertificateRefused`."""
    parsed, holder = _read(der)
    return _common_name(parsed), holder.key


@lru_cache(maxsize=_REMEMBERED)
def _authority(der: bytes, root_der: bytes) -> AuthorityCertificate:
    root = read_root(root_der)
    parsed, holder = _read(der)
    host = _common_name(parsed)
    party, _, deployment = host.partition(".")
    _canonical(check_party, party)
    if deployment != root.deployment:
        raise CertificateRefused("wrong_name", "the party CA is not of this deployment")
    _match(der, lambda: authority_template(host, deployment, root.key, holder))
    _check_signature(der, parsed, root.key, "the party CA is not signed by the root")
    _check_chain(parsed, [], root_der)
    return AuthorityCertificate(host, holder.key, holder.not_before_ms, holder.not_after_ms, der)


@lru_cache(maxsize=_REMEMBERED)
def _device(der: bytes, authority_der: bytes, root_der: bytes) -> DeviceCertificate:
    authority = _authority(authority_der, root_der)
    parsed, holder = _read(der)
    uri = _canonical(DeviceUri.parse, _only_uri(parsed))
    if uri.host != authority.host:
        raise CertificateRefused("wrong_name", "the device is of another party than the CA that signed it")
    if holder.not_after_ms - holder.not_before_ms > MAX_DEVICE_MS:
        raise CertificateRefused("wrong_validity", "a device certificate holds for 90 days at most")
    _match(der, lambda: device_template(uri, authority.key, holder))
    _check_signature(der, parsed, authority.key, "the device certificate is not signed by the party CA")
    _check_chain(parsed, [authority_der], root_der)
    return DeviceCertificate(uri, holder.key, holder.not_before_ms, holder.not_after_ms, der, authority_der)


def _read(der: bytes) -> tuple[x509.Certificate, Holder]:
    if len(der) > MAX_CERTIFICATE_BYTES:
        raise CertificateRefused("malformed_certificate", f"a certificate has at most {MAX_CERTIFICATE_BYTES} bytes")
    try:
        parsed = x509.load_der_x509_certificate(der)
        public = parsed.public_key()
        not_before, not_after = parsed.not_valid_before_utc, parsed.not_valid_after_utc
    except (ValueError, TypeError, x509.InvalidVersion):
        raise CertificateRefused("malformed_certificate", "the bytes are not an X.509 certificate") from None
    except UnsupportedAlgorithm:
        raise CertificateRefused("key_refused", "the key is not an Ed25519 key") from None
    if not isinstance(public, Ed25519PublicKey):
        raise CertificateRefused("key_refused", "the key is not an Ed25519 key")
    key = public.public_bytes_raw()
    try:
        check_ed25519_public(key)
    except KeyRefused as refused:
        raise CertificateRefused(refused.code, refused.detail) from None
    if not 0 < parsed.serial_number < 1 << 8 * SERIAL_BYTES:
        raise CertificateRefused("wrong_profile", f"a serial number is positive and has {SERIAL_BYTES} bytes at most")
    if not_after <= not_before:
        raise CertificateRefused("wrong_validity", "the certificate ends before it begins")
    return parsed, Holder(parsed.serial_number, key, to_ms(not_before), to_ms(not_after))


def _common_name(parsed: x509.Certificate) -> str:
    try:
        names = parsed.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError:
        names = []
    if len(names) != 1 or not isinstance(names[0].value, str):
        raise CertificateRefused("wrong_name", "the certificate does not have exactly one common name")
    return names[0].value


def _only_uri(parsed: x509.Certificate) -> str:
    try:
        names = list(parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        raise CertificateRefused("wrong_profile", "the alternative names cannot be read") from None
    if len(names) != 1 or not isinstance(names[0], x509.UniformResourceIdentifier):
        raise CertificateRefused("wrong_name", "a device certificate has exactly one name, a device URI")
    return names[0].value


def _canonical(check: Callable[[str], T], name: str) -> T:
    try:
        return check(name)
    except NameRefused as refused:
        raise CertificateRefused("wrong_name", str(refused)) from None


def _match(der: bytes, template: Callable[[], x509.CertificateBuilder]) -> None:
    """Compare the certificate with the one its values call for, byte for byte up to the signature."""
    try:
        expected = template().sign(_LAYOUT_KEY, None).public_bytes(Encoding.DER)
    except ValueError:
        raise CertificateRefused("wrong_profile", "a value of the certificate has no place in the profile") from None
    if der[:-_SIGNATURE_BYTES] != expected[:-_SIGNATURE_BYTES]:
        raise CertificateRefused("wrong_profile", "the certificate has other fields or extensions than the profile")


def _check_signature(der: bytes, parsed: x509.Certificate, key: bytes, detail: str) -> None:
    if not verify_ed25519(key, der[-_SIGNATURE_BYTES:], parsed.tbs_certificate_bytes):
        raise CertificateRefused("wrong_issuer", detail)


def _check_chain(parsed: x509.Certificate, between: list[bytes], root_der: bytes) -> None:
    """Have OpenSSL build and check the path too, at the first instant at which every certificate on it holds."""
    above = [crypto.X509.from_cryptography(x509.load_der_x509_certificate(der)) for der in (*between, root_der)]
    path = [parsed, *(certificate.to_cryptography() for certificate in above)]
    begins = max(certificate.not_valid_before_utc for certificate in path)
    if begins > min(certificate.not_valid_after_utc for certificate in path):
        raise CertificateRefused("wrong_validity", "there is no instant at which the whole chain holds")
    store = crypto.X509Store()
    store.add_cert(above[-1])
    store.set_flags(crypto.X509StoreFlags.X509_STRICT | crypto.X509StoreFlags.CHECK_SS_SIGNATURE)
    store.set_time(begins)
    try:
        crypto.X509StoreContext(store, crypto.X509.from_cryptography(parsed), above[:-1]).verify_certificate()
    except crypto.X509StoreContextError as refused:
        raise CertificateRefused("wrong_issuer", f"the chain does not hold: {refused.errors[-1]}") from None


def _judge(what: str, certificate: RootCertificate | AuthorityCertificate | DeviceCertificate, at_ms: int) -> None:
    if at_ms < certificate.not_before_ms:
        raise CertificateRefused("not_yet_valid", f"the {what} certificate is not valid yet")
    if at_ms > certificate.not_after_ms:
        raise CertificateRefused("expired", f"the {what} certificate has expired")
