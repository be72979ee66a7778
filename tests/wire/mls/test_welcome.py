import pytest

from pratique.wire.mls import MlsRefused, parse_welcome
from pratique.wire.tls import Writer
from tests.wire.mls import making
from tests.wire.mls.making import vector


def secrets(ref: bytes) -> bytes:
    return Writer().opaque(ref).opaque(b"k" * 32).opaque(b"sealed").getvalue()


def welcome(*refs: bytes, suite: int = 1) -> bytes:
    body = vector(*(secrets(ref) for ref in refs))
    return making.message(3, Writer().u16(suite).raw(body).opaque(b"group info").getvalue())


def test_a_welcome_names_its_joiners_in_order() -> None:
    parsed = parse_welcome(welcome(b"b" * 32, b"a" * 32))
    assert parsed.refs == (b"b" * 32, b"a" * 32)
    assert parsed.secrets[0].kem_output == b"k" * 32
    assert parsed.encrypted_group_info == b"group info"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (welcome(), "ref_refused"),
        (welcome(b"r" * 31), "ref_refused"),
        (welcome(*(index.to_bytes(32, "big") for index in range(2049))), "ref_refused"),
        (welcome(b"r" * 32, b"r" * 32), "duplicate_ref"),
        (welcome(b"r" * 32, suite=2), "suite_refused"),
        (welcome(b"r" * 32) + b"\x00", "malformed_encoding"),
        (welcome(b"r" * 32)[:-1], "malformed_encoding"),
        (making.message(4, welcome(b"r" * 32)[4:]), "wire_format_refused"),
    ],
)
def test_other_welcomes_are_refused(message: bytes, code: str) -> None:
    with pytest.raises(MlsRefused) as refused:
        parse_welcome(message)
    assert refused.value.code == code
