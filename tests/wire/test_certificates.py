"""Hold the verification of certificates to the vectors, and issuing to the verification."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from pratique.certificates import enrolment_fingerprint, issue_authority, issue_device, make_root
from pratique.wire import certificates
from pratique.wire.certificates import CertificateRefused, authority_key_id, read_root, verify_authority, verify_device
from pratique.wire.identity import DeviceUri, NameRefused
from pratique.wire.keys import KeyRefused
from tests.wire.vector_sets import forging
from tests.wire.vector_sets.actors import (
    AT_MS,
    BE_AUTHORITY,
    DEPLOYMENT,
    KE_AUTHORITY,
    KE_CERTIFICATE,
    KE_DEVICE,
    ROOT,
    key,
    public,
)
from tests.wire.vectors import load, names

FILE = load("certificates")
URI = DeviceUri.parse(KE_DEVICE)


def der(name: str) -> bytes:
    """Give a certificate of the vectors."""
    return base64.b64decode(FILE["certificates"][name])


def judge(case: dict[str, Any]) -> str:
    """Give the verdict on a case: "ok" or the code of the refusal."""
    try:
        root = read_root(der(case["root"]))
        if "device" in case:
            verify_device(der(case["device"]), der(case["authority"]), root.der, case["at_ms"])
    except CertificateRefused as refused:
        return refused.code
    return "ok"


@pytest.mark.parametrize("case", FILE["cases"], ids=names(FILE["cases"]))
def test_vector(case: dict[str, Any]) -> None:
    assert judge(case) == case["expect"]


def test_what_the_good_chain_gives() -> None:
    good, root = FILE["good"], read_root(ROOT)
    party, device = (
        verify_authority(KE_AUTHORITY, ROOT, AT_MS),
        verify_device(KE_CERTIFICATE, KE_AUTHORITY, ROOT, AT_MS),
    )
    assert (root.deployment, root.key.hex()) == (good["deployment"], good["root_key"])
    assert (party.host, party.key.hex()) == (good["host"], good["authority_key"])
    assert (str(device.uri), device.key.hex(), device.authority) == (good["uri"], good["device_key"], KE_AUTHORITY)
    assert (device.not_before_ms, device.not_after_ms) == (good["not_before_ms"], good["not_after_ms"])
    assert len(root.digest) == len(device.fingerprint) == 64


def test_the_profile_agrees_with_certificates_written_without_it() -> None:
    assert forging.root().der() == ROOT
    assert forging.authority().der() == KE_AUTHORITY
    assert forging.device().der() == KE_CERTIFICATE


def test_every_code_stands_in_a_vector() -> None:
    listed = {case["expect"] for case in FILE["cases"]}
    said = (
        "malformed_certificate wrong_profile wrong_name key_refused wrong_validity wrong_issuer expired not_yet_valid"
    )
    assert listed == {"ok", *said.split()}


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (forging.device("pratique://be.stop.example/ncp/w.otieno/7f3a"), "permitted subtree violation"),
        (forging.device().but(signer=key("other")), "signature failure"),
        (forging.device().drop(x509.AuthorityKeyIdentifier), "Missing Authority Key Identifier"),
    ],
    ids=["another host", "another signer", "no key identifier"],
)
def test_openssl_judges_the_chain_too(plan: forging.Plan, why: str) -> None:
    """Our own comparison stands before it, so it is asked by itself."""
    with pytest.raises(CertificateRefused, match=why):
        certificates._check_chain(x509.load_der_x509_certificate(plan.der()), [KE_AUTHORITY], ROOT)
    certificates._check_chain(x509.load_der_x509_certificate(KE_CERTIFICATE), [KE_AUTHORITY], ROOT)


def test_a_serial_number_that_is_not_positive_is_refused() -> None:
    good = bytes.fromhex("a003020102020104")
    for serial in ("a003020102020100", "a0030201020201ff"):
        forged = forging.edited(KE_CERTIFICATE, good, bytes.fromhex(serial), key("ke"))
        with pytest.warns(UserWarning, match="serial"), pytest.raises(CertificateRefused) as refused:
            verify_device(forged, KE_AUTHORITY, ROOT, AT_MS)
        assert refused.value.code == "wrong_profile"


@pytest.mark.filterwarnings("ignore:.*serial number:UserWarning")
@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_no_changed_byte_is_taken(mask: int) -> None:
    for at in range(len(KE_CERTIFICATE)):
        forged = bytearray(KE_CERTIFICATE)
        forged[at] ^= mask
        with pytest.raises(CertificateRefused):
            verify_device(bytes(forged), KE_AUTHORITY, ROOT, AT_MS)


@given(st.binary(max_size=300))
def test_noise_is_refused_cleanly(data: bytes) -> None:
    for read in (read_root, authority_key_id, lambda der: verify_authority(der, ROOT, AT_MS)):
        with pytest.raises(CertificateRefused):
            read(data)


def test_issued_certificates_verify_and_differ() -> None:
    first, second = (issue_device(URI, public(KE_DEVICE), KE_AUTHORITY, key("ke"), AT_MS) for _ in range(2))
    assert first != second
    for one in (first, second):
        device = verify_device(one, KE_AUTHORITY, ROOT, AT_MS)
        assert (device.uri, device.key) == (URI, public(KE_DEVICE))
        assert device.not_after_ms - device.not_before_ms == timedelta(days=90) / timedelta(milliseconds=1)
    assert authority_key_id(first) == authority_key_id(KE_CERTIFICATE)


def test_nothing_is_issued_that_would_not_verify() -> None:
    with pytest.raises(CertificateRefused, match="wrong_issuer"):
        issue_authority("ke", ROOT, key("ke"), public("ke"), AT_MS)
    with pytest.raises(CertificateRefused, match="wrong_issuer"):
        issue_device(URI, public(KE_DEVICE), KE_AUTHORITY, key("be"), AT_MS)
    with pytest.raises(CertificateRefused, match="wrong_name"):
        issue_device(URI, public(KE_DEVICE), BE_AUTHORITY, key("be"), AT_MS)
    for days in (0, 91, -1):
        with pytest.raises(CertificateRefused, match="wrong_validity"):
            issue_device(URI, public(KE_DEVICE), KE_AUTHORITY, key("ke"), AT_MS, days)
    with pytest.raises(KeyRefused):
        issue_device(URI, bytes(32), KE_AUTHORITY, key("ke"), AT_MS)
    with pytest.raises(KeyRefused):
        issue_authority("ke", ROOT, key("root"), bytes(31), AT_MS)
    with pytest.raises(NameRefused):
        issue_authority("KE", ROOT, key("root"), public("ke"), AT_MS)
    with pytest.raises(NameRefused):
        make_root("STOP.example", key("root"), AT_MS)


def test_the_longest_names_fit() -> None:
    deployment = "d" * 42 + ".example"
    root = make_root(deployment, key("root"), AT_MS)
    party = issue_authority("p" * 13, root, key("root"), public("ke"), AT_MS)
    assert len(verify_authority(party, root, AT_MS).host) == 64
    with pytest.raises(NameRefused):
        issue_authority("p" * 14, root, key("root"), public("ke"), AT_MS)


def test_the_enrolment_fingerprint_depends_on_everything() -> None:
    vector = FILE["enrolment"]
    own, invitation = bytes.fromhex(vector["key"]), bytes.fromhex(vector["invitation_digest"])
    fingerprint = enrolment_fingerprint(own, DeviceUri.parse(vector["uri"]), invitation)
    assert fingerprint == vector["fingerprint"]
    assert [len(group) for group in fingerprint.split("-")] == [5] * 5
    others = {
        enrolment_fingerprint(public("other"), URI, invitation),
        enrolment_fingerprint(own, DeviceUri("ke", DEPLOYMENT, "ncp", "w.otieno", "7f3b"), invitation),
        enrolment_fingerprint(own, URI, bytes(32)),
    }
    assert len({*others, fingerprint}) == 4
