"""Make each certificate that is wrong in one way: name → (code, DER)."""

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.wire.vector_sets import forging
from tests.wire.vector_sets.actors import (
    KE_AUTHORITY,
    KE_CERTIFICATE,
    KE_DEVICE,
    ROOT,
    flip,
    key,
    public,
)
from tests.wire.vector_sets.forging import common_name, device, hosts, issuer_key, subject_key, uris, usage, with_key
from tests.wire.vector_sets.identity import BAD_URIS
from tests.wire.vector_sets.keys import L, P

EC = ec.derive_private_key(7, ec.SECP256R1())
SMALL, LARGE = (1).to_bytes(32, "little"), (P + 3).to_bytes(32, "little")
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
DAY = timedelta(days=1)
PRINTABLE = x509.NameAttribute(NameOID.COMMON_NAME, "ke.stop.example", _type=_ASN1Type.PrintableString)


def bad_roots() -> dict[str, tuple[str, bytes]]:
    """Give roots that are none: name → (code, DER)."""
    good = forging.root()
    return {
        "root: empty": ("malformed_certificate", b""),
        "root: not a certificate": ("malformed_certificate", b"\x30\x03\x02\x01\x01"),
        "root: a byte is left over": ("malformed_certificate", ROOT + b"\x00"),
        "root: not signed by itself": ("wrong_issuer", good.but(signer=key("other")).der()),
        "root: another common name": ("wrong_name", _root_named("Root stop.example")),
        "root: no deployment": ("wrong_name", _root_named("Pratique root ")),
        "root: a deployment in capitals": ("wrong_name", _root_named("Pratique root STOP.example")),
        "root: issuer is another": ("wrong_profile", good.but(issuer=common_name("x")).der()),
        "root: not a CA": ("wrong_profile", good.put(x509.BasicConstraints(False, None), True).der()),
        "root: path length 2": ("wrong_profile", good.put(x509.BasicConstraints(True, 2), True).der()),
        "root: no path length": ("wrong_profile", good.put(x509.BasicConstraints(True, None), True).der()),
        "root: may sign contents": (
            "wrong_profile",
            good.put(usage(key_cert_sign=True, crl_sign=True, digital_signature=True), True).der(),
        ),
        "root: names its issuer's key": ("wrong_profile", good.put(issuer_key(public("root")), False).der()),
        "root: small-order key": ("key_refused", with_key(good, SMALL).der()),
        "root: ECDSA": ("key_refused", good.but(key=EC.public_key(), signer=EC).der()),
    }


def bad_authorities() -> dict[str, tuple[str, bytes]]:
    """Give party CAs that are none, all signed by the root unless they say otherwise."""
    good, host = forging.authority(), "ke.stop.example"
    elsewhere = common_name("ke.other.example")
    constrained = {
        "party CA: no name constraint": good.drop(x509.NameConstraints),
        "party CA: constrained to another host": good.put(hosts("be.stop.example"), True),
        "party CA: constrained to every host below": good.put(hosts(".stop.example"), True),
        "party CA: two permitted hosts": good.put(hosts(host, "be.stop.example"), True),
        "party CA: permitted and excluded": good.put(hosts(host, excluded=("be.stop.example",)), True),
        "party CA: excluded only": good.put(hosts(excluded=("be.stop.example",)), True),
        "party CA: constraint is not critical": good.flag(x509.NameConstraints, False),
        "party CA: path length 1": good.put(x509.BasicConstraints(True, 1), True),
        "party CA: no path length": good.put(x509.BasicConstraints(True, None), True),
        "party CA: not a CA": good.put(x509.BasicConstraints(False, None), True),
        "party CA: basic constraints are not critical": good.flag(x509.BasicConstraints, False),
        "party CA: may sign revocation lists": good.put(usage(key_cert_sign=True, crl_sign=True), True),
        "party CA: key usage is not critical": good.flag(x509.KeyUsage, False),
        "party CA: unknown extension": good.put(UNKNOWN, False),
        "party CA: unknown critical extension": good.put(UNKNOWN, True),
        "party CA: an alternative name": good.put(uris(KE_DEVICE), False),
        "party CA: no subject key identifier": good.drop(x509.SubjectKeyIdentifier),
        "party CA: no authority key identifier": good.drop(x509.AuthorityKeyIdentifier),
        "party CA: names another root's key": good.put(issuer_key(public("other")), False),
        "party CA: common name is a PrintableString": good.but(subject=x509.Name([PRINTABLE])),
        "party CA: more than a common name": good.but(
            subject=x509.Name([*good.subject, x509.NameAttribute(NameOID.COUNTRY_NAME, "KE")])
        ),
        "party CA: issued by another name": good.but(issuer=common_name("Pratique root other.example")),
        "party CA: ECDSA signature": good.but(signer=EC),
    }
    named = {
        "party CA: two common names": common_name(host, host),
        "party CA: no name": x509.Name([]),
        "party CA: of another deployment": elsewhere,
        "party CA: common name in capitals": common_name("KE.stop.example"),
        "party CA: common name is the deployment": common_name("stop.example"),
    }
    return {
        **{name: ("wrong_profile", plan.der()) for name, plan in constrained.items()},
        **{name: ("wrong_name", good.but(subject=subject).der()) for name, subject in named.items()},
        "party CA: signed by another root": ("wrong_issuer", good.but(signer=key("other")).der()),
        "party CA: common name is not UTF-8": (
            "wrong_name",
            forging.edited(KE_AUTHORITY, b"\x0c\x0fke.stop", b"\x0c\x0f\xff\xfe.stop", key("root")),
        ),
        "party CA: small-order key": ("key_refused", with_key(good, SMALL).der()),
        "party CA: ECDSA key": ("key_refused", good.but(key=EC.public_key()).der()),
        "party CA: the root itself": ("wrong_name", ROOT),
        "party CA: a device": ("wrong_name", KE_CERTIFICATE),
    }


def bad_devices() -> dict[str, tuple[str, bytes]]:
    """Give device certificates that are none, all signed by Kenya's CA unless they say otherwise."""
    good = device()
    profile = {
        "device: no alternative name": good.drop(x509.SubjectAlternativeName),
        "device: alternative name is not critical": good.flag(x509.SubjectAlternativeName, False),
        "device: a subject": good.but(subject=common_name("w.otieno")),
        "device: is a CA": good.put(x509.BasicConstraints(True, None), True),
        "device: no basic constraints": good.drop(x509.BasicConstraints),
        "device: basic constraints are not critical": good.flag(x509.BasicConstraints, False),
        "device: may sign certificates": good.put(usage(digital_signature=True, key_cert_sign=True), True),
        "device: no key usage": good.drop(x509.KeyUsage),
        "device: key usage is not critical": good.flag(x509.KeyUsage, False),
        "device: extended key usage": good.put(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        "device: unknown extension": good.put(UNKNOWN, False),
        "device: unknown critical extension": good.put(UNKNOWN, True),
        "device: name constraints": good.put(hosts("ke.stop.example"), True),
        "device: no subject key identifier": good.drop(x509.SubjectKeyIdentifier),
        "device: subject key identifier of another key": good.put(subject_key(public("other")), False),
        "device: subject key identifier is critical": good.flag(x509.SubjectKeyIdentifier, True),
        "device: no authority key identifier": good.drop(x509.AuthorityKeyIdentifier),
        "device: names another CA's key": good.put(issuer_key(public("be")), False),
        "device: extensions in another order": good.but(extensions=good.extensions[::-1]),
        "device: issued by another name": good.but(issuer=common_name("be.stop.example")),
        "device: serial number of 17 bytes": good.but(serial=1 << 128),
        "device: ECDSA signature": good.but(signer=EC),
    }
    names = {
        "device: two URIs": uris(KE_DEVICE, KE_DEVICE[:-4] + "7f3b"),
        "device: the same URI twice": uris(KE_DEVICE, KE_DEVICE),
        "device: a DNS name": x509.SubjectAlternativeName([x509.DNSName("ke.stop.example")]),
        "device: a DNS name beside the URI": x509.SubjectAlternativeName(
            [x509.UniformResourceIdentifier(KE_DEVICE), x509.DNSName("ke.stop.example")]
        ),
        "device: of another party": uris("pratique://be.stop.example/ncp/w.otieno/7f3a"),
        "device: of another deployment": uris("pratique://ke.other.example/ncp/w.otieno/7f3a"),
        "device: of a host below the party's": uris("pratique://ke.ke.stop.example/ncp/w.otieno/7f3a"),
        **{
            f"device: URI with {what}": uris(text)
            for what, text in BAD_URIS.items()
            if text.isascii()
            and what in ("host in capitals", "trailing slash", "port", "user info", "percent encoding")
        },
    }
    return {
        **{name: ("wrong_profile", plan.der()) for name, plan in profile.items()},
        **{name: ("wrong_name", good.put(san, True).der()) for name, san in names.items()},
        "device: 90 days and a second": ("wrong_validity", good.but(end=good.end + timedelta(seconds=1)).der()),
        "device: 91 days": ("wrong_validity", good.but(end=good.end + DAY).der()),
        "device: ends before it begins": (
            "wrong_validity",
            _edited(b"\x17\x0d270415075500Z", b"\x17\x0d270115075459Z"),
        ),
        "device: ends as it begins": ("wrong_validity", _edited(b"\x17\x0d270415075500Z", b"\x17\x0d270115075500Z")),
        "device: GeneralizedTime before 2050": (
            "wrong_profile",
            _edited(
                bytes.fromhex("301e") + b"\x17\x0d270115075500Z\x17\x0d270415075500Z",
                bytes.fromhex("3020") + b"\x18\x0f20270115075500Z\x17\x0d270415075500Z",
            ),
        ),
        "device: holds in 1949": (
            "wrong_profile",
            _edited(
                bytes.fromhex("301e") + b"\x17\x0d270115075500Z\x17\x0d270415075500Z",
                bytes.fromhex("3022") + b"\x18\x0f19490115075500Z\x18\x0f19490415075500Z",
            ),
        ),
        "device: begins after the CA has ended": (
            "wrong_validity",
            good.but(start=good.start + 1900 * DAY, end=good.end + 1900 * DAY).der(),
        ),
        "device: small-order key": ("key_refused", with_key(good, SMALL).der()),
        "device: a key that is not canonical": ("key_refused", with_key(good, LARGE).der()),
        "device: ECDSA key": ("key_refused", good.but(key=EC.public_key()).der()),
        "device: X25519 key": ("key_refused", good.but(key=X25519PublicKey.from_public_bytes(bytes([9] * 32))).der()),
        "device: signed by another party's CA": ("wrong_issuer", good.but(signer=key("be")).der()),
        "device: signed by the root": ("wrong_issuer", good.but(signer=key("root")).der()),
        "device: signed by itself": ("wrong_issuer", good.but(signer=key(KE_DEVICE)).der()),
        "device: a bit of the signature": ("wrong_issuer", flip(KE_CERTIFICATE, -1)),
        "device: S + L in the signature": ("wrong_issuer", KE_CERTIFICATE[:-32] + _plus_order(KE_CERTIFICATE[-32:])),
        "device: version 2": (
            "malformed_certificate",
            _edited(bytes.fromhex("a003020102"), bytes.fromhex("a003020101")),
        ),
        "device: a byte is left over": ("malformed_certificate", KE_CERTIFICATE + b"\x00"),
        "device: cut short": ("malformed_certificate", KE_CERTIFICATE[:-1]),
        "device: empty": ("malformed_certificate", b""),
        "device: more than 4,096 bytes": ("malformed_certificate", KE_CERTIFICATE + bytes(4096)),
        "device: the party CA itself": ("wrong_profile", KE_AUTHORITY),
    }


def _root_named(name: str) -> bytes:
    return forging.root().but(subject=common_name(name), issuer=common_name(name)).der()


def _edited(old: bytes, new: bytes) -> bytes:
    return forging.edited(KE_CERTIFICATE, old, new, key("ke"))


def _plus_order(s: bytes) -> bytes:
    return (int.from_bytes(s, "little") + L).to_bytes(32, "little")
