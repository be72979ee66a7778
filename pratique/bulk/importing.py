"""Check a bulk file against the template and the desk, and send what is right; again is safe at any time.

    read ─▶ check every shipment ─▶ all errors by row and column, an annotated copy
                                └─▶ send, if nothing is wrong (or what is right, with skip_bad)

What was sent before and is the same is skipped; the same national reference with other words is an amendment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pratique.bulk.annotating import write_annotated
from pratique.bulk.places import RowProblem
from pratique.bulk.rows import Reading, Row, read_rows
from pratique.contents.content import Problem
from pratique.contents.shipment import Shipment
from pratique.desk import checking
from pratique.desk.dispatching import digest_of
from pratique.desk.duplicates import Candidate
from pratique.desk.results import AnnouncementRefused, Checked, Sent
from pratique.errors import PratiqueError
from pratique.views.links import traces

if TYPE_CHECKING:
    from pratique.contents.prenotification import Announcement
    from pratique.desk.desk import Desk

Progress = Callable[[str, int, int], None]
NEW, AMENDS, UNCHANGED = "new", "amends", "unchanged"
# So many are checked before others have a turn: a stream to follow, an interruption to notice.
_BREATH = 50


@dataclass
class Ready:
    """One shipment that can be sent, and what sending it means."""

    row: Row
    announcement: Announcement
    meaning: str


@dataclass
class Imported:
    """What became of a file.

    Takes   problems: what blocks; needing: findings without a reason; ready: what could be sent; sent: what was, by
            national reference; annotated: the copy with an errors column, where something is wrong
    """

    file: Path
    shipments: int
    problems: list[RowProblem] = field(default_factory=list)
    needing: list[RowProblem] = field(default_factory=list)
    duplicates: list[tuple[int, str, str]] = field(default_factory=list)
    ready: list[Ready] = field(default_factory=list)
    sent: dict[str, Sent] = field(default_factory=dict)
    annotated: Path | None = None

    @property
    def bad(self) -> list[RowProblem]:
        """Everything that keeps a shipment back, in the file's order."""
        return sorted((*self.problems, *self.needing))

    def as_json(self) -> dict[str, Any]:
        """Give it for programs."""
        meanings = [one.meaning for one in self.ready]
        return {
            "file": str(self.file),
            "shipments": self.shipments,
            **{meaning: meanings.count(meaning) for meaning in (NEW, AMENDS, UNCHANGED)},
            "problems": [problem.as_json() for problem in self.problems],
            "needing_reason": [problem.as_json() for problem in self.needing],
            "duplicates": [{"row": row, "reference": ref, "why": why} for row, ref, why in self.duplicates],
            "sent": [
                {
                    "national_reference": name,
                    "reference": one.reference,
                    "version": one.version,
                    "repeated": one.repeated,
                }
                for name, one in self.sent.items()
            ],
            "annotated": str(self.annotated) if self.annotated else None,
        }


async def import_file(
    desk: Desk,
    path: Path,
    *,
    dry_run: bool = False,
    skip_bad: bool = False,
    reason: str = "",
    progress: Progress = lambda what, done, of: None,
) -> Imported:
    """Check a file and, unless it is a dry run, send it.

    Takes   skip_bad: send the shipments that are right though others are not; reason: for every finding whose row
            gives none; progress: told what is done of how many: read, check, send
    Raises  PratiqueError("bad_input"), where the file cannot be read; Unreachable: run the same again
    """
    progress("read", 0, 0)
    reading = await asyncio.to_thread(read_rows, path, desk.template)
    report = Imported(path, len(reading.rows), problems=list(reading.problems))
    same_goods = SameGoods(desk)
    for number, row in enumerate(reading.rows):
        if number % _BREATH == 0:
            progress("check", number, len(reading.rows))
            await asyncio.sleep(0)
        _check(desk, reading, row, reason, report, same_goods)
    progress("check", len(reading.rows), len(reading.rows))
    # A table with unknown or doubled columns may mean something else in every row.
    if not dry_run and not reading.problems and (skip_bad or not report.bad):
        await _send(desk, reading, report, progress)
    if report.bad:
        report.annotated = await asyncio.to_thread(write_annotated, reading, report.bad)
    return report


def _check(desk: Desk, reading: Reading, row: Row, reason: str, report: Imported, same_goods: SameGoods) -> None:
    if row.announcement is None:
        report.problems += row.problems
        return
    checked = checking.check(desk, row.announcement, duplicates=False)
    unreachable = (_unreachable(row, party) for party in checked.unreachable)
    if wrong := reading.wrong(row, (*checked.problems, *unreachable)):
        report.problems += wrong
        return
    known = desk.known.find(row.announcement)
    before = known.digest if known is not None and known.state == "SENT" else None
    # What was announced in time is not late when it is amended.
    findings = [finding for finding in checked.findings if finding.code != "late"]
    late = [finding for finding in checked.findings if finding.code == "late"]
    punctual = row.shipment.reasoned(row.announcement, findings, reason)
    excused = row.shipment.reasoned(punctual, late, reason)
    same = next((one for one in (punctual, excused) if digest_of(one) == before), None) if before else None
    announcement = same or (excused if before is None else punctual)
    explained = {override.field for override in announcement.overrides}
    needing = [one for one in (findings if before else checked.findings) if one.path not in explained]
    if needing and same is None:
        report.needing += [reading.at(finding, row) for finding in needing]
        return
    meaning = NEW if before is None else UNCHANGED if same is not None else AMENDS
    report.ready.append(Ready(row, announcement, meaning))
    if before is None:
        report.duplicates += [(row.number, other, why) for other, why in same_goods.find(desk, announcement, checked)]


def _unreachable(row: Row, party: str) -> Problem:
    """Say that a Member on the way cannot be told, at the first place that lies there."""
    legs = row.announcement.form.get("legs", ()) if row.announcement else ()
    places = (
        (f"legs[{at}].{end}", leg[end])
        for at, leg in enumerate(legs)
        for end in ("from_place", "to_place")
        if end in leg
    )
    path = next((path for path, place in places if place[:2].lower() == party), "legs")
    text = f"lies in {party.upper()}, which takes no part in this operation and cannot be told here"
    return Problem(path, text, "not_reachable")


class SameGoods:
    """What makes goods known again, of the whole board at once: a file of thousands asks for it thousands of times."""

    def __init__(self, desk: Desk) -> None:
        self._seen: dict[tuple[str, Any], str] = {}
        for one in desk.board.ordered():
            self._seen.update(dict.fromkeys(traces(one), one.reference))

    def find(self, desk: Desk, announcement: Announcement, checked: Checked) -> list[tuple[str, str]]:
        """Give the references on the board that may be the same goods, and why."""
        if not self._seen:
            return []
        candidate = Candidate(Shipment.of(checking.filled(desk, announcement)), checked.parties[-1])
        found = ((self._seen[trace], trace[0]) for trace in traces(candidate) if trace in self._seen)
        return list(dict.fromkeys(found))


async def _send(desk: Desk, reading: Reading, report: Imported, progress: Progress) -> None:
    fresh = [one for one in report.ready if one.meaning != UNCHANGED]
    progress("send", 0, len(fresh))
    answers: Sequence[Sent | PratiqueError] = await desk.announce_many(
        [one.announcement for one in fresh], lambda done, of: progress("send", done, of)
    )
    for one, answer in zip(fresh, answers, strict=True):
        if isinstance(answer, Sent):
            report.sent[one.row.national_reference] = answer
        elif isinstance(answer, AnnouncementRefused):
            report.problems += [reading.at(problem, one.row) for problem in answer.problems]
        else:
            problem = Problem("", f"was not sent: {answer.detail}", answer.code)
            report.problems.append(reading.at(problem, one.row))
