import pytest

from pratique.wire.mls import MlsRefused, parse_ratchet_tree
from pratique.wire.mls.framing import MAX_MESSAGE_BYTES
from pratique.wire.mls.tree import read_ratchet_tree
from pratique.wire.mls.update_path import read_update_path
from tests.wire.mls import making, vectors
from tests.wire.mls.lenient import LenientReader
from tests.wire.mls.making import Signer, leaf_node, parent_node, vector

BLANK = b"\x00"
# These suites hash with SHA-256, and a tree does not say its suite.
SHA_256_SUITES = (1, 2, 3)


def leaf(signer: Signer | None = None) -> bytes:
    return leaf_node((signer or Signer()).key_package_leaf())


def parse_code(*nodes: bytes) -> str:
    with pytest.raises(MlsRefused) as refused:
        parse_ratchet_tree(vector(*nodes))
    return refused.value.code


def test_official_tree_hashes_of_every_node() -> None:
    chosen = [v for v in vectors.load("test-vectors/tree-validation.json") if v["cipher_suite"] in SHA_256_SUITES]
    assert len(chosen) == 42
    for vector_ in chosen:
        tree = parse_ratchet_tree(bytes.fromhex(vector_["tree"]))
        assert [h.hex() for h in tree.tree_hashes()] == vector_["tree_hashes"]
        if vector_["cipher_suite"] == 1:
            tree.check_unique_keys()


def test_official_leaf_signatures() -> None:
    checked = 0
    for vector_ in vectors.suite_1("test-vectors/tree-validation.json"):
        for index, node in parse_ratchet_tree(bytes.fromhex(vector_["tree"])).leaves.items():
            node.verify(bytes.fromhex(vector_["group_id"]), index)
            if node.source.name != "KEY_PACKAGE":
                with pytest.raises(MlsRefused):
                    node.verify(bytes.fromhex(vector_["group_id"]), index + 1)
            checked += 1
    assert checked > 50


def test_official_trees_around_operations() -> None:
    for vector_ in vectors.load("test-vectors/tree-operations.json"):
        for when in ("before", "after"):
            tree = read_ratchet_tree(LenientReader(bytes.fromhex(vector_[f"tree_{when}"])))
            assert tree.tree_hash().hex() == vector_[f"tree_hash_{when}"]


def test_official_treekem_trees() -> None:
    for vector_ in vectors.suite_1("test-vectors/treekem.json"):
        encoded, group_id = bytes.fromhex(vector_["ratchet_tree"]), bytes.fromhex(vector_["group_id"])
        with pytest.raises(MlsRefused, match="not UTF-8"):
            parse_ratchet_tree(encoded)
        tree = read_ratchet_tree(LenientReader(encoded))
        tree.check_unique_keys()
        for path in vector_["update_paths"]:
            update = read_update_path(LenientReader(bytes.fromhex(path["update_path"])))
            update.leaf.verify(group_id, path["sender"])
            assert update.leaf.signature_key == tree.leaves[path["sender"]].signature_key


def test_a_tree_is_read() -> None:
    signers = [Signer(identity=name) for name in "abc"]
    key = making.hpke_key()
    tree = parse_ratchet_tree(
        vector(leaf(signers[0]), parent_node(1, key=key), leaf(signers[1]), BLANK, leaf(signers[2]))
    )
    assert {index: node.identity for index, node in tree.leaves.items()} == {0: "a", 1: "b", 2: "c"}
    assert {place: node.encryption_key for place, node in tree.parents.items()} == {1: key}
    assert (tree.width, len(tree.tree_hashes())) == (4, 7)
    tree.check_unique_keys()


def test_a_single_leaf_is_a_tree() -> None:
    assert parse_ratchet_tree(vector(leaf())).width == 1


def test_impossible_trees_are_refused() -> None:
    assert parse_code() == "tree_refused"
    assert parse_code(BLANK) == "tree_refused"
    assert parse_code(leaf(), BLANK) == "tree_refused"
    assert parse_code(leaf(), BLANK, BLANK) == "tree_refused"
    assert parse_code(parent_node()) == "tree_refused"
    assert parse_code(leaf(), leaf()) == "tree_refused"
    assert parse_code(leaf(), b"\x01\x03") == "tree_refused"
    assert parse_code(b"\x02" + leaf()[1:]) == "malformed_encoding"
    assert parse_code(*[BLANK] * 4096, leaf()) == "tree_refused"
    with pytest.raises(MlsRefused, match="malformed"):
        parse_ratchet_tree(vector(leaf()) + b"\x00")
    with pytest.raises(MlsRefused, match="too_large"):
        parse_ratchet_tree(bytes(MAX_MESSAGE_BYTES + 1))


def test_the_largest_tree_is_read() -> None:
    tree = parse_ratchet_tree(vector(leaf(), *[BLANK] * 4093, leaf()))
    assert (sorted(tree.leaves), tree.width) == ([0, 2047], 2048)


def test_unmerged_leaves_grow_and_lie_below_their_node() -> None:
    four = [leaf() for _ in range(4)]

    def code(place: int, *unmerged: int) -> str:
        nodes = [four[0], BLANK, four[1], BLANK, four[2], BLANK, four[3]]
        nodes[place] = parent_node(*unmerged)
        return parse_code(*nodes)

    assert code(1, 2) == code(5, 1) == code(3, 4) == "tree_refused"
    assert code(1, 1, 0) == code(1, 1, 1) == "tree_refused"
    assert parse_code(four[0], parent_node(1), BLANK, BLANK, four[2]) == "tree_refused"
    nodes = [four[0], parent_node(0, 1), four[1], parent_node(0, 3), four[2], parent_node(2), four[3]]
    assert len(parse_ratchet_tree(vector(*nodes)).parents) == 3


def test_every_key_stands_once() -> None:
    def code(*nodes: bytes) -> str:
        tree = parse_ratchet_tree(vector(*nodes))
        with pytest.raises(MlsRefused) as refused:
            tree.check_unique_keys()
        return refused.value.code

    signer = Signer()
    same_key = Signer(encryption_key=signer.encryption_key)
    same_device = Signer(key=signer.key)
    assert code(leaf(signer), BLANK, leaf(same_key)) == "duplicate_key"
    assert code(leaf(signer), BLANK, leaf(same_device)) == "duplicate_key"
    assert code(leaf(signer), parent_node(key=signer.encryption_key), leaf()) == "duplicate_key"
    assert code(leaf(signer), parent_node(key=bytes(32)), leaf()) == "key_refused"
    assert code(leaf(Signer(encryption_key=b"\xff" * 32))) == "key_refused"
    assert code(leaf(Signer(claimed_key=bytes(32)))) == "key_refused"


def test_what_was_read_is_kept_byte_for_byte() -> None:
    node, parent = leaf(), parent_node(1)
    tree = parse_ratchet_tree(vector(node, parent, leaf()))
    assert tree.leaves[0].encoded == node[2:]
    assert b"\x01\x02" + tree.parents[1].encoded == parent
