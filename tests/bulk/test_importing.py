"""A file goes through a real desk to real lanes: checked, sent once, amended by the same national reference."""

from __future__ import annotations

from pathlib import Path

from pratique.bulk.importing import Imported, import_file
from pratique.contents.prenotification import Announcement
from tests.bulk.filling import Row, rows_of, write
from tests.desk.desks import announced, changed, desks


def shipment(number: int, departs_h: float = 80) -> Announcement:
    """Give one of several consignments with their own batches."""
    one = announced(departs_h=departs_h, national=f"BE-{number}")
    values = {f"goods__0__lots__{at}__batch": f"L{number}-{at}" for at in range(len(one.form["goods"][0]["lots"]))}
    awb = f"176-{number:07}{number % 7}"
    return changed(one, **values, legs__0__awb=awb, legs__1__awb=awb)


def meanings(done: Imported) -> list[str]:
    """Give what sending each shipment means."""
    return [one.meaning for one in done.ready]


def filled(path: Path, *announcements: Announcement, reason: str = "") -> Path:
    """Write a file of announcements."""
    rows: list[Row] = [row for one in announcements for row in rows_of(one)]
    return write(path, [{**row, "reason": reason} for row in rows])


async def test_a_file_is_checked_sent_once_and_amended(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url) as d:
        be, ke = d["be"], d["ke"]
        # Made once: made again a minute later they depart a minute later, which is an amendment.
        four = [shipment(number) for number in range(4)]
        file = filled(tmp_path / "file.xlsx", *four)
        steps: list[tuple[str, int, int]] = []

        dry = await import_file(be, file, dry_run=True, progress=lambda *step: steps.append(step))
        assert (dry.bad, meanings(dry), dry.sent, dry.annotated) == ([], ["new"] * 4, {}, None)
        assert (steps[0][0], steps[-1]) == ("read", ("check", 4, 4))
        assert not be.board.consignments

        done = await import_file(be, file)
        assert list(done.sent) == ["BE-0", "BE-1", "BE-2", "BE-3"]
        await ke.sync()
        assert {one.reference for one in done.sent.values()} == set(ke.board.consignments)

        again = await import_file(be, file)
        assert (meanings(again), again.sent, len(be.board.consignments)) == (["unchanged"] * 4, {}, 4)

        later = changed(four[2], legs__0__flight="EK9999")
        some = filled(tmp_path / "some.csv", four[1], later, shipment(9))
        mixed = await import_file(be, some)
        assert meanings(mixed) == ["unchanged", "amends", "new"]
        assert [(name, one.version) for name, one in mixed.sent.items()] == [("BE-2", 2), ("BE-9", 1)]
        assert mixed.sent["BE-2"].reference == done.sent["BE-2"].reference
        await ke.sync()
        assert ke.find(done.sent["BE-2"].reference).shipment.legs[0].flight == "EK9999"


async def test_wrong_rows_keep_all_back_unless_they_are_to_be_skipped(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url, strangers=("za",)) as d:
        be = d["be"]
        wrong = changed(shipment(1), consignee__country="Kenya")
        stranger = announced(("BEBRU", "ZAJNB", "KENBO"), national="BE-2")
        elsewhere = announced(("KENBO", "AEDXB"), national="BE-3")
        file = filled(tmp_path / "file.csv", shipment(0), wrong, stranger, elsewhere)

        refused = await import_file(be, file)
        told = {(one.national_reference, one.header, one.code) for one in refused.bad}
        assert told == {
            ("BE-1", "consignee.country", "wrong_form"),
            ("BE-2", "leg1.to_place", "not_reachable"),
            ("BE-3", "leg1.from_place", "not_the_sender"),
        }
        assert (meanings(refused), refused.sent, dict(be.board.consignments)) == (["new"], {}, {})
        assert refused.annotated == tmp_path / "file.errors.csv"

        sent = await import_file(be, file, skip_bad=True)
        assert list(sent.sent) == ["BE-0"]
        assert len(be.board.consignments) == 1

        # The same goods under another national reference are named; nothing is held back.
        first = sent.sent["BE-0"].reference
        twin = shipment(0).model_copy(update={"national_reference": "BE-TWIN"})
        dry = await import_file(be, filled(tmp_path / "twin.csv", twin), dry_run=True)
        assert {(row, reference) for row, reference, _ in dry.duplicates} == {(2, first)}
        assert {why for _, _, why in dry.duplicates} == {"transport_document", "lot"}

        unknown = write(tmp_path / "unknown.csv", rows_of(shipment(5)), headers=["national_reference", "typo"])
        blocked = await import_file(be, unknown, skip_bad=True)
        assert "unknown_column" in {one.code for one in blocked.bad}
        assert blocked.sent == {}


async def test_a_finding_waits_for_its_reason_in_the_row_or_for_all(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url) as d:
        be = d["be"]
        why = "copied from the paper"
        for number, by_row in ((1, True), (2, False)):
            odd = changed(shipment(number), legs__0__awb="176-12345676", legs__1__awb="176-12345676")
            file = tmp_path / f"odd{number}.xlsx"
            waiting = await import_file(be, filled(file, odd))
            assert waiting.problems == []
            assert [(one.header, one.code) for one in waiting.needing] == [
                ("leg1.awb", "check_digit"),
                ("leg2.awb", "check_digit"),
            ]
            assert (waiting.sent, waiting.ready) == ({}, [])
            answered = filled(file, odd, reason=why) if by_row else file
            done = await import_file(be, answered, reason="" if by_row else why)
            assert list(done.sent) == [f"BE-{number}"]
            overrides = be.announcement_of(done.sent[f"BE-{number}"].reference).overrides
            assert {(one.field, one.reason) for one in overrides} == {("legs[0].awb", why), ("legs[1].awb", why)}

        # What was sent late, with a reason, is the same the second time.
        late = shipment(3, departs_h=-5.9)
        waiting = await import_file(be, filled(tmp_path / "late.xlsx", late))
        assert {one.code for one in waiting.needing} == {"late"}
        file = filled(tmp_path / "late.xlsx", late, reason="the aircraft left early")
        assert list((await import_file(be, file)).sent) == ["BE-3"]
        again = await import_file(be, file)
        assert (meanings(again), again.bad, again.sent) == (["unchanged"], [], {})
