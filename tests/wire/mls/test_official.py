"""Holds the codec to whole official messages: all are read, and every signature in them holds."""

from collections import Counter
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from pratique.wire.mls import (
    MlsRefused,
    next_confirmed_transcript_hash,
    parse_commit,
    parse_group_info,
    parse_key_package,
    parse_ratchet_tree,
    parse_welcome,
    peek,
    verify_commit_signature,
    verify_group_info,
)
from pratique.wire.mls.group_info import read_group_context
from pratique.wire.mls.key_package import read_key_package
from pratique.wire.mls.refused import MlsReader
from tests.wire.mls import joining, vectors
from tests.wire.mls.lenient import LenientReader

JOINS = [
    "test-vectors/passive-client-welcome.json",
    "test-vectors/passive-client-handling-commit.json",
    "test-vectors/passive-client-random.json",
    "interop/passive/application.json",
    "interop/passive/branch.json",
    "interop/passive/commit.json",
    "interop/passive/external_join.json",
    "interop/passive/external_proposals.json",
    "interop/passive/reinit.json",
    "interop/passive/welcome_join.json",
]


def outcome(parse: Callable[[bytes], object], hexed: str) -> str:
    try:
        parse(bytes.fromhex(hexed))
    except MlsRefused as refused:
        return refused.code
    return "read"


@pytest.mark.parametrize(
    ("field", "parse"),
    [
        ("mls_key_package", parse_key_package),
        ("mls_group_info", parse_group_info),
        ("mls_welcome", parse_welcome),
    ],
)
def test_messages_of_suite_1_are_read_and_others_refused(field: str, parse: Callable[[bytes], object]) -> None:
    found = Counter(outcome(parse, vector[field]) for vector in vectors.load("test-vectors/messages.json"))
    assert found == {"read": 100, "suite_refused": 200}


def test_messages_without_a_suite() -> None:
    messages = vectors.load("test-vectors/messages.json")
    assert Counter(outcome(parse_ratchet_tree, m["ratchet_tree"]) for m in messages) == {"read": 300}
    commits = Counter(outcome(parse_commit, m["public_message_commit"]) for m in messages)
    assert commits == {"proposal_by_reference": 300}
    for kind in ("proposal", "application"):
        found = Counter(outcome(parse_commit, m[f"public_message_{kind}"]) for m in messages)
        assert found == {"not_a_commit": 300}
    for field in ("private_message", "public_message_commit", "mls_welcome", "mls_group_info", "mls_key_package"):
        assert Counter(outcome(peek, m[field]) for m in messages) == {"read": 300}


def test_group_contexts_are_written_as_they_were_read() -> None:
    (vector,) = vectors.suite_1("test-vectors/key-schedule.json")
    contexts = [bytes.fromhex(epoch["group_context"]) for epoch in vector["epochs"]]
    infos = [m["mls_group_info"] for m in vectors.load("test-vectors/messages.json")]
    contexts += [parse_group_info(bytes.fromhex(i)).signed for i in infos if outcome(parse_group_info, i) == "read"]
    assert len(contexts) > 100
    for context in contexts:
        reader = MlsReader(context)
        read = read_group_context(reader)
        assert read.encode() == reader.since(0)
    first = read_group_context(MlsReader(contexts[0]))
    assert first.tree_hash.hex() == vector["epochs"][0]["tree_hash"]


def test_the_welcome_vector() -> None:
    (vector,) = vectors.suite_1("test-vectors/welcome.json")
    init_key = X25519PrivateKey.from_private_bytes(bytes.fromhex(vector["init_priv"]))
    key_package = read_key_package(LenientReader(bytes.fromhex(vector["key_package"])[4:]))
    group_info = joining.open_group_info(bytes.fromhex(vector["welcome"]), key_package, init_key, {})
    verify_group_info(group_info, bytes.fromhex(vector["signer_pub"]))


def test_joiners_see_signed_group_infos_and_the_trees_they_hash() -> None:
    joined = 0
    for name in JOINS:
        for vector in vectors.suite_1(name):
            group_info, tree = joining.join(vector)
            verify_group_info(group_info, tree.leaves[group_info.signer].signature_key)
            assert tree.tree_hash() == group_info.context.tree_hash
            tree.check_unique_keys()
            for index, leaf in tree.leaves.items():
                leaf.verify(group_info.context.group_id, index)
            joined += 1
    assert joined == 194


def test_first_commits_after_a_join_are_signed_for_their_context() -> None:
    verified = 0
    for name in JOINS:
        for vector in vectors.suite_1(name):
            if not vector["epochs"] or outcome(parse_commit, vector["epochs"][0]["commit"]) != "read":
                continue
            commit = parse_commit(bytes.fromhex(vector["epochs"][0]["commit"]))
            group_info, tree = joining.join(vector)
            verify_commit_signature(commit, group_info.context, tree.leaves[commit.sender].signature_key)
            assert len(next_confirmed_transcript_hash(commit, b"")) == 32
            verified += 1
    assert verified == 14


def test_commits_that_the_protocol_closes_are_refused_by_code() -> None:
    found: Counter[str] = Counter()
    for name in JOINS:
        for vector in vectors.suite_1(name):
            found.update(outcome(parse_commit, epoch["commit"]) for epoch in vector["epochs"])
    assert found["read"] >= 115
    assert found["malformed_encoding"] == found["suite_refused"] == 0
    for code in ("proposal_by_reference", "psk_proposal", "group_context_extensions_proposal", "sender_refused"):
        assert found[code] > 0
