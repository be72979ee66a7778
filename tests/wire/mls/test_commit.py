from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.wire.mls import MlsRefused, parse_commit, parse_key_package, verify_commit_signature
from tests.wire.mls import making
from tests.wire.mls.making import CONTEXT, GROUP_ID, TAG, Signer, add, path_node, remove, vector


def parse_code(message: bytes) -> str:
    with pytest.raises(MlsRefused) as refused:
        parse_commit(message)
    return refused.value.code


def verify_code(message: bytes, signer: Signer) -> str:
    with pytest.raises(MlsRefused) as refused:
        verify_commit_signature(parse_commit(message), CONTEXT, signer.public)
    return refused.value.code


def test_a_commit_with_everything_it_may_hold() -> None:
    signer, first, second = Signer(), Signer(), Signer()
    proposals = vector(add(first.key_package()), remove(5), add(second.key_package()), remove(9))
    keys = [making.hpke_key(), making.hpke_key()]
    commit = parse_commit(signer.commit(proposals, signer.path(path_node(keys[0]), path_node(keys[1], secrets=3))))
    verify_commit_signature(commit, CONTEXT, signer.public)
    assert (commit.group_id, commit.epoch, commit.sender, commit.aad) == (GROUP_ID, 7, 2, b"aad")
    assert [kp.signature_key for kp in commit.adds] == [first.public, second.public]
    assert commit.adds[0].ref == parse_key_package(making.message(5, first.key_package())).ref
    assert commit.removes == (5, 9)
    assert commit.path is not None
    assert (commit.path.leaf.identity, commit.path.leaf.signature_key) == (signer.identity, signer.public)
    assert commit.path.leaf.encryption_key == signer.encryption_key
    assert (commit.path.public_keys, commit.path.secrets) == (tuple(keys), (1, 3))
    assert (len(commit.signature), commit.confirmation_tag) == (64, TAG)


def test_adds_alone_need_no_path_and_a_path_needs_nothing_beside_it() -> None:
    signer = Signer()
    adds = parse_commit(signer.commit(vector(add(Signer().key_package())), None))
    assert (len(adds.adds), adds.path) == (1, None)
    verify_commit_signature(adds, CONTEXT, signer.public)
    path = parse_commit(signer.commit(vector(), signer.path()))
    assert path.path is not None and not path.adds and not path.removes


@pytest.mark.parametrize(
    ("proposal", "code"),
    [
        (b"\x02" + vector(b"r" * 32), "proposal_by_reference"),
        (b"\x03" + vector(b"r" * 32), "malformed_encoding"),
        (b"\x01\x00\x02" + Signer().leaf(b"\x02"), "update_proposal"),
        (b"\x01\x00\x04\x01" + vector(b"i") + vector(b"n" * 32), "psk_proposal"),
        (b"\x01\x00\x05" + vector(b"g") + b"\x00\x01\x00\x01\x00", "reinit_proposal"),
        (b"\x01\x00\x06" + vector(b"k" * 32), "external_init_proposal"),
        (b"\x01\x00\x07\x00", "group_context_extensions_proposal"),
        (b"\x01\x00\x08", "unknown_proposal"),
        (b"\x01\x0a\x0a\x00", "unknown_proposal"),
    ],
)
def test_closed_proposals_are_refused_alone_and_among_good_ones(proposal: bytes, code: str) -> None:
    signer = Signer()
    assert parse_code(signer.commit(vector(proposal), signer.path())) == code
    mixed = vector(remove(5), add(Signer().key_package()), proposal)
    assert parse_code(signer.commit(mixed, signer.path())) == code


def test_removes_are_held_to_the_rules() -> None:
    signer = Signer()
    assert parse_code(signer.commit(vector(remove(5)), None)) == "path_missing"
    assert parse_code(signer.commit(vector(remove(5), add(Signer().key_package())), None)) == "path_missing"
    assert parse_code(signer.commit(vector(), None)) == "path_missing"
    assert parse_code(signer.commit(vector(remove(5), remove(5)), signer.path())) == "duplicate_remove"
    assert parse_code(signer.commit(vector(remove(2)), signer.path())) == "own_leaf_removed"
    many = vector(*(remove(index) for index in range(3, 2053)))
    assert parse_code(signer.commit(many, signer.path())) == "too_many_proposals"


@pytest.mark.parametrize("sender", [b"\x02\x00\x00\x00\x00", b"\x03", b"\x04", b"\x05", b"\x01\x00\x00\x08\x00"])
def test_only_members_commit(sender: bytes) -> None:
    signer = Signer()
    assert parse_code(signer.commit(vector(), signer.path(), sender=sender)) == "sender_refused"


def test_paths_are_held_to_the_rules() -> None:
    signer = Signer()
    key = making.hpke_key()

    def code(*nodes: bytes, leaf: bytes | None = None) -> str:
        return parse_code(signer.commit(vector(), signer.path(*nodes, leaf=leaf)))

    assert code(*(path_node() for _ in range(12))) == "path_refused"
    assert code(path_node(secrets=2049)) == "path_refused"
    assert code(path_node(kem_bytes=31)) == "path_refused"
    assert code(path_node(secret_bytes=49)) == "path_refused"
    assert code(path_node(bytes(32))) == "key_refused"
    assert code(path_node(key), path_node(key)) == "duplicate_key"
    assert code(path_node(signer.encryption_key)) == "duplicate_key"
    assert code(leaf=signer.key_package_leaf()) == "leaf_source_refused"
    assert code(leaf=Signer(suites=making.u16s()).commit_leaf(2)) == "capabilities_refused"
    assert code(leaf=Signer(encryption_key=bytes(32)).commit_leaf(2)) == "key_refused"
    assert code(leaf=Signer(claimed_key=bytes(32)).commit_leaf(2)) == "key_refused"


def test_a_commit_brings_every_key_once() -> None:
    signer, other = Signer(), Signer()
    package = add(other.key_package())
    assert parse_code(signer.commit(vector(package, package), signer.path())) == "duplicate_key"
    assert parse_code(signer.commit(vector(package), signer.path(path_node(other.encryption_key)))) == "duplicate_key"
    assert parse_code(signer.commit(vector(add(signer.key_package())), signer.path())) == "duplicate_key"
    same_device = Signer(key=other.key)
    assert parse_code(signer.commit(vector(package, add(same_device.key_package())), None)) == "duplicate_key"
    same_init = Signer(init_key=other.init_key)
    assert parse_code(signer.commit(vector(package, add(same_init.key_package())), None)) == "duplicate_key"


def test_what_is_no_commit_is_refused() -> None:
    signer = Signer()
    good = signer.commit(vector(), signer.path())
    assert parse_code(good + b"\x00") == "malformed_encoding"
    assert parse_code(good[:-1]) == "malformed_encoding"
    assert parse_code(signer.commit(vector(), signer.path(), content_type=2)) == "not_a_commit"
    assert parse_code(signer.commit(vector(), signer.path(), tag=b"t" * 31)) == "tag_refused"
    assert parse_code(making.message(2, good[4:])) == "wire_format_refused"
    assert parse_code(signer.commit(vector(), None)[:-100]) == "malformed_encoding"
    flag = signer.commit(vector(), None).replace(b"\x03\x00\x00\x40\x40", b"\x03\x00\x02\x40\x40")
    assert parse_code(flag) == "malformed_encoding"


def test_the_signature_binds_group_epoch_context_and_key() -> None:
    signer = Signer()
    message = signer.commit(vector(remove(5)), signer.path(path_node()))
    commit = parse_commit(message)
    verify_commit_signature(commit, CONTEXT, signer.public)
    for context, code in [
        (replace(CONTEXT, group_id=b"g" * 32), "wrong_group"),
        (replace(CONTEXT, epoch=8), "wrong_epoch"),
        (replace(CONTEXT, tree_hash=b"x" * 32), "signature_refused"),
        (replace(CONTEXT, confirmed_transcript_hash=b"x" * 32), "signature_refused"),
    ]:
        with pytest.raises(MlsRefused) as refused:
            verify_commit_signature(commit, context, signer.public)
        assert refused.value.code == code
    assert verify_code(message, Signer()) == "signature_refused"
    assert verify_code(message.replace(b"\x03aad", b"\x03aae"), signer) == "signature_refused"
    with pytest.raises(MlsRefused) as refused:
        verify_commit_signature(commit, CONTEXT, bytes(32))
    assert refused.value.code == "key_refused"


def test_the_new_leaf_keeps_its_key_and_is_signed_for_its_place() -> None:
    signer = Signer()
    other = Signer(key=Ed25519PrivateKey.generate())
    changed = signer.commit(vector(), signer.path(leaf=other.commit_leaf(2)))
    assert verify_code(changed, signer) == "key_changed"
    for leaf in (signer.commit_leaf(3), signer.commit_leaf(2, group_id=b"other")):
        assert verify_code(signer.commit(vector(), signer.path(leaf=leaf)), signer) == "signature_refused"
