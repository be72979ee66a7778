"""One group, three engines: ours, and two builds of mls-rs that referee it.

Each device stages commits, follows those of others, and tells what it knows of the epoch; what it cannot tell is None.
"""

from __future__ import annotations

import base64
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import mls_rs_uniffi as agentvault
import rine_mls
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.groups.engine_host import Engine, Epoch, KeyPackage, Pair

LABEL = b"pratique epoch key"
DAY_S = 86_400


class EngineWithReferees(Engine):
    """Runs the test build of the engine: the same sources, and leave for what foreign engines need."""

    def __init__(self, bundle: Path) -> None:
        super().__init__()
        self._path = bundle

    def _bundle(self) -> Path:
        return self._path


@dataclass(frozen=True, slots=True)
class Commit:
    """Holds a commit, one welcome per added device in the order of the adds, and the tree if the engine tells it."""

    message: bytes
    welcomes: list[bytes]
    ratchet_tree: bytes | None = None


class Device(Protocol):
    """Is one member, whichever engine drives it."""

    pair: Pair

    async def key_package(self) -> bytes: ...
    async def join(self, welcome: bytes, ratchet_tree: bytes, allowed: list[Pair]) -> None: ...
    async def commit(self, adds: list[bytes], removes: list[Device], allowed: list[Pair]) -> Commit: ...
    async def merge(self) -> None: ...
    async def follow(self, message: bytes, committer: Pair, allowed: list[Pair]) -> bool: ...
    async def epoch(self) -> int: ...
    async def members(self) -> set[Pair] | None: ...
    async def secret(self, group_id: bytes) -> bytes | None: ...


class OurDevice:
    """Is driven by our engine."""

    def __init__(self, engine: Engine, uri: str) -> None:
        self.engine = engine
        self._seed = os.urandom(32)
        self.pair = (uri, Ed25519PrivateKey.from_private_bytes(self._seed).public_key().public_bytes_raw())
        self._package: KeyPackage | None = None
        self.state = b""
        self.at: Epoch | None = None
        self._staged: tuple[bytes, Epoch] | None = None

    async def package(self) -> KeyPackage:
        now = int(time.time())
        self._package = await self.engine.key_package(
            self.pair[0], self._seed, not_before=now - 3600, not_after=now + 27 * DAY_S
        )
        return self._package

    async def key_package(self) -> bytes:
        return (await self.package()).key_package

    async def create(self, group_id: bytes) -> None:
        package = await self.package()
        created = await self.engine.create(group_id, package.key_package, package.private)
        self.state, self.at = created.state, created.epoch

    async def join(self, welcome: bytes, ratchet_tree: bytes, allowed: list[Pair]) -> None:
        assert self._package is not None
        joined = await self.engine.join(
            welcome, self._package.key_package, self._package.private, ratchet_tree, allowed=allowed
        )
        self.state, self.at = joined.state, joined.epoch

    async def commit(self, adds: list[bytes], removes: list[Device], allowed: list[Pair]) -> Commit:
        assert self.at is not None
        leaves = {(leaf.uri, leaf.key): leaf.index for leaf in self.at.leaves}
        made = await self.engine.commit(
            self.state, adds=adds, removes=[leaves[device.pair] for device in removes], allowed=allowed, aad=b"seen"
        )
        self._staged = (made.state, made.epoch)
        return Commit(made.commit, [made.welcome or b""] * len(adds), made.ratchet_tree)

    async def merge(self) -> None:
        assert self._staged is not None
        self.state, self.at = self._staged
        self._staged = None

    async def follow(self, message: bytes, committer: Pair, allowed: list[Pair]) -> bool:
        done = await self.engine.process(self.state, message, allowed=allowed, committer=committer, at=int(time.time()))
        self.state, self.at = done.state, done.epoch
        return not done.removed

    async def epoch(self) -> int:
        assert self.at is not None
        return self.at.number

    async def members(self) -> set[Pair] | None:
        assert self.at is not None
        return {(leaf.uri, leaf.key) for leaf in self.at.leaves}

    async def secret(self, group_id: bytes) -> bytes | None:
        assert self.at is not None
        return self.at.key


class AgentvaultDevice:
    """Is driven by mls-rs over OpenSSL. It can remove only devices whose identity object is at hand: its own kind."""

    def __init__(self, uri: str, *, tree_in_welcome: bool = True) -> None:
        keys = agentvault.generate_signature_keypair(agentvault.CipherSuite.CURVE25519_AES128)
        config = agentvault.client_config_default()
        config.use_ratchet_tree_extension = tree_in_welcome
        self.pair = (uri, keys.public_key.bytes)
        self.client = agentvault.Client(uri.encode(), keys, config)
        self.group: agentvault.Group | None = None
        self._own: agentvault.Message | None = None
        self._epoch = 0

    async def key_package(self) -> bytes:
        return bytes(self.client.generate_key_package_message().to_bytes())

    async def join(self, welcome: bytes, ratchet_tree: bytes, allowed: list[Pair]) -> None:
        tree = agentvault.RatchetTree(bytes=ratchet_tree)
        self.group = self.client.join_group(tree, agentvault.Message.from_bytes(welcome)).group

    async def commit(self, adds: list[bytes], removes: list[Device], allowed: list[Pair]) -> Commit:
        assert self.group is not None
        if adds:
            made = self.group.add_members([agentvault.Message.from_bytes(add) for add in adds])
        elif removes:
            made = self.group.remove_members(
                [d.client.signing_identity() for d in removes if isinstance(d, AgentvaultDevice)]
            )
        else:
            made = self.group.commit()
        self._own = made.commit_message
        welcome = bytes(made.welcome_message.to_bytes()) if made.welcome_message is not None else b""
        return Commit(bytes(made.commit_message.to_bytes()), [welcome] * len(adds))

    async def merge(self) -> None:
        assert self.group is not None and self._own is not None
        self.group.process_incoming_message(self._own)

    async def follow(self, message: bytes, committer: Pair, allowed: list[Pair]) -> bool:
        assert self.group is not None
        received = self.group.process_incoming_message(agentvault.Message.from_bytes(message))
        return not received.effect.is_removed()

    async def epoch(self) -> int:
        return -1

    async def members(self) -> set[Pair] | None:
        return None

    async def secret(self, group_id: bytes) -> bytes | None:
        assert self.group is not None
        return bytes(self.group.export_secret(LABEL, group_id, 32))


class RineDevice:
    """Is driven by mls-rs over RustCrypto. Its identity is its own key; it takes trees in welcomes only."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.client = rine_mls.MlsClient(str(folder), os.urandom(32), rine_mls.CIPHER_SUITE_CLASSICAL)
        key = self.client.public_key()
        try:
            uri = key.decode()
        except UnicodeDecodeError:
            uri = "base64:" + base64.b64encode(key).decode()
        self.pair = (uri, key)
        self.group: rine_mls.MlsGroup | None = None

    async def key_package(self) -> bytes:
        return self.client.generate_key_package()

    async def join(self, welcome: bytes, ratchet_tree: bytes, allowed: list[Pair]) -> None:
        self.group = self.client.join_from_welcome(welcome)

    async def commit(self, adds: list[bytes], removes: list[Device], allowed: list[Pair]) -> Commit:
        assert self.group is not None
        if removes:
            (removed,) = removes
            made = self.group.remove_member(self.group.member_index(_identity(removed)))
        else:
            made = self.group.add_members(adds)
        return Commit(made.commit, list(made.welcomes))

    async def merge(self) -> None:
        """Do nothing: this engine merges its own commit when it makes it."""

    async def follow(self, message: bytes, committer: Pair, allowed: list[Pair]) -> bool:
        assert self.group is not None
        self.group.apply_commit(message)
        return self.group.is_active()

    async def epoch(self) -> int:
        assert self.group is not None
        return self.group.epoch()

    async def members(self) -> set[Pair] | None:
        return None

    async def secret(self, group_id: bytes) -> bytes | None:
        return None


def _identity(device: Device) -> bytes:
    return device.pair[1] if isinstance(device, RineDevice) else device.pair[0].encode()
