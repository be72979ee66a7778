"""The cases behind vectors/contents/contents.json: `python -m tests.contents.cases` writes it.

What is expected is written by hand: the fields at which a content is refused, or none.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pratique.contents.fields import make_reference
from tests.contents.samples import AT, HEAD, ID, LOG, LOTS, REFERENCE, WHY, event, part
from tests.contents.texts import Case, texts

FILE = Path(__file__).parents[2] / "vectors" / "contents" / "contents.json"


def parts() -> list[Case]:
    """Give the cases of the pre-notification's parts."""
    t = "prenotification"
    contacts = {"contacts": {"be": "+3222101234"}, "overrides": [{"field": "legs[0].awb", "reason": "As printed."}]}
    return [
        ("goods part", t, part("goods"), None),
        ("goods part with contacts and a reason", t, {**part("goods"), **contacts}, None),
        ("route part", t, part("route"), None),
        ("part missing", t, part("goods", lambda p: p.pop("part")), ["part"]),
        (
            "route part with lots",
            t,
            part("route", lambda p: p["form"]["goods"][0].update(lots=LOTS)),
            ["form.goods[0].lots"],
        ),
        ("route part for the destination", t, part("route", lambda p: p.update(addressee="ke")), ["addressee"]),
        ("route part of legs elsewhere", t, part("route", lambda p: p.update(addressee="sg")), ["form.legs"]),
        ("goods part for transit", t, part("goods", lambda p: p.update(addressee="ae")), ["addressee"]),
        ("goods part naming transit twice", t, part("goods", lambda p: p.update(transit=["ae", "ae"])), ["transit"]),
        ("transit that the way does not touch", t, part("goods", lambda p: p.update(transit=["sg"])), ["transit"]),
        ("a way from another origin", t, part("goods", lambda p: p.update(origin="nl")), ["form.legs"]),
        (
            "a way to another destination",
            t,
            part("goods", lambda p: p.update(destination="ug", addressee="ug")),
            ["form.legs"],
        ),
        ("to itself", t, part("goods", lambda p: p.update(destination="be", addressee="be")), ["destination"]),
        ("reply without its deadline", t, part("goods", lambda p: p.update(mode="REPLY")), ["deadlines.reply_at"]),
        ("call-off without its series", t, part("goods", lambda p: p.update(kind="call_off")), ["relates_to"]),
        ("template unknown", t, part("goods", lambda p: p.update(template="prenotification/9999")), ["template"]),
        ("template of another thing", t, part("goods", lambda p: p.update(template="horoscope/1")), ["template"]),
        ("template as a path", t, part("goods", lambda p: p.update(template="../1")), ["template"]),
        (
            "reference with a wrong check",
            t,
            part("goods", lambda p: p.update(reference=REFERENCE[:-2] + "00")),
            ["reference"],
        ),
        (
            "reference in another script's digits",
            t,
            part("goods", lambda p: p.update(reference=REFERENCE.replace("2026", "٢٠٢٦"))),
            ["reference"],
        ),
        ("reference in lower case", t, part("goods", lambda p: p.update(reference=REFERENCE.lower())), ["reference"]),
        ("version zero", t, part("goods", lambda p: p.update(version=0)), ["version"]),
        ("form without goods", t, part("goods", lambda p: p["form"].pop("goods")), ["form.goods"]),
        ("form with a field nobody knows", t, part("goods", lambda p: p["form"].update(colour="red")), ["form.colour"]),
        ("two wrong fields", t, part("goods", lambda p: p.update(tlp="RED", origin="Belgium!")), ["tlp", "origin"]),
    ]


def events() -> list[Case]:
    """Give the cases of events."""
    lots = [{"batch": "SBX4471", "doses": 600}]
    count = {"counted_at": AT, "lots": lots}
    leg = {"from_place": "AEDXB", "to_place": "KENBO"}
    return [
        ("acknowledgement", "acknowledgement", event(), None),
        ("acknowledgement with a remark", "acknowledgement", event(remark="Seen by the night desk."), None),
        ("acknowledgement of nothing", "acknowledgement", {"id": ID, "about": REFERENCE}, ["follows"]),
        ("acknowledgement without an id", "acknowledgement", {**HEAD, "id": "xyz"}, ["id"]),
        (
            "acknowledgement with a short log",
            "acknowledgement",
            event(follows={"log": "a1", "seq": 5}),
            ["follows.log"],
        ),
        ("receipt", "receipt", event(state="OPENED"), None),
        ("receipt of another state", "receipt", event(state="READ"), ["state"]),
        ("answer", "answer", event(answer="NO_OBJECTION"), None),
        ("answer with conditions", "answer", event(answer="NO_OBJECTION_WITH_CONDITIONS", **WHY), None),
        ("objection without a reason", "answer", event(answer="OBJECTED", text="No."), ["reason_code"]),
        (
            "conditions without a word",
            "answer",
            event(answer="NO_OBJECTION_WITH_CONDITIONS", reason_code="other"),
            ["text"],
        ),
        ("approval", "answer", event(answer="APPROVED"), ["answer"]),
        ("query", "query", event(text="Which permit?"), None),
        ("empty query", "query", event(text=""), ["text"]),
        ("reply", "reply", event(query="1e" * 16, text="KE-99."), None),
        ("reply to nothing", "reply", event(text="KE-99."), ["query"]),
        ("hold requested", "hold", event(step="REQUEST", text="The seal is not ours."), None),
        ("hold confirmed", "hold", event(step="CONFIRM"), None),
        ("hold requested without a reason", "hold", event(step="REQUEST"), ["text"]),
        ("hold refused without a reason", "hold", event(step="REFUSE", reason_code="other"), ["text"]),
        ("transit in", "movement", event(step="TRANSIT_IN", happened_at=AT, place="AEDXB"), None),
        ("departed", "movement", event(step="DEPARTED", happened_at=AT, transport_document="176-1", eta_at=AT), None),
        ("detained without a reason", "movement", event(step="DETAINED", happened_at=AT), ["reason"]),
        ("a step nobody knows", "movement", event(step="FLEW", happened_at=AT), ["step"]),
        ("a movement at no time", "movement", event(step="ARRIVED", happened_at="2026-11-31T10:00Z"), ["happened_at"]),
        ("legs updated", "leg_update", event(legs=[{**leg, "flight": "EK721", "seals": ["S-1"]}]), None),
        ("no legs updated", "leg_update", event(legs=[]), ["legs"]),
        (
            "legs updated backwards",
            "leg_update",
            event(legs=[{**leg, "etd_at": AT, "eta_at": "2026-11-25T10:35Z"}]),
            ["legs[0].eta_at"],
        ),
        ("withdrawal", "withdrawal", event(reason="Cancelled."), None),
        ("withdrawal without a reason", "withdrawal", event(), ["reason"]),
        (
            "re-routing",
            "rerouting",
            event(replaced_by=make_reference("STOP-III", "be", 2026, 2), reason="Closed."),
            None,
        ),
        ("re-routing to nowhere", "rerouting", event(replaced_by="PN-1", reason="Closed."), ["replaced_by"]),
        ("matched", "reconciliation", event(outcome="MATCHED", **count), None),
        (
            "a count in full",
            "reconciliation",
            event(
                outcome="DISCREPANCY",
                counted_at=AT,
                short_shipment_notified=False,
                missing_documents=["invoice"],
                released_at=AT,
                arrival_report="VAR-7",
                lots=[
                    {
                        "batch": "SBX4471",
                        "doses": 540,
                        "vials": 90,
                        "boxes": 9,
                        "damaged_doses": 30,
                        "missing_doses": 60,
                        "excess_doses": 0,
                        "temperature": "ALARM",
                    }
                ],
            ),
            None,
        ),
        ("not arrived needs no lots", "reconciliation", event(outcome="NOT_ARRIVED", counted_at=AT), None),
        ("not arrived, but counted", "reconciliation", event(outcome="NOT_ARRIVED", **count), ["lots"]),
        ("matched without a count", "reconciliation", event(outcome="MATCHED", counted_at=AT), ["lots"]),
        ("a lot counted twice", "reconciliation", event(outcome="MATCHED", counted_at=AT, lots=lots * 2), ["lots"]),
        (
            "fewer than no doses",
            "reconciliation",
            event(outcome="MATCHED", counted_at=AT, lots=[{"batch": "B", "doses": -1}]),
            ["lots[0].doses"],
        ),
        ("reopening", "reopening", event(reason="A pallet was found."), None),
        ("reopening without a reason", "reopening", event(), ["reason"]),
        ("status", "status", event(state="ANSWERED"), None),
        ("status closed", "status", event(state="CLOSED", outcome="MATCHED"), None),
        ("status closed without its outcome", "status", event(state="CLOSED"), ["outcome"]),
        ("status that says too much", "status", event(state="ANSWERED", answer="OBJECTED"), ["answer"]),
    ]


def own() -> list[Case]:
    """Give the cases of the own lane and the operation room."""
    draft = "2d" * 16
    announcement = {"template": "prenotification/1", "national_reference": "BE-77", "form": {"note": "unfinished"}}
    return [
        ("draft", "draft", {"draft": draft, "state": "DRAFT", "announcement": announcement}, None),
        ("draft that counts on", "draft", {"draft": draft, "state": "DRAFT", "base": 999_999}, None),
        ("draft that counts from nowhere", "draft", {"draft": draft, "state": "DRAFT", "base": -1}, ["base"]),
        ("draft past six digits", "draft", {"draft": draft, "state": "DRAFT", "base": 1_000_000}, ["base"]),
        ("draft sent", "draft", {"draft": draft, "state": "SENT", "reference": REFERENCE, "digest": "ab" * 32}, None),
        ("draft sent without its reference", "draft", {"draft": draft, "state": "SENT"}, ["reference"]),
        ("draft returned without a comment", "draft", {"draft": draft, "state": "RETURNED"}, ["comment"]),
        ("policy", "policy", {"four_eyes": True, "receipts": False}, None),
        ("policy in words", "policy", {"four_eyes": "yes"}, ["four_eyes"]),
        ("claim", "claim", {"endpoint": "3c" * 16, "items": [f"{LOG}/7"], "state": "CLAIMED"}, None),
        ("claim of nothing", "claim", {"endpoint": "3c" * 16, "items": [], "state": "CLAIMED"}, ["items"]),
        ("claim of no place", "claim", {"endpoint": "3c" * 16, "items": ["7"], "state": "CLAIMED"}, ["items[0]"]),
        (
            "desk",
            "desk",
            {
                "weekend": [4, 5],
                "holidays": ["2026-12-12"],
                "utc_offset_minutes": 180,
                "duty_phone": "+254207001",
                "second_office": "ke/airport",
                "head_office": "ke/head",
            },
            None,
        ),
        ("desk on an eighth day", "desk", {"weekend": [7]}, ["weekend[0]"]),
        ("desk without a plus", "desk", {"duty_phone": "0254207001"}, ["duty_phone"]),
        (
            "adaptation",
            "adaptation",
            {
                "hide": ["customs.licence"],
                "require": ["goods[].gtin"],
                "default": {"temperature.coolant": "dry_ice"},
                "deadlines": {"air": {"acknowledge": 12}},
                "on_silence": "must_chase",
            },
            None,
        ),
        ("adaptation of no path", "adaptation", {"hide": ["Goods; drop"]}, ["hide[0]"]),
        (
            "adaptation of a mode nobody knows",
            "adaptation",
            {"deadlines": {"camel": {"reply": 1}}},
            ["deadlines.camel.[key]"],
        ),
    ]


def vectors() -> list[dict[str, Any]]:
    """Give every case as the file holds it."""
    made = []
    for name, type_, said, fields in (*texts(), *parts(), *events(), *own()):
        body = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        expected = {"expect": "ok"} if fields is None else {"expect": "refused", "fields": fields}
        made.append({"name": name, "type": type_, "body": body, **expected})
    return made


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
