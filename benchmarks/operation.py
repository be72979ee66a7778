"""Measure an operation at its size: 160 Members, 1,000 pre-notifications from one spreadsheet, three addressees each.

Every addressee syncs with a device of its own and acknowledges. Server and devices share this process: what is told is
the work of all of them together, beside what the SDK alone needs for the same bytes, and parsing alone for the fold.
"""

from __future__ import annotations

import json
import secrets
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from benchmarks.table import Table
from pratique import codes, templates
from pratique.bulk.columns import Column, Columns
from pratique.bulk.importing import import_file
from pratique.bulk.rows import read_rows
from pratique.contents.acknowledgement import Acknowledgement
from pratique.desk.desk import Desk
from pratique.desk.room import open_room
from pratique.device import Device
from pratique.opened import OpenedEntry, Operation
from pratique.views import board
from pratique.wire.bodies import OperationTerms, Participant
from pratique.wire.entries import Kind
from tests.databases import SqliteTemplate
from tests.world import DAY_MS, World, now_ms, world

EXAMPLE = Path(__file__).parents[1] / "examples" / "vaccine-consignment.json"
SENDER = "be"


@dataclass(frozen=True)
class Way:
    """One route of the operation: two transit Members and a destination, each with a place."""

    places: tuple[str, ...]

    @property
    def addressees(self) -> tuple[str, ...]:
        """Give the party labels that are told."""
        return tuple(place[:2].lower() for place in self.places[1:])


async def run(quick: bool) -> list[Table]:
    """Give one table for the journey, one for sizes, one for the fold."""
    members, wanted = (16, 60) if quick else (160, 1_000)
    ways = _ways(members)
    labels = (SENDER, *(label for way in ways for label in way.addressees))
    with tempfile.TemporaryDirectory(prefix="pratique-bench-") as name:
        folder = Path(name)
        url = SqliteTemplate(folder).copy(folder)
        async with world(folder, url, ("ocu", *labels), searched=False) as made:
            return await _measure(made, labels, ways, wanted)


async def _measure(made: World, labels: Sequence[str], ways: Sequence[Way], wanted: int) -> list[Table]:
    start = time.perf_counter()
    operation = await _operation(made, labels)
    devices = {label: await made.device(label) for label in labels}
    founding = time.perf_counter() - start
    sender = devices[SENDER]
    await sender.sync()
    file = made.folder / "shipments.xlsx"
    plain = _spreadsheet(file, ways, wanted)
    table = Table(
        f"operation: {len(labels)} Members, {wanted:,} pre-notifications of one spreadsheet, 3 addressees each",
        ("step", "s", "ms / notification", "× the SDK alone"),
        f"Enrolling the devices and founding the operation took {founding:.0f} s before. SQLite.",
    )
    start = time.perf_counter()
    rows = read_rows(file, templates.newest("prenotification")).rows
    _tell(table, "read the spreadsheet", time.perf_counter() - start, wanted)
    assert len(rows) == wanted and all(row.announcement is not None and not row.problems for row in rows)
    desk = await Desk.open(sender, operation)
    before, size = _heads(sender), _server_bytes(made)
    start = time.perf_counter()
    report = await import_file(desk, file, reason="as the exercise wants it")
    importing = time.perf_counter() - start
    assert len(report.sent) == wanted, report.bad[:3]
    stored = _server_bytes(made) - size
    await sender.sync()  # the log is the only copy: what was posted is read back from it
    posted = _posted(sender, before)
    lanes = [channel for channel in sender.channels() if channel.charter.purpose == "lane"]
    bare = await _bare(sender, operation, posted, len(lanes))
    title = f"import: check, number, seal, post; {len(lanes)} lanes founded on the way"
    _tell(table, title, importing, wanted, importing / bare)
    start = time.perf_counter()
    again = await import_file(desk, file, reason="as the exercise wants it")
    _tell(table, "the same file again: nothing to send", time.perf_counter() - start, wanted)
    assert all(sent.repeated for sent in again.sent.values())
    start = time.perf_counter()
    answered = 0
    for label in labels[1:]:
        answered += await _answer(devices[label], operation)
    took = time.perf_counter() - start
    assert answered == 3 * wanted
    _tell(table, f"{answered:,} acknowledgements by {len(labels) - 1} devices, syncing first", took, wanted)
    start = time.perf_counter()
    await desk.sync()
    _tell(table, "the sender syncs and folds the answers", time.perf_counter() - start, wanted)
    assert all(leg.acknowledged_ms is not None for one in desk.board.consignments.values() for leg in one.legs)
    return [table, _sizes(plain, posted, stored, wanted), _fold(sender, wanted)]


def _ways(members: int) -> list[Way]:
    """Give routes from Brussels that lead to every other Member once."""
    known: dict[str, str] = {}
    for code in codes.codes("unlocode"):
        known.setdefault(code[:2], code)
    others = [known[country] for country in sorted(known) if country not in ("BE", "EU", "XZ")][: members - 1]
    return [Way(("BEBRU", *others[at : at + 3])) for at in range(0, len(others) - 2, 3)]


async def _operation(made: World, labels: Sequence[str]) -> Operation:
    coordinator = await made.device("ocu", person="desk")
    participants = [Participant(party="ocu", roles=("coordinator",))]
    participants += [Participant(party=label, roles=("departure", "transit", "destination")) for label in labels]
    terms = OperationTerms(
        number=1,
        code="STOP-III",
        from_ms=now_ms(),
        until_ms=now_ms() + 30 * DAY_MS,
        phase="active",
        participants=tuple(participants),
        nonce=secrets.token_hex(16),
    )
    operation = await coordinator.found_operation(terms)
    await open_room(coordinator, operation)
    return operation


def _announcement(base: dict[str, Any], way: Way, number: int) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(base))
    form, leg = made["form"], made["form"]["legs"][0]
    made["national_reference"] = f"BE-2026-{number:06d}"
    etd = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=4, minutes=number)
    awb, legs = f"176-{number:07d}{number % 7}", []
    for origin, target in zip(way.places, way.places[1:], strict=False):
        eta = etd + timedelta(hours=6)
        times = {"etd_at": f"{etd:%Y-%m-%dT%H:%MZ}", "eta_at": f"{eta:%Y-%m-%dT%H:%MZ}"}
        legs.append(leg | times | {"from_place": origin, "to_place": target, "awb": awb})
        etd = eta + timedelta(hours=3)
    form["legs"] = legs
    form["consignee"]["country"] = way.places[-1][:2]
    for goods in form["goods"]:
        for place, lot in enumerate(goods["lots"]):
            lot["batch"] = f"SB{number:05d}{place}"
    return made


def _spreadsheet(file: Path, ways: Sequence[Way], wanted: int) -> int:
    """Fill the template's columns, one row per lot; give the bytes of the announcements as JSON."""
    base = json.loads(EXAMPLE.read_bytes())
    columns = Columns(templates.newest("prenotification")).offered
    plain = 0
    with xlsxwriter.Workbook(str(file), {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("shipments")
        sheet.write_row(0, 0, [column.header for column in columns])
        row = 1
        for number in range(wanted):
            announcement = _announcement(base, ways[number % len(ways)], number)
            plain += len(json.dumps(announcement, separators=(",", ":")))
            for values in _rows(columns, announcement):
                for at, value in enumerate(values):
                    if value is not None:
                        sheet.write(row, at, value)
                row += 1
    return plain


def _rows(columns: Sequence[Column], announcement: dict[str, Any]) -> Iterator[list[Any]]:
    for goods in announcement["form"]["goods"]:
        for lot in goods["lots"]:
            levels = {"own": announcement, "shipment": announcement["form"], "goods": goods, "lot": lot}
            yield [_cell(levels[column.level], column) for column in columns]


def _cell(value: Any, column: Column) -> Any:
    for step in column.path:
        try:
            value = value[step]
        except (KeyError, IndexError):
            return None
    return ";".join(map(str, value)) if isinstance(value, list) else value


async def _answer(device: Device, operation: Operation) -> int:
    await device.sync()
    desk = await Desk.open(device, operation)
    mine = [one.reference for one in desk.board.consignments.values() if one.origin == SENDER]
    for reference in mine:
        await desk.report(reference, Acknowledgement, {})
    return len(mine)


def _heads(device: Device) -> dict[bytes, int]:
    return {channel.id: channel.seq for channel in device.channels()}


def _posted(device: Device, before: dict[bytes, int]) -> list[OpenedEntry]:
    return [
        one
        for channel in device.channels()
        for one in device.opened(channel.id, before.get(channel.id, 0))
        if one.kind is Kind.APPLICATION and one.device == str(device.uri)
    ]


async def _bare(device: Device, operation: Operation, posted: Sequence[OpenedEntry], lanes: int) -> float:
    """Seal and post the same bytes to as many channels, each founded for it; give the seconds."""
    start = time.perf_counter()
    share = -(-len(posted) // lanes)
    for at in range(0, len(posted), share):
        channel = await device.create_channel(operation.id, title="bare", offices=[device.uri.office_id])
        await device.post_many(channel, [("bare", one.body) for one in posted[at : at + share]])
    return time.perf_counter() - start


def _server_bytes(made: World) -> int:
    return sum(file.stat().st_size for file in made.folder.glob("*.sqlite3*"))


def _sizes(plain: int, posted: Sequence[OpenedEntry], stored: int, wanted: int) -> Table:
    table = Table(
        "operation: bytes per pre-notification, for three addressees", ("what", "bytes", "× the form as JSON")
    )
    form = plain / wanted
    table.add("the form as JSON", form, 1.0)
    table.add(
        f"contents, {len(posted) / wanted:.1f} of them",
        (size := sum(len(one.body) for one in posted) / wanted),
        size / form,
    )
    table.add(
        "the server's file: sealed, padded, indexed, lanes and reminders included",
        stored / wanted,
        stored / wanted / form,
    )
    return table


def _fold(device: Device, wanted: int) -> Table:
    entries = [one for channel in device.channels() for one in device.opened(channel.id) if one.problem is None]
    bodies = [one.body for one in entries if one.body]
    start = time.perf_counter()
    for body in bodies:
        json.loads(body)
    parsing = time.perf_counter() - start
    start = time.perf_counter()
    state = board.fold(board.Board(), entries)
    folding = time.perf_counter() - start
    assert len(state.consignments) == wanted
    table = Table(
        f"operation: the sender's board from nothing, {len(entries):,} entries", ("step", "ms", "µs / entry", "× json")
    )
    table.add("json.loads of every content", parsing * 1000, parsing * 1e6 / len(bodies), 1.0)
    table.add(
        "fold into the board: forms checked, states settled",
        folding * 1000,
        folding * 1e6 / len(entries),
        folding / parsing,
    )
    return table


def _tell(table: Table, step: str, seconds: float, wanted: int, ratio: float | None = None) -> None:
    table.add(step, seconds, seconds * 1000 / wanted, "" if ratio is None else ratio)
