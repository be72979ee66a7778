import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.wire.mls import KeyPackage, MlsRefused, parse_key_package, verify_key_package
from pratique.wire.tls import encode
from tests.wire.mls import making
from tests.wire.mls.making import NOW, Signer

DAY = 86_400


def parsed(signer: Signer) -> KeyPackage:
    return parse_key_package(making.message(5, signer.key_package()))


def parse_code(message: bytes) -> str:
    with pytest.raises(MlsRefused) as refused:
        parse_key_package(message)
    return refused.value.code


def verify_code(signer: Signer, at_s: int = NOW) -> str:
    with pytest.raises(MlsRefused) as refused:
        verify_key_package(parsed(signer), at_s)
    return refused.value.code


def test_a_sound_key_package_is_read_and_taken() -> None:
    signer = Signer()
    key_package = parsed(signer)
    verify_key_package(key_package, NOW)
    assert key_package.identity == signer.identity
    assert key_package.signature_key == signer.public
    assert key_package.encryption_key == signer.encryption_key
    assert key_package.init_key == signer.init_key
    assert (key_package.not_before, key_package.not_after) == (signer.not_before, signer.not_after)
    assert not key_package.last_resort
    labelled = encode("MLS 1.0 KeyPackage Reference", signer.key_package())
    assert key_package.ref == hashlib.sha256(labelled).digest()


def test_a_last_resort_package_is_known() -> None:
    key_package = parsed(Signer(extensions=making.vector(making.extension(0x000A))))
    verify_key_package(key_package, NOW)
    assert key_package.last_resort


@pytest.mark.parametrize(
    ("signer", "code"),
    [
        (Signer(versions=making.u16s(2)), "capabilities_refused"),
        (Signer(suites=making.u16s(2, 3)), "capabilities_refused"),
        (Signer(credentials=making.u16s(2)), "capabilities_refused"),
        (Signer(leaf_extensions=making.vector(making.extension(1, b"app"))), "extension_refused"),
        (Signer(extensions=making.vector(making.extension(0x0A0A))), "extension_refused"),
        (Signer(extensions=making.vector(making.extension(0x000A, b"x"))), "extension_refused"),
        (Signer(encryption_key=bytes(32)), "key_refused"),
        (Signer(init_key=b"\xff" * 32), "key_refused"),
        (Signer(init_key=b"\x09" * 31), "key_refused"),
        (Signer(not_before=NOW - DAY, not_after=NOW + 28 * DAY), "lifetime_refused"),
        (Signer(not_before=NOW + DAY, not_after=NOW - DAY), "lifetime_refused"),
        (Signer(not_before=NOW + 1, not_after=NOW + DAY), "not_yet_valid"),
        (Signer(not_before=NOW - DAY, not_after=NOW - 1), "expired"),
    ],
)
def test_unsound_key_packages_are_refused(signer: Signer, code: str) -> None:
    assert verify_code(signer) == code


def test_the_lifetime_holds_at_both_its_ends() -> None:
    signer = Signer()
    verify_key_package(parsed(signer), signer.not_before)
    verify_key_package(parsed(signer), signer.not_after)
    assert verify_code(signer, signer.not_before - 1) == "not_yet_valid"
    assert verify_code(signer, signer.not_after + 1) == "expired"


def test_keys_must_differ_from_each_other() -> None:
    signer = Signer()
    signer.init_key = signer.encryption_key
    assert verify_code(signer) == "duplicate_key"
    # The top bit is a sign in one kind of key and never set in the other.
    signer = next(signer for signer in iter(Signer, None) if signer.public[31] < 0x80)
    signer.init_key = signer.public
    assert verify_code(signer) == "duplicate_key"
    signer.init_key = making.hpke_key()
    signer.encryption_key = signer.public
    assert verify_code(signer) == "duplicate_key"


def test_both_signatures_are_checked() -> None:
    signer = Signer()
    good = making.message(5, signer.key_package())
    flipped = good[:-1] + bytes([good[-1] ^ 1])
    with pytest.raises(MlsRefused, match="KeyPackageTBS") as refused:
        verify_key_package(parse_key_package(flipped), NOW)
    assert refused.value.code == "signature_refused"
    leaf = signer.key_package_leaf()
    broken = signer.key_package(leaf=leaf[:-1] + bytes([leaf[-1] ^ 1]))
    with pytest.raises(MlsRefused, match="LeafNodeTBS"):
        verify_key_package(parse_key_package(making.message(5, broken)), NOW)


def test_another_key_cannot_stand_in() -> None:
    signer = Signer()
    leaf = signer.key_package_leaf()
    signer.key = Ed25519PrivateKey.generate()
    broken = making.message(5, signer.key_package(leaf=leaf))
    with pytest.raises(MlsRefused, match="KeyPackageTBS"):
        verify_key_package(parse_key_package(broken), NOW)


def test_parse_refusals_have_codes() -> None:
    signer = Signer()
    good = signer.key_package()
    assert parse_code(making.message(5, good + b"\x00")) == "malformed_encoding"
    assert parse_code(making.message(5, good[:-1])) == "malformed_encoding"
    assert parse_code(making.message(4, good)) == "wire_format_refused"
    assert parse_code(making.message(5, signer.key_package(version=2))) == "version_refused"
    assert parse_code(making.message(5, signer.key_package(suite=2))) == "suite_refused"
    assert parse_code(making.message(5, Signer(credential_type=2).key_package())) == "credential_refused"
    assert parse_code(making.message(5, Signer(identity="").key_package())) == "identity_refused"
    assert parse_code(making.message(5, Signer(identity="x" * 513).key_package())) == "identity_refused"
    assert parse_code(making.message(5, signer.key_package(leaf=signer.commit_leaf(0)))) == "leaf_source_refused"
    assert parse_code(making.message(5, signer.key_package(leaf=signer.leaf(b"\x02")))) == "leaf_source_refused"
    assert parse_code(making.message(5, signer.key_package(leaf=signer.leaf(b"\x04")))) == "leaf_source_refused"
    twice = making.vector(making.extension(0x000A), making.extension(0x000A))
    assert parse_code(making.message(5, Signer(extensions=twice).key_package())) == "duplicate_extension"
    assert parse_code(making.message(5, Signer(suites=making.vector(b"\x00")).key_package())) == "malformed_encoding"
