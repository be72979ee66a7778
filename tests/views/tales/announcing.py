"""Transitions 4 to 7 and 20: send, fetch, open, acknowledge, amend."""

from __future__ import annotations

from typing import Any

from tests.views.tales.tale import DIRECT, OTHER, THROUGH_AE, THROUGH_TWO, Tale, form, instant, leg


def changed_lots(**more: Any) -> dict[str, Any]:
    """Give the form with one lot less."""
    made = form()
    made["goods"][0]["lots"] = made["goods"][0]["lots"][:1]
    return {**made, **more}


def series() -> dict[str, Any]:
    """Give the form of half a year of shipments."""
    made = form(DIRECT, series={"from": "2026-12-01", "until": "2027-05-31", "shipments": 12})
    del made["goods"][0]["lots"], made["packages"]
    made["legs"] = [{name: made["legs"][0][name] for name in ("mode", "from_place", "to_place", "flight")}]
    return made


def tales() -> list[Tale]:
    """Give them all."""
    both = {"ae": "PENDING", "ke": "PENDING"}
    seen = Tale("05-fetched", "a device of the destination has fetched its part", 5).sent()
    seen.delivered = [("goods", "ke", 5), ("ae", "ae", 4)]
    seen.shows(state="SENT", legs=both, shown={"ae": "PENDING", "ke": "DELIVERED"})
    opened = Tale("05-opened-is-more", "what was opened is not shown as fetched only", 5, False).sent()
    opened.say("ke", "goods", 1, "receipt", state="OPENED").delivered = [("goods", "ke", 5)]
    opened.shows(state="SENT", legs={"ae": "PENDING", "ke": "OPENED"}, shown={"ae": "PENDING", "ke": "OPENED"})
    changed = [leg("BEBRU-AEDXB", 96, 103), leg("AEDXB-KENBO", 110, 114.5)]
    answered = Tale("20-small-change", "a change that is not material keeps the answers", 20, mode="REPLY").sent()
    for party, lane in (("ke", "goods"), ("ae", "ae")):
        answered.say(party, lane, 1, "acknowledgement").say(party, lane, 2, "answer", answer="NO_OBJECTION")
    answered.sent(form(changed, note="Please keep the boxes closed."), 5, version=2)
    reset = Tale(
        "20-lots-changed", "other lots reset the answer of who sees lots, and of nobody else", 20, mode="REPLY"
    )
    reset.sent()
    for party, lane in (("ke", "goods"), ("ae", "ae")):
        reset.say(party, lane, 1, "acknowledgement").say(party, lane, 2, "answer", answer="NO_OBJECTION")
    reset.part("goods", {**changed_lots(), "share": {"observers": True}}, 5, version=2)
    shifted = Tale(
        "20-arrives-later", "an arrival more than six hours later resets every answer", 20, mode="REPLY"
    ).sent()
    for party, lane in (("ke", "goods"), ("ae", "ae")):
        shifted.say(party, lane, 1, "acknowledgement").say(party, lane, 2, "answer", answer="NO_OBJECTION")
    shifted.sent(form([leg("BEBRU-AEDXB", 96, 103), leg("AEDXB-KENBO", 116, 121)]), 5, version=2)
    one_way = Tale("20-one-transit-less", "who is on the way no more has no leg, and is told so in its lane", 20)
    one_way.sent().part("goods", form(DIRECT), 5, version=2).say(
        "be", "ae", 5.1, "withdrawal", reason="Flies direct now."
    )
    first = Tale("20-told-before-the-others", "whom the way leaves may hear it first; the others lose nothing", 20)
    first.sent().say("be", "ae", 5, "withdrawal", reason="Flies direct now.").part(
        "goods", form(DIRECT), 5.1, version=2
    )
    again = Tale("20-back-on-the-way", "a way that leads there again is a new version there", 20)
    again.sent().part("goods", form(DIRECT), 5, version=2).say("be", "ae", 5.1, "withdrawal", reason="Flies direct.")
    again.sent(form(), 9, version=3).say("ae", "ae", 10, "acknowledgement")
    return [
        first.shows(state="SENT", version=2, legs={"ke": "PENDING"}).shows("ae", state="WITHDRAWN", version=1),
        again.shows(state="SENT", version=3, legs={"ae": "ACKNOWLEDGED", "ke": "PENDING"}).shows(
            "ae", state="SENT", version=3, legs={"ae": "ACKNOWLEDGED", "ke": "PENDING"}
        ),
        Tale("sent", "sent and nothing more", 4).sent().shows(state="SENT", legs=both),
        Tale("04-two-transits", "sent through two transit Members", 4)
        .sent(form(THROUGH_TWO))
        .shows(state="SENT", legs={"ae": "PENDING", "sg": "PENDING", "ke": "PENDING"})
        .shows("ae", state="SENT", legs={"ae": "PENDING", "ke": "PENDING"}, way=["BEBRU", "AEDXB", "SGSIN"])
        .shows("sg", state="SENT", legs={"sg": "PENDING", "ke": "PENDING"}, way=["AEDXB", "SGSIN", "KENBO"]),
        Tale("not-the-sender", "a part counts only from the Member whose number and way it bears", 4, False)
        .sent(form(DIRECT))
        .part("goods", form(DIRECT), 1, by="ke", version=2)
        .part("goods", form([leg("UGEBB-KENBO", 96, 99, "road")]), 2, by="ug", version=3)
        .shows(state="SENT", version=1, marks=["not_the_sender", "not_the_sender"]),
        Tale("04-second-origin", "nobody announces under another Member's number", 4, False)
        .part("goods", form(DIRECT), by="ke")
        .part("goods", form([leg("UGEBB-KENBO", 96, 99, "road")]), 2, by="ug")
        .shows(nothing=True),
        Tale("parts-differ", "parts of one version that do not agree do not both count", 4, False)
        .part("goods", form())
        .part("ae", form([leg("BEBRU-AEDXB", 96, 103.5), THROUGH_AE[1]]), 0.1)
        .part("sg", form(THROUGH_TWO), 0.2)
        .part("goods", form([leg("BEBRU-UGEBB", 96, 103)]), 0.3, version=2)
        .shows(state="SENT", version=1, marks=["parts_differ", "parts_differ", "parts_differ"], legs=both),
        Tale("late-older-part", "an older version that comes late changes nothing", 4, False)
        .sent(form(DIRECT), version=2)
        .part("goods", form(DIRECT, note="first"), 1, version=1)
        .part("goods", form(DIRECT, note="same again"), 2, version=2)
        .shows(state="SENT", version=2, marks=["version_not_newer", "version_not_newer"]),
        seen,
        opened,
        Tale("06-opened", "opened, before anybody acknowledges", 6)
        .sent()
        .say("ke", "goods", 1, "receipt", state="OPENED")
        .say("ae", "ae", 2, "receipt", state="OPENED")
        .shows(state="SENT", legs={"ae": "OPENED", "ke": "OPENED"})
        .shows("ae", state="SENT", legs={"ae": "OPENED", "ke": "PENDING"}),
        Tale("06-opened-again", "opened counts once, not after an acknowledgement, and only of an addressee", 6, False)
        .sent()
        .say("ke", "goods", 1, "acknowledgement")
        .say("ke", "goods", 2, "receipt", state="OPENED")
        .say("be", "goods", 3, "receipt", state="OPENED")
        .shows(legs={"ae": "PENDING", "ke": "ACKNOWLEDGED"}, marks=["said_before", "not_your_leg"]),
        Tale("07-acknowledged", "acknowledged, the destination also by its token in the route lane", 7)
        .sent()
        .say("ke", "goods", 1, "receipt", state="OPENED")
        .say("ke", "goods", 2, "acknowledgement", id="taken")
        .say("ke", "ae", 2.001, "status", id="taken", state="ACKNOWLEDGED")
        .say("ae", "ae", 3, "acknowledgement")
        .shows(legs={"ae": "ACKNOWLEDGED", "ke": "ACKNOWLEDGED"})
        .shows("ae", legs={"ae": "ACKNOWLEDGED", "ke": "ACKNOWLEDGED"}),
        Tale("07-not-theirs", "nobody acknowledges for another, nor twice, nor leaves another's token", 7, False)
        .sent()
        .say("be", "ae", 1, "acknowledgement")
        .say("ae", "ae", 2, "status", state="ACKNOWLEDGED")
        .say("ae", "ae", 3, "acknowledgement")
        .say("ae", "ae", 4, "acknowledgement")
        .shows(legs={"ae": "ACKNOWLEDGED", "ke": "PENDING"}, marks=["not_your_leg", "not_your_leg", "said_before"]),
        answered.shows(
            version=2,
            legs={"ae": "NO_OBJECTION", "ke": "NO_OBJECTION"},
            changed=["legs[1].eta_at", "note"],
            material=[],
        ),
        reset.shows(version=2, legs={"ae": "NO_OBJECTION", "ke": "PENDING"}, material=["goods[0].lots[1]"]),
        shifted.shows(
            version=2,
            legs={"ae": "PENDING", "ke": "PENDING"},
            changed=["legs[1].etd_at", "legs[1].eta_at"],
            material=["legs[1].eta_at"],
        ).shows("ae", version=2, legs={"ae": "PENDING", "ke": "PENDING"}),
        one_way.shows(state="SENT", version=2, legs={"ke": "PENDING"}).shows("ae", state="WITHDRAWN"),
        Tale("amended", "a newer version tells another way and keeps what was acknowledged", 20)
        .sent()
        .say("ke", "goods", 1, "acknowledgement")
        .say("ae", "ae", 1, "acknowledgement")
        .sent(form(note="The second pallet is blue."), 3, version=2)
        .shows(state="SENT", version=2, legs={"ae": "ACKNOWLEDGED", "ke": "ACKNOWLEDGED"}, changed=["note"]),
        Tale("20-after-arrival", "what has arrived, or is withdrawn, is amended no more", 20, False)
        .sent(form(DIRECT))
        .moved("ke", "goods", 100, "ARRIVED", place="KENBO")
        .part("goods", form(DIRECT, note="too late"), 101, version=2)
        .shows(state="ARRIVED", version=1, marks=["out_of_turn"]),
        Tale("20-own-leg", "a transit Member tells newer facts of its own legs", 20, mode="REPLY")
        .sent()
        .say("ke", "goods", 1, "acknowledgement")
        .say("ke", "goods", 2, "answer", answer="NO_OBJECTION")
        .say(
            "ae",
            "ae",
            3,
            "leg_update",
            legs=[{"from_place": "AEDXB", "to_place": "KENBO", "flight": "EK721", "eta_at": instant(122)}],
        )
        .shows(version=1, legs={"ae": "PENDING", "ke": "PENDING"}, eta_h=122),
        Tale(
            "20-own-leg-stands",
            "an amendment that leaves a leg as it was leaves what its transit Member told of it",
            20,
        )
        .sent()
        .say("ae", "ae", 3, "leg_update", legs=[{"from_place": "AEDXB", "to_place": "KENBO", "eta_at": instant(122)}])
        .sent(form(note="The second pallet is blue."), 4, version=2)
        .shows(version=2, eta_h=122, changed=["note"]),
        Tale("20-not-own-leg", "nobody tells of legs that do not touch it, nor the destination of any", 20, False)
        .sent(form(THROUGH_TWO))
        .say("ae", "ae", 3, "leg_update", legs=[{"from_place": "SGSIN", "to_place": "KENBO", "eta_at": instant(140)}])
        .say(
            "ke", "goods", 4, "leg_update", legs=[{"from_place": "SGSIN", "to_place": "KENBO", "eta_at": instant(140)}]
        )
        .say("ae", "ae", 5, "leg_update", legs=[{"from_place": "AEDXB", "to_place": "SGSIN", "eta_at": instant(100)}])
        .shows(marks=["not_your_leg", "not_your_leg", "out_of_turn"], eta_h=131),
        Tale("series", "a series and its call-off: two numbers, linked", 4)
        .part("goods", series(), kind="series")
        .moved("be", "goods", 1, "DEPARTED", transport_document="AWB 1")
        .shows(kind="series", state="SENT", marks=["out_of_turn"], now_h=24 * 190),
        Tale("series-ended", "a series ends three days after its last day", 22)
        .part("goods", series(), kind="series")
        .shows(kind="series", state="EXPIRED", now_h=24 * 200),
        Tale("call-off", "a call-off is a consignment of its own", 4, reference=OTHER)
        .part("goods", form(DIRECT), kind="call_off", relates_to=["PN-STOP-III-BE-2026-000001-37"])
        .shows(kind="call_off", state="SENT"),
    ]
