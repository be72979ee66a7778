import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.wire.tls import Malformed, Reader, Writer, encode
from tests.wire.mls import vectors

LENGTHS = [0, 1, 63, 64, 16_383, 16_384, 70_000]


def test_official_length_headers() -> None:
    for vector in vectors.load("test-vectors/deserialization.json"):
        header, length = bytes.fromhex(vector["vlbytes_header"]), vector["length"]
        if length:
            with pytest.raises(Malformed, match=f"^malformed_encoding: {length} bytes were announced and 0 are left"):
                Reader(header).opaque()
        if length <= 1 << 16:
            assert Writer().opaque(bytes(length)).getvalue()[: len(header)] == header


@pytest.mark.parametrize("length", LENGTHS)
def test_opaque_is_read_back_whole(length: int) -> None:
    reader = Reader(Writer().opaque(b"x" * length).getvalue())
    assert reader.opaque() == b"x" * length
    reader.done()


@given(st.lists(st.one_of(st.integers(0, 2**64 - 1), st.text(), st.binary(max_size=200))))
def test_encode_is_read_back(fields: list[int | str | bytes]) -> None:
    reader = Reader(encode(*fields))
    for value in fields:
        read = reader.u64() if isinstance(value, int) else reader.text() if isinstance(value, str) else reader.opaque()
        assert read == value
    reader.done()


@given(st.binary(min_size=4, max_size=4))
def test_whatever_opaque_accepts_is_its_one_encoding(head: bytes) -> None:
    reader = Reader(head + bytes(20_000))
    try:
        value = reader.opaque()
    except Malformed:
        return
    assert Writer().opaque(value).getvalue() == reader.since(0)


def test_integers_are_big_endian_and_bounded() -> None:
    data = Writer().u8(1).u16(2).u32(3).u64(4).getvalue()
    assert data == bytes.fromhex("01 0002 00000003 0000000000000004")
    reader = Reader(data)
    assert (reader.u8(), reader.u16(), reader.u32(), reader.u64()) == (1, 2, 3, 4)
    for write in (Writer().u8, Writer().u16, Writer().u32, Writer().u64):
        for value in (-1, 1 << 64):
            with pytest.raises(Malformed):
                write(value)


@pytest.mark.parametrize(
    "hexed",
    [
        "",  # no length at all
        "40",  # half of a length
        "403f" + "00" * 63,  # 63 in two bytes
        "80003fff" + "00" * 16_383,  # 16,383 in four bytes
        "ff",
        "bfffffff",  # a gigabyte that is not there
        "02aa",
    ],
)
def test_opaque_refuses(hexed: str) -> None:
    with pytest.raises(Malformed) as refused:
        Reader(bytes.fromhex(hexed)).opaque()
    assert refused.value.code == "malformed_encoding"


def test_the_eight_byte_form_of_quic_is_refused() -> None:
    with pytest.raises(Malformed, match="reserved prefix"):
        Reader(bytes.fromhex("c000000000000001aa")).opaque()


def test_a_field_of_a_gigabyte_is_not_written() -> None:
    with pytest.raises(Malformed, match="too many"):
        Writer().opaque(bytes(1 << 30))


def test_rest_and_short_integers_are_refused() -> None:
    with pytest.raises(Malformed, match="1 bytes follow the end"):
        Reader(b"\x00").done()
    for read in (Reader(b"").u8, Reader(b"1").u16, Reader(b"123").u32, Reader(b"1234567").u64):
        with pytest.raises(Malformed):
            read()
    with pytest.raises(Malformed):
        Reader(b"12").raw(-1)


def test_text_must_be_utf_8() -> None:
    for data in (b"\x01\xff", b"\x03\xed\xa0\x80", b"\x02\xc0\xaf"):
        with pytest.raises(Malformed, match="not UTF-8"):
            Reader(data).text()
    with pytest.raises(Malformed, match="surrogate"):
        encode(json.loads('"\\ud800"'))


def test_vector_ends_where_its_length_says() -> None:
    reader = Reader(bytes.fromhex("02 0001 07"))
    inside = reader.vector()
    assert (inside.u16(), inside.left, reader.left) == (1, 0, 1)
    with pytest.raises(Malformed):
        inside.u8()


def test_a_bool_is_no_integer() -> None:
    with pytest.raises(TypeError):
        encode(True)


def test_known_bytes() -> None:
    assert encode(1, "é", b"\x00") == bytes.fromhex("0000000000000001 02c3a9 0100")
