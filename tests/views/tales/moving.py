"""Transitions 14 to 18 and 25: departed, in transit, arrived, released, counted, never arrived."""

from __future__ import annotations

from tests.views.tales.tale import DIRECT, Tale, form, instant, leg

NO_AWB = [leg("BEANR-KEMBA", 96, 96 + 480, "sea")]


def left(file: str, name: str, moves: int | None, allowed: bool = True) -> Tale:
    """Begin a tale in which the goods have left on time."""
    return Tale(file, name, moves, allowed).sent().moved("be", "goods ae", 96, "DEPARTED", place="BEBRU")


def arrived(file: str, name: str, moves: int | None, allowed: bool = True) -> Tale:
    """Begin a tale in which the goods are there."""
    return left(file, name, moves, allowed).moved("ke", "goods ae", 114, "ARRIVED", place="KENBO")


def tales() -> list[Tale]:
    """Give them all."""
    return [*journeys(), *updates(), *arrivals(), *counts()]


def journeys() -> list[Tale]:
    """Give those of transitions 14 and 15."""
    pending = {"ae": "PENDING", "ke": "PENDING"}
    return [
        left("14-departed", "departed, told once in every lane", 14)
        .shows(state="DEPARTED", legs=pending)
        .shows("ae", state="DEPARTED"),
        Tale("14-left-late", "left three hours late, everything behind comes three hours later", 14)
        .sent()
        .moved("be", "goods ae", 99, "DEPARTED", place="BEBRU", eta_at=instant(106))
        .shows(state="DEPARTED", eta_h=117.0)
        .shows("ae", state="DEPARTED", eta_h=117.0),
        Tale("14-document-at-last", "the transport document is told at departure at the latest", 14)
        .sent(form(NO_AWB))
        .moved("be", "goods", 100, "DEPARTED", place="BEANR", transport_document="MEDU-112W-7")
        .shows(state="DEPARTED"),
        Tale("14-no-document", "without a transport document nothing departs", 14, False)
        .sent(form(NO_AWB))
        .moved("be", "goods", 100, "DEPARTED", place="BEANR")
        .shows(state="SENT", marks=["no_transport_document"]),
        Tale("14-not-by-others", "only the origin reports the departure, and once", 14, False)
        .sent()
        .moved("ke", "goods", 95, "DEPARTED", place="BEBRU")
        .moved("ae", "ae", 95, "DEPARTED", place="BEBRU")
        .moved("be", "goods ae", 96, "DEPARTED", place="BEBRU")
        .moved("be", "goods", 97, "DEPARTED", place="BEBRU")
        .shows(state="DEPARTED", marks=["not_the_sender", "not_the_sender", "said_before"]),
        left("15-in-and-out", "in and out of transit, with a new arrival for the legs behind", 15)
        .moved("ae", "ae", 104, "TRANSIT_IN", place="AEDXB")
        .moved("ae", "ae", 112, "TRANSIT_OUT", place="AEDXB", eta_at=instant(117))
        .shows(state="DEPARTED", legs={"ae": "TRANSIT_OUT", "ke": "PENDING"}, eta_h=117.0)
        .shows("ae", legs={"ae": "TRANSIT_OUT", "ke": "PENDING"}, eta_h=117.0),
        Tale("15-not-departed", "what has not departed is in no transit", 15, False)
        .sent()
        .moved("ae", "ae", 90, "TRANSIT_IN", place="AEDXB")
        .shows(state="SENT", legs=pending, marks=["out_of_turn"]),
        left("whose-leg", "only a leg's own party moves it", 15, False)
        .moved("be", "ae", 103, "TRANSIT_IN", place="AEDXB")
        .moved("ke", "ae", 104, "TRANSIT_OUT", place="AEDXB")
        .moved("ae", "ae", 105, "ARRIVED", place="KENBO")
        .moved("ug", "ae", 106, "TRANSIT_IN", place="UGEBB")
        .say("ug", "goods", 107, "acknowledgement")
        .say("ae", "ae", 108, "reconciliation", outcome="REFUSED", counted_at=instant(108))
        .shows(state="DEPARTED", legs=pending, marks=["not_your_leg"] * 6),
        left("out-of-turn", "out of transit before in, and in again", 15, False)
        .moved("ae", "ae", 104, "TRANSIT_OUT", place="AEDXB")
        .moved("ae", "ae", 105, "TRANSIT_IN", place="AEDXB")
        .moved("ae", "ae", 106, "TRANSIT_OUT", place="AEDXB")
        .moved("ke", "goods", 107, "RELEASED", place="KENBO")
        .shows(
            state="DEPARTED",
            legs={"ae": "TRANSIT_OUT", "ke": "PENDING"},
            marks=["out_of_turn", "said_before", "out_of_turn"],
        ),
    ]


def updates() -> list[Tale]:
    """Give those of a transit Member's own legs (20), and what a later arrival does to answers."""

    def at_sea(file: str, name: str, arrives_h: float) -> Tale:
        way = [leg("BEANR-AEJEA", 96, 400, "sea"), leg("AEJEA-KEMBA", 450, 600, "sea")]
        tale = Tale(file, name, 20, mode="REPLY").sent(form(way)).say("ke", "goods", 1, "acknowledgement")
        tale.say("ke", "goods", 2, "answer", answer="NO_OBJECTION")
        legs = [{"from_place": "AEJEA", "to_place": "KEMBA", "eta_at": instant(arrives_h)}]
        return tale.say("ae", "ae", 3, "leg_update", legs=legs)

    def in_the_air(file: str, name: str, arrives_h: float) -> Tale:
        tale = Tale(file, name, 20, mode="REPLY").sent().say("ke", "goods", 1, "acknowledgement")
        tale.say("ke", "goods", 2, "answer", answer="NO_OBJECTION")
        legs = [{"from_place": "AEDXB", "to_place": "KENBO", "eta_at": instant(arrives_h)}]
        return tale.say("ae", "ae", 3, "leg_update", legs=legs)

    late = arrived("20-leg-update-too-late", "what has arrived has no newer legs, nor newer transit in", 20, False)
    legs = [{"from_place": "AEDXB", "to_place": "KENBO", "eta_at": instant(122)}]
    return [
        at_sea("20-at-sea-a-day-later", "at sea an arrival a day later keeps the answer", 624).shows(
            legs={"ae": "PENDING", "ke": "NO_OBJECTION"}, eta_h=624.0
        ),
        at_sea("20-at-sea-two-days-later", "and more than a day later takes it back", 625).shows(
            legs={"ae": "PENDING", "ke": "PENDING"}, eta_h=625.0
        ),
        in_the_air("20-by-air-six-hours-later", "by air six hours later keeps the answer", 120).shows(
            legs={"ae": "PENDING", "ke": "NO_OBJECTION"}, eta_h=120.0
        ),
        in_the_air("20-by-air-half-an-hour-more", "and half an hour more takes it back", 120.5).shows(
            legs={"ae": "PENDING", "ke": "PENDING"}, eta_h=120.5
        ),
        late.say("ae", "ae", 115, "leg_update", legs=legs).shows(state="ARRIVED", marks=["out_of_turn"], eta_h=114.0),
    ]


def arrivals() -> list[Tale]:
    """Give those of transitions 16 and 17."""
    return [
        arrived("16-arrived", "arrived, told in every lane", 16)
        .shows(state="ARRIVED", legs={"ae": "PENDING", "ke": "ARRIVED"})
        .shows("ae", state="ARRIVED", legs={"ae": "PENDING", "ke": "ARRIVED"}),
        Tale("16-early", "an arrival before anybody reported a departure counts", 16)
        .sent(form(DIRECT))
        .moved("ke", "goods", 60, "ARRIVED", place="KENBO")
        .shows(state="ARRIVED", legs={"ke": "ARRIVED"}),
        Tale("16-not-the-destination", "only the destination reports the arrival, and once", 16, False)
        .sent()
        .moved("be", "goods", 114, "ARRIVED", place="KENBO")
        .moved("ae", "ae", 114, "ARRIVED", place="KENBO")
        .moved("ke", "goods ae", 115, "ARRIVED", place="KENBO")
        .moved("ke", "goods ae", 116, "ARRIVED", place="KENBO")
        .shows(state="ARRIVED", marks=["not_your_leg", "not_your_leg", "said_before", "said_before"]),
        arrived("17-detained", "detained with a reason, then released; transit does not see it", 17)
        .moved("ke", "goods", 115, "DETAINED", place="KENBO", reason="No release certificate.")
        .moved("ke", "goods", 120, "RELEASED", place="KENBO")
        .shows(
            state="ARRIVED",
            legs={"ae": "PENDING", "ke": "RELEASED"},
            moved={"ae": [], "ke": ["ARRIVED", "DETAINED", "RELEASED"]},
        )
        .shows("ae", state="ARRIVED", legs={"ae": "PENDING", "ke": "ARRIVED"}),
        left("17-not-arrived", "what has not arrived is not released, nor by another, nor twice", 17, False)
        .moved("ke", "goods", 110, "RELEASED", place="KENBO")
        .moved("ke", "goods", 114, "ARRIVED", place="KENBO")
        .moved("be", "goods", 115, "RELEASED", place="KENBO")
        .moved("ke", "goods", 116, "RELEASED", place="KENBO")
        .moved("ke", "goods", 117, "RELEASED", place="KENBO")
        .shows(
            state="ARRIVED",
            legs={"ae": "PENDING", "ke": "RELEASED"},
            marks=["out_of_turn", "not_your_leg", "said_before"],
        ),
    ]


def counts() -> list[Tale]:
    """Give those of transitions 18 and 25."""
    short = [
        {"batch": "SBX4471", "doses": 600, "vials": 100},
        {"batch": "SBX4472", "doses": 240, "damaged_doses": 30, "missing_doses": 60, "temperature": "ALARM"},
    ]
    return [
        Tale("direct", "a direct consignment from sending to a matching count", 18)
        .sent(form(DIRECT))
        .say("ke", "goods", 2, "acknowledgement")
        .moved("be", "goods", 96, "DEPARTED", place="BEBRU")
        .moved("ke", "goods", 104, "ARRIVED", place="KENBO")
        .moved("ke", "goods", 106, "RELEASED", place="KENBO")
        .counted(120)
        .shows(
            state="CLOSED",
            outcome="MATCHED",
            legs={"ke": "RECONCILED"},
            counted={"SBX4471": (600, 600), "SBX4472": (300, 300)},
        ),
        arrived("discrepancy", "lot by lot, a discrepancy closes it; transit learns the outcome", 18)
        .say(
            "ke", "goods", 120, "reconciliation", id="count", outcome="DISCREPANCY", counted_at=instant(120), lots=short
        )
        .say("ke", "ae", 120.001, "status", id="count", state="CLOSED", outcome="DISCREPANCY")
        .shows(
            state="CLOSED",
            outcome="DISCREPANCY",
            legs={"ae": "PENDING", "ke": "RECONCILED"},
            counted={"SBX4471": (600, 600), "SBX4472": (300, 240)},
        )
        .shows("ae", state="CLOSED", outcome="DISCREPANCY", legs={"ae": "PENDING", "ke": "RECONCILED"}, sees="route"),
        arrived("18-seized", "seized, without a count", 18)
        .counted(120, "SEIZED", "goods ae")
        .shows(state="CLOSED", outcome="SEIZED"),
        left("18-not-arrived", "nothing is counted before it arrives, nor by another", 18, False)
        .counted(110)
        .moved("ke", "goods ae", 114, "ARRIVED", place="KENBO")
        .say("be", "goods", 115, "reconciliation", outcome="SEIZED", counted_at=instant(115))
        .say("ae", "ae", 116, "status", state="CLOSED", outcome="MATCHED")
        .shows(state="ARRIVED", marks=["out_of_turn", "not_your_leg", "not_your_leg"]),
        left("25-never-arrived", "the destination says that it never arrived", 25)
        .counted(200, "NOT_ARRIVED", "goods ae")
        .shows(state="CLOSED", outcome="NOT_ARRIVED")
        .shows("ae", state="CLOSED", outcome="NOT_ARRIVED"),
        arrived("25-but-it-has", "what has arrived has not never arrived, and only the destination says so", 25, False)
        .say("be", "goods", 115, "reconciliation", outcome="NOT_ARRIVED", counted_at=instant(115))
        .counted(200, "NOT_ARRIVED")
        .shows(state="ARRIVED", marks=["not_your_leg", "out_of_turn"]),
    ]
