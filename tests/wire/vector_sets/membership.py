"""Make membership.json: one channel's log with entries that count and entries that do not, and the fold after each."""

from dataclasses import dataclass, field

from pratique.wire.bodies import BadCommit
from pratique.wire.entries import Entry, Kind
from pratique.wire.membership import NotCounted
from tests.wire.channel_log import AE, BE, BE_2, DAY_MS, KE, KE_2, KE_DESK, Act, ChannelLog, begin, group_info, uri
from tests.wire.vector_sets.actors import ROOT, Case, b64, key

# In log order: what an entry tries, its verdict, how it is made. What does not count leaves no trace.
STEPS: tuple[tuple[str, str, Act], ...] = (
    ("a roster before the GroupInfo", "bad_group_info", lambda log: log.seat(BE, ("ke/ncp", True))),
    ("a GroupInfo of another group", "bad_group_info", lambda log: log.post(Kind.GROUP_INFO, BE, _foreign(log))),
    ("the GroupInfo", "ok", lambda log: log.post(Kind.GROUP_INFO, BE, group_info(log))),
    ("a second GroupInfo", "bad_group_info", lambda log: log.post(Kind.GROUP_INFO, BE, group_info(log))),
    ("an Add of an office that is not seated", "not_seated", lambda log: log.commit(BE, adds=[KE])),
    ("Kenya seats itself", "not_owner", lambda log: log.seat(KE, ("ke/ncp", True))),
    ("Belgium seats Kenya", "ok", lambda log: log.seat(BE, ("ke/ncp", True))),
    ("a roster with an old number", "stale_roster", lambda log: log.seat(BE, ("ae/ncp", True), number=1)),
    ("a roster that follows another", "stale_roster", lambda log: log.seat(BE, ("ae/ncp", True), follows=bytes(32))),
    ("a device without certificate", "not_certified", lambda log: log.commit(BE, adds=[uri("ke/ncp/9999")])),
    ("a certified URI with another key", "not_certified", lambda log: log.commit(BE, adds=[_self_made(log)])),
    ("Adds of Kenya and Belgium", "ok", lambda log: log.commit(BE, adds=[KE, KE_2, BE_2])),
    ("a commit of the epoch before", "stale_epoch", lambda log: log.commit(BE, epoch=0)),
    ("a commit from another's leaf", "not_own_leaf", lambda log: log.commit(BE, sender=1)),
    ("a device twice", "already_leaf", lambda log: log.commit(BE, adds=[KE])),
    ("a Remove of a good leaf", "not_surplus", lambda log: log.commit(BE, removes=[1])),
    ("a sealed entry", "ok", lambda log: log.post(Kind.APPLICATION, KE)),
    ("a sealed entry of the epoch before", "stale_epoch", lambda log: log.post(Kind.APPLICATION, KE, epoch=0)),
    ("a sealed entry without leaf", "no_leaf", lambda log: log.post(Kind.APPLICATION, KE_DESK)),
    ("a link", "ok", lambda log: log.post(Kind.LINK, BE)),
    ("a report of a bad commit", "ok", lambda log: log.say(_report(log), KE)),
    ("a reminder for Kenya", "ok", lambda log: log.remind(BE)),
    ("a reminder for a party without seat", "not_seated", lambda log: log.remind(BE, party="ae")),
    ("a reminder about another channel", "wrong_channel", lambda log: log.remind(BE, channel="00" * 32)),
    ("a reminder of an office without seat", "not_seated", lambda log: log.remind(AE)),
    ("another device's reminder", "not_own_statement", lambda log: log.remind(KE, signer=BE)),
    ("a reminder under another key", "bad_signature", lambda log: log.remind(BE, key_of=KE)),
    ("a reminder of an epoch", "bad_reminder", lambda log: log.remind(BE, epoch=1)),
    ("a roster as a reminder", "bad_reminder", lambda log: log.seat(BE, ("ae/ncp", True), kind=Kind.REMINDER, epoch=0)),
    ("Kenya ends the reminder", "ok", lambda log: log.end(KE, log.member.seq)),
    ("the end of an entry to come", "bad_reminder", lambda log: log.end(KE, log.member.seq + 1)),
    ("Belgium revokes Kenya's device", "not_authority", lambda log: log.revoke(KE, "be.stop.example", "be")),
    ("Kenya revokes its device", "ok", lambda log: log.revoke(KE)),
    ("a sealed entry at the gate", "removal_pending", lambda log: log.post(Kind.APPLICATION, BE)),
    ("a commit that leaves the surplus leaf", "removal_pending", lambda log: log.commit(BE)),
    ("a commit of the revoked device", "no_leaf", lambda log: log.commit(KE)),
    ("a reminder of the revoked device", "device_revoked", lambda log: log.remind(KE)),
    ("the Remove", "ok", lambda log: log.commit(KE_2, removes=[1])),
    ("the revoked device again", "device_revoked", lambda log: log.commit(BE, adds=[KE])),
    ("a device that rejoins", "ok", lambda log: log.rejoin(BE_2)),
    ("its leaf goes and comes, at the leftmost blank", "ok", lambda log: log.commit(BE, adds=[BE_2], removes=[3])),
    ("an old rejoin", "bad_rejoin", lambda log: log.rejoin(BE_2, seen_seq=3)),
    ("Belgium seats the Emirates", "ok", lambda log: log.seat(BE, ("ae/ncp", True))),
    ("an Add without path", "ok", lambda log: log.commit(BE, adds=[AE], path=False)),
    ("Kenya is unseated", "ok", lambda log: log.seat(BE, ("ke/ncp", False))),
    ("the last owner unseats itself", "no_owner_left", lambda log: log.seat(BE, ("be/ncp", False))),
    ("the Remove of Kenya", "ok", lambda log: log.commit(AE, removes=[2])),
    ("time falls", "time_fell", lambda log: _later(log, -1)),
    ("every certificate has expired", "removal_pending", lambda log: _later(log, 91 * DAY_MS)),
)


@dataclass
class Recorded(ChannelLog):
    """A log that notes each entry and its verdict, and goes on."""

    rows: list[Case] = field(default_factory=list)
    name: str = ""

    def fold(self, entry: Entry) -> None:
        verdict = "ok"
        try:
            super().fold(entry)
        except NotCounted as refused:
            verdict = refused.code
        self.rows.append(row(self.name, verdict, entry, self))


def row(name: str, verdict: str, entry: Entry, log: ChannelLog) -> Case:
    """Write one entry with its verdict and the fold after it."""
    member = log.member
    return {
        "name": name,
        "expect": verdict,
        "entry": {
            "log": entry.log.hex(),
            "seq": entry.seq,
            "kind": entry.kind.word,
            "device": entry.device,
            "epoch": entry.epoch,
            "post_id": str(entry.post_id),
            "urgency": entry.urgency.word,
            "at_ms": entry.at_ms,
            "data": b64(entry.data),
        },
        "after": {
            "epoch": member.epoch,
            "seated": sorted(member.seated),
            "leaves": {str(index): leaf.uri for index, leaf in sorted(member.leaves.items())},
            "surplus": list(member.surplus(entry.at_ms)),
            "revoked": sorted(member.revoked),
            "rejoining": sorted(member.rejoining),
        },
    }


def make() -> Case:
    """Give the whole file."""
    first = begin(group=False)
    log = Recorded(first.directory, first.member)
    charter = first.charter_entry
    assert charter is not None
    log.rows.append(row("the charter", "ok", charter, first))
    for name, expect, act in STEPS:
        log.name = name
        act(log)
        assert log.rows[-1]["expect"] == expect, (name, log.rows[-1]["expect"])
    return {
        "about": "Entries in log order; one that does not count leaves the fold as it was, the next takes its number.",
        "root": b64(ROOT),
        "authorities": {party: b64(der) for party, der in log.directory.authorities.items()},
        "certificates": {device: [b64(der) for der in ders] for device, ders in log.directory.certificates.items()},
        "entries": log.rows,
    }


def _foreign(log: ChannelLog) -> bytes:
    return group_info(log, group=bytes(32))


def _self_made(log: ChannelLog) -> bytes:
    return log.key_package(KE, key=key("self-made"))


def _report(log: ChannelLog) -> BadCommit:
    return BadCommit(channel=log.member.channel.hex(), seq=log.member.seq, chain="00" * 32)


def _later(log: ChannelLog, by_ms: int) -> None:
    now = log.at_ms
    log.at_ms += by_ms
    log.post(Kind.APPLICATION, BE)
    log.at_ms = now
