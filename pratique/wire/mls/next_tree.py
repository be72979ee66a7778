"""Gives the tree that a commit makes of the one before, from public parts alone (RFC 9420 §7.5, §7.7, §7.9, §12.4.2).

    tree ─▶ removes ─▶ adds ─▶ path ─▶ tree of the next epoch

So a false uploaded tree, and a path that does not fit its tree, are refused before any member meets them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator

from pratique.wire.mls.commit import Commit
from pratique.wire.mls.leaf import LeafNode
from pratique.wire.mls.refused import MlsRefused
from pratique.wire.mls.suite import MAX_LEAVES
from pratique.wire.mls.tree import RatchetTree, parent_node
from pratique.wire.mls.update_path import UpdatePath
from pratique.wire.tls import encode


def next_tree(tree: RatchetTree, commit: Commit) -> RatchetTree:
    """Give the tree of the epoch that the commit begins; its hash must be the one in that epoch's GroupInfo.

    Raises  MlsRefused: leaf_missing, tree_full, path_refused, parent_hash_refused, key_refused, duplicate_key
    """
    if commit.sender not in tree.leaves:
        raise MlsRefused("leaf_missing", f"leaf {commit.sender}, which commits, is blank")
    tree = without_leaves(tree, commit.removes)
    added = frozenset(_blanks(tree, len(commit.adds)))
    tree = with_leaves(tree, [add.leaf for add in commit.adds])
    if commit.path is not None:
        tree = with_path(tree, commit.sender, commit.path, added)
    tree.check_unique_keys()
    return tree


def without_leaves(tree: RatchetTree, indices: Iterable[int]) -> RatchetTree:
    """Blank each leaf and all above it, then drop the right halves that are empty (§12.1.3)."""
    leaves, parents, width = dict(tree.leaves), dict(tree.parents), tree.width
    for index in indices:
        if leaves.pop(index, None) is None:
            raise MlsRefused("leaf_missing", f"leaf {index}, which is to be removed, is blank")
        for place, _ in _above(index, tree.width):
            parents.pop(place, None)
    highest = max(leaves, default=0)
    while highest < width // 2:
        width //= 2
    return RatchetTree(leaves, {place: node for place, node in parents.items() if place < 2 * width - 1}, width)


def with_leaves(tree: RatchetTree, added: Collection[LeafNode]) -> RatchetTree:
    """Put each leaf on the leftmost blank and list it as unmerged above (§12.1.1)."""
    leaves, parents, width = dict(tree.leaves), dict(tree.parents), tree.width
    unmerged: dict[int, list[int]] = {}
    for index, leaf in zip(_blanks(tree, len(added)), added, strict=True):
        leaves[index] = leaf
        while index >= width:
            width *= 2
        for place, _ in _above(index, width):
            if place in parents:
                unmerged.setdefault(place, []).append(index)
    for place, new in unmerged.items():
        node = parents[place]
        parents[place] = parent_node(
            node.encryption_key, node.parent_hash, tuple(sorted((*node.unmerged_leaves, *new)))
        )
    if width > MAX_LEAVES:
        raise MlsRefused("tree_full", f"a tree has at most {MAX_LEAVES} leaves")
    return RatchetTree(leaves, parents, width)


def with_path(tree: RatchetTree, sender: int, path: UpdatePath, added: Collection[int] = ()) -> RatchetTree:
    """Merge a committer's path, holding its shape and its parent hash to the tree.

    Takes   added: the leaves that the same commit adds; nothing is sealed for them
    """
    hashes = tree.tree_hashes()
    leaves, parents = {**tree.leaves, sender: path.leaf}, dict(tree.parents)
    filtered: list[tuple[int, int]] = []
    expected: list[int] = []
    for place, sibling in _above(sender, tree.width):
        parents.pop(place, None)
        if resolution := _resolution(tree, sibling):
            filtered.append((place, sibling))
            expected.append(sum(node % 2 == 1 or node // 2 not in added for node in resolution))
    if list(path.secrets) != expected:
        raise MlsRefused("path_refused", "the path does not have the nodes and sealed secrets that the tree asks for")
    parent_hash = b""
    for (place, sibling), key in reversed(list(zip(filtered, path.public_keys, strict=True))):
        parents[place] = parent_node(key, parent_hash, ())
        parent_hash = hashlib.sha256(encode(key, parent_hash, hashes[sibling])).digest()
    if path.leaf.parent_hash != parent_hash:
        raise MlsRefused("parent_hash_refused", "the committer's new leaf was made for another tree")
    return RatchetTree(leaves, parents, tree.width)


def _above(index: int, width: int) -> Iterator[tuple[int, int]]:
    """Give the place of each parent of a leaf up to the root, with the place of its child on the other side."""
    half = 1
    while half < width:
        block = index // half
        yield (block // 2) * 4 * half + 2 * half - 1, (block ^ 1) * 2 * half + half - 1
        half *= 2


def _resolution(tree: RatchetTree, place: int) -> list[int]:
    """Give the places that together cover a subtree (§4.1.1)."""
    if place % 2 == 0:
        return [place] if place // 2 in tree.leaves else []
    if (node := tree.parents.get(place)) is not None:
        return [place, *(2 * leaf for leaf in node.unmerged_leaves)]
    half = ((place + 1) & -(place + 1)) // 2
    return _resolution(tree, place - half) + _resolution(tree, place + half)


def _blanks(tree: RatchetTree, count: int) -> list[int]:
    """Give the leftmost blank leaves; those right of a full tree extend it."""
    blanks = [index for index in range(tree.width) if index not in tree.leaves][:count]
    return blanks + list(range(tree.width, tree.width + count - len(blanks)))
