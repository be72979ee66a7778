"""Parses and checks MLS handshakes without an engine and without secrets (RFC 9420, ciphersuite 0x0001, mls10, basic).

Every function raises MlsRefused and nothing else. What needs a secret (path secrets, both tags) stays unchecked here.
"""

from pratique.wire.mls.commit import Commit, parse_commit, verify_commit_signature
from pratique.wire.mls.extension import LAST_RESORT, PRATIQUE, Extension
from pratique.wire.mls.framing import ContentType, Framing, SenderKind, WireFormat, peek
from pratique.wire.mls.group_info import GroupContext, GroupInfo, check_group_info, parse_group_info, verify_group_info
from pratique.wire.mls.key_package import KeyPackage, parse_key_package, verify_key_package
from pratique.wire.mls.leaf import LeafNode, LeafSource
from pratique.wire.mls.next_tree import next_tree
from pratique.wire.mls.refused import MlsRefused
from pratique.wire.mls.transcript import interim_transcript_hash, next_confirmed_transcript_hash
from pratique.wire.mls.tree import ParentNode, RatchetTree, parse_ratchet_tree
from pratique.wire.mls.update_path import UpdatePath
from pratique.wire.mls.welcome import Welcome, parse_welcome

__all__ = [
    "LAST_RESORT",
    "PRATIQUE",
    "Commit",
    "ContentType",
    "Extension",
    "Framing",
    "GroupContext",
    "GroupInfo",
    "KeyPackage",
    "LeafNode",
    "LeafSource",
    "MlsRefused",
    "ParentNode",
    "RatchetTree",
    "SenderKind",
    "UpdatePath",
    "Welcome",
    "WireFormat",
    "check_group_info",
    "interim_transcript_hash",
    "next_confirmed_transcript_hash",
    "next_tree",
    "parse_commit",
    "parse_group_info",
    "parse_key_package",
    "parse_ratchet_tree",
    "parse_welcome",
    "peek",
    "verify_commit_signature",
    "verify_group_info",
    "verify_key_package",
]
