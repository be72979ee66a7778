"""Transitions 19 and 21 to 24, and 26: withdraw, re-route, expire, overdue, unconfirmed, reopen."""

from __future__ import annotations

from tests.views.tales.moving import arrived, left
from tests.views.tales.tale import DAY_H, DIRECT, OF_TRANSIT, OTHER, Tale, form, instant, leg


def tales() -> list[Tale]:
    """Give them all."""
    return [*endings(), *expiries(), *silences(), *reopenings()]


def endings() -> list[Tale]:
    """Give those of transitions 19 and 21."""
    gone = {"reason": "The buyer cancelled."}
    return [
        Tale("19-withdrawn", "withdrawn by the origin; nothing more is said about it", 19)
        .sent()
        .say("be", "goods ae", 5, "withdrawal", **gone)
        .say("ke", "goods", 6, "acknowledgement")
        .moved("be", "goods", 96, "DEPARTED", place="BEBRU")
        .shows(state="WITHDRAWN", marks=["withdrawn", "withdrawn"])
        .shows("ae", state="WITHDRAWN"),
        arrived("19-too-late", "what has arrived is not withdrawn, and only the origin withdraws", 19, False)
        .say("ke", "goods", 115, "withdrawal", **gone)
        .say("be", "goods ae", 116, "withdrawal", **gone)
        .shows(state="ARRIVED", marks=["not_the_sender", "out_of_turn"]),
        left("21-by-the-origin", "on another way under another number of the origin", 21)
        .say("be", "goods ae", 100, "rerouting", replaced_by=OTHER, reason="Nairobi is closed.")
        .say("ke", "goods", 101, "acknowledgement")
        .shows(state="REPLACED", replaced_by=OTHER, marks=["closed"])
        .shows("ae", state="REPLACED", replaced_by=OTHER),
        left("21-by-transit", "on another way from the transit Member, under its own number", 21)
        .moved("ae", "ae", 104, "TRANSIT_IN", place="AEDXB")
        .say("ae", "ae", 105, "rerouting", replaced_by=OF_TRANSIT, reason="No flight to Nairobi.")
        .shows(state="REPLACED", replaced_by=OF_TRANSIT, legs={"ae": "TRANSIT_IN", "ke": "PENDING"}),
        left(
            "21-and-arrives-after-all", "what a transit Member says went elsewhere may still arrive, and be counted", 16
        )
        .say("ae", "ae", 100, "rerouting", replaced_by=OF_TRANSIT, reason="Gone elsewhere, believe me.")
        .moved("ke", "goods ae", 114, "ARRIVED", place="KENBO")
        .counted(120, lanes="goods ae")
        .shows(state="CLOSED", outcome="MATCHED", replaced_by=OF_TRANSIT, legs={"ae": "PENDING", "ke": "RECONCILED"})
        .shows("ae", state="CLOSED", outcome="MATCHED"),
        left("21-not-theirs", "not by the destination, not under another's number", 21, False)
        .say("ke", "goods", 100, "rerouting", replaced_by=OTHER, reason="Come here.")
        .say("ae", "ae", 101, "rerouting", replaced_by=OTHER, reason="Mine now.")
        .say("be", "goods", 102, "rerouting", replaced_by=OF_TRANSIT, reason="Theirs now.")
        .shows(state="DEPARTED", replaced_by=None, marks=["not_your_leg", "not_the_sender", "not_the_sender"]),
        Tale("21-not-departed", "what has not departed is amended or withdrawn instead", 21, False)
        .sent()
        .say("be", "goods", 5, "rerouting", replaced_by=OTHER, reason="Nairobi is closed.")
        .shows(state="SENT", marks=["out_of_turn"]),
    ]


def expiries() -> list[Tale]:
    """Give those of transition 22: ETD is at 96 h, so that it expires after 168 h."""
    later = form([leg("BEBRU-KENBO", 200, 208)])
    silent = Tale("22-expired", "three days after its departure time it has expired", 22).sent()
    warned = Tale("22-not-yet", "until then the origin is warned that it has not departed", 22, False).sent()
    return [
        silent.say("ke", "goods", 170, "acknowledgement").shows(state="EXPIRED", marks=["expired"], late=[]),
        warned.shows(
            state="SENT",
            late=[("OVERDUE_ACK", "ae"), ("OVERDUE_ACK", "ke"), ("NOT_DEPARTED", "be")],
            since_h=[24.0, 24.0, 96.0],
            now_h=168,
        ),
        Tale("22-taken-up-again", "within seven days the origin takes it up with a new departure", 22)
        .sent(form(DIRECT))
        .part("goods", later, 175, version=2)
        .moved("be", "goods", 201, "DEPARTED", place="BEBRU")
        .shows(state="DEPARTED", version=2),
        Tale("22-sent-late", "what is sent after its departure time has three days from then", 22, False)
        .sent(form(DIRECT), 200)
        .shows(state="SENT", now_h=272),
        Tale("22-amended", "a newer version alone gives three days more, too", 22, False)
        .sent(form(DIRECT))
        .part("goods", form(DIRECT, note="Still here."), 175, version=2)
        .shows(state="SENT", version=2, now_h=175 + 72),
        Tale("22-opened-again", "or opens it again, for three days more", 22)
        .sent(form(DIRECT))
        .say("be", "goods", 170, "reopening", reason="It leaves tomorrow.")
        .shows(state="SENT", now_h=170 + 72),
        Tale("22-and-expires-again", "and then it expires again", 22)
        .sent(form(DIRECT))
        .say("be", "goods", 170, "reopening", reason="It leaves tomorrow.")
        .shows(state="EXPIRED", now_h=170 + 72.1),
        Tale("22-it-was-there", "goods that arrive have left, whatever the timer said", 22)
        .sent(form(DIRECT))
        .moved("ke", "goods", 400, "ARRIVED", place="KENBO")
        .shows(state="ARRIVED"),
        Tale("22-for-good", "after seven days not even the origin, before that nobody else", 22, False)
        .sent(form(DIRECT))
        .say("ke", "goods", 170, "reopening", reason="Where is it?")
        .say("be", "goods", 169 + 7 * DAY_H, "reopening", reason="Sorry.")
        .part("goods", later, 170 + 7 * DAY_H, version=2)
        .moved("be", "goods", 171 + 7 * DAY_H, "DEPARTED", place="BEBRU")
        .shows(state="EXPIRED", version=1, marks=["expired", "expired", "expired", "expired"]),
    ]


def silences() -> list[Tale]:
    """Give those of transitions 23 and 24: ETA is at 114 h, unconfirmed after 114 h and 14 days."""
    end = 114 + 14 * DAY_H
    return [
        left("23-overdue", "by air, a day after its time, the arrival is overdue", 23).shows(
            state="DEPARTED",
            late=[("OVERDUE_ACK", "ae"), ("OVERDUE_ACK", "ke"), ("OVERDUE_ARRIVAL", "ke")],
            since_h=[24.0, 24.0, 138.0],
            now_h=138.1,
        ),
        left("23-not-yet", "until then it is not", 23, False).shows(
            state="DEPARTED", late=[("OVERDUE_ACK", "ae"), ("OVERDUE_ACK", "ke")], now_h=138
        ),
        Tale("by-sea", "by sea the arrival is overdue after three days", 23)
        .sent(form([leg("BEANR-KEMBA", 96, 576, "sea", transport_document="MEDU-112W-7")]))
        .say("ke", "goods", 20, "acknowledgement")
        .moved("be", "goods", 100, "DEPARTED", place="BEANR")
        .shows(state="DEPARTED", late=[("OVERDUE_ARRIVAL", "ke")], since_h=[648.0], now_h=649),
        left("24-unconfirmed", "after two weeks without a report it is closed as unconfirmed", 24)
        .say("ae", "ae", end + 1, "acknowledgement")
        .shows(state="CLOSED", outcome="UNCONFIRMED", marks=["closed"], late=[], now_h=end + 2),
        left("24-not-yet", "until then it is open", 24, False)
        .say("ke", "goods", end, "acknowledgement")
        .shows(state="DEPARTED", outcome=None, now_h=end),
        arrived("24-arrived-and-forgotten", "arrived and never counted, it is unconfirmed too", 24).shows(
            state="CLOSED", outcome="UNCONFIRMED", now_h=end + 0.1
        ),
        left("24-counted-after-all", "a count that comes later still counts", 24)
        .counted(end + 50)
        .shows(state="CLOSED", outcome="MATCHED"),
        arrived("not-counted", "arrived, and not counted within three days", None).shows(
            state="ARRIVED", late=[("OVERDUE_RECONCILE", "ke")], since_h=[186.0], now_h=187
        ),
    ]


def reopenings() -> list[Tale]:
    """Give those of transition 26."""
    closed_h = 120

    def closed(file: str, name: str, allowed: bool = True) -> Tale:
        return arrived(file, name, 26, allowed).counted(closed_h, lanes="goods ae")

    again = {"reason": "A pallet was found."}
    by_ocu = closed("26-by-origin-and-coordinator", "the origin opens it again once a coordinator has said the same")
    by_ocu.coordinators = ("ocu",)
    by_ocu.say("be", "goods ae", 130, "reopening", **again).say("ocu", "goods ae", 131, "reopening", **again)
    alone = closed("26-origin-alone", "the origin alone opens nothing, nor the coordinator, nor transit", False)
    alone.coordinators = ("ocu",)
    alone.say("ocu", "goods", 129, "reopening", **again).say("ae", "ae", 130, "reopening", **again)
    alone.say("be", "goods ae", 131, "reopening", **again)
    return [
        closed("26-reopened", "the destination opens it again and counts anew")
        .say("ke", "goods ae", 130, "reopening", **again)
        .say("ke", "goods", 140, "reconciliation", outcome="REFUSED", counted_at=instant(140))
        .shows(state="CLOSED", outcome="REFUSED", legs={"ae": "PENDING", "ke": "RECONCILED"})
        .shows("ae", state="ARRIVED", outcome=None, legs={"ae": "PENDING", "ke": "ARRIVED"}),
        by_ocu.shows(state="ARRIVED", outcome=None, legs={"ae": "PENDING", "ke": "ARRIVED"}),
        left("26-was-unconfirmed", "what was unconfirmed waits two weeks more", 26)
        .say("ke", "goods ae", 500, "reopening", **again)
        .shows(state="DEPARTED", outcome=None, now_h=500 + 14 * DAY_H),
        alone.shows(state="CLOSED", outcome="MATCHED", marks=["not_your_leg", "not_your_leg", "not_agreed_by_ocu"]),
        closed("26-too-late", "after thirty days it stays closed; what is open is not opened", False)
        .say("ke", "goods", closed_h + 30 * DAY_H + 1, "reopening", **again)
        .shows(state="CLOSED", marks=["too_late"]),
        left("26-is-open", "what is open is not opened again", 26, False)
        .say("ke", "goods", 100, "reopening", **again)
        .shows(state="DEPARTED", marks=["out_of_turn"]),
    ]
