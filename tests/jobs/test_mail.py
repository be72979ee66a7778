"""Who stays away gets one sentence by mail, once in half an hour; and what is kept until then is who, when, where."""

from __future__ import annotations

from sqlalchemy import select

from app.delivery.subscriptions import Mail
from app.directory import operations
from app.models.push import alerts as kept
from pratique.wire.entries import Urgency, inbox_id
from tests.clocks import HOUR_MS, MINUTE_MS
from tests.jobs.telling import RIPE_MS, Away

MAIL = Mail("officer@ke.example", "en", Urgency.URGENT)


async def test_who_stays_away_gets_one_sentence_by_mail(here: Away) -> None:
    await here.subscribe(here.ke, mail=MAIL, pushed=False)
    await here.post(here.be, "priority")
    await here.post(here.be)
    await here.later(4 * MINUTE_MS)
    assert here.mails.came == []
    await here.later(MINUTE_MS + RIPE_MS)
    ((recipients, mail),) = here.mails.came
    assert recipients == ["officer@ke.example"]
    assert mail.get_content().strip() == "An urgent item waits for you in STOP-III. Open Pratique."
    assert (mail["Subject"], mail["From"], mail["To"]) == ("Pratique: STOP-III", "pratique@stop.example", recipients[0])
    assert mail["Auto-Submitted"] == "auto-generated"
    assert not any(word in mail.as_string() for word in ("pratique:", "be/", here.channel.id.hex()[:8]))
    assert here.service.came == [] and await here.waiting() is None


async def test_who_comes_in_time_gets_no_mail(here: Away) -> None:
    await here.subscribe(here.ke, mail=MAIL)
    last = await here.post(here.be)
    await here.later()
    assert here.told(here.ke) == [("STOP-III", "urgent", 1)]
    await here.ack(here.ke, last)
    await here.later(HOUR_MS)
    assert here.mails.came == [] and await here.waiting() is None


async def test_one_mail_in_half_an_hour_tells_of_everything(here: Away) -> None:
    await here.subscribe(here.ke, mail=MAIL, pushed=False)
    counts = []
    for _ in range(8):
        await here.post(here.be)
        await here.later(5 * MINUTE_MS + RIPE_MS)
        counts.append(len(here.mails.came))
    assert counts == [1, 1, 1, 1, 1, 1, 2, 2]
    await here.later(HOUR_MS)
    assert len(here.mails.came) == 3 and await here.waiting() is None


async def test_a_mail_server_in_trouble_is_tried_again(here: Away) -> None:
    await here.subscribe(here.ke, mail=Mail("officer@ke.example", "fr", Urgency.ROUTINE), pushed=False)
    here.mails.refusing = True
    await here.post(here.be, "routine")
    await here.later(5 * MINUTE_MS + RIPE_MS)
    here.mails.refusing = False
    await here.later(MINUTE_MS)
    ((_, mail),) = here.mails.came
    assert mail.get_content().strip() == "Quelque chose vous attend dans STOP-III. Ouvrez Pratique."


async def test_what_is_kept_of_it_is_who_when_and_where(here: Away) -> None:
    await here.subscribe(here.ke, mail=MAIL)
    here.service.answers = [(503, {})]
    await here.post(here.be)
    await here.later()
    async with here.room.database.read() as tx:
        rows = [dict(row) for row in (await tx.execute(select(kept))).mappings()]
        codes = await operations.codes(tx, {here.operation})
    assert {row["way"] for row in rows} == {"push", "mail"} and codes == {here.operation: "STOP-III"}
    for row in rows:
        assert row.keys() == {"device", "way", "operation", "log", "seq", "urgency", "count", "due_ms", "tries"}
        assert (row["device"], row["log"], row["operation"]) == (str(here.ke.uri), here.channel.id, here.operation)
    assert inbox_id(str(here.ke.uri)) not in {row["log"] for row in rows}
