from dataclasses import replace

import pytest

from pratique.wire.mls import Commit, MlsRefused, RatchetTree, next_tree, parse_commit, parse_ratchet_tree
from pratique.wire.mls.key_package import read_key_package
from pratique.wire.mls.next_tree import with_leaves, with_path, without_leaves
from pratique.wire.mls.tree import read_ratchet_tree
from pratique.wire.mls.update_path import read_update_path
from tests.wire.mls import making, vectors
from tests.wire.mls.lenient import LenientReader
from tests.wire.mls.making import Signer, leaf_node, parent_node, path_node, vector

BLANK = b"\x00"
ADD, REMOVE = 1, 3


def tree_of(*nodes: bytes) -> RatchetTree:
    return parse_ratchet_tree(vector(*nodes))


def leaf(signer: Signer | None = None) -> bytes:
    return leaf_node((signer or Signer()).key_package_leaf())


def commit_of(proposals: bytes = vector(), *, sender: int = 0, nodes: tuple[bytes, ...] | None = None) -> Commit:
    signer = Signer()
    index = b"\x01" + sender.to_bytes(4, "big")
    return parse_commit(signer.commit(proposals, None if nodes is None else signer.path(*nodes), sender=index))


def code(tree: RatchetTree, commit: Commit) -> str:
    with pytest.raises(MlsRefused) as refused:
        next_tree(tree, commit)
    return refused.value.code


def test_official_adds_and_removes() -> None:
    applied = 0
    for case in vectors.load("test-vectors/tree-operations.json"):
        tree = read_ratchet_tree(LenientReader(bytes.fromhex(case["tree_before"])))
        reader = LenientReader(bytes.fromhex(case["proposal"]))
        kind = reader.u16()
        if kind == ADD:
            tree = with_leaves(tree, [read_key_package(reader).leaf])
        elif kind == REMOVE:
            tree = without_leaves(tree, [reader.u32()])
        else:
            continue
        assert tree.tree_hash().hex() == case["tree_hash_after"]
        assert tree == read_ratchet_tree(LenientReader(bytes.fromhex(case["tree_after"])))
        applied += 1
    assert applied == 4


def test_official_paths() -> None:
    merged = 0
    for case in vectors.suite_1("test-vectors/treekem.json"):
        tree = read_ratchet_tree(LenientReader(bytes.fromhex(case["ratchet_tree"])))
        for update in case["update_paths"]:
            path = read_update_path(LenientReader(bytes.fromhex(update["update_path"])))
            assert with_path(tree, update["sender"], path).tree_hash().hex() == update["tree_hash_after"]
            merged += 1
    assert merged == 62


def test_removing_the_right_half_narrows_the_tree() -> None:
    leaves = [leaf() for _ in range(4)]
    tree = tree_of(leaves[0], parent_node(), leaves[1], parent_node(), leaves[2], parent_node(), leaves[3])
    narrowed = without_leaves(tree, [3, 2])
    assert (sorted(narrowed.leaves), sorted(narrowed.parents), narrowed.width) == ([0, 1], [1], 2)
    kept = without_leaves(tree, [2])
    assert (sorted(kept.leaves), sorted(kept.parents), kept.width) == ([0, 1, 3], [1], 4)


def test_adds_fill_blanks_from_the_left_and_then_widen_the_tree() -> None:
    tree = tree_of(leaf(), parent_node(), BLANK, parent_node(), leaf())
    added = [Signer(identity=name) for name in "xyz"]
    after = next_tree(tree, commit_of(vector(*(making.add(signer.key_package()) for signer in added))))
    assert [after.leaves[index].identity for index in (1, 3, 4)] == ["x", "y", "z"]
    assert after.width == 8
    assert (after.parents[1].unmerged_leaves, after.parents[3].unmerged_leaves) == ((1,), (1, 3))
    with pytest.raises(MlsRefused, match="tree_full"):
        with_leaves(tree_of(*[leaf()] * 1, *[BLANK] * 4093, leaf()), list(tree.leaves.values()) * 1024)


def test_what_does_not_fit_the_tree_is_refused() -> None:
    tree = tree_of(leaf(), BLANK, leaf(), BLANK, BLANK, BLANK, leaf())
    assert code(tree, commit_of(sender=2, nodes=())) == "leaf_missing"
    assert code(tree, commit_of(vector(making.remove(2)), nodes=())) == "leaf_missing"
    assert code(tree, commit_of(vector(making.remove(9)), nodes=())) == "leaf_missing"
    assert code(tree, commit_of(nodes=())) == "path_refused"
    assert code(tree, commit_of(nodes=(path_node(), path_node(), path_node()))) == "path_refused"
    assert code(tree, commit_of(nodes=(path_node(secrets=2), path_node()))) == "path_refused"
    assert code(tree, commit_of(nodes=(path_node(), path_node()))) == "parent_hash_refused"


def test_a_key_of_the_tree_cannot_be_brought_again() -> None:
    signer = Signer()
    tree = tree_of(leaf(), BLANK, leaf(signer))
    for same in (Signer(key=signer.key), Signer(encryption_key=signer.encryption_key)):
        assert code(tree, commit_of(vector(making.add(same.key_package())))) == "duplicate_key"


def test_nothing_is_sealed_for_leaves_that_the_commit_adds() -> None:
    tree = tree_of(leaf())
    add = vector(making.add(Signer().key_package()))
    assert code(tree, commit_of(add, nodes=(path_node(secrets=1),))) == "path_refused"
    fits = commit_of(add, nodes=(path_node(secrets=0),))
    assert code(tree, fits) == "parent_hash_refused"
    assert fits.path is not None
    with pytest.raises(MlsRefused, match="path_refused"):
        next_tree(tree, replace(fits, path=replace(fits.path, secrets=())))
