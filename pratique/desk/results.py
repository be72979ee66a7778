"""What the desk gives back: what a check found, what was sent where, what was reported, and what needs a look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pratique.contents.content import Problem
from pratique.errors import PratiqueError
from pratique.opened import Notice, OpenedEntry
from pratique.wire.entries import Urgency

if TYPE_CHECKING:
    from pratique.contents.prenotification import Deadlines
    from pratique.templates.changes import Change
    from pratique.views.links import Link


class AnnouncementRefused(PratiqueError):
    """An announcement that cannot be sent as it is; `problems` names every field."""

    def __init__(self, code: str, problems: tuple[Problem, ...], hint: str = "") -> None:
        super().__init__(code, "; ".join(str(problem) for problem in problems), hint)
        self.problems = problems


@dataclass(frozen=True)
class Checked:
    """An announcement before it is sent.

    Takes   problems: what blocks; findings: what asks for a reason; parties: who is told, departure first;
            late: why a Member's notice is late; duplicates: what may be the same goods;
            unreachable: Members on the way that take no part
    """

    problems: tuple[Problem, ...]
    findings: tuple[Problem, ...]
    parties: tuple[str, ...] = ()
    deadlines: Mapping[str, Deadlines] = field(default_factory=dict)
    late: Mapping[str, str] = field(default_factory=dict)
    duplicates: tuple[Link, ...] = ()
    unreachable: tuple[str, ...] = ()


@dataclass(frozen=True)
class LaneSent:
    """Where one part went."""

    part: Literal["goods", "route"]
    parties: tuple[str, ...]
    channel: bytes
    seq: int


@dataclass(frozen=True)
class Sent:
    """A pre-notification that is on its lanes; `repeated` where it was there already and nothing was posted."""

    reference: str
    version: int
    lanes: tuple[LaneSent, ...]
    deadlines: Mapping[str, Deadlines]
    changes: tuple[Change, ...] = ()
    repeated: bool = False
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reported:
    """An event that is on its lanes, the same `id` in each."""

    reference: str
    type: str
    lanes: tuple[LaneSent, ...]
    id: str


@dataclass(frozen=True)
class Alert:
    """Something to look at, when everything it rests on is folded.

    Takes   entry: what came, or the server's notice; reference: None where this device cannot tell;
            to_us: whether this Member is addressed, or asked to act; facts: what a notice says
    """

    kind: Literal["entry", "reminder", "members", "alarm"]
    entry: OpenedEntry | Notice
    reference: str | None = None
    party: str = ""
    type: str = ""
    urgency: Urgency = Urgency.ROUTINE
    to_us: bool = False
    facts: Mapping[str, str | int] = field(default_factory=dict)
