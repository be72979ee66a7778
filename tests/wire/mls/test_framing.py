import pytest

from pratique.wire.mls import ContentType, Framing, MlsRefused, SenderKind, WireFormat, peek
from pratique.wire.mls.framing import MAX_MESSAGE_BYTES
from pratique.wire.tls import Writer
from tests.wire.mls import making


def head(sender: bytes = b"\x01\x00\x00\x00\x05", content_type: int = 3) -> bytes:
    return Writer().opaque(b"g").u64(9).raw(sender).opaque(b"aad").u8(content_type).getvalue()


def code(message: bytes) -> str:
    with pytest.raises(MlsRefused) as refused:
        peek(message)
    return refused.value.code


def test_a_public_message_shows_its_head() -> None:
    framing = peek(making.message(1, head() + b"never read"))
    assert framing == Framing(WireFormat.PUBLIC_MESSAGE, b"g", 9, SenderKind.MEMBER, 5, ContentType.COMMIT)


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        (b"\x02\x00\x00\x00\x05", SenderKind.EXTERNAL),
        (b"\x03", SenderKind.NEW_MEMBER_PROPOSAL),
        (b"\x04", SenderKind.NEW_MEMBER_COMMIT),
    ],
)
def test_only_a_member_has_a_leaf_index(sender: bytes, kind: SenderKind) -> None:
    framing = peek(making.message(1, head(sender, 2)))
    assert (framing.sender_kind, framing.leaf_index, framing.content_type) == (kind, None, ContentType.PROPOSAL)


def test_a_private_message_hides_its_sender() -> None:
    body = Writer().opaque(b"g").u64(3).u8(1).getvalue()
    assert peek(making.message(2, body)) == Framing(
        WireFormat.PRIVATE_MESSAGE, b"g", 3, content_type=ContentType.APPLICATION
    )


@pytest.mark.parametrize("kind", [WireFormat.WELCOME, WireFormat.GROUP_INFO, WireFormat.KEY_PACKAGE])
def test_the_others_show_only_what_they_are(kind: WireFormat) -> None:
    assert peek(making.message(kind, b"")) == Framing(kind)


def test_refusals_have_codes() -> None:
    assert code(b"") == "malformed_encoding"
    assert code(making.message(1, head())[:12]) == "malformed_encoding"
    assert code(making.message(1, head(), version=2)) == "version_refused"
    assert code(making.message(6, head())) == "wire_format_refused"
    assert code(making.message(1, head(b"\x05"))) == "sender_refused"
    assert code(making.message(1, head(content_type=4))) == "content_type_refused"
    assert code(bytes(MAX_MESSAGE_BYTES + 1)) == "too_large"
