"""Keep a channel's log by hand, as an operator could who writes whatever he likes: real statements, real commits."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.groups.engine_host import Committed, Engine, Pair
from pratique.wire.bodies import Charter, Revocation, Roster, SeatChange
from pratique.wire.entries import Entry, Kind, Seen, Urgency, next_chain
from pratique.wire.membership import Membership, advance, found
from pratique.wire.statements import sign
from tests.faults.parties import Device, Parties, now_ms


@dataclass
class Ledger:
    """One channel's log with the fold over it; `post` raises what the fold raises and then holds nothing more."""

    parties: Parties
    engine: Engine
    entries: list[Entry] = field(default_factory=list)
    chains: list[bytes] = field(default_factory=list)
    member: Membership = field(init=False)

    async def begin(
        self,
        founder: Device,
        *,
        parties: Sequence[str] = (),
        history: Literal["full", "from_join"] = "full",
    ) -> Ledger:
        """Found the channel: charter, and the GroupInfo of its first epoch."""
        charter = Charter(
            operation="0" * 64,
            purpose="lane" if parties else "channel",
            owners=(founder.uri.office_id,),
            parties=tuple(sorted(parties)),
            history=history,
            retention_s=0,
            nonce=secrets.token_hex(16),
        )
        statement = sign(charter, signer=str(founder.uri), key=founder.key)
        first = Entry(
            statement.digest, 1, Kind.CHARTER, str(founder.uri), 0, uuid4(), Urgency.ROUTINE, now_ms(), statement.raw
        )
        self.member = found(first, self.parties)
        self.entries, self.chains = [first], [next_chain(first.log, 1, first.digest())]
        package = await founder.key_package(self.engine)
        created = await self.engine.create(first.log, package.key_package, package.private)
        self.post(Kind.GROUP_INFO, founder, created.group_info)
        founder.state = created.state
        return self

    @property
    def seen(self) -> Seen:
        """Give number and chain of the newest entry."""
        return Seen(len(self.entries), self.chains[-1])

    def draft(self, kind: Kind, device: Device | str, data: bytes, epoch: int | None = None) -> Entry:
        """Make the next entry, judged by nobody yet."""
        epoch = max(self.member.epoch, 0) if epoch is None else epoch
        uri = device if isinstance(device, str) else str(device.uri)
        at_ms = max(now_ms(), self.entries[-1].at_ms)
        return Entry(
            self.member.channel, len(self.entries) + 1, kind, uri, epoch, uuid4(), Urgency.ROUTINE, at_ms, data
        )

    def append(self, entry: Entry) -> Entry:
        """Fold an entry and keep it; raises `NotCounted`."""
        self.member = advance(self.member, entry, self.parties)
        self.entries.append(entry)
        self.chains.append(next_chain(self.chains[-1], entry.seq, entry.digest()))
        return entry

    def post(self, kind: Kind, device: Device | str, data: bytes, epoch: int | None = None) -> Entry:
        """Make the next entry and keep it; raises `NotCounted`."""
        return self.append(self.draft(kind, device, data, epoch))

    def seat(self, owner: Device, *changes: tuple[str, bool]) -> Entry:
        """Change seats by a statement of an owner's device."""
        roster = Roster(
            channel=self.member.channel.hex(),
            number=self.member.roster_number + 1,
            changes=tuple(SeatChange(office=office, seated=seated) for office, seated in changes),
        )
        statement = sign(roster, signer=str(owner.uri), key=owner.key, follows=self.member.roster_head, seen=self.seen)
        return self.post(Kind.ROSTER, owner, statement.raw)

    def revoke(self, device: Device, signer: str, key: Ed25519PrivateKey) -> Entry:
        """Put a revocation into the log, signed by whoever `signer` and `key` say."""
        statement = sign(Revocation(device=str(device.uri), reason="stolen", at_ms=now_ms()), signer=signer, key=key)
        return self.post(Kind.ROSTER, "", statement.raw)

    async def staged(
        self, device: Device, *, adds: Sequence[tuple[bytes, Pair]] = (), removes: Sequence[int] = ()
    ) -> Committed:
        """Let a device's engine make a commit; an insider's engine allows whom the insider wants."""
        return await self.engine.commit(
            device.state,
            adds=[package for package, _ in adds],
            removes=removes,
            aad=self.seen.encode(),
            allowed=[pair for _, pair in adds],
        )

    async def commit(
        self, device: Device, *, adds: Sequence[Device] = (), removes: Sequence[int] = ()
    ) -> tuple[Entry, Committed]:
        """Commit Adds of genuine devices and Removes; whoever is added joins, the committer moves on."""
        packages = [await added.key_package(self.engine) for added in adds]
        committed = await self.staged(
            device,
            adds=[(package.key_package, added.pair) for package, added in zip(packages, adds, strict=True)],
            removes=removes,
        )
        entry = self.post(Kind.COMMIT, device, committed.commit)
        device.state = committed.state
        for added, package in zip(adds, packages, strict=True):
            assert committed.welcome is not None
            joined = await self.engine.join(
                committed.welcome,
                package.key_package,
                package.private,
                committed.ratchet_tree,
                allowed=[(leaf.uri, leaf.key) for leaf in committed.epoch.leaves],
            )
            added.state = joined.state
        return entry, committed

    def fold(self, entries: Sequence[Entry]) -> Membership:
        """Fold other entries than the kept ones from the beginning, as a reader of them would."""
        member = found(entries[0], self.parties)
        for entry in entries[1:]:
            member = advance(member, entry, self.parties)
        return member


def renumbered(entries: Sequence[Entry]) -> list[Entry]:
    """Give the entries with gapless numbers, as an operator must who dropped or moved one."""
    return [replace(entry, seq=number) for number, entry in enumerate(entries, 1)]
