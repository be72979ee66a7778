"""Write a channel's log entry by entry, right or wrong, over real certificates and hand-made MLS objects."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from pratique.certificates import issue_authority, issue_device
from pratique.wire.bodies import Charter, Rejoin, Reminder, ReminderEnd, Revocation, Ring, Roster, SeatChange
from pratique.wire.certificates import CertificateRefused, DeviceCertificate, verify_authority, verify_device
from pratique.wire.entries import Entry, Kind, Seen, Urgency
from pratique.wire.identity import DeviceUri
from pratique.wire.membership import Membership, NotCounted, advance, found
from pratique.wire.mls import GroupContext
from pratique.wire.statements import Body, sign
from pratique.wire.tls import Writer
from tests.wire.mls import making
from tests.wire.vector_sets.actors import AT_MS, ROOT, key, public

MINUTE_MS = 60_000
DAY_MS = 86_400_000
NONCE = "00" * 16


def uri(short: str) -> str:
    """Write a device's URI from `party/office/device`."""
    party, office, device = short.split("/")
    return f"pratique://{party}.stop.example/{office}/a.person/{device}"


BE, BE_2, KE, KE_2, KE_DESK, AE = map(
    uri, ("be/ncp/0001", "be/ncp/0002", "ke/ncp/0001", "ke/ncp/0002", "ke/desk/0001", "ae/ncp/0001")
)


def hpke_key(*names: str) -> bytes:
    """Give the X25519 public key of a name."""
    seed = hashlib.sha256("/".join(names).encode()).digest()
    return X25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


class Certified:
    """The certificates of a deployment, by device; the `Directory` of the fold."""

    def __init__(self) -> None:
        self.authorities = {
            party: issue_authority(party, ROOT, key("root"), public(party), AT_MS, serial=serial)
            for serial, party in enumerate(("be", "ke", "ae"), 1)
        }
        self.certificates: dict[str, list[bytes]] = {}
        self._serial = 100
        for device in (BE, BE_2, KE, KE_2, KE_DESK, AE):
            self.certify(device)

    def certify(self, device: str, at_ms: int = AT_MS, days: int = 90, key_of: str | None = None) -> None:
        """Certify a device's key, anew if it has a certificate."""
        name, own = DeviceUri.parse(device), public(key_of or device)
        self._serial += 1
        der = issue_device(name, own, self.authorities[name.party], key(name.party), at_ms, days, serial=self._serial)
        self.certificates.setdefault(device, []).append(der)

    def device(self, uri: str, at_ms: int) -> DeviceCertificate | None:
        """Give the certificate in force that began last."""
        valid = []
        for der in self.certificates.get(uri, ()):
            try:
                valid.append(verify_device(der, self.authorities[DeviceUri.parse(uri).party], ROOT, at_ms))
            except CertificateRefused:
                continue
        return max(valid, key=lambda certificate: certificate.not_before_ms, default=None)

    def authority_keys(self, signer: str, at_ms: int) -> tuple[bytes, ...]:
        """Give the keys of "root" or of a party's host."""
        if signer == "root":
            return (public("root"),)
        der = self.authorities.get(signer.partition(".")[0])
        return () if der is None else (verify_authority(der, ROOT, at_ms).key,)


@dataclass
class ChannelLog:
    """One channel's fold, and the clock of its log."""

    directory: Certified
    member: Membership
    at_ms: int = AT_MS
    signers: dict[str, making.Signer] = field(default_factory=dict)
    charter_entry: Entry | None = None

    def entry(self, kind: Kind, device: str, data: bytes = b"", epoch: int | None = None) -> Entry:
        """Make the next entry."""
        member = self.member
        at_epoch = max(member.epoch, 0) if epoch is None else epoch
        seq, post_id = member.seq + 1, UUID(int=member.seq + 1)
        return Entry(member.channel, seq, kind, device, at_epoch, post_id, Urgency.ROUTINE, self.at_ms, data)

    def post(self, kind: Kind, device: str, data: bytes = b"", epoch: int | None = None) -> None:
        """Fold the next entry or raise `NotCounted`."""
        self.fold(self.entry(kind, device, data, epoch))

    def fold(self, entry: Entry) -> None:
        """Fold any entry or raise `NotCounted`."""
        self.member = advance(self.member, entry, self.directory)

    def say(self, body: Body, device: str, **more: Any) -> None:
        """Post a statement; `signer`, `key_of`, `follows` and `seen` may be others than the device's own."""
        signer = more.pop("signer", device)
        kind, epoch = more.pop("kind", Kind.ROSTER), more.pop("epoch", None)
        statement = sign(body, signer=signer, key=key(more.pop("key_of", signer)), **more)
        self.post(kind, device, statement.raw, epoch)

    def remind(self, device: str, **wrong: Any) -> None:
        """Post a reminder; `wrong` may change its channel or party, and what `say` takes."""
        terms = {"channel": self.member.channel.hex(), "party": "ke", "nonce": NONCE}
        said = {name: wrong.pop(name, value) for name, value in terms.items()}
        rings = (Ring(at_ms=self.at_ms + MINUTE_MS, offices=("ke/ncp", "ocu/desk")),)
        self.say(Reminder(rings=rings, **said), device, **{"kind": Kind.REMINDER, "epoch": 0, **wrong})

    def end(self, device: str, seq: int, **wrong: Any) -> None:
        """Post the end of a reminder; `wrong` may change its channel, and what `say` takes."""
        channel = wrong.pop("channel", self.member.channel.hex())
        self.say(ReminderEnd(channel=channel, seq=seq), device, **{"kind": Kind.REMINDER, "epoch": 0, **wrong})

    def seat(self, device: str, *changes: tuple[str, bool], **more: Any) -> None:
        """Post the next roster statement."""
        told = tuple(SeatChange(office=office, seated=seated) for office, seated in changes)
        number = more.pop("number", self.member.roster_number + 1)
        channel = more.pop("channel", self.member.channel.hex())
        more.setdefault("follows", self.member.roster_head)
        self.say(Roster(channel=channel, number=number, changes=told), device, **more)

    def revoke(self, device: str, signer: str | None = None, key_of: str | None = None) -> None:
        """Post a revocation by the device's party, or by another signer."""
        name = DeviceUri.parse(device)
        by = name.host if signer is None else signer
        self.say(
            Revocation(device=device, reason="stolen", at_ms=self.at_ms), "", signer=by, key_of=key_of or name.party
        )

    def rejoin(self, device: str, seen_seq: int | None = None, **more: Any) -> None:
        """Post a rejoin statement."""
        seen = Seen(self.member.seq if seen_seq is None else seen_seq, bytes(32))
        channel = more.pop("channel", self.member.channel.hex())
        self.say(Rejoin(channel=channel, nonce=NONCE), device, seen=seen, **more)

    def signer(self, device: str) -> making.Signer:
        """Give the MLS side of a device."""
        leaf_key = hpke_key(device, "leaf")
        return self.signers.setdefault(device, making.Signer(identity=device, key=key(device), encryption_key=leaf_key))

    def key_package(self, device: str, **wrong: Any) -> bytes:
        """Make a key package that is valid now."""
        now_s = self.at_ms // 1000
        times = {"not_before": now_s - 3600, "not_after": now_s + 27 * 86_400}
        place = str(self.member.seq)
        keys = {"encryption_key": hpke_key(device, place, "leaf"), "init_key": hpke_key(device, place, "init")}
        return making.Signer(**{"identity": device, "key": key(device), **keys, **times, **wrong}).key_package()

    def commit(
        self,
        device: str,
        adds: Sequence[str | bytes] = (),
        removes: Sequence[int] = (),
        *,
        path: bool = True,
        **wrong: Any,
    ) -> None:
        """Post a commit; `wrong` may change its leaf, sender, group, epoch, entry_epoch, aad or the path's identity."""
        member = self.member
        index = wrong.get("sender", member.leaf_of(device) or 0)
        group, epoch = wrong.get("group", member.channel), wrong.get("epoch", member.epoch)
        packages = [self.key_package(add) if isinstance(add, str) else add for add in adds]
        proposals = [*map(making.remove, removes), *map(making.add, packages)]
        signer, path_signer = self.signer(device), wrong.get("path_signer", self.signer(device))
        data = signer.commit(
            making.vector(*proposals),
            path_signer.path(index=index, group_id=group) if path else None,
            sender=b"\x01" + index.to_bytes(4, "big"),
            context=GroupContext(group, epoch, bytes(32), bytes(32)),
            aad=wrong.get("aad", Seen(member.seq, bytes(32)).encode()),
        )
        self.post(Kind.COMMIT, device, data, wrong.get("entry_epoch"))


def charter(
    owners: Sequence[str] = ("be/ncp",),
    parties: Sequence[str] = (),
    history: Literal["full", "from_join"] = "full",
) -> Charter:
    """Give the terms of a channel, or of a lane where parties are named."""
    return Charter(
        operation="00" * 32,
        purpose="lane" if parties else "channel",
        owners=tuple(owners),
        parties=tuple(parties),
        history=history,
        retention_s=86_400,
        nonce=NONCE,
    )


def begin(terms: Charter | None = None, founder: str = BE, *, group: bool = True) -> ChannelLog:
    """Found a channel; with its GroupInfo unless `group` is False."""
    statement = sign(terms or charter(), signer=founder, key=key(founder))
    directory = Certified()
    first = Entry(statement.digest, 1, Kind.CHARTER, founder, 0, UUID(int=1), Urgency.ROUTINE, AT_MS, statement.raw)
    log = ChannelLog(directory, found(first, directory), charter_entry=first)
    if group:
        log.post(Kind.GROUP_INFO, founder, group_info(log))
    return log


def group_info(log: ChannelLog, device: str = BE, *, extensions: bytes = making.vector(), **wrong: Any) -> bytes:
    """Make the GroupInfo of epoch 0; `wrong` may change group, epoch or signer."""
    context = Writer().u16(1).u16(1).opaque(wrong.get("group", log.member.channel)).u64(wrong.get("epoch", 0))
    context.opaque(bytes(32)).opaque(b"").raw(extensions)
    signed = log.signer(device).group_info(context.getvalue(), signer=wrong.get("signer", 0))
    return making.message(4, signed)


def grown(terms: Charter | None = None) -> ChannelLog:
    """Give a channel of Belgium (owner, leaves 0 and 3) and Kenya (leaves 1 and 2) at epoch 1."""
    log = begin(terms)
    log.seat(BE, ("ke/ncp", True))
    log.commit(BE, adds=[KE, KE_2, BE_2])
    return log


Act = Callable[[ChannelLog], Any]


def refuses(log: ChannelLog, code: str, act: Act) -> None:
    """Let something happen that does not count, and see that it changed nothing."""
    before = log.member
    with pytest.raises(NotCounted) as refused:
        act(log)
    assert refused.value.code == code
    assert log.member == before


def uris(log: ChannelLog) -> dict[int, str]:
    """Give who stands at each leaf."""
    return {index: leaf.uri for index, leaf in log.member.leaves.items()}
