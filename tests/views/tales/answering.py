"""Transitions 8 to 13: answers, queries, holds."""

from __future__ import annotations

from tests.views.tales.tale import Tale, form

WHY = {"reason_code": "documents", "text": "The import permit is missing."}


def asked(file: str, name: str, moves: int, allowed: bool = True, mode: str = "REPLY") -> Tale:
    """Begin a tale in which everybody has acknowledged."""
    tale = Tale(file, name, moves, allowed, mode=mode).sent()
    return tale.say("ke", "goods", 1, "acknowledgement").say("ae", "ae", 1, "acknowledgement")


def requested(file: str, name: str, moves: int, allowed: bool = True) -> Tale:
    """Begin a tale in which the transit Member asks for a hold."""
    return asked(file, name, moves, allowed).say("ae", "ae", 2, "hold", step="REQUEST", text="The seal is not ours.")


def held(file: str, name: str, moves: int, allowed: bool = True) -> Tale:
    """Begin a tale with a hold in force, which the transit Member asked for."""
    return requested(file, name, moves, allowed).say("be", "goods ae", 3, "hold", step="CONFIRM")


def tales() -> list[Tale]:
    """Give them all."""
    return [*answers(), *queries(), *requests(), *decisions(), *lifts()]


def answers() -> list[Tale]:
    """Give those of transition 8."""
    both = {"ae": "NO_OBJECTION", "ke": "NO_OBJECTION_WITH_CONDITIONS"}
    return [
        asked("08-answers", "each addressee answers; transit learns that the destination did, not what", 8)
        .say("ke", "goods", 2, "answer", id="given", answer="NO_OBJECTION_WITH_CONDITIONS", **WHY)
        .say("ke", "ae", 2.001, "status", id="given", state="ANSWERED")
        .say("ae", "ae", 3, "answer", answer="NO_OBJECTION")
        .shows(legs=both, answers=both)
        .shows("ae", legs={"ae": "NO_OBJECTION", "ke": "ANSWERED"}, answers={"ae": "NO_OBJECTION", "ke": "ANSWERED"}),
        asked("08-newest-answer", "the newest answer is the current one", 8)
        .say("ke", "goods", 2, "answer", answer="NO_OBJECTION")
        .say("ke", "goods", 3, "answer", answer="OBJECTED", **WHY)
        .shows(legs={"ae": "ACKNOWLEDGED", "ke": "OBJECTED"}),
        Tale("08-opened-is-enough", "who has opened it may answer at once", 8, mode="REPLY")
        .sent()
        .say("ke", "goods", 1, "receipt", state="OPENED")
        .say("ke", "goods", 2, "answer", answer="NO_OBJECTION")
        .shows(legs={"ae": "PENDING", "ke": "NO_OBJECTION"}),
        Tale("08-unseen", "nobody answers what it has not opened", 8, False, mode="REPLY")
        .sent()
        .say("ke", "goods", 1, "answer", answer="NO_OBJECTION")
        .shows(legs={"ae": "PENDING", "ke": "PENDING"}, marks=["out_of_turn"]),
        asked("08-not-asked", "where nothing is asked there is no answer", 8, False, mode="INFORM")
        .say("ke", "goods", 2, "answer", answer="NO_OBJECTION")
        .shows(legs={"ae": "ACKNOWLEDGED", "ke": "ACKNOWLEDGED"}, marks=["out_of_turn"]),
        Tale("08-token-not-asked", "nor is there a token of one, where nothing is asked", 8, False)
        .part("ae", form())
        .say("ke", "ae", 1, "status", state="ANSWERED")
        .shows(legs={"ae": "PENDING", "ke": "PENDING"}, marks=["out_of_turn"]),
        asked("08-for-another", "nobody answers for another, nor the same twice", 8, False)
        .say("be", "ae", 2, "answer", answer="NO_OBJECTION")
        .say("ae", "ae", 3, "answer", answer="NO_OBJECTION")
        .say("ae", "ae", 4, "answer", answer="NO_OBJECTION")
        .shows(legs={"ae": "NO_OBJECTION", "ke": "ACKNOWLEDGED"}, marks=["not_your_leg", "said_before"]),
        asked("08-after-the-goods", "when the goods have moved past, an answer comes too late", 8, False)
        .moved("be", "goods ae", 96, "DEPARTED", place="BEBRU")
        .moved("ae", "ae", 103, "TRANSIT_IN", place="AEDXB")
        .say("ae", "ae", 104, "answer", answer="OBJECTED", **WHY)
        .moved("ke", "goods ae", 114, "ARRIVED", place="KENBO")
        .say("ke", "goods", 115, "answer", answer="NO_OBJECTION")
        .shows(legs={"ae": "TRANSIT_IN", "ke": "ARRIVED"}, marks=["out_of_turn", "out_of_turn"]),
    ]


def queries() -> list[Tale]:
    """Give those of transitions 9 and 10."""
    question = {"text": "Which permit covers lot SBX4472?"}
    return [
        asked("09-query", "a query stops the clock of the answer, a day at most", 9)
        .say("ke", "goods", 40, "query", **question)
        .shows(legs={"ae": "ACKNOWLEDGED", "ke": "QUERY"}, late=[("OVERDUE_REPLY", "ae")], since_h=[48.0], now_h=64),
        asked("09-paused-once", "after a day the clock runs on, and a second query does not stop it again", 9)
        .say("ke", "goods", 40, "query", **question)
        .say("ke", "goods", 66, "query", text="And which for SBX4471?")
        .shows(
            legs={"ae": "ACKNOWLEDGED", "ke": "QUERY"},
            late=[("OVERDUE_REPLY", "ae"), ("OVERDUE_REPLY", "ke")],
            since_h=[48.0, 72.0],
            now_h=72.1,
        ),
        asked("09-after-the-answer", "who has answered asks no more, and nobody asks for another", 9, False)
        .say("ke", "goods", 2, "answer", answer="NO_OBJECTION")
        .say("ke", "goods", 3, "query", **question)
        .say("be", "goods", 4, "query", **question)
        .shows(legs={"ae": "ACKNOWLEDGED", "ke": "NO_OBJECTION"}, marks=["out_of_turn", "not_your_leg"]),
        asked("09-taken-id", "one id in one lane is one query, whoever says it", 9, False)
        .say("ae", "ae", 2, "query", id="q", **question)
        .say("ke", "ae", 3, "query", id="q", **question)
        .shows(legs={"ae": "QUERY", "ke": "ACKNOWLEDGED"}, marks=["said_before"]),
        asked("10-reply", "the origin replies, and the leg is where it was", 10)
        .say("ke", "goods", 2, "query", id="q", **question)
        .say("be", "goods", 5, "reply", query="@q", text="Permit KE-99.")
        .shows(legs={"ae": "ACKNOWLEDGED", "ke": "ACKNOWLEDGED"}, replies={"ae": [], "ke": ["Permit KE-99."]}),
        asked("10-clock-runs-on", "a reply after five hours gives five hours more", 10)
        .say("ke", "goods", 40, "query", id="q", **question)
        .say("be", "goods", 45, "reply", query="@q", text="Permit KE-99.")
        .shows(
            legs={"ae": "ACKNOWLEDGED", "ke": "ACKNOWLEDGED"},
            late=[("OVERDUE_REPLY", "ae"), ("OVERDUE_REPLY", "ke")],
            since_h=[48.0, 53.0],
            now_h=60,
        ),
        asked(
            "10-not-asked",
            "nobody answers another's query, in another lane, twice, or one that was never asked",
            10,
            False,
        )
        .say("ke", "goods", 2, "query", id="q", **question)
        .say("ae", "ae", 3, "reply", query="@q", text="Permit AE-1.")
        .say("be", "ae", 4, "reply", query="@q", text="Permit KE-99.")
        .say("be", "goods", 5, "reply", query="0" * 32, text="Permit KE-99.")
        .say("be", "goods", 6, "reply", query="@q", text="Permit KE-99.")
        .say("be", "goods", 7, "reply", query="@q", text="Permit KE-100.")
        .shows(
            legs={"ae": "ACKNOWLEDGED", "ke": "ACKNOWLEDGED"},
            replies={"ae": [], "ke": ["Permit KE-99."]},
            marks=["not_the_sender", "no_such_query", "no_such_query", "said_before"],
        ),
    ]


def requests() -> list[Tale]:
    """Give those of transition 11."""
    return [
        requested("11-hold-requested", "a transit Member asks for a hold; the header waits for the origin", 11).shows(
            state="SENT", legs={"ae": "HOLD_REQUESTED", "ke": "ACKNOWLEDGED"}, hold=("ae", "REQUESTED")
        ),
        requested("11-answered-instead", "an answer takes the place of a hold that was only asked for", 11)
        .say("ae", "ae", 3, "answer", answer="NO_OBJECTION")
        .shows(state="SENT", legs={"ae": "NO_OBJECTION", "ke": "ACKNOWLEDGED"}, hold=None),
        asked(
            "11-own-leg-passed",
            "after its own movement a Member asks for no hold, nor twice, nor the origin",
            11,
            False,
        )
        .say("be", "ae", 2, "hold", step="REQUEST", text="Wait.")
        .say("ke", "goods", 3, "hold", step="REQUEST", text="No permit.")
        .say("ke", "goods", 4, "hold", step="REQUEST", text="No permit, I said.")
        .moved("be", "goods ae", 96, "DEPARTED", place="BEBRU")
        .moved("ae", "ae", 103, "TRANSIT_IN", place="AEDXB")
        .say("ae", "ae", 104, "hold", step="REQUEST", text="Wait.")
        .shows(
            state="DEPARTED",
            legs={"ae": "TRANSIT_IN", "ke": "HOLD_REQUESTED"},
            marks=["not_your_leg", "said_before", "out_of_turn"],
        ),
    ]


def decisions() -> list[Tale]:
    """Give those of transition 12."""
    return [
        held("12-on-hold", "the origin confirms, and everybody on the way sees it", 12)
        .shows(state="ON_HOLD", legs={"ae": "HOLD_REQUESTED", "ke": "ACKNOWLEDGED"}, hold=("ae", "CONFIRMED"))
        .shows("ae", state="ON_HOLD", hold=("ae", "CONFIRMED")),
        asked("12-asked-by-the-destination", "transit does not see who asked, and believes the origin", 12)
        .say("ke", "goods", 2, "hold", step="REQUEST", text="No permit.")
        .say("be", "goods ae", 3, "hold", step="CONFIRM")
        .shows(state="ON_HOLD", hold=("ke", "CONFIRMED"))
        .shows("ae", state="ON_HOLD", hold=(None, "CONFIRMED")),
        requested("12-refused", "the origin refuses with a reason, and the leg is where it was", 12)
        .say("be", "goods ae", 3, "hold", step="REFUSE", text="The seal is ours, see the manifest.")
        .shows(state="SENT", legs={"ae": "ACKNOWLEDGED", "ke": "ACKNOWLEDGED"}, hold=("ae", "REFUSED")),
        requested("12-not-by-others", "only the origin confirms or refuses, and only from SENT", 12, False)
        .say("ke", "ae", 3, "hold", step="CONFIRM")
        .say("ae", "ae", 4, "hold", step="REFUSE", text="Never mind.")
        .moved("be", "goods ae", 96, "DEPARTED", place="BEBRU")
        .say("be", "goods ae", 97, "hold", step="CONFIRM")
        .shows(
            state="DEPARTED",
            legs={"ae": "HOLD_REQUESTED", "ke": "ACKNOWLEDGED"},
            marks=["not_the_sender", "not_the_sender", "out_of_turn", "out_of_turn"],
        ),
        asked("12-nobody-asked", "what nobody asked for is not confirmed", 12, False)
        .say("be", "goods", 2, "hold", step="CONFIRM")
        .say("be", "goods", 3, "hold", step="REFUSE", text="Nobody asked.")
        .shows(state="SENT", hold=None, marks=["out_of_turn", "out_of_turn"]),
    ]


def lifts() -> list[Tale]:
    """Give those of transition 13."""
    back = {"ae": "ACKNOWLEDGED", "ke": "ACKNOWLEDGED"}
    return [
        held("13-lifted-by-asker", "who asked lifts it; the origin may tell the other lanes", 13)
        .say("ae", "ae", 4, "hold", step="LIFT")
        .say("be", "goods ae", 5, "hold", step="LIFT")
        .shows(state="SENT", legs=back, hold=("ae", "LIFTED"))
        .shows("ae", state="SENT", legs={"ae": "ACKNOWLEDGED", "ke": "PENDING"}),
        held("13-lifted-in-agreement", "the origin lifts it with the agreement of who asked", 13)
        .say("ae", "ae", 4, "hold", step="AGREE")
        .say("be", "goods ae", 5, "hold", step="LIFT")
        .shows(state="SENT", legs=back, hold=("be", "LIFTED")),
        asked("13-two-asked", "of two that asked, both must agree", 13)
        .say("ae", "ae", 2, "hold", step="REQUEST", text="The seal is not ours.")
        .say("ke", "goods", 2.5, "hold", step="REQUEST", text="No permit.")
        .say("be", "goods ae", 3, "hold", step="CONFIRM")
        .say("ke", "goods ae", 4, "hold", step="LIFT")
        .shows(state="ON_HOLD", legs={"ae": "HOLD_REQUESTED", "ke": "ACKNOWLEDGED"})
        .shows("ae", state="ON_HOLD"),
        asked("13-destination-lifts", "the destination lifts its hold in every lane, and transit follows", 13)
        .say("ke", "goods", 2, "hold", step="REQUEST", text="No permit.")
        .say("be", "goods ae", 3, "hold", step="CONFIRM")
        .say("ke", "goods ae", 4, "hold", step="LIFT")
        .shows(state="SENT", legs=back)
        .shows("ae", state="SENT", legs={"ae": "ACKNOWLEDGED", "ke": "PENDING"}),
        held(
            "13-without-agreement",
            "the origin alone lifts nothing, nor does who did not ask; it does not leave",
            13,
            False,
        )
        .say("be", "goods ae", 4, "hold", step="LIFT")
        .say("ke", "goods", 5, "hold", step="LIFT")
        .say("ke", "goods", 6, "hold", step="AGREE")
        .moved("be", "goods ae", 96, "DEPARTED", place="BEBRU")
        .shows(
            state="ON_HOLD",
            legs={"ae": "HOLD_REQUESTED", "ke": "ACKNOWLEDGED"},
            marks=["no_agreement", "no_agreement", "not_your_leg", "not_your_leg", "out_of_turn", "out_of_turn"],
        ),
        held("13-agreed-twice", "agreement is given once, by who asked", 13, False)
        .say("be", "ae", 4, "hold", step="AGREE")
        .say("ae", "ae", 5, "hold", step="AGREE")
        .say("ae", "ae", 6, "hold", step="AGREE")
        .shows(state="ON_HOLD", hold=("ae", "AGREED"), marks=["not_your_leg", "said_before"]),
        held("16-on-hold", "what is on hold does not arrive", 16, False)
        .moved("ke", "goods", 114, "ARRIVED", place="KENBO")
        .shows(state="ON_HOLD", marks=["out_of_turn"]),
        asked("13-nothing-on-hold", "what is not on hold is not lifted", 13, False)
        .say("ke", "goods", 2, "hold", step="LIFT")
        .say("ke", "goods", 3, "hold", step="AGREE")
        .shows(state="SENT", marks=["not_on_hold", "not_on_hold"]),
    ]
