"""Reads ratchet trees and gives their hash (RFC 9420 §7.8, §12.4.3.3, appendix C).

Shape   nodes stand in an array: leaves at even places, parents between; parent j of level k at (2j + 1) · 2^k - 1
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from pratique.wire.mls.framing import MAX_MESSAGE_BYTES
from pratique.wire.mls.leaf import LeafNode, read_leaf
from pratique.wire.mls.refused import MlsReader, MlsRefused
from pratique.wire.mls.suite import HASH_BYTES, MAX_LEAVES, check_hpke_key, check_signature_key
from pratique.wire.tls import encode

_LEAF = 1
_PARENT = 2


@dataclass(frozen=True, slots=True)
class ParentNode:
    encryption_key: bytes
    parent_hash: bytes
    unmerged_leaves: tuple[int, ...]
    encoded: bytes


@dataclass(frozen=True, slots=True)
class RatchetTree:
    """Holds a tree as it was read.

    Shape   leaves: leaf index to leaf; parents: array place to parent; width: a power of two, the leaves with blanks
    """

    leaves: dict[int, LeafNode]
    parents: dict[int, ParentNode]
    width: int

    def tree_hash(self) -> bytes:
        """Give the hash of the root."""
        return self.tree_hashes()[self.width - 1]

    def tree_hashes(self) -> list[bytes]:
        """Give the hash of every node, in array order."""
        hashes = [b""] * (2 * self.width - 1)
        for index in range(self.width):
            hashes[2 * index] = _hash_leaf(index, self.leaves.get(index))
        half = 1
        while half < self.width:
            for place in range(2 * half - 1, len(hashes), 4 * half):
                hashes[place] = _hash_parent(self.parents.get(place), hashes[place - half], hashes[place + half])
            half *= 2
        return hashes

    def encryption_keys(self, without: Collection[int] = ()) -> set[bytes]:
        """Give the encryption keys of all nodes, but for some leaves'."""
        of_leaves = {leaf.encryption_key for index, leaf in self.leaves.items() if index not in without}
        return of_leaves | {parent.encryption_key for parent in self.parents.values()}

    def check_unique_keys(self) -> None:
        """Refuse a tree in which a key is not sound or stands twice: of all nodes, and of all signers.

        Raises  MlsRefused: key_refused, duplicate_key
        """
        encryption_keys = self.encryption_keys()
        signature_keys = {leaf.signature_key for leaf in self.leaves.values()}
        for key in encryption_keys:
            check_hpke_key(key)
        for key in signature_keys:
            check_signature_key(key)
        if len(encryption_keys) != len(self.leaves) + len(self.parents) or len(signature_keys) != len(self.leaves):
            raise MlsRefused("duplicate_key", "a tree holds one key twice")


def parse_ratchet_tree(data: bytes) -> RatchetTree:
    """Give the tree of a `ratchet_tree` value (`optional<Node> ratchet_tree<V>`).

    Raises  MlsRefused: beside malformed ones: too_large, tree_refused
    """
    if len(data) > MAX_MESSAGE_BYTES:
        raise MlsRefused("too_large", f"a ratchet tree has at most {MAX_MESSAGE_BYTES} bytes")
    reader = MlsReader(data)
    tree = read_ratchet_tree(reader)
    reader.done()
    return tree


def read_ratchet_tree(outside: MlsReader) -> RatchetTree:
    reader = outside.vector()
    leaves: dict[int, LeafNode] = {}
    parents: dict[int, ParentNode] = {}
    place, last = 0, -1
    while reader.left:
        if place > 2 * (MAX_LEAVES - 1):
            raise MlsRefused("tree_refused", f"a tree has at most {MAX_LEAVES} leaves")
        if reader.flag():
            last = place
            _check_node_type(reader.u8(), place)
            if place % 2:
                parents[place] = _read_parent(reader)
            else:
                leaves[place // 2] = read_leaf(reader)
        place += 1
    if last < 0 or last != place - 1:
        raise MlsRefused("tree_refused", "a tree is empty or ends with a blank node")
    width = 1
    while 2 * width - 1 < place:
        width *= 2
    tree = RatchetTree(leaves, parents, width)
    for at, parent in parents.items():
        _check_unmerged(tree, at, parent)
    return tree


def parent_node(encryption_key: bytes, parent_hash: bytes, unmerged_leaves: tuple[int, ...]) -> ParentNode:
    """Make a parent node with its encoding."""
    listed = b"".join(index.to_bytes(4, "big") for index in unmerged_leaves)
    return ParentNode(encryption_key, parent_hash, unmerged_leaves, encode(encryption_key, parent_hash, listed))


def _read_parent(reader: MlsReader) -> ParentNode:
    start = reader.at
    encryption_key, parent_hash, unmerged = reader.opaque(), reader.opaque(), reader.integers(4)
    return ParentNode(encryption_key, parent_hash, unmerged, reader.since(start))


def _check_node_type(kind: int, place: int) -> None:
    if kind != (_PARENT if place % 2 else _LEAF):
        raise MlsRefused("tree_refused", f"the node at place {place} is of the wrong type")


def _check_unmerged(tree: RatchetTree, place: int, parent: ParentNode) -> None:
    """Hold the list of unmerged leaves to RFC 9420 §7.1: growing, each a leaf below this node."""
    half = (place + 1) & -(place + 1)
    below = range((place + 1 - half) // 2, (place + 1 + half) // 2)
    unmerged = parent.unmerged_leaves
    if list(unmerged) != sorted(set(unmerged)) or any(i not in below or i not in tree.leaves for i in unmerged):
        raise MlsRefused("tree_refused", f"the unmerged leaves of the node at place {place} cannot be")


def _hash_leaf(index: int, leaf: LeafNode | None) -> bytes:
    node = b"\x00" if leaf is None else b"\x01" + leaf.encoded
    return hashlib.sha256(b"\x01" + index.to_bytes(4, "big") + node).digest()


def _hash_parent(parent: ParentNode | None, left: bytes, right: bytes) -> bytes:
    node = b"\x00" if parent is None else b"\x01" + parent.encoded
    size = bytes([HASH_BYTES])
    return hashlib.sha256(b"\x02" + node + size + left + size + right).digest()
