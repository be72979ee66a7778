"""Fill an operation for pictures: consignments in every state, a channel with words and photos, people who wait.

The Members are Python devices of the tests' world; whoever looks sits in a real browser.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, FilePayload, expect

from pratique.authority import NewParty
from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.answer import Answer
from pratique.contents.desk import DeskHours
from pratique.contents.hold import Hold
from pratique.contents.message import Message
from pratique.contents.movement import Movement
from pratique.contents.policy import Policy
from pratique.contents.prenotification import Announcement
from pratique.contents.query import Query
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.reply import Reply
from pratique.desk.desk import Desk, clock_ms
from pratique.device import Device
from pratique.wire.bodies import PartyKind
from pratique.wire.entries import Urgency
from tests.databases import SqliteTemplate
from tests.desk.desks import Desks, announced, at, changed
from tests.web.pages import Officer
from tests.web.stage import Stage, staged
from tests.world import DAY_MS, KINDS, unlock

NAMES = {
    "ocu": "Operational Coordination Unit",
    "be": "Belgium",
    "ae": "United Arab Emirates",
    "ke": "Kenya",
    "ug": "Uganda",
}
MEMBERS = ("be", "ae", "ke", "ug")
DUTY_DESK = "STOP III duty desk"
# A crate on a floor, drawn by the browser: a photo of our own.
_DRAWN = """() => {
  const canvas = new OffscreenCanvas(1280, 960), pen = canvas.getContext("2d")
  const boxes = [["#7d8f69", 0, 0, 1280, 960], ["#c8b28a", 0, 620, 1280, 340], ["#8a5a2b", 380, 300, 520, 420],
    ["#6d451f", 380, 430, 520, 24], ["#6d451f", 380, 580, 520, 24], ["#e8e4da", 520, 470, 240, 90],
    ["#b3261e", 560, 500, 160, 10]]
  for (const [colour, ...box] of boxes) { pen.fillStyle = colour; pen.fillRect(...box) }
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 })
    .then(async (blob) => [...new Uint8Array(await blob.arrayBuffer())])
}"""


@dataclass
class Scene:
    """Who sits where, and what their pages are about."""

    stage: Stage
    ke: Officer
    ocu: Officer
    guest: Officer
    ticket: str
    newcomer: Officer
    reference: str
    held: str
    counted: str
    channel: str
    operation: str
    draft: str


@asynccontextmanager
async def filled(folder: Path, browser: Browser) -> AsyncIterator[Scene]:
    """Give the operation with three browsers in it: Kenya's, the coordinating unit's, and one that nobody is in."""
    async with staged(folder, SqliteTemplate(folder).copy(folder), browser, MEMBERS) as stage:
        d = stage.desks
        d.world.root.list_parties(
            [
                NewParty(party, KINDS.get(party, PartyKind.MEMBER), name, d.world.officers[party].public)
                for party, name in NAMES.items()
            ]
        )
        await d.world.root.publish(d.world.url)
        await _tell_desks(d)
        ke, ocu = await stage.enrol("ke", "w.otieno"), await stage.enrol("ocu", "a.martin")
        await stage.let_in()
        reference, held, counted = await _consign(d)
        channel = await _talk(stage, ke)
        draft = await _draft(d)
        await ke.take_key((folder / "ke.ca").read_bytes(), (folder / "ke.ca.key").read_bytes(), unlock().decode())
        ticket = await ke.invite("p.kamau")
        newcomer = await stage.window("ke")
        await newcomer.begin(await ke.invite("w.njoroge"), device="phone12")
        guest = await stage.window("ke")
        await guest.page.goto(stage.url)
        yield Scene(
            *(stage, ke, ocu, guest, ticket, newcomer),
            *(reference, held, counted, channel, d.operation.id.hex(), draft),
        )


async def _tell_desks(d: Desks) -> None:
    for party, hours, phone in (("be", 1, "+3225550142"), ("ae", 4, "+97145550186"), ("ke", 3, "+254205550117")):
        await d[party].set_desk(DeskHours.check({"utc_offset_minutes": hours * 60, "duty_phone": phone}))
    await d.sync()


def _goods(product: str, waybill: str, way: tuple[str, ...], departs_h: float, **around: Any) -> Announcement:
    told = announced(way, departs_h=departs_h, **around)
    values = {"goods__0__product": product, "legs__0__transport_document": waybill}
    return changed(told, **values)


async def _consign(d: Desks) -> tuple[str, str, str]:
    """Announce one consignment for each state; give the one to answer, the one on hold, the one that was short."""
    be, ae, ke = d["be"], d["ae"], d["ke"]
    why = "Dry ice lasts for 72 hours only."
    long = ("BEBRU", "AEDXB", "KENBO")
    past = await Desk.open(be.device, d.operation, lambda: clock_ms() - 3 * DAY_MS)
    await past.announce(_goods("Oral rehydration salts", "176-00000013", ("BEBRU", "KENBO"), -20))
    away = await past.announce(_goods("Yellow fever vaccine", "176-00000024", long, -70))
    counted = await past.announce(_goods("Oral polio vaccine, type 2", "176-00000035", long, -60))
    await be.sync()
    asked = await be.announce(
        _goods("Corvanza COVID-19 mRNA vaccine", "176-12345675", long, 60, mode="REPLY", urgency_reason=why),
        urgency=Urgency.URGENT,
    )
    held = await be.announce(_goods("Measles and rubella vaccine", "176-00000046", long, 30, mode="REPLY"))
    flown = await be.announce(
        _goods("Rotavirus vaccine", "176-00000050", long, 1, urgency_reason=why), urgency=Urgency.URGENT
    )
    out = await ke.announce(_goods("Empty cold boxes, returned", "706-00000061", ("KENBO", "AEDXB", "BEBRU"), 50))
    inland = await ke.announce(_goods("Auto-disable syringes 0.5 ml", "706-00000072", ("KENBO", "UGEBB"), 90))
    await _series(be)
    await d.sync()
    for desk in (ae, ke):
        for one in (held, flown, counted, away):
            await desk.report(one.reference, Acknowledgement, {})
    await ae.report(asked.reference, Acknowledgement, {})
    await d["ug"].report(inland.reference, Acknowledgement, {})
    await be.report(out.reference, Acknowledgement, {"remark": "Gate 4, before 18:00."})
    query = await ke.report(asked.reference, Query, {"text": "Is the dry ice topped up before the second flight?"})
    await be.sync()
    await be.report(asked.reference, Reply, {"query": query.id, "text": "Yes, in Dubai; the airline has confirmed it."})
    later = changed(be.announcement_of(asked.reference), legs__0__flight="EK188")
    await be.amend(asked.reference, later)
    await ke.report(held.reference, Answer, {"answer": "NO_OBJECTION"})
    doubt = "Seal DXB-7781 was found broken on container 2 of 3; the logger reads -41 °C."
    await ke.report(held.reference, Hold, {"step": "REQUEST", "reason_code": "security", "text": doubt})
    await _carry(d, (flown.reference, away.reference, counted.reference))
    await d.sync()
    await ke.report(counted.reference, Movement, _moved("ARRIVED", "KENBO", -6))
    lots = [
        {"batch": lot["batch"], "doses": lot["doses"]}
        for lot in be.announcement_of(counted.reference).form["goods"][0]["lots"]
    ]
    lots[-1] |= {"doses": lots[-1]["doses"] - 402, "missing_doses": 402, "temperature": "ALARM"}
    said = {"outcome": "DISCREPANCY", "counted_at": at(-2), "lots": lots, "arrival_report": "KE-VAR-2026-0313"}
    await ke.report(counted.reference, Reconciliation, said)
    await ke.report(away.reference, Movement, _moved("ARRIVED", "KENBO", -96))
    await d.sync()
    return asked.reference, held.reference, counted.reference


def _moved(step: str, place: str, hours: float) -> dict[str, str]:
    return {"step": step, "place": place, "happened_at": at(hours)}


async def _carry(d: Desks, references: tuple[str, ...]) -> None:
    await d.sync()
    for one in references:
        await d["be"].report(one, Movement, _moved("DEPARTED", "BEBRU", -1))
    await d.sync()
    for one in references[1:]:
        await d["ae"].report(one, Movement, _moved("TRANSIT_IN", "AEDXB", -0.8))
        await d["ae"].report(one, Movement, _moved("TRANSIT_OUT", "AEDXB", -0.5))


async def _series(be: Desk) -> None:
    series = announced(kind="series")
    form = series.form
    form["legs"] = [{name: leg[name] for name in ("mode", "from_place", "to_place")} for leg in form["legs"]]
    del form["goods"][0]["lots"], form["packages"]["sscc"], form["temperature"]["loggers"]
    form["goods"][0]["product"] = "Pentavalent vaccine"
    form["series"] = {"from": at(0)[:10], "until": at(24 * 150)[:10], "shipments": 6}
    await be.announce(series)


async def _talk(stage: Stage, ke: Officer) -> str:
    """Let three Members write into one discussion, one of them with a photo."""
    d = stage.desks
    channel = await stage.discussion("be", DUTY_DESK, "ae/ncp", "ke/ncp", "ug/ncp", "ocu/ncp")
    await stage.let_in()
    be, ae = d["be"].device, d["ae"].device

    async def say(device: Device, text: str, urgency: Urgency = Urgency.ROUTINE, **more: object) -> int:
        await device.sync()
        said = Message.check({"text": text, **more}).write()
        return (await device.post(channel, "message", said, urgency)).seq

    first = await say(be, "Good morning from Brussels. Flight EK188 leaves on time; 18 pallets, all seals checked.")
    await say(ae, "مطار دبي: الرصيف 7 جاهز للاستلام. شكرا.", mentions=["be"])
    await say(ae, "Cold store 3 is free from 14:00 UTC.", follows={"log": channel.hex(), "seq": first})
    await ke.open_channel(DUTY_DESK)
    picture: FilePayload = {
        "name": "crate-4.jpg",
        "mimeType": "image/jpeg",
        "buffer": bytes(await ke.page.evaluate(_DRAWN)),
    }
    await ke.page.locator("input[type=file]").first.set_input_files(picture)
    await expect(ke.page.locator(".composer img, form img").first).to_be_visible()
    await ke.write("The tape on crate 4 is torn. Was it so when it left you?")
    await ke.send()
    await expect(ke.page.get_by_role("textbox").last).to_have_value("")
    await be.sync()
    asked = max(one.seq for one in be.opened(channel) if one.type == "message")
    await say(
        be,
        "No. Please hold it and count.",
        Urgency.URGENT,
        mentions=["ke"],
        follows={"log": channel.hex(), "seq": asked},
    )
    await d.sync()
    await ke.go("today")
    return channel.hex()


async def _draft(d: Desks) -> str:
    """Leave one draft that waits for a second pair of eyes, and one that is being written."""
    ke = d["ke"]
    await ke.set_policy(Policy(four_eyes=True, receipts=True))
    draft = await ke.save_draft(_goods("Rabies vaccine", "706-00000083", ("KENBO", "UGEBB"), 70, national="KE-77"))
    await ke.submit(draft)
    await ke.save_draft(_goods("Cold chain monitors", "706-00000094", ("KENBO", "AEDXB"), 120, national="KE-78"))
    return draft
