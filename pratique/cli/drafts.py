"""`pratique draft`: what your Member is still writing, and the second pair of eyes before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pratique.cli.at_desk import at_desk
from pratique.cli.options import Offline, Yes
from pratique.cli.output import Speaker
from pratique.cli.urgency import UrgencyOfNew, as_urgency
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.views.drafts import DraftOf

commands = typer.Typer(no_args_is_help=True, help="Drafts: list, submit, return, release, discard.")
DraftName = Annotated[str, typer.Argument(metavar="DRAFT", help="The draft's id, as much of it as only one has.")]
OPEN = ("DRAFT", "PENDING_RELEASE", "RETURNED")


def find(desk: Desk, name: str) -> str:
    """Give the id of the draft that begins so, or that carries this national reference.

    Raises  PratiqueError: no_draft
    """
    known = desk.drafts.by_id
    found = [key for key, one in known.items() if key.startswith(name.lower()) or one.national_reference == name]
    if len(found) != 1:
        what = "several drafts are" if found else "no draft is"
        raise PratiqueError("no_draft", f"{what} called {name}", "pratique draft list shows them")
    return found[0]


@commands.command("list")
@at_desk
async def list_drafts(
    desk: Desk,
    speaker: Speaker,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are sent or discarded.")] = False,
    offline: Offline = False,
) -> None:
    """List the drafts of your Member, newest first."""
    known = [one for one in desk.drafts.by_id.values() if everything or one.state in OPEN]
    known.sort(key=lambda one: -one.at_ms)
    if known:
        rows = [_row(one) for one in known]
        speaker.table("", ("draft", "state", "what", "by", "when (UTC)", "comment"), rows)
    else:
        speaker.say("no draft waits")
    speaker.emit({"drafts": [_json(one) for one in known]})


def _row(one: DraftOf) -> tuple[str, ...]:
    from pratique.cli.sayings import goods, places
    from pratique.cli.wording import moment
    from pratique.contents.shipment import Shipment

    what = one.reference or one.national_reference or ""
    if one.announcement is not None:
        shipment = Shipment.of(one.announcement.form)
        what = "\n".join(text for text in (what, goods(shipment), places(shipment.legs)) if text)
    return (one.draft[:8], one.state, what, one.author, moment(one.at_ms), one.comment or "")


def _json(one: DraftOf) -> dict[str, Any]:
    return {
        "draft": one.draft,
        "state": one.state,
        "national_reference": one.national_reference,
        "reference": one.reference,
        "author": one.author,
        "at_ms": one.at_ms,
        "comment": one.comment,
    }


@commands.command()
@at_desk
async def submit(desk: Desk, speaker: Speaker, name: DraftName) -> None:
    """Hand a draft to another person of your Member for release."""
    draft = find(desk, name)
    await desk.submit(draft)
    speaker.say(f"draft {draft[:8]} waits for release by another person: pratique draft release {draft[:8]}")
    speaker.emit({"draft": draft, "state": "PENDING_RELEASE"})


@commands.command("return")
@at_desk
async def give_back(
    desk: Desk,
    speaker: Speaker,
    name: DraftName,
    comment: Annotated[str, typer.Option(help="What to change.")],
) -> None:
    """Return a draft to its author with a comment."""
    draft = find(desk, name)
    await desk.give_back(draft, comment)
    speaker.say(f"draft {draft[:8]} is returned to its author")
    speaker.emit({"draft": draft, "state": "RETURNED"})


@commands.command()
@at_desk
async def release(
    desk: Desk, speaker: Speaker, name: DraftName, urgency: UrgencyOfNew = None, yes: Yes = False
) -> None:
    """Send a draft; where your Member wants four eyes, only another person than its author can."""
    from pratique.cli.sending import confirm, say_checked, say_sent, sent_json

    draft = find(desk, name)
    announcement = desk.drafts.by_id[draft].announcement
    if announcement is not None and not yes:
        say_checked(speaker, desk, desk.check(announcement))
    confirm(speaker, f"draft {draft[:8]} is sent. Send?", yes)
    with speaker.working("opening the lanes, sealing and posting"):
        sent = await desk.release(draft, urgency=as_urgency(urgency))
    say_sent(speaker, desk, sent)
    speaker.emit({"draft": draft, **sent_json(sent)})


@commands.command()
@at_desk
async def discard(desk: Desk, speaker: Speaker, name: DraftName) -> None:
    """Put a draft away that will not be sent."""
    draft = find(desk, name)
    await desk.discard(draft)
    speaker.say(f"draft {draft[:8]} is put away")
    speaker.emit({"draft": draft, "state": "DISCARDED"})
