"""`pratique desk`: when your desk works, whom to call, and your Member's own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pratique.cli.at_desk import at_desk
from pratique.cli.options import Offline
from pratique.cli.output import Speaker
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from pratique.desk.desk import Desk

commands = typer.Typer(no_args_is_help=True, help="Your desk: calendar, duty phone, offices, and your own rules.")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@commands.command()
@at_desk
async def show(desk: Desk, speaker: Speaker, offline: Offline = False) -> None:
    """Show the calendars and duty phones of all desks, and your own rules."""
    rows = [
        (
            party.upper(),
            " ".join(DAYS[day].capitalize() for day in one.weekend) or "none",
            offset(one.utc_offset_minutes),
            one.duty_phone or "–",
            " ".join(office for office in (one.second_office, one.head_office) if office) or "–",
            str(len(one.holidays)),
        )
        for party, one in sorted(desk.room.desks.items())
    ]
    if rows:
        speaker.table("Desks", ("Member", "weekend", "clock", "duty phone", "second, head", "holidays"), rows)
    else:
        speaker.say("no Member has told its calendar yet: Sat and Sun are taken as weekend, UTC as clock")
    policy = desk.drafts.policy
    speaker.say(f"your rules: four eyes {_on(policy.four_eyes)}, read receipts {_on(policy.receipts)}")
    speaker.emit(
        {
            "desks": {party: one.model_dump(mode="json", exclude_none=True) for party, one in desk.room.desks.items()},
            "policy": {"four_eyes": policy.four_eyes, "receipts": policy.receipts},
        }
    )


def offset(minutes: int) -> str:
    """Write a distance from UTC."""
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}" if minutes else "UTC"


@commands.command()
@at_desk
async def calendar(
    desk: Desk,
    speaker: Speaker,
    weekend: Annotated[str | None, typer.Option(help="Days without work, as fri,sat; none for none.")] = None,
    holiday: Annotated[list[str] | None, typer.Option(help="A day without work, as 2026-12-12; repeat it.")] = None,
    clock: Annotated[str | None, typer.Option(help="Your clock against UTC, as +03:00.")] = None,
    duty_phone: Annotated[str | None, typer.Option(help="The duty desk's telephone, as +254201234567.")] = None,
    second_office: Annotated[str | None, typer.Option(help="Who is reminded when the first does not act.")] = None,
    head_office: Annotated[str | None, typer.Option(help="Who is reminded after that.")] = None,
) -> None:
    """Tell the other Members when your desk works and whom to call; what you leave out stays as it was."""
    from pratique.contents.desk import DeskHours

    known = desk.room.desks.get(desk.party)
    said: dict[str, Any] = known.model_dump(mode="json", exclude_none=True) if known else {}
    given = {
        "weekend": _weekend(weekend),
        "holidays": sorted({*said.get("holidays", []), *holiday}) if holiday else None,
        "utc_offset_minutes": _minutes(clock),
        "duty_phone": duty_phone,
        "second_office": second_office,
        "head_office": head_office,
    }
    settings = DeskHours.check(said | {name: value for name, value in given.items() if value is not None})
    with speaker.working("telling the operation room"):
        await desk.set_desk(settings)
    speaker.say(f"{desk.party.upper()} works by this calendar in {desk.operation.terms.code} now; all Members see it")
    speaker.emit({"party": desk.party, **settings.model_dump(mode="json", exclude_none=True)})


def _weekend(text: str | None) -> list[int] | None:
    if text is None:
        return None
    names = [one.strip() for one in text.split(",") if one.strip() not in ("", "none")]
    if unknown := [name for name in names if name.lower()[:3] not in DAYS]:
        raise PratiqueError("usage", f"{', '.join(unknown)}: no day of the week", f"days are {', '.join(DAYS)}")
    return sorted({DAYS.index(name.lower()[:3]) for name in names})


def _minutes(text: str | None) -> int | None:
    if text is None:
        return None
    hours, _, minutes = text.removeprefix("UTC").lstrip("+-").partition(":")
    if not hours.isdecimal() or (minutes and not minutes.isdecimal()):
        raise PratiqueError("usage", f"{text!r} is no distance from UTC such as +03:00")
    return (int(hours) * 60 + int(minutes or 0)) * (-1 if text.removeprefix("UTC").startswith("-") else 1)


@commands.command()
@at_desk
async def policy(
    desk: Desk,
    speaker: Speaker,
    four_eyes: Annotated[
        bool | None, typer.Option("--four-eyes/--no-four-eyes", help="Another person releases what is sent.")
    ] = None,
    receipts: Annotated[
        bool | None, typer.Option("--receipts/--no-receipts", help="Tell senders that you opened what they sent.")
    ] = None,
) -> None:
    """Set your Member's own rules in this operation."""
    from pratique.contents.policy import Policy

    known = desk.drafts.policy
    settings = Policy(
        four_eyes=known.four_eyes if four_eyes is None else four_eyes,
        receipts=known.receipts if receipts is None else receipts,
    )
    if four_eyes is None and receipts is None:
        raise PratiqueError("usage", "nothing to set", "give --four-eyes, --no-four-eyes, --receipts or --no-receipts")
    await desk.set_policy(settings)
    speaker.say(f"four eyes {_on(settings.four_eyes)}, read receipts {_on(settings.receipts)}")
    speaker.emit({"four_eyes": settings.four_eyes, "receipts": settings.receipts})


def _on(flag: bool) -> str:
    return "on" if flag else "off"
