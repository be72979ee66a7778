"""What the MLS engine answers, as values of ours."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class KeyPackage:
    """Holds a key package (an MLSMessage), its private part (opaque) and its KeyPackageRef."""

    key_package: bytes
    private: bytes
    ref: bytes

    @classmethod
    def read(cls, result: dict[str, Any]) -> Self:
        return cls(b64decode(result["key_package"]), b64decode(result["private"]), b64decode(result["ref"]))


@dataclass(frozen=True, slots=True)
class Leaf:
    """Holds who stands at one leaf: device URI and Ed25519 public key."""

    index: int
    uri: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Epoch:
    """Holds what a device knows of one epoch; `key` is secret.

    Source  RFC 9420 §8.5 (key), §8.7 (authenticator), §6.1 (confirmation tag), §7.8 (tree hash)
    """

    number: int
    key: bytes
    authenticator: bytes
    confirmation_tag: bytes
    tree_hash: bytes
    leaves: tuple[Leaf, ...]
    own_leaf: int

    @classmethod
    def read(cls, result: dict[str, Any]) -> Self:
        return cls(
            result["number"],
            b64decode(result["key"]),
            b64decode(result["authenticator"]),
            b64decode(result["confirmation_tag"]),
            b64decode(result["tree_hash"]),
            tuple(Leaf(leaf["index"], leaf["uri"], b64decode(leaf["key"])) for leaf in result["leaves"]),
            result["own_leaf"],
        )


@dataclass(frozen=True, slots=True)
class Created:
    """Holds a new group at epoch 0: its state (opaque), GroupInfo (an MLSMessage) and ratchet tree."""

    state: bytes
    group_info: bytes
    ratchet_tree: bytes
    epoch: Epoch

    @classmethod
    def read(cls, result: dict[str, Any]) -> Self:
        return cls(
            b64decode(result["state"]),
            b64decode(result["group_info"]),
            b64decode(result["ratchet_tree"]),
            Epoch.read(result["epoch"]),
        )


@dataclass(frozen=True, slots=True)
class Committed:
    """Holds a staged commit and the epoch after it; `welcome` where devices are added."""

    commit: bytes
    welcome: bytes | None
    state: bytes
    group_info: bytes
    ratchet_tree: bytes
    epoch: Epoch

    @classmethod
    def read(cls, result: dict[str, Any]) -> Self:
        return cls(
            b64decode(result["commit"]),
            None if result["welcome"] is None else b64decode(result["welcome"]),
            b64decode(result["state"]),
            b64decode(result["group_info"]),
            b64decode(result["ratchet_tree"]),
            Epoch.read(result["epoch"]),
        )


@dataclass(frozen=True, slots=True)
class Joined:
    """Holds a joined group; `signer` is the leaf that signed the welcome's GroupInfo.

    That the confirmation tag and the signer are those of the logged commit is for the caller to check.
    """

    state: bytes
    epoch: Epoch
    group_info_extension: bytes | None
    signer: int

    @classmethod
    def read(cls, result: dict[str, Any]) -> Self:
        extension = result["group_info_extension"]
        return cls(
            b64decode(result["state"]),
            Epoch.read(result["epoch"]),
            None if extension is None else b64decode(extension),
            result["signer"],
        )


@dataclass(frozen=True, slots=True)
class Processed:
    """Holds the state after a commit; a removed device knows no new epoch, and its state serves no further call."""

    state: bytes
    epoch: Epoch | None
    removed: bool

    @classmethod
    def read(cls, result: dict[str, Any]) -> Self:
        epoch = result["epoch"]
        return cls(b64decode(result["state"]), None if epoch is None else Epoch.read(epoch), result["removed"])


@dataclass(frozen=True, slots=True)
class Versions:
    """Holds the versions of the engine, of ts-mls and of our patch."""

    engine: str
    ts_mls: str
    patch: str

    @classmethod
    def read(cls, result: dict[str, Any]) -> Self:
        return cls(result["engine"], result["ts_mls"], result["patch"])
