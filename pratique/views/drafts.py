"""A Member's own lane: its drafts up to their release (transitions 1 to 3), its numbering and its policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType

from pratique.contents.content import ContentRefused
from pratique.contents.draft import NUMBERS, Draft
from pratique.contents.fields import make_reference
from pratique.contents.policy import Policy
from pratique.contents.prenotification import Announcement
from pratique.opened import OpenedEntry
from pratique.wire.identity import DeviceUri

NCP = "ncp"
_BEFORE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "DRAFT": ("DRAFT", "RETURNED", "SENT"),
        "PENDING_RELEASE": ("DRAFT", "RETURNED"),
        "RETURNED": ("PENDING_RELEASE",),
        "SENT": ("DRAFT", "RETURNED", "PENDING_RELEASE", "SENT"),
        "DISCARDED": ("DRAFT", "RETURNED", "PENDING_RELEASE"),
    }
)


@dataclass(frozen=True)
class Step:
    """One content of the own lane, by which person of which office; `mark` says why it did not count."""

    seq: int
    at_ms: int
    office: str
    person: str
    content: Draft | Policy
    mark: str | None = None


@dataclass(frozen=True)
class DraftOf:
    """One draft as it stands.

    Takes   author: the person who wrote it last; number, begun_ms: by its first entry, which give its reference
            at_ms: of its newest step; digest: of the announcement last sent
    """

    draft: str
    number: int
    begun_ms: int
    state: str
    author: str
    at_ms: int
    announcement: Announcement | None = None
    national_reference: str | None = None
    comment: str | None = None
    reference: str | None = None
    digest: str | None = None
    marks: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Drafts:
    """Everything in the own lane but claims; `by_national`: of several, the one begun first.

    Takes   base: what the first draft says of the numbers before it; later ones have no say
    """

    steps: tuple[Step, ...] = ()
    by_id: Mapping[str, DraftOf] = field(default_factory=dict)
    by_national: Mapping[str, str] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    base: int = 0

    def of_national(self, reference: str) -> DraftOf | None:
        """Give the draft that carries a national reference."""
        draft = self.by_national.get(reference)
        return None if draft is None else self.by_id[draft]

    def number_of(self, draft: str) -> int | None:
        """Give the number of a draft: base and place of its first entry in the own lane; None before it is there."""
        known = self.by_id.get(draft)
        return None if known is None else known.number

    def reference_of(self, draft: str, code: str, country: str) -> str:
        """Give the reference under which a draft is sent; raises `KeyError` before its first entry is there."""
        known = self.by_id[draft]
        year = datetime.fromtimestamp(known.begun_ms / 1000, UTC).year
        return known.reference or make_reference(code, country, year, known.number % NUMBERS)


def fold(drafts: Drafts, entries: Iterable[OpenedEntry]) -> Drafts:
    """Fold opened entries of the own lane, in whatever order they come in."""
    last = drafts.steps[-1].seq if drafts.steps else 0
    known = {step.seq for step in drafts.steps}
    read = (_read(entry) for entry in entries)
    fresh = sorted({step.seq: step for step in read if step is not None and step.seq not in known}.values(), key=_seq)
    if not fresh:
        return drafts
    if fresh[0].seq < last:  # something earlier could only now be read: tell everything anew
        drafts, fresh = Drafts(), sorted((*drafts.steps, *fresh), key=_seq)
    by_id, by_national, policy, base = dict(drafts.by_id), dict(drafts.by_national), drafts.policy, drafts.base
    for step in fresh:
        if isinstance(step.content, Policy):
            policy = step.content
            continue
        draft = step.content.draft
        base = base if by_id else step.content.base or 0
        told = _told(by_id.get(draft), step, step.content, policy, base)
        if told is None:
            continue
        by_id[draft] = told
        name = told.national_reference
        if name is not None and told.state != "DISCARDED":
            first = by_id.get(by_national.get(name, ""))
            if first is None or first.state == "DISCARDED" or told.number < first.number:
                by_national[name] = draft
        elif name is not None and by_national.get(name) == draft:
            del by_national[name]
            rest = [one for one in by_id.values() if one.national_reference == name and one.state != "DISCARDED"]
            if rest:
                by_national[name] = min(rest, key=lambda one: one.number).draft
    return Drafts((*drafts.steps, *fresh), by_id, by_national, policy, base if by_id else 0)


def _told(one: DraftOf | None, step: Step, said: Draft, policy: Policy, base: int) -> DraftOf | None:
    """Take one step of a draft; one that may not be leaves it as it was, with a mark."""
    if one is None:
        if said.state != "DRAFT":
            return None
        one = DraftOf(said.draft, base + step.seq, step.at_ms, "DRAFT", step.person, step.at_ms)
    elif (mark := _unfit(one, step, said, policy)) is not None:
        return replace(one, marks=(*one.marks, replace(step, mark=mark)))
    return replace(
        one,
        # What was sent and is written anew stays sent when the new text is thrown away.
        state="SENT" if said.state == "DISCARDED" and one.reference else said.state,
        author=step.person if said.state == "DRAFT" else one.author,
        at_ms=step.at_ms,
        announcement=said.announcement or one.announcement,
        national_reference=said.national_reference or one.national_reference,
        comment=said.comment,
        reference=said.reference or one.reference,
        digest=said.digest or one.digest,
    )


def _unfit(one: DraftOf, step: Step, said: Draft, policy: Policy) -> str | None:
    if one.state not in _BEFORE[said.state]:
        return "out_of_turn"
    another = step.person != one.author
    match said.state:
        case "PENDING_RELEASE":
            return "out_of_turn" if not policy.four_eyes else "not_the_author" if another else None
        case "RETURNED":
            return None if step.office == NCP and another else "not_the_releaser"
        case "SENT" if policy.four_eyes and one.state != "SENT":
            return None if one.state == "PENDING_RELEASE" and another else "not_released"
    return None


def _seq(step: Step) -> int:
    return step.seq


def _read(entry: OpenedEntry) -> Step | None:
    readers: Mapping[str, Callable[[bytes], Draft | Policy]] = {Draft.TYPE: Draft.read, Policy.TYPE: Policy.read}
    if entry.problem is not None or entry.type not in readers:
        return None
    try:
        content = readers[entry.type](entry.body)
    except ContentRefused:
        return None
    device = DeviceUri.parse(entry.device)
    return Step(entry.seq, entry.at_ms, device.office, device.person, content)
