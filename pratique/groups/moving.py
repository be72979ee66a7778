"""Move the engine along the log: merge own commits, follow others', join by welcomes; report what cannot be followed.

The engine's answers are compared with the fold; where they differ, the state before stays and the commit is reported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from pratique import http
from pratique.account import Account
from pratique.directory import LocalDirectory
from pratique.groups.engine_host import Engine, EngineError, EngineUnavailable, Epoch, KeyPackage
from pratique.groups.joining import Invited, join
from pratique.sealing import EpochKey
from pratique.store.file import Store
from pratique.store.keys import Keys
from pratique.store.logs import LogPosition, Logs, Row
from pratique.store.outbox import Outbox
from pratique.sync import Judged
from pratique.wire import mls
from pratique.wire.bodies import Charter, Roster
from pratique.wire.entries import Entry, Kind
from pratique.wire.membership import adopt
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement
from pratique.wire.welcomes import Welcome


@dataclass
class Step:
    """What one pass over some entries gathers before it is saved.

    Takes   epochs: keys that the engine gave; used: key packages that served a join; bad: commits it cannot apply
    """

    at: LogPosition
    rows: list[Row] = field(default_factory=list)
    epochs: list[EpochKey] = field(default_factory=list)
    used: list[bytes] = field(default_factory=list)
    bad: list[int] = field(default_factory=list)
    chains: dict[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Mover:
    """Moves one device's engine states; saves nothing itself."""

    store: Store
    account: Account
    engine: Engine
    directory: LocalDirectory
    logs: Logs
    keys: Keys
    outbox: Outbox
    read_inbox: Callable[[], Awaitable[object]]

    @property
    def own(self) -> str:
        """Give this device's URI."""
        return str(self.account.uri)

    async def move(self, step: Step, judged: Judged, entry: Entry) -> None:
        """Bring the engine past an entry that begins an epoch, where it is this device's to follow."""
        at, commit = step.at, judged.commit
        if entry.kind is Kind.GROUP_INFO and entry.device == self.own:
            await self._own(step, entry, 0)
        elif commit is None:
            return
        elif at.state is None:
            if judged.adds_us:
                await self._join(step, commit, entry)
        elif at.state_epoch == commit.epoch and judged.adds_us:
            await self._replaced(step, commit, entry)
        elif at.state_epoch == commit.epoch and not await self._own(step, entry, commit.epoch + 1):
            await self._process(step, commit, entry)

    async def _own(self, step: Step, entry: Entry, epoch: int) -> bool:
        """Merge a state that this device staged, where the entry is exactly what it posted."""
        staged = self.outbox.staged(entry.post_id, epoch) if entry.device == self.own else None
        if staged is None or staged.digest != hashlib.sha256(entry.data).digest():
            return False
        _adopt(step, staged.state, await self.engine.epoch(staged.state))
        step.at = replace(step.at, tended_ms=entry.at_ms)
        return True

    async def _replaced(self, step: Step, commit: mls.Commit, entry: Entry) -> None:
        """Leave the leaf that this commit replaces; join anew where it was this store that asked to rejoin."""
        step.at = replace(step.at, state=None, state_epoch=None)
        if any(self.keys.package(add.ref) for add in commit.adds if add.identity == self.own):
            await self._join(step, commit, entry)
        else:
            step.at = replace(step.at, trouble="removed: this device was let in anew by another store of it")

    async def _process(self, step: Step, commit: mls.Commit, entry: Entry) -> None:
        """Follow another device's commit; one that cannot be followed is kept out, and reported."""
        at, member = step.at, step.at.membership
        assert at.state is not None and member is not None
        allowed = [(package.identity, package.signature_key) for package in commit.adds]
        signer = next(leaf.key for leaf in member.leaves.values() if leaf.uri == entry.device)
        try:
            processed = await self.engine.process(
                at.state, entry.data, allowed=allowed, committer=(entry.device, signer), at=entry.at_ms // 1000
            )
        except EngineUnavailable:
            raise
        except EngineError as refused:
            self._bad_commit(step, entry, f"{refused.code}: {refused.detail}")
            return
        if processed.removed or processed.epoch is None:
            step.at = replace(at, state=None, state_epoch=None, trouble="removed: this device was removed")
        elif _pairs(processed.epoch) != {index: (leaf.uri, leaf.key) for index, leaf in member.leaves.items()}:
            self._bad_commit(step, entry, "the group's leaves are not those that the log shows")
        else:
            _adopt(step, processed.state, processed.epoch)

    async def _join(self, step: Step, commit: mls.Commit, entry: Entry) -> None:
        """Join by the welcome in the inbox; one that cannot be believed leaves this device without keys here."""
        refs = [package.ref for package in commit.adds if package.identity == self.own]
        package = self.keys.package(refs[0])
        if self.keys.welcome(entry.log, refs[0]) is None:
            await self.read_inbox()
        data = self.keys.welcome(entry.log, refs[0])
        if package is None or data is None:
            step.at = replace(step.at, trouble="no_welcome: this device was added and holds no welcome; rejoin")
            return
        try:
            await self._join_by(step, commit, entry, Welcome.decode(data), package)
        except Refused as refused:
            step.at = replace(step.at, trouble=f"cannot_join: {refused.detail} ({refused.code})")
            return
        step.used.append(package.ref)

    async def _join_by(
        self, step: Step, commit: mls.Commit, entry: Entry, welcome: Welcome, package: KeyPackage
    ) -> None:
        path = f"/v1/channels/{entry.log.hex()}/group-info?epoch={commit.epoch + 1}"
        told = (await self.account.call("GET", path)).json()
        group_info, tree = http.field(told, "group_info", bytes), http.field(told, "ratchet_tree", bytes)
        uris = {leaf.identity for leaf in mls.parse_ratchet_tree(tree).leaves.values()}
        await self.directory.prepare(self.account, uris, entry.at_ms)
        member = step.at.membership
        assert member is not None
        joined, leaves = await join(
            self.engine,
            Invited(entry, commit, member, welcome, package, group_info, tree),
            self.directory,
            lambda seq: self._chain_at(step, seq),
            self._roster_heads(entry.log, welcome.seen.seq),
            [*self._commits(entry.log), entry.data],
        )
        if not member.leaves:
            step.at = replace(step.at, membership=adopt(member, joined.epoch.number, leaves))
        _adopt(step, joined.state, joined.epoch)
        step.at = replace(step.at, tended_ms=entry.at_ms)

    def _bad_commit(self, step: Step, entry: Entry, why: str) -> None:
        """Keep the state before a commit that cannot be applied, and queue the signed report of it."""
        step.at = replace(step.at, trouble=f"bad_commit: entry {entry.seq} by {entry.device}: {why}")
        step.bad.append(entry.seq)

    def _chain_at(self, step: Step, seq: int) -> bytes | None:
        return step.chains.get(seq) or self.logs.chain_at(step.at.id, seq)

    def _roster_heads(self, log: bytes, seen: int) -> list[bytes]:
        """List the digests that were the newest roster (or charter) statement at `seen` or at any entry after it."""
        head, heads = b"", []
        for row in self.logs.rows(log, kinds=(Kind.CHARTER, Kind.ROSTER)):
            statement = Statement.parse(row.entry.data)
            if row.state != "counted" or statement.label not in (Charter.LABEL, Roster.LABEL):
                continue
            if row.entry.seq > seen:
                heads.append(head)
            head = statement.digest
        return [*heads, head]

    def _commits(self, log: bytes) -> list[bytes]:
        rows = self.logs.rows(log, kinds=(Kind.GROUP_INFO, Kind.COMMIT))
        return [row.entry.data for row in rows if row.state == "counted"]


def _adopt(step: Step, state: bytes, epoch: Epoch) -> None:
    lasting = step.at.trouble if step.at.trouble is not None and step.at.trouble.startswith("forked") else None
    step.at = replace(step.at, state=state, state_epoch=epoch.number, trouble=lasting)
    step.epochs.append(EpochKey(epoch.number, epoch.key, epoch.authenticator))


def _pairs(epoch: Epoch) -> dict[int, tuple[str, bytes]]:
    return {leaf.index: (leaf.uri, leaf.key) for leaf in epoch.leaves}
