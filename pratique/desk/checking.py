"""Look at an announcement before it is sent: what blocks, what asks for a reason, whom it reaches, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pratique import templates
from pratique.contents.content import Problem
from pratique.contents.shipment import Shipment, route_parties
from pratique.desk.calendars import calendar_of
from pratique.desk.deadlines import Way, deadlines, late
from pratique.desk.duplicates import duplicates_of
from pratique.desk.results import AnnouncementRefused, Checked
from pratique.desk.urgency import said_by
from pratique.errors import PratiqueError
from pratique.wire.entries import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pratique.contents.prenotification import Announcement, Deadlines
    from pratique.contents.shipment import Leg
    from pratique.desk.desk import Desk
    from pratique.templates.template import Template

NAME = "prenotification"
NOT_THE_SENDER = "not_the_sender"


def newest_template(desk: Desk) -> Template:
    """Give the newest template as the operation wants it."""
    return template_for(desk, templates.newest(NAME).id)


def template_for(desk: Desk, name: str) -> Template:
    """Give one version of a template as the operation wants it.

    Raises  UnknownTemplate; AdaptationRefused
    """
    adaptation, plain = desk.room.adaptation, templates.load(name)
    if adaptation is None or not name.startswith(f"{adaptation.template}/"):
        return plain
    kept = desk.adapted.get(name)
    if kept is None or kept[0] is not adaptation:
        kept = desk.adapted[name] = (adaptation, plain.adapted(adaptation))
    return kept[1]


def filled(desk: Desk, announcement: Announcement) -> dict[str, Any]:
    """Give the form with the template's defaults."""
    return template_for(desk, announcement.template).filled(announcement.form, announcement.kind)


def check(
    desk: Desk,
    announcement: Announcement,
    *,
    urgency: Urgency | None = None,
    again: bool = False,
    duplicates: bool = True,
) -> Checked:
    """Give everything that a person should know before sending.

    Takes   urgency: None as it says itself
            again: a new version of what was sent in time, which cannot be late
    """
    urgency = said_by(announcement, urgency)
    template, form = template_for(desk, announcement.template), filled(desk, announcement)
    problems = (*template.problems(form, "goods", kind=announcement.kind), *_around(announcement, urgency))
    if problems:
        return Checked(problems, ())
    legs = Shipment.of(form).legs
    parties = route_parties(legs)
    if parties[0] != desk.party or len(parties) < 2:
        return Checked((_wrong_way(desk.party, parties),), (), parties)
    known = {participant.party for participant in desk.operation.terms.participants}
    unreachable = tuple(party for party in parties[1:] if party not in known)
    reached = tuple(party for party in parties[1:] if party not in unreachable)
    now = desk.now_ms()
    behind = {} if again else {p: why for p in reached if (why := late(Way.to(p, legs), now)) is not None}
    findings = (*template.findings(form, announcement.overrides, kind=announcement.kind), *_own(announcement, behind))
    return Checked(
        problems=(),
        findings=findings,
        parties=parties,
        deadlines={p: deadlines_of(desk, p, legs, announcement.mode, now, urgency) for p in reached},
        late=behind,
        duplicates=duplicates_of(desk, announcement, parties, form) if duplicates else (),
        unreachable=unreachable,
    )


def insist(checked: Checked, without: tuple[str, ...] = ()) -> None:
    """Let nothing pass that must not be sent.

    Raises  AnnouncementRefused: bad_form, needs_reason; PratiqueError: not_the_sender, not_reachable
    """
    if checked.problems:
        first = checked.problems[0]
        if first.code == NOT_THE_SENDER:
            raise PratiqueError(NOT_THE_SENDER, first.text, "the departure Member announces its own consignments")
        raise AnnouncementRefused("bad_form", checked.problems, "correct the form")
    missing = [p for p in checked.unreachable if p not in without or p == checked.parties[-1]]
    if missing:
        names = ", ".join(party.upper() for party in missing)
        raise PratiqueError(
            "not_reachable",
            f"{names} on the way takes no part in this operation and cannot be told here",
            "tell them by another way (an export holds everything), then send without them"
            if checked.parties[-1] not in missing
            else "choose another operation, or tell them by another way",
        )
    if checked.findings:
        raise AnnouncementRefused("needs_reason", checked.findings, "correct the form, or say why it stands")


def insist_on_release(desk: Desk) -> None:
    """Let nothing pass that only one person has seen, where the Member wants four eyes."""
    if desk.drafts.policy.four_eyes:
        hint = "save it as a draft and submit it; another person of your Member releases it"
        raise PratiqueError("needs_release", "your Member sends nothing that only one person has seen", hint)


def deadlines_of(desk: Desk, party: str, legs: tuple[Leg, ...], mode: str, now_ms: int, urgency: Urgency) -> Deadlines:
    """Give one addressee's deadlines by its own calendar and the operation's clocks."""
    way, adaptation = Way.to(party, legs), desk.room.adaptation
    hours = None if adaptation is None else adaptation.deadlines.get(way.by)
    calendar = calendar_of(desk.room.desks.get(party))
    return deadlines(way, mode, now_ms, calendar, urgent=urgency is Urgency.URGENT, hours=hours)


def _around(announcement: Announcement, urgency: Urgency) -> Iterator[Problem]:
    if announcement.kind == "call_off" and not announcement.relates_to:
        yield Problem("relates_to", "is missing; a call-off names its series", "missing")
    if urgency is Urgency.URGENT and announcement.urgency_reason is None:
        yield Problem("urgency_reason", "is missing; say why it is urgent", "missing")


def _own(announcement: Announcement, behind: dict[str, str]) -> Iterator[Problem]:
    explained = {override.field for override in announcement.overrides}
    if behind and "notice" not in explained:
        whose = "; ".join(f"{party.upper()}: {why}" for party, why in behind.items())
        yield Problem("notice", f"is late ({whose})", "late")
    if announcement.kind == "onward" and not announcement.relates_to and "relates_to" not in explained:
        yield Problem("relates_to", "is missing; name the notification it goes on from, or say that none came", "rule")


def _wrong_way(party: str, parties: tuple[str, ...]) -> Problem:
    if len(parties) < 2:
        return Problem("legs", "do not leave the country", "rule")
    text = f"the way begins in {parties[0].upper()}, but this desk is of {party.upper()}"
    return Problem("legs[0].from_place", text, NOT_THE_SENDER)
