"""Reminders as the server judges them: whose, about what, for whom, how many; and who may end them."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from app.clock import now_ms
from app.delivery import reminders
from app.errors import EntryRefused, NotFound, Problem
from pratique.groups.engine_host import Engine
from pratique.wire.bodies import Reminder
from pratique.wire.entries import Kind, Seen
from pratique.wire.statements import Statement, sign
from tests.clocks import HOUR_MS
from tests.delivery.reminding import ended, reminder, rings, said
from tests.delivery.server_room import Channel, Room, sealed
from tests.faults.parties import DAY_MS, Device

SOON = HOUR_MS


@dataclass
class Talk:
    """A channel of BE (who founded it), KE and AE, with the OCU outside; all four are in the operation."""

    room: Room
    channel: Channel
    ocu: Device
    be: Device
    ke: Device
    ae: Device

    @property
    def id(self) -> bytes:
        return self.channel.id

    async def head(self) -> int:
        return (await self.room.read(self.id))[-1].seq

    async def say(self, device: Device, body: bytes) -> int:
        """Post, and give the number of the last entry."""
        return (await self.room.post(device, self.id, body))[-1][1]

    async def refuses(self, device: Device, body: bytes, reason: str, channel: bytes | None = None) -> None:
        """See a post refused, and nothing of it saved."""
        before = await self.head()
        with pytest.raises(EntryRefused) as refused:
            await self.room.post(device, channel or self.id, body)
        assert refused.value.facts == {"reason": reason}
        assert await self.head() == before


@pytest.fixture
async def talk(room: Room, engine: Engine) -> Talk:
    ocu, be, ke, ae = [await room.enrol(party) for party in ("ocu", "be", "ke", "ae")]
    operation = await room.operation(ocu, ["ocu", "be", "ke", "ae"])
    channel = await room.found(engine, be, operation, seat=["ke/ncp", "ae/ncp"])
    return Talk(room, channel, ocu, be, ke, ae)


async def waiting(talk: Talk) -> list[tuple[int, int]]:
    async with talk.room.database.read() as tx:
        return [(one.seq, one.ring) for one in await reminders.soonest(tx, 100)]


async def test_a_reminder_stands_beside_what_it_is_about_until_the_party_ends_it(talk: Talk) -> None:
    at_ms = now_ms() + SOON
    plan = (*rings(at_ms), *rings(at_ms + 1, offices=["ke/head", "ocu/desk"]))
    body = said(reminder(talk.id, talk.be, plan), sealed=0)
    seq = await talk.say(talk.be, body)
    assert await talk.say(talk.be, body) == seq  # the same bytes again: the same answer
    assert [entry.kind for entry in (await talk.room.read(talk.id))[-2:]] == [Kind.APPLICATION, Kind.REMINDER]
    assert await waiting(talk) == [(seq, 0), (seq, 1)]
    await talk.refuses(talk.ae, said(ended(talk.id, talk.ae, seq)), "not_reminded")
    assert await waiting(talk) == [(seq, 0), (seq, 1)]
    await talk.say(talk.ke, said(ended(talk.id, talk.ke, seq)))
    assert await waiting(talk) == []
    await talk.refuses(talk.be, said(ended(talk.id, talk.be, seq)), "reminder_ended")
    again = await talk.say(talk.be, said(reminder(talk.id, talk.be, rings(at_ms))))
    await talk.say(talk.be, said(ended(talk.id, talk.be, again)))  # the author's party may, too
    member = await talk.room.fold(talk.id)  # every client counts what the server took
    assert member.seq == await talk.head()


async def test_a_refused_reminder_takes_the_whole_post_with_it(talk: Talk) -> None:
    good = reminder(talk.id, talk.be, rings(now_ms() + SOON))
    far = reminder(talk.id, talk.be, rings(now_ms() + 181 * DAY_MS))
    await talk.refuses(talk.be, said(good, far, sealed=0), "ring_too_far")
    assert await waiting(talk) == []
    await talk.say(talk.be, said(good, sealed=0))


async def test_only_seated_active_devices_remind(talk: Talk, engine: Engine) -> None:
    planned = rings(now_ms() + SOON)
    for stranger in (talk.ocu, await talk.room.enrol("ke", "desk")):
        with pytest.raises(NotFound):
            await talk.say(stranger, said(reminder(talk.id, stranger, planned)))
    seq = await talk.say(talk.be, said(reminder(talk.id, talk.be, planned)))
    await talk.room.revoke(talk.ke)
    for statement in (reminder(talk.id, talk.ke, planned), ended(talk.id, talk.ke, seq)):
        with pytest.raises(Problem) as refused:
            await talk.say(talk.ke, said(statement))
        assert refused.value.code in ("not_found", "device_revoked")
    assert await waiting(talk) == [(seq, 0)]


async def test_a_reminder_is_its_poster_s_own_and_about_this_channel(talk: Talk, engine: Engine) -> None:
    planned = rings(now_ms() + SOON)
    operation = await talk.room.operation(talk.ocu, ["ocu", "be", "ke"])
    other = await talk.room.found(engine, talk.be, operation, seat=["ke/ncp"])
    good = reminder(talk.id, talk.be, planned)
    seq = await talk.say(talk.be, said(good))
    await talk.refuses(talk.be, said(good), "reminder_repeated")
    await talk.refuses(talk.be, said(good), "wrong_channel", other.id)
    await talk.refuses(talk.ke, said(good), "not_own_statement")
    forged = reminder(talk.id, talk.be, planned, key=talk.ke.key)
    await talk.refuses(talk.be, said(forged), "bad_signature")
    await talk.refuses(talk.be, said(reminder(other.id, talk.be, planned)), "wrong_channel")
    await talk.refuses(talk.ke, said(ended(talk.id, talk.ke, seq)), "wrong_channel", other.id)
    await talk.refuses(talk.be, said(reminder(talk.id, talk.be, planned), epoch=1), "bad_reminder")
    unseen = reminder(talk.id, talk.be, planned, seen=Seen(2, bytes(32)))
    await talk.refuses(talk.be, said(unseen), "bad_seen")
    assert await waiting(talk) == [(seq, 0)]


async def test_a_reminder_tells_offices_of_the_operation_only(talk: Talk, engine: Engine) -> None:
    operation = await talk.room.operation(talk.ocu, ["ocu", "be", "ke"])
    talk.channel = await talk.room.found(engine, talk.be, operation, seat=["ke/ncp"])
    for offices in (["ae/ncp"], ["ke/ncp", "ae/ncp"], ["rilo/desk"]):
        planned = rings(now_ms() + SOON, offices=offices)
        await talk.refuses(talk.be, said(reminder(talk.id, talk.be, planned)), "not_participant")
    outside = reminder(talk.id, talk.be, rings(now_ms() + SOON), party="ocu")
    await talk.refuses(talk.be, said(outside), "not_seated")
    assert await waiting(talk) == []


async def test_what_is_too_much_is_refused(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    good = json.loads(reminder(talk.id, talk.be, rings(*range(16))).body)
    seventeen = good | {"rings": good["rings"] * 2}
    nine = good | {"rings": [{"at_ms": 1, "offices": [f"ke/desk-{number}" for number in range(9)]}]}
    for body in (seventeen, nine):
        await talk.refuses(talk.be, said(_signed(talk.be, body)), "bad_reminder")
    monkeypatch.setattr(reminders, "MAX_OPEN", 2)
    await talk.say(talk.be, said(reminder(talk.id, talk.be, rings(1))))  # it rings at once: it does not wait
    planned = rings(now_ms() + SOON)
    first = await talk.say(talk.be, said(reminder(talk.id, talk.be, planned)))
    await talk.say(talk.be, said(reminder(talk.id, talk.be, planned)))
    await talk.refuses(talk.be, said(reminder(talk.id, talk.be, planned)), "too_many_reminders")
    await talk.say(talk.be, said(ended(talk.id, talk.be, first), reminder(talk.id, talk.be, planned)))


async def test_an_end_names_a_reminder_of_this_channel(talk: Talk) -> None:
    await talk.say(talk.be, sealed(0))
    for seq in (1, await talk.head()):
        await talk.refuses(talk.be, said(ended(talk.id, talk.be, seq)), "no_such_reminder")
    await talk.refuses(talk.be, said(ended(talk.id, talk.be, await talk.head() + 1)), "bad_reminder")


def _signed(by: Device, body: dict[str, object]) -> Statement:
    """Sign a body that no honest client can write."""

    class Written(Reminder):
        def write(self) -> bytes:
            return json.dumps(body).encode()

    empty = Written(channel="00" * 32, party="ke", rings=rings(1), nonce="00" * 16)
    return sign(empty, signer=str(by.uri), key=by.key)
