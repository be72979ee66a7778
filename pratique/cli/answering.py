"""`pratique ack`, `answer`, `query`, `reply`, `hold`: what addressees say, and what the sender says back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pratique.cli.at_desk import at_desk
from pratique.cli.options import ReferenceArgument, Remark
from pratique.cli.output import Speaker
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.views.consignment import Asked

ReasonCode = Annotated[
    Literal["documents", "licence", "goods", "quantity", "route", "temperature", "security", "other"] | None,
    typer.Option("--reason", help="What it is about."),
]
Text = Annotated[str | None, typer.Option(help="In words, for the other Members of the lane.")]
AnswerWord = Literal["no-objection", "conditions", "objected"]
HoldWord = Literal["request", "confirm", "refuse", "agree", "lift"]

_ANSWERS = {
    "no-objection": "NO_OBJECTION",
    "conditions": "NO_OBJECTION_WITH_CONDITIONS",
    "objected": "OBJECTED",
}
_HELD = {
    "request": "is asked to be held; the sender confirms or refuses",
    "confirm": "is on hold",
    "refuse": "is not held; everybody on the way reads why",
    "agree": "may go on, as far as you are concerned; the sender lifts the hold",
    "lift": "is no longer on hold",
}


@at_desk
async def ack(desk: Desk, speaker: Speaker, reference: ReferenceArgument, remark: Remark = None) -> None:
    """Say that a person has taken note of a pre-notification."""
    from pratique.cli.reporting import report
    from pratique.contents.acknowledgement import Acknowledgement

    await report(speaker, desk, reference, Acknowledgement, {"remark": remark}, "is acknowledged")
    _hint_answer(speaker, desk, reference)


def _hint_answer(speaker: Speaker, desk: Desk, reference: str) -> None:
    from pratique.cli.wording import instant_of

    for leg in desk.find(reference).legs:
        if leg.party == desk.party and leg.deadlines and leg.deadlines.reply_at and leg.answer is None:
            by = instant_of(leg.deadlines.reply_at)
            speaker.note(f"an answer is asked by {by} UTC: pratique answer {reference} no-objection")


@at_desk
async def answer(
    desk: Desk,
    speaker: Speaker,
    reference: ReferenceArgument,
    word: Annotated[AnswerWord, typer.Argument(metavar="ANSWER", help="no-objection, conditions or objected.")],
    reason: ReasonCode = None,
    text: Text = None,
    remark: Remark = None,
) -> None:
    """Answer a pre-notification; conditions and objections need --reason and --text."""
    from pratique.cli.reporting import report
    from pratique.contents.answer import Answer

    leg = desk.find(reference).leg_of(desk.party)
    if leg is not None and leg.state == "PENDING":
        hint = f"pratique show {reference}, then pratique ack {reference}"
        raise PratiqueError("out_of_turn", f"{reference} was neither opened nor acknowledged by your Member", hint)
    said = {"answer": _ANSWERS[word], "reason_code": reason, "text": text, "remark": remark}
    await report(speaker, desk, reference, Answer, said, f"is answered: {_ANSWERS[word]}")


@at_desk
async def query(
    desk: Desk,
    speaker: Speaker,
    reference: ReferenceArgument,
    text: Annotated[str, typer.Argument(help="The question to the sender.")],
) -> None:
    """Ask the sender something; the clock of your answer stands still meanwhile, a day at most."""
    from pratique.cli.reporting import report
    from pratique.contents.query import Query

    await report(speaker, desk, reference, Query, {"text": text}, "is queried; the sender will reply")


@at_desk
async def reply(
    desk: Desk,
    speaker: Speaker,
    reference: ReferenceArgument,
    text: Annotated[str, typer.Argument(help="The reply.")],
    to: Annotated[str | None, typer.Option(help="The Member whose question it is, where several ask.")] = None,
) -> None:
    """Reply to the question of an addressee; only the lane of the question reads it."""
    from pratique.cli.reporting import report
    from pratique.contents.reply import Reply

    party, asked = _open_query(desk, reference, to)
    said = {"query": asked.id, "text": text}
    await report(speaker, desk, reference, Reply, said, f"has your reply to {party.upper()}: {asked.text}")


def _open_query(desk: Desk, reference: str, to: str | None) -> tuple[str, Asked]:
    """Find the one question that waits for a reply."""
    waiting = [(leg.party, one) for leg in desk.find(reference).legs for one in leg.queries if one.reply is None]
    chosen = [(party, one) for party, one in waiting if to is None or party == to.lower()]
    if not chosen:
        detail = f"no question about {reference} waits for a reply" + (f" to {to.upper()}" if to else "")
        raise PratiqueError("no_such_query", detail, f"pratique show {reference} lists the questions")
    if len({party for party, _ in chosen}) > 1:
        parties = ", ".join(party.upper() for party, _ in chosen)
        raise PratiqueError("usage", f"several Members ask: {parties}", "say whom you reply to: --to ke")
    return chosen[0]


@at_desk
async def hold(
    desk: Desk,
    speaker: Speaker,
    reference: ReferenceArgument,
    step: Annotated[
        HoldWord, typer.Argument(help="request or agree (addressee), confirm or refuse (sender), lift (either).")
    ],
    reason: ReasonCode = None,
    text: Text = None,
) -> None:
    """Ask to hold a consignment back, confirm or refuse it, agree to let it go, or lift it."""
    from pratique.cli.reporting import report
    from pratique.contents.hold import Hold

    said = {"step": step.upper(), "reason_code": reason, "text": text}
    await report(speaker, desk, reference, Hold, said, _HELD[step])
