"""Whole stories, and what no transition is about: unreadable entries, unknown places, copies, other readers."""

from __future__ import annotations

from tests.views.tales.tale import DIRECT, LOGS, Tale, form, instant


def hostile() -> list[Tale]:
    """Give those of Members that turn the rules against the others."""
    never = Tale("eta-in-ten-thousand", "an estimate at the end of the calendar moves no leg behind it").sent()
    never.moved("be", "goods ae", 97, "DEPARTED", eta_at="9999-12-31T23:59Z")
    long_ago = Tale("eta-in-the-year-one", "one at its beginning can be read").sent()
    long_ago.moved("be", "goods ae", 97, "DEPARTED", eta_at="0001-01-01T00:00Z")
    more = form()
    more["goods"][0]["lots"][0] |= {"vials": 10_000, "doses": 60_000}
    forms = Tale("forms-differ", "a transit Member told of other goods: whoever reads both parts sees it")
    forms.part("goods", form()).part("ae", more, 0.1)
    around = Tale("envelopes-differ", "nor are label and mode told in two ways", mode="REPLY")
    around.part("goods", form()).part("ae", form(), 0.1, tlp="TLP:CLEAR").part("ae", form(), 0.2, mode="INFORM")
    token = Tale("token-lies", "a token that says otherwise than the count is seen by whoever reads both").sent()
    token.moved("be", "goods ae", 96, "DEPARTED", place="BEBRU").moved("ke", "goods ae", 114, "ARRIVED")
    token.counted(120, "DISCREPANCY").say("ke", "ae", 120.1, "status", id="count", state="CLOSED", outcome="MATCHED")
    holder = Tale("20-holder-leaves-the-way", "who leaves the way holds nothing any more", 20).sent()
    holder.say("ae", "ae", 1, "hold", step="REQUEST", text="Papers?").say("be", "goods ae", 2, "hold", step="CONFIRM")
    holder.part("goods", form(DIRECT), 5, version=2).say("be", "ae", 5.1, "withdrawal", reason="Flies direct now.")
    holder.say("ae", "ae", 6, "hold", step="LIFT").moved("be", "goods", 96, "DEPARTED", place="BEBRU")
    asker = Tale("20-asker-leaves-the-way", "nor does a hold that it only asked for stay on show", 20).sent()
    asker.say("ae", "ae", 1, "hold", step="REQUEST", text="Papers?").part("goods", form(DIRECT), 5, version=2)
    both = {"ae": "PENDING", "ke": "PENDING"}
    return [
        never.shows(state="DEPARTED", legs=both, eta_h=114),
        long_ago.shows(state="DEPARTED", legs=both),
        forms.shows(state="SENT", marks=["parts_differ"]).shows("ae", state="SENT", marks=[]),
        around.shows(state="SENT", marks=["parts_differ", "parts_differ"]),
        token.shows(state="CLOSED", outcome="DISCREPANCY", marks=["parts_differ"]).shows("ae", outcome="MATCHED"),
        holder.shows(state="DEPARTED", hold=("ae", "LIFTED"), marks=["not_your_leg"]),
        asker.shows(state="SENT", hold=None),
    ]


def tales() -> list[Tale]:
    """Give them all."""
    through = Tale("through-transit", "a consignment through transit, seen from departure and destination").sent()
    through.say("ke", "goods", 0.5, "acknowledgement", id="taken").say(
        "ke", "ae", 0.501, "status", id="taken", state="ACKNOWLEDGED"
    )
    through.say("ae", "ae", 1, "acknowledgement").moved("be", "goods ae", 96, "DEPARTED", place="BEBRU")
    through.moved("ae", "ae", 103, "TRANSIT_IN", place="AEDXB").moved("ae", "ae", 111, "TRANSIT_OUT", place="AEDXB")
    through.moved("ke", "goods ae", 114, "ARRIVED", place="KENBO").counted(120, lanes="goods ae")
    through.shows(state="CLOSED", outcome="MATCHED", legs={"ae": "TRANSIT_OUT", "ke": "RECONCILED"})
    through.seen[("ae",)] = {"state": "CLOSED", "outcome": "MATCHED", "sees": "route", "counted": {}}
    unread = Tale("unreadable", "what cannot be opened or read is passed over").sent(form(DIRECT))
    unread.say("ke", "goods", 1, "acknowledgement").say("ke", "goods", 2, "acknowledgement", colour="red")
    unread.say("ke", "goods", 3, "horoscope").entries[1]["problem"] = "could not be opened"
    odd = Tale("follows-nothing", "an event counts only after the entry it follows, in a lane that holds a part").sent()
    odd.say("ke", "goods", 1, "acknowledgement", follows={"log": LOGS["goods"], "seq": 99})
    odd.say("ke", "goods", 2, "acknowledgement", follows={"log": LOGS["ae"], "seq": 5})
    odd.say("ae", "stray", 3, "acknowledgement", follows={"log": LOGS["stray"], "seq": 5})
    copies = Tale(
        "copies-differ", "one id in two lanes is one event; where the words differ, the later ones do not count"
    )
    lean = Tale(
        "copy-tells-less", "a copy without what lies off a Member's legs is the same event, heard first or last"
    )
    lean.sent().say("be", "ae", 96, "movement", id="left", step="DEPARTED", happened_at=instant(96))
    lean.say(
        "be", "goods", 96.1, "movement", id="left", step="DEPARTED", happened_at=instant(96), place="BEBRU", remark="!"
    )
    lean.say("ke", "goods", 114, "movement", id="there", step="ARRIVED", happened_at=instant(114), place="KENBO")
    lean.say("ke", "ae", 114.1, "movement", id="there", step="ARRIVED", happened_at=instant(114))
    copies.sent().moved("be", "goods ae", 96, "DEPARTED", place="BEBRU")
    copies.say("ke", "goods", 114, "movement", id="there", step="ARRIVED", happened_at=instant(114))
    copies.say("ke", "ae", 114.1, "movement", id="there", step="ARRIVED", happened_at=instant(90))
    only_route = Tale("transit-sees", "what a transit Member sees: its leg, its part, and of the destination a status")
    only_route.part("ae", form()).say("ae", "ae", 1, "acknowledgement")
    only_route.say("ke", "ae", 2, "status", state="ACKNOWLEDGED").moved("be", "ae", 96, "DEPARTED", place="BEBRU")
    lapsed = Tale("lapsed", "the goods have passed, and no answer came", mode="REPLY").sent()
    lapsed.moved("be", "goods ae", 50, "DEPARTED", place="BEBRU").moved("ae", "ae", 103, "TRANSIT_IN", place="AEDXB")
    return [
        through,
        unread.shows(state="SENT", legs={"ke": "PENDING"}),
        odd.shows(legs={"ae": "PENDING", "ke": "PENDING"}, marks=["follows_nothing_known"] * 3),
        copies.shows(state="ARRIVED", marks=["parts_differ"]),
        lean.shows(state="ARRIVED", marks=[]).shows("ae", state="ARRIVED", marks=[]),
        only_route.shows(state="DEPARTED", sees="route", legs={"ae": "ACKNOWLEDGED", "ke": "ACKNOWLEDGED"}, counted={}),
        Tale("transit-not-late", "a transit Member knows no deadline of the destination, and nothing of its count")
        .sent()
        .moved("be", "goods ae", 96, "DEPARTED", place="BEBRU")
        .moved("ke", "goods ae", 114, "ARRIVED", place="KENBO")
        .shows(late=[("OVERDUE_RECONCILE", "ke")], now_h=200)
        .shows("ae", late=[]),
        Tale("nobody-acknowledges", "after a day nobody has acknowledged")
        .sent()
        .shows(state="SENT", late=[("OVERDUE_ACK", "ae"), ("OVERDUE_ACK", "ke")], since_h=[24.0, 24.0], now_h=25),
        lapsed.shows(
            state="DEPARTED",
            late=[("OVERDUE_ACK", "ke"), ("LAPSED", "ae"), ("OVERDUE_REPLY", "ke")],
            since_h=[24.0, 48.0, 48.0],
            now_h=104,
        ),
        *hostile(),
    ]
