"""A Member that says what is not its to say: sealed, signed and posted for real, and moved by nobody's board."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.answer import Answer
from pratique.contents.content import Event
from pratique.contents.fields import make_reference
from pratique.contents.movement import Movement
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.rerouting import Rerouting
from pratique.contents.status import Status
from pratique.contents.withdrawal import Withdrawal
from pratique.errors import PratiqueError
from tests.desk.desks import announced, at, changed, desks


async def test_what_others_may_say_moves_nothing(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url) as d:
        be, ae, ke = d["be"], d["ae"], d["ke"]
        sent = await be.announce(announced(mode="REPLY"))
        await d.sync("ae", "ke")
        await ke.report(sent.reference, Acknowledgement, {})
        await d.sync("be", "ae")
        before = {party: d[party].find(sent.reference) for party in ("be", "ae", "ke")}
        lane, seq, part = ae.reading.parts(sent.reference)["ae"]
        said: list[tuple[type[Event], dict[str, object]]] = [
            (Movement, {"step": "DEPARTED", "happened_at": at(0)}),
            (Movement, {"step": "ARRIVED", "happened_at": at(0)}),
            (Status, {"state": "ANSWERED"}),
            (Status, {"state": "CLOSED", "outcome": "SEIZED"}),
            (Reconciliation, {"outcome": "NOT_ARRIVED", "counted_at": at(0)}),
            (Withdrawal, {"reason": "not mine to take back"}),
            (Rerouting, {"replaced_by": make_reference("STOP-III", "be", 2026, 999), "reason": "not mine"}),
        ]
        for event, fields in said:
            with pytest.raises(PratiqueError):
                await ae.report(sent.reference, event, fields)
            follows = {"log": lane.hex(), "seq": seq}
            told = {"id": secrets.token_hex(16), "about": sent.reference, "follows": follows, **fields}
            await ae.device.post(lane, event.TYPE, event.check(told).write())
        # A part in another's name, and one's own event about a lane's part that stands elsewhere.
        forged = part.model_copy(update={"version": 9})
        await ae.device.post(lane, forged.TYPE, forged.write())
        goods, goods_seq, _ = ke.reading.parts(sent.reference)["ke"]
        stray = {
            "id": secrets.token_hex(16),
            "about": sent.reference,
            "follows": {"log": goods.hex(), "seq": goods_seq},
        }
        await ae.device.post(lane, Answer.TYPE, Answer.check({**stray, "answer": "NO_OBJECTION"}).write())
        await d.sync()
        for party, one in before.items():
            now = d[party].find(sent.reference)
            assert (now.state, now.version, now.legs, now.outcome) == (one.state, one.version, one.legs, one.outcome)
            assert len(now.marks) == 9
            assert {said.party for said in now.marks} == {"ae"}
        # A Member that is not on the way cannot say anything there at all, and everybody goes on.
        amended = await be.amend(sent.reference, changed(announced(mode="REPLY"), legs__0__flight="EK8"))
        await d.sync("ae", "ke")
        assert ae.find(sent.reference).version == ke.find(sent.reference).version == amended.version == 2


async def test_an_office_abroad_is_never_called_by_another_s_settings(tmp_path: Path, sqlite_database_url: str) -> None:
    from pratique.contents.desk import DeskHours
    from pratique.desk.reminders import offices

    async with desks(tmp_path, sqlite_database_url, ("be", "ke")) as d:
        await d["ke"].set_desk(DeskHours(second_office="be/ncp", head_office="ke/head"))
        await d.sync()
        called = offices("ke", d["be"].room.desks["ke"], d.operation.terms)
        assert (called.second, called.above) == ("ke/ncp", ("ke/head", "ocu/ncp"))
