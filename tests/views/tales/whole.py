"""Whole stories, and what no transition is about: unreadable entries, unknown places, copies, other readers."""

from __future__ import annotations

from tests.views.tales.tale import DIRECT, LOGS, Tale, form, instant


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
    ]
