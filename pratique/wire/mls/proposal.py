"""Reads the proposals of a commit: Adds and Removes by value; every other kind is refused by its own code."""

from __future__ import annotations

from dataclasses import dataclass

from pratique.wire.mls.key_package import KeyPackage, read_key_package
from pratique.wire.mls.refused import MlsReader, MlsRefused
from pratique.wire.mls.suite import MAX_LEAVES

_BY_VALUE = 1
_BY_REFERENCE = 2
_ADD = 1
_REMOVE = 3
_CLOSED = {
    2: "update_proposal",
    4: "psk_proposal",
    5: "reinit_proposal",
    6: "external_init_proposal",
    7: "group_context_extensions_proposal",
}


@dataclass(frozen=True, slots=True)
class Proposals:
    adds: tuple[KeyPackage, ...]
    removes: tuple[int, ...]


def read_proposals(reader: MlsReader) -> Proposals:
    """Read `ProposalOrRef proposals<V>`.

    Raises  MlsRefused: proposal_by_reference, update_proposal, psk_proposal, reinit_proposal, external_init_proposal,
            group_context_extensions_proposal, unknown_proposal, too_many_proposals, duplicate_remove
    """
    inside = reader.vector()
    adds: list[KeyPackage] = []
    removes: list[int] = []
    while inside.left:
        _check_by_value(inside)
        kind = inside.u16()
        if kind == _ADD:
            adds.append(read_key_package(inside))
        elif kind == _REMOVE:
            removes.append(inside.u32())
        else:
            raise MlsRefused(_CLOSED.get(kind, "unknown_proposal"), f"a commit may not hold proposal type {kind}")
        if len(adds) + len(removes) > MAX_LEAVES:
            raise MlsRefused("too_many_proposals", f"a commit holds at most {MAX_LEAVES} proposals")
    if len(set(removes)) != len(removes):
        raise MlsRefused("duplicate_remove", "a commit removes one leaf twice")
    return Proposals(tuple(adds), tuple(removes))


def _check_by_value(reader: MlsReader) -> None:
    form = reader.u8()
    if form == _BY_REFERENCE:
        raise MlsRefused("proposal_by_reference", "a commit holds its proposals by value only")
    if form != _BY_VALUE:
        raise reader.malformed("a proposal is neither by value nor by reference")
