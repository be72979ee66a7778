from dataclasses import replace

import pytest

from pratique.wire.mls import PRATIQUE, Extension, GroupInfo, MlsRefused, check_group_info, parse_group_info
from pratique.wire.mls import verify_group_info as verify
from tests.wire.mls import making
from tests.wire.mls.making import CONTEXT, Signer, extension, vector


def parsed(
    signer: Signer, context: bytes | None = None, extensions: bytes = vector(), tag: bytes = making.TAG
) -> GroupInfo:
    return parse_group_info(making.message(4, signer.group_info(context, extensions, tag)))


def test_a_group_info_is_read_and_taken() -> None:
    signer = Signer()
    group_info = parsed(signer, extensions=vector(extension(PRATIQUE, b"seq and chain")))
    verify(group_info, signer.public)
    check_group_info(group_info)
    assert (group_info.context, group_info.signer, group_info.confirmation_tag) == (CONTEXT, 2, making.TAG)
    assert group_info.extension(0xF1A7) == b"seq and chain"
    assert group_info.extension(2) is None


def test_the_context_of_epoch_0_has_no_transcript() -> None:
    first = replace(CONTEXT, epoch=0, confirmed_transcript_hash=b"")
    check_group_info(parsed(Signer(), first.encode()))


@pytest.mark.parametrize(
    ("group_info", "code"),
    [
        (parsed(Signer(), replace(CONTEXT, extensions=(Extension(5, b""),)).encode()), "extension_refused"),
        (parsed(Signer(), extensions=vector(extension(2, b"tree"))), "extension_refused"),
        (parsed(Signer(), extensions=vector(extension(4, b"external_pub"), extension(PRATIQUE))), "extension_refused"),
        (parsed(Signer(), replace(CONTEXT, tree_hash=b"h" * 48).encode()), "hash_refused"),
        (parsed(Signer(), replace(CONTEXT, confirmed_transcript_hash=b"").encode()), "hash_refused"),
        (parsed(Signer(), replace(CONTEXT, epoch=0).encode()), "hash_refused"),
        (parsed(Signer(), tag=b"t" * 33), "tag_refused"),
    ],
)
def test_a_group_info_outside_the_profile_is_refused(group_info: GroupInfo, code: str) -> None:
    with pytest.raises(MlsRefused) as refused:
        check_group_info(group_info)
    assert refused.value.code == code


def test_the_signature_is_checked() -> None:
    signer = Signer()
    group_info = parsed(signer)
    for broken, key in [
        (group_info, Signer().public),
        (replace(group_info, signed=group_info.signed + b"\x00"), signer.public),
        (replace(group_info, signature=bytes(64)), signer.public),
    ]:
        with pytest.raises(MlsRefused) as refused:
            verify(broken, key)
        assert refused.value.code == "signature_refused"


def test_parse_refusals_have_codes() -> None:
    good = making.message(4, Signer().group_info())
    suite = making.message(4, Signer().group_info(b"\x00\x01\x00\x02" + CONTEXT.encode()[4:]))
    version = making.message(4, Signer().group_info(b"\x00\x02" + CONTEXT.encode()[2:]))
    twice = making.message(4, Signer().group_info(extensions=vector(extension(PRATIQUE), extension(PRATIQUE))))
    for message, code in [
        (good + b"\x00", "malformed_encoding"),
        (good[:-1], "malformed_encoding"),
        (suite, "suite_refused"),
        (version, "version_refused"),
        (twice, "duplicate_extension"),
        (making.message(3, good[4:]), "wire_format_refused"),
    ]:
        with pytest.raises(MlsRefused) as refused:
            parse_group_info(message)
        assert refused.value.code == code
