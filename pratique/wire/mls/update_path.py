"""Reads the path of a commit: the committer's new leaf and the new keys above it (RFC 9420 §7.6)."""

from __future__ import annotations

from dataclasses import dataclass

from pratique.wire.mls.leaf import LeafNode, LeafSource, read_leaf
from pratique.wire.mls.refused import MlsReader, MlsRefused
from pratique.wire.mls.suite import KEM_OUTPUT_BYTES, MAX_LEAVES, PATH_CIPHERTEXT_BYTES, check_hpke_key

_MAX_PATH_NODES = MAX_LEAVES.bit_length() - 1


@dataclass(frozen=True, slots=True)
class UpdatePath:
    """Holds the path as the server sees it.

    Shape   secrets: per node, the number of path secrets sealed for the resolution of its copath child
    """

    leaf: LeafNode
    public_keys: tuple[bytes, ...]
    secrets: tuple[int, ...]


def read_update_path(reader: MlsReader) -> UpdatePath:
    """Read an UpdatePath and check all of it that needs no tree.

    Raises  MlsRefused: leaf_source_refused, path_refused, key_refused, duplicate_key (in the leaf),
            capabilities_refused, extension_refused
    """
    leaf = read_leaf(reader)
    if leaf.source is not LeafSource.COMMIT:
        raise MlsRefused("leaf_source_refused", "the leaf of a path says that it is not of a commit")
    leaf.check()
    nodes = reader.vector()
    keys: list[bytes] = []
    counts: list[int] = []
    while nodes.left:
        if len(keys) == _MAX_PATH_NODES:
            raise MlsRefused("path_refused", f"a path has at most {_MAX_PATH_NODES} nodes")
        keys.append(nodes.opaque())
        check_hpke_key(keys[-1])
        counts.append(_count_secrets(nodes.vector()))
    return UpdatePath(leaf, tuple(keys), tuple(counts))


def _count_secrets(reader: MlsReader) -> int:
    count = 0
    while reader.left:
        kem_output, ciphertext = reader.opaque(), reader.opaque()
        if len(kem_output) != KEM_OUTPUT_BYTES or len(ciphertext) != PATH_CIPHERTEXT_BYTES:
            raise MlsRefused("path_refused", "a sealed path secret does not have the size that the suite gives it")
        count += 1
    # None at all is right where only leaves added by the same commit stand below.
    if count > MAX_LEAVES:
        raise MlsRefused("path_refused", f"a path node is sealed for at most {MAX_LEAVES} nodes")
    return count
