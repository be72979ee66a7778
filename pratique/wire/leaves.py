"""Hold what the fold of a channel's log knows: seated offices, leaves, epoch (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Protocol

from pratique.wire.bodies import Charter
from pratique.wire.certificates import DeviceCertificate
from pratique.wire.identity import DeviceUri
from pratique.wire.refused import Refused


class NotCounted(Refused):
    """An entry that does not count, and why; `code` is stable."""


class Directory(Protocol):
    """Where the fold finds certificates; whoever passes one in has pinned the root."""

    def device(self, uri: str, at_ms: int) -> DeviceCertificate | None:
        """Give the verified certificate in force at an instant: of those valid then, the one that began last."""

    def authority_keys(self, signer: str, at_ms: int) -> tuple[bytes, ...]:
        """Give the keys that may sign as "root" or as a party's host at an instant."""


@dataclass(frozen=True)
class Leaf:
    """One device in the MLS tree.

    Unit  not_after_ms: the end of the certificate with which it was added or last committed;
          since_seq: the entry that added it
    """

    uri: str
    key: bytes
    not_after_ms: int
    since_seq: int = 0

    @cached_property
    def office_id(self) -> str:
        """The office whose seat this leaf needs."""
        return DeviceUri.parse(self.uri).office_id


@dataclass(frozen=True)
class Membership:
    """Who is seated and who holds a leaf after the entry numbered `seq`."""

    channel: bytes
    charter: Charter
    founder: str
    seq: int = 1
    at_ms: int = 0
    epoch: int = -1
    roster_number: int = 0
    roster_head: bytes = b""
    seated: frozenset[str] = frozenset()
    leaves: Mapping[int, Leaf] = field(default_factory=dict)
    revoked: frozenset[str] = frozenset()
    rejoining: frozenset[str] = frozenset()

    def leaf_of(self, uri: str) -> int | None:
        """Give the leaf index of a device, or None."""
        return self._places.get(uri)

    @property
    def living(self) -> bool:
        """Say whether a device that was not revoked holds a leaf; where none does, none ever will.

        Where commits are withheld and no leaf is known, one may live.
        """
        return not self.leaves or any(leaf.uri not in self.revoked for leaf in self.leaves.values())

    def surplus(self, at_ms: int) -> tuple[int, ...]:
        """Give the leaves that must go before anything is posted: revoked, rejoining, unseated or expired."""
        unwanted, first_end_ms = self._unwanted
        if at_ms <= first_end_ms:
            return unwanted
        expired = {index for index, leaf in self.leaves.items() if leaf.not_after_ms < at_ms}
        return tuple(sorted(expired.union(unwanted)))

    # Every post asks these two of the same membership, with hundreds of leaves: they are worked out once.
    @cached_property
    def _places(self) -> dict[str, int]:
        return {leaf.uri: index for index, leaf in self.leaves.items()}

    @cached_property
    def _unwanted(self) -> tuple[tuple[int, ...], int]:
        """The leaves that are surplus at any instant, and the instant after which a first leaf has expired."""
        gone = self.revoked | self.rejoining
        unwanted = (
            index for index, leaf in self.leaves.items() if leaf.uri in gone or leaf.office_id not in self.seated
        )
        return tuple(sorted(unwanted)), min((leaf.not_after_ms for leaf in self.leaves.values()), default=0)

    def to_json(self) -> dict[str, Any]:
        """Give a JSON-ready form that `from_json` reads back."""
        return {
            "channel": self.channel.hex(),
            "charter": self.charter.model_dump(mode="json"),
            "founder": self.founder,
            "seq": self.seq,
            "at_ms": self.at_ms,
            "epoch": self.epoch,
            "roster_number": self.roster_number,
            "roster_head": self.roster_head.hex(),
            "seated": sorted(self.seated),
            "leaves": [
                [index, leaf.uri, leaf.key.hex(), leaf.not_after_ms, leaf.since_seq]
                for index, leaf in self.leaves.items()
            ],
            "revoked": sorted(self.revoked),
            "rejoining": sorted(self.rejoining),
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Membership:
        """Read `to_json`'s form."""
        return cls(
            channel=bytes.fromhex(saved["channel"]),
            charter=Charter.model_validate(saved["charter"], strict=False),
            founder=saved["founder"],
            seq=saved["seq"],
            at_ms=saved["at_ms"],
            epoch=saved["epoch"],
            roster_number=saved["roster_number"],
            roster_head=bytes.fromhex(saved["roster_head"]),
            seated=frozenset(saved["seated"]),
            leaves=frozen(
                {index: Leaf(uri, bytes.fromhex(key), end, since) for index, uri, key, end, since in saved["leaves"]}
            ),
            revoked=frozenset(saved["revoked"]),
            rejoining=frozenset(saved["rejoining"]),
        )


def check_sealed(member: Membership, device: str, epoch: int, at_ms: int) -> None:
    """Judge whether a device may post a sealed entry now (rules AP-1 to AP-4); raises `NotCounted`."""
    index = member.leaf_of(device)
    if index is None:
        raise NotCounted("no_leaf", "the device holds no leaf in this channel")
    if epoch != member.epoch:
        raise NotCounted("stale_epoch", f"the channel is at epoch {member.epoch}")
    if surplus := member.surplus(at_ms):
        raise NotCounted("removal_pending", f"leaf {surplus[0]} must be removed first")


def skip(member: Membership, seq: int) -> Membership:
    """Step over an entry that does not count, or whose bytes are withheld."""
    return replace(member, seq=seq)


def adopt(member: Membership, epoch: int, leaves: Mapping[int, Leaf]) -> Membership:
    """Take epoch and leaves from a verified Welcome (history `from_join`, where earlier commits are withheld)."""
    return replace(member, epoch=epoch, leaves=frozen(leaves))


def frozen(leaves: Mapping[int, Leaf]) -> Mapping[int, Leaf]:
    """Give a read-only copy of a leaf map."""
    return MappingProxyType(dict(leaves))
