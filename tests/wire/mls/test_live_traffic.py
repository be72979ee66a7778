"""Takes what the engine really sends through every check of the codec, epoch by epoch, as the server does."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.groups.engine_host import Committed, Engine, KeyPackage, Pair
from pratique.wire import mls

GROUP_ID = hashlib.sha256(b"a channel").digest()
DAY_S = 86_400


@dataclass
class Device:
    uri: str
    key: Ed25519PrivateKey
    package: KeyPackage

    @property
    def pair(self) -> Pair:
        return self.uri, self.key.public_key().public_bytes_raw()


@dataclass
class Server:
    """Holds what the server keeps of a channel: the last GroupInfo, tree and interim transcript hash."""

    group_info: mls.GroupInfo
    tree: mls.RatchetTree
    interim: bytes

    @classmethod
    def begin(cls, group_info: bytes, ratchet_tree: bytes) -> Server:
        parsed, tree = mls.parse_group_info(group_info), mls.parse_ratchet_tree(ratchet_tree)
        assert (parsed.context.epoch, parsed.signer, list(tree.leaves)) == (0, 0, [0])
        server = cls(parsed, tree, b"")
        server._check(parsed, tree)
        server.interim = mls.interim_transcript_hash(b"", parsed.confirmation_tag)
        return server

    def take(self, made: Committed) -> mls.Commit:
        """Check one bundle as it would be posted, then move on to its epoch."""
        before = self.group_info.context
        framing = mls.peek(made.commit)
        assert (framing.group_id, framing.epoch) == (before.group_id, before.epoch)
        commit = mls.parse_commit(made.commit)
        mls.verify_commit_signature(commit, before, self.tree.leaves[commit.sender].signature_key)
        for key_package in commit.adds:
            mls.verify_key_package(key_package, int(time.time()))
        tree, group_info = mls.next_tree(self.tree, commit), mls.parse_group_info(made.group_info)
        assert tree == mls.parse_ratchet_tree(made.ratchet_tree)
        confirmed = mls.next_confirmed_transcript_hash(commit, self.interim)
        assert group_info.context == mls.GroupContext(GROUP_ID, before.epoch + 1, tree.tree_hash(), confirmed)
        assert (group_info.signer, group_info.confirmation_tag) == (commit.sender, commit.confirmation_tag)
        assert made.epoch.confirmation_tag == commit.confirmation_tag
        self._check(group_info, tree)
        self.group_info, self.tree = group_info, tree
        self.interim = mls.interim_transcript_hash(confirmed, commit.confirmation_tag)
        return commit

    def _check(self, group_info: mls.GroupInfo, tree: mls.RatchetTree) -> None:
        mls.verify_group_info(group_info, tree.leaves[group_info.signer].signature_key)
        mls.check_group_info(group_info)
        assert tree.tree_hash() == group_info.context.tree_hash
        tree.check_unique_keys()
        for index, leaf in tree.leaves.items():
            leaf.check()
            leaf.verify(GROUP_ID, index)


async def make_device(engine: Engine, number: int, last_resort: bool = False) -> Device:
    uri, key, now = (
        f"pratique://be.stop.example/ncp/w.otieno/d{number:04}",
        Ed25519PrivateKey.generate(),
        int(time.time()),
    )
    package = await engine.key_package(
        uri, key.private_bytes_raw(), not_before=now - 3600, not_after=now + 27 * DAY_S, last_resort=last_resort
    )
    return Device(uri, key, package)


async def test_key_packages_of_the_engine() -> None:
    async with Engine() as engine:
        for last_resort in (False, True):
            device = await make_device(engine, 1, last_resort)
            parsed = mls.parse_key_package(device.package.key_package)
            mls.verify_key_package(parsed, int(time.time()))
            assert (parsed.identity, parsed.signature_key) == device.pair
            assert (parsed.ref, parsed.last_resort) == (device.package.ref, last_resort)


async def test_a_channels_life_passes_every_check() -> None:
    async with Engine() as engine:
        first, *others = [await make_device(engine, number) for number in range(6)]
        created = await engine.create(GROUP_ID, first.package.key_package, first.package.private)
        server = Server.begin(created.group_info, created.ratchet_tree)

        added = await engine.commit(
            created.state,
            adds=[device.package.key_package for device in others[:4]],
            aad=b"seen",
            allowed=[device.pair for device in others],
            group_info_extension=b"where it stands",
        )
        commit = server.take(added)
        assert [key_package.ref for key_package in commit.adds] == [device.package.ref for device in others[:4]]
        assert (commit.aad, commit.removes) == (b"seen", ())
        assert server.group_info.extension(mls.PRATIQUE) == b"where it stands"
        assert added.welcome is not None
        assert sorted(mls.parse_welcome(added.welcome).refs) == sorted(device.package.ref for device in others[:4])

        everybody = [device.pair for device in (first, *others)]
        joiner = others[1]
        joined = await engine.join(
            added.welcome, joiner.package.key_package, joiner.package.private, added.ratchet_tree, allowed=everybody
        )
        removed = await engine.commit(joined.state, removes=[3])
        assert server.take(removed).removes == (3,)
        refreshed = await engine.commit(removed.state)
        commit = server.take(refreshed)
        assert commit.sender == joined.epoch.own_leaf == 2 and commit.path is not None
        assert (commit.path.leaf.identity, commit.path.leaf.signature_key) == joiner.pair
        both = await engine.commit(
            refreshed.state, adds=[others[4].package.key_package], removes=[4], allowed=[others[4].pair]
        )
        server.take(both)
        assert [(leaf.index, leaf.uri) for leaf in both.epoch.leaves] == [
            (index, leaf.identity) for index, leaf in sorted(server.tree.leaves.items())
        ]
        assert server.tree.leaves[3].identity == others[4].uri


async def test_real_bundles_with_one_thing_wrong_are_refused() -> None:
    async with Engine() as engine:
        first, second, third = [await make_device(engine, number) for number in range(3)]
        created = await engine.create(GROUP_ID, first.package.key_package, first.package.private)
        server = Server.begin(created.group_info, created.ratchet_tree)
        made = await engine.commit(
            created.state,
            adds=[second.package.key_package, third.package.key_package],
            allowed=[second.pair, third.pair],
        )
        commit, context = mls.parse_commit(made.commit), server.group_info.context
        for wrong in (replace(context, epoch=1), replace(context, tree_hash=bytes(32))):
            with pytest.raises(mls.MlsRefused):
                mls.verify_commit_signature(commit, wrong, first.pair[1])
        with pytest.raises(mls.MlsRefused, match="signature_refused"):
            mls.verify_commit_signature(commit, context, second.pair[1])
        false_tree = mls.parse_ratchet_tree(created.ratchet_tree)
        assert mls.next_tree(server.tree, commit) != false_tree
        assert commit.path is not None
        for path in (
            replace(commit.path, public_keys=commit.path.public_keys[:-1], secrets=commit.path.secrets[:-1]),
            replace(commit.path, public_keys=(second.pair[1], *commit.path.public_keys[1:])),
        ):
            with pytest.raises(mls.MlsRefused):
                mls.next_tree(server.tree, replace(commit, path=path))
