"""Show what the store holds of channels, as values for views and people; reads no network and no clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pratique.contents.title import Title
from pratique.opened import ChannelState, OpenedEntry
from pratique.store.logs import LogPosition, Logs
from pratique.sync import party_of
from pratique.wire.entries import Kind

# The code of an entry that has no key here yet; it may open later.
NO_KEY = "no_key"
SHOWN = (Kind.APPLICATION, Kind.COMMIT, Kind.ROSTER, Kind.LINK, Kind.REMINDER)


def opened_entries(logs: Logs, channel: bytes, after: int = 0) -> Iterator[OpenedEntry]:
    """Yield contents, changes of members, reminders, and what was refused; what lies before the join is not there."""
    for row in logs.rows(channel, after, kinds=SHOWN):
        entry, problem = row.entry, row.problem
        if row.state == "waiting":
            problem = f"{NO_KEY}: could not be opened, epoch {entry.epoch}"
        if problem is None and (row.body is None or row.state == "before"):
            continue
        yield OpenedEntry(
            channel=channel,
            seq=entry.seq,
            kind=entry.kind,
            at_ms=entry.at_ms,
            device=entry.device,
            party=party_of(entry.device),
            epoch=entry.epoch,
            post_id=entry.post_id,
            urgency=entry.urgency,
            type=row.type if problem is None else "",
            body=row.body or b"" if problem is None else b"",
            problem=problem,
        )


def newest_title(entries: Iterable[OpenedEntry]) -> Title | None:
    """Give what a channel is called by now; None where nothing that opens says so."""
    newest = None
    for entry in entries:
        newest = entry.read_as(Title) or newest
    return newest


def state_of(position: LogPosition, own: str, now_ms: int) -> ChannelState:
    """Give a channel as this device's own fold knows it."""
    member = position.membership
    assert member is not None
    surplus = member.surplus(max(now_ms, position.at_ms))
    trouble = position.trouble
    if trouble is None and position.state is None:
        trouble = "waiting: this device was not added yet; any other member's device does it"
        if not member.living:
            trouble = "ended: every device that could add another was revoked"
    return ChannelState(
        id=position.id,
        charter=member.charter,
        seq=position.seq,
        epoch=member.epoch,
        seated=tuple(sorted(member.seated)),
        devices=tuple(sorted(leaf.uri for leaf in member.leaves.values())),
        surplus=tuple(sorted(member.leaves[index].uri for index in surplus)),
        own_leaf=position.state is not None and member.leaf_of(own) is not None,
        living=member.living,
        trouble=trouble,
    )
