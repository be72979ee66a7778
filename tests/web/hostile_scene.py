"""Fill an operation with hostile texts wherever people or systems may write, and open it as another Member."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from pratique.authority import NewParty
from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.answer import Answer
from pratique.contents.hold import Hold
from pratique.contents.message import Message
from pratique.contents.policy import Policy
from pratique.contents.prenotification import TYPE, Announcement, Override
from pratique.contents.query import Query
from pratique.contents.reply import Reply
from pratique.contents.title import Title
from pratique.wire.bodies import PartyKind
from pratique.wire.entries import Urgency
from tests.desk.desks import Desks, announced
from tests.web.hostile_texts import corpus, short
from tests.web.pages import Officer
from tests.web.stage import Stage, staged
from tests.world import KINDS

PHOTOS = 12
ASKED = 12
NAME = "Belgium <img src=x onerror=alert('party0q')>"


@dataclass
class Scene:
    """The operation, the window of the Member that reads it, and what it must find as text, page by page."""

    stage: Stage
    reader: Officer
    channel: str
    reference: str
    draft: str
    placed: dict[str, list[str]] = field(default_factory=dict)


def _photo(name: str) -> dict[str, Any]:
    digest = hashlib.sha256(name.encode()).hexdigest()
    key = "A" * 43 + "="
    file = {"id": digest[:32], "name": name, "type": "image/jpeg", "size_bytes": 9, "sha256": digest, "key": key}
    return {**file, "segments": [digest], "width": 4, "height": 3}


def _said() -> Iterator[tuple[str, bytes]]:
    """Yield posts: every text as a message, every shorter one as a title and as a photo's name."""
    for one in corpus():
        yield Message.TYPE, Message(text=one.text).write()
    for one in short(200):
        yield Title.TYPE, Title(title=one.text).write()
    names = [one.text for one in short(200)]
    for start in range(0, len(names), PHOTOS):
        photos = [_photo(name) for name in names[start : start + PHOTOS]]
        yield Message.TYPE, Message.check({"text": "photos", "photos": photos}).write()


class _Rotation:
    """Hand out texts that fit, each with its place behind it, so that each is looked for by itself."""

    def __init__(self) -> None:
        self._turns = itertools.count()
        self.given: dict[str, list[str]] = {}

    def next(self, place: str, most: int) -> str:
        given = self.given.setdefault(place, [])
        named = f" {place}{len(given)}"
        fitting = short(most - len(named))
        given.append(fitting[next(self._turns) % len(fitting)].text + named)
        return given[-1]


def hostile_announcement(texts: _Rotation) -> Announcement:
    """Give the example's shipment with a hostile text in every field that takes any."""
    told = announced(mode="REPLY").model_dump(mode="json", exclude_none=True)
    form = told["form"]
    (line,) = form["goods"]
    form["goods"] = [
        {
            **line,
            **{name: texts.next(name, 200) for name in ("product", "inn", "brand", "manufacturer", "permit_authority")},
            "permit": texts.next("permit", 70),
            "lots": [{**line["lots"][0], "batch": batch} for batch in (f"<b/id=xl{at:03}q>", f"'-alert(xl{at:03}q)-'")],
        }
        for at in range(50)
    ]
    for trader in ("consignor", "consignee"):
        form[trader] |= {"name": texts.next("trader", 200), "address": texts.next("trader", 200)}
    for name in ("importer", "final_recipient", "clearing_agent"):
        form[name] = texts.next(name, 200)
    form["customs"] |= {"ucr": texts.next("ucr", 35), "licence": texts.next("licence", 70)}
    form["customs"]["licence_issuer"] = texts.next("licence_issuer", 200)
    for leg in form["legs"]:
        leg |= {name: texts.next(name, 200) for name in ("carrier", "office_of_exit", "office_of_entry")}
        leg["seals"] = [texts.next("seal", 70) for _ in range(40)]
    form["documents"] += [
        {"kind": "invoice", "number": texts.next("document", 70), "issuer": texts.next("issuer", 200)}
        for _ in range(40)
    ]
    form["temperature"]["loggers"] = [
        {"type": texts.next("logger", 200), "serial": texts.next("serial", 70)} for _ in range(60)
    ]
    form["note"] = texts.next("note", 4000)
    told["national_reference"] = texts.next("national", 200)
    told["urgency_reason"] = texts.next("urgency_reason", 4000)
    overrides = [Override(field="note", reason=texts.next("override", 200)).model_dump()]
    return Announcement.check({**told, "overrides": overrides})


async def _consign(d: Desks, texts: _Rotation) -> str:
    """Announce, ask, answer, hold: every event that bears words; then lie about the duty desks."""
    be, ke = d["be"], d["ke"]
    reference = (await be.announce(hostile_announcement(texts), urgency=Urgency.URGENT)).reference
    await ke.sync()
    await ke.report(reference, Acknowledgement, {"remark": texts.next("remark", 200)})
    asked = [await ke.report(reference, Query, {"text": texts.next("query", 4000)}) for _ in range(ASKED)]
    doubt = {"answer": "NO_OBJECTION_WITH_CONDITIONS", "reason_code": "other", "text": texts.next("answer", 4000)}
    await ke.report(reference, Answer, doubt)
    await ke.report(reference, Hold, {"step": "REQUEST", "reason_code": "other", "text": texts.next("hold", 4000)})
    await be.sync()
    for one in asked:
        await be.report(reference, Reply, {"query": one.id, "text": texts.next("reply", 4000)})
    await be.report(reference, Hold, {"step": "REFUSE", "text": texts.next("hold", 4000)})
    # A Member's own program tells telephones that no desk would.
    log, seq, _ = be.reading.parts(reference)["ke"]
    said = json.loads(next(one.body for one in be.device.opened(log, seq - 1) if one.type == TYPE))
    said |= {"version": 2, "contacts": {party: texts.next("contact", 200) for party in ("be", "ae", "ke")}}
    await be.device.post(log, TYPE, json.dumps(said).encode())
    return reference


async def _fill(stage: Stage, scene: dict[str, Any]) -> dict[str, list[str]]:
    d, texts = stage.desks, _Rotation()
    be = d["be"].device
    channel = await be.create_channel(d.operation.id, title="begun", offices=["ke/ncp"])
    await be.post_many(channel, list(_said()))
    reference = await _consign(d, texts)
    drafts = [
        await d["ke"].save_draft(announced(("KENBO", "BEBRU"), national=texts.next("draft", 200))) for _ in range(8)
    ]
    await d["ke"].set_policy(Policy(four_eyes=True))
    await d["ke"].submit(drafts[0])
    colleague = await d.second("ke")
    await colleague.sync()
    await colleague.give_back(drafts[0], texts.next("comment", 4000))
    world = d.world
    world.root.list_parties([NewParty("be", KINDS.get("be", PartyKind.MEMBER), NAME, world.officers["be"].public)])
    await world.root.publish(world.url)
    scene |= {"channel": channel.hex(), "reference": reference, "draft": drafts[0]}
    return texts.given


@asynccontextmanager
async def hostile(folder: Path, database_url: str, browser: Browser) -> AsyncIterator[Scene]:
    """Give the filled operation, and a browser of the addressee that has read everything."""
    async with staged(folder, database_url, browser, searched=False) as stage:
        told: dict[str, Any] = {}
        placed = await _fill(stage, told)
        (reader,) = await stage.enrol_all("ke")
        yield Scene(stage, reader, placed=placed, **told)
