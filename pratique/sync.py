"""Judge entries one by one, as a pure function of the log so far: the chain, the fold, and what each sender had seen.

    event ─▶ judge(place, event) ─▶ Judged(place after, row, what the engine or the opener has to do next)

No I/O, no engine, no secrets. An entry that is refused is kept with its reason and changes nothing but the chain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from pratique.errors import ServerMistrusted
from pratique.store.logs import NO_POST, LogPosition, Row
from pratique.wire import mls, strict_json
from pratique.wire.bodies import Reminder, ReminderEnd
from pratique.wire.entries import Entry, Kind, Seen, Urgency, next_chain
from pratique.wire.events import Withheld
from pratique.wire.identity import DeviceUri
from pratique.wire.membership import Directory, Membership, NotCounted, adopt, advance, found, skip
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement

CHANGES_TYPE = "members"
REMINDER_TYPES = {Reminder.LABEL: "reminder", ReminderEnd.LABEL: "reminder_end"}

# Gives this device's own chain at a number, or None where it has not processed it.
ChainAt = Callable[[int], bytes | None]


@dataclass(frozen=True)
class Judged:
    """One entry, judged.

    Takes   after: the position past it; row: as it will be kept; commit: where the fold counts it, for the engine;
            adds_us: a commit that adds this device, for joining
    """

    after: LogPosition
    row: Row
    commit: mls.Commit | None = None
    adds_us: bool = False


def judge(before: LogPosition, event: Entry | Withheld, own: str, directory: Directory, chain_at: ChainAt) -> Judged:
    """Judge the next entry of a channel's log.

    Takes   own: this device's URI; directory: prepared for every device that the entry names
    Raises  ServerMistrusted where no honest server could have sent this
    """
    if event.log != before.id or event.seq != before.seq + 1:
        raise ServerMistrusted("out_of_order", f"expected entry {before.seq + 1} of log {before.id.hex()[:8]}")
    if isinstance(event, Withheld):
        return _withheld(before, event, own)
    if event.at_ms < before.at_ms:
        raise ServerMistrusted("time_fell", f"entry {event.seq} is older than the one before it")
    chain = next_chain(before.chain, event.seq, event.digest())
    after = replace(before, seq=event.seq, chain=chain, at_ms=event.at_ms)
    member = before.membership
    if member is None:
        try:
            return Judged(replace(after, membership=found(event, directory)), Row(event, chain, "counted"))
        except NotCounted as refused:
            raise ServerMistrusted(refused.code, f"channel {before.id.hex()[:8]}: {refused.detail}") from None
    blind = member.epoch >= 0 and not member.leaves
    skipped = replace(after, membership=skip(member, event.seq))
    if blind and event.kind in (Kind.COMMIT, Kind.APPLICATION, Kind.LINK):
        return _unfolded(skipped, event, chain, own)
    claimed = _claimed(event)
    if claimed is not None and (ours := chain_at(claimed.seq)) != claimed.chain:
        why = "has seen an entry that is not there" if ours is None else "saw other entries than this device"
        return _mistrust(skipped, event, chain, f"seen_mismatch: the sender {why} (up to {claimed.seq})")
    try:
        changed = advance(member, event, directory)
    except NotCounted as refused:
        return Judged(skipped, Row(event, chain, "refused", problem=str(refused)))
    after = replace(after, membership=changed)
    if event.kind in (Kind.APPLICATION, Kind.LINK):
        index = member.leaf_of(event.device)
        assert index is not None
        return Judged(after, Row(event, chain, "waiting", signer=member.leaves[index].key))
    commit = mls.parse_commit(event.data) if event.kind is Kind.COMMIT else None
    if event.kind is Kind.REMINDER:
        said = Statement.parse(event.data)
        return Judged(after, Row(event, chain, "counted", type=REMINDER_TYPES[said.label], body=said.body))
    told = _changes(event, member, changed)
    row = Row(event, chain, "counted", type=CHANGES_TYPE if told else "", body=told)
    added = commit is not None and any(package.identity == own for package in commit.adds)
    return Judged(after, row, commit, added)


def mistrust(position: LogPosition, device: str) -> LogPosition:
    """Note that a party's sender and this device saw different logs; from two parties, the channel stops."""
    parties = position.mistrusted | {party_of(device)}
    stopped = (
        f"forked: the logs of {', '.join(sorted(parties))} and of this device differ; the server may show two logs"
    )
    return replace(position, mistrusted=parties, trouble=position.trouble or (stopped if len(parties) > 1 else None))


def party_of(device: str) -> str:
    """Give the party of a device as an entry names it; the whole text where it is no device's name."""
    try:
        return DeviceUri.parse(device).party
    except Refused:
        return device[:100]


def named(event: Entry | Withheld) -> set[str]:
    """Give the devices whose certificates the fold will ask for; empty where the entry cannot be read."""
    if isinstance(event, Withheld) or event.kind in (Kind.APPLICATION, Kind.LINK, Kind.NOTICE):
        return set()
    uris = {event.device} if event.device else set()
    if event.kind is Kind.COMMIT:
        try:
            uris |= {package.identity for package in mls.parse_commit(event.data).adds}
        except Refused:
            return uris
    return uris


def _withheld(before: LogPosition, event: Withheld, own: str) -> Judged:
    member = before.membership
    if member is None or member.charter.history != "from_join" or not (before.state is None or _is_out(before, own)):
        raise ServerMistrusted("withheld", f"the server withholds entry {event.seq}, which this device may read")
    chain = next_chain(before.chain, event.seq, event.digest)
    # What happened to the leaves is not for us to know: the welcome will tell which there are.
    blind = adopt(skip(member, event.seq), max(member.epoch, 0), {})
    entry = Entry(before.id, event.seq, Kind.NOTICE, "", 0, NO_POST, Urgency.ROUTINE, before.at_ms, event.digest)
    after = replace(before, seq=event.seq, chain=chain, membership=blind, state=None, state_epoch=None)
    return Judged(after, Row(entry, chain, "withheld"))


def _is_out(before: LogPosition, own: str) -> bool:
    """Say whether this device's leaf must go by its own fold: what follows until it is let in anew is not for it."""
    member = before.membership
    return member is not None and member.leaf_of(own) in member.surplus(before.at_ms)


def _unfolded(skipped: LogPosition, event: Entry, chain: bytes, own: str) -> Judged:
    """Step over a sealed entry or a commit from before this device's join, which it cannot fold."""
    if event.kind is not Kind.COMMIT:
        return Judged(skipped, Row(event, chain, "before"))
    try:
        commit = mls.parse_commit(event.data)
    except Refused as refused:
        return Judged(skipped, Row(event, chain, "refused", problem=str(refused)))
    added = any(package.identity == own for package in commit.adds)
    return Judged(skipped, Row(event, chain, "counted"), commit, added)


def _mistrust(skipped: LogPosition, event: Entry, chain: bytes, problem: str) -> Judged:
    problem = f"{problem}; ask {event.device} and the server's operator"
    return Judged(mistrust(skipped, event.device), Row(event, chain, "refused", problem=problem))


def _claimed(event: Entry) -> Seen | None:
    """Give what the sender of a commit or a statement says it had seen, where it says so in the clear."""
    try:
        if event.kind is Kind.COMMIT:
            return Seen.decode(mls.parse_commit(event.data).aad)
        if event.kind in (Kind.ROSTER, Kind.REMINDER) and event.device:
            seen = Statement.parse(event.data).seen
            return seen if seen.chain else None
    except Refused:
        return None
    return None


def _changes(event: Entry, before: Membership, after: Membership) -> bytes | None:
    """Give the JSON that tells people what an entry changed, or None where nothing of theirs did."""
    if event.kind is Kind.COMMIT:
        old, new = ({leaf.uri for leaf in member.leaves.values()} for member in (before, after))
        renewed = {leaf.uri for leaf in before.leaves.values() if leaf.uri in before.rejoining}
        told = {"added": sorted(new - old | (new & renewed)), "removed": sorted(old - new)}
    elif event.kind is Kind.ROSTER:
        told = {
            "seated": sorted(after.seated - before.seated),
            "unseated": sorted(before.seated - after.seated),
            "revoked": sorted(after.revoked - before.revoked),
            "rejoining": sorted(after.rejoining - before.rejoining),
        }
    else:
        return None
    told = {name: found for name, found in told.items() if found}
    return strict_json.dumps(told) if told else None
