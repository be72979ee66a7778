"""The pre-notification of a legal consignment: one envelope around a form, in two parts for two kinds of lane.

    form ─┬─▶ GoodsPart   origin and destination: everything
          └─▶ RoutePart   one for each transit Member: exactly what it may know (docs/protocol.md §7)

All parts carry the same reference, by which the board joins them. The form follows the template that the part names.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from pratique.contents.content import Content, ContentRefused, Misplaced, Part, Problem
from pratique.contents.fields import Instant, PartyLabel, Prose, Reference, TemplateName, Words
from pratique.contents.shipment import Shipment, route_parties
from pratique.wire import strict_json

TYPE = "prenotification"
Kind = Literal["departure", "onward", "series", "call_off"]
Mode = Literal["INFORM", "REPLY"]
Tlp = Literal["TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"]
Version = Annotated[int, Field(ge=1, le=10_000)]
Related = Annotated[tuple[Reference, ...], Field(max_length=50)]


def as_lists(value: Any) -> Any:
    """Give JSON back with lists where strict models hold tuples: templates read forms as JSON."""
    if isinstance(value, list | tuple):
        return [as_lists(item) for item in value]
    if isinstance(value, dict):
        return {key: as_lists(item) for key, item in value.items()}
    return value


Form = Annotated[dict[str, Any], BeforeValidator(as_lists)]


class Override(Part):
    """A finding that a person has looked at, and why it stands."""

    field: Words
    reason: Words


Overrides = Annotated[tuple[Override, ...], Field(max_length=200)]


class Deadlines(Part):
    """Until when the addressee of a part should do what; computed by the sender, shown before sending."""

    acknowledge_at: Instant
    reply_at: Instant | None = None
    reconcile_days: Annotated[int, Field(ge=1, le=90)] = 3


class Envelope(Content):
    """What both parts say around the form."""

    TYPE: ClassVar[str] = TYPE
    part: Literal["goods", "route"]
    reference: Reference
    version: Version = 1
    template: TemplateName
    kind: Kind = "departure"
    mode: Mode = "INFORM"
    tlp: Tlp = "TLP:AMBER+STRICT"
    urgency_reason: Prose | None = None
    origin: PartyLabel
    addressee: PartyLabel
    destination: PartyLabel
    relates_to: Related = ()
    deadlines: Deadlines
    contacts: dict[PartyLabel, Words] = Field(default_factory=dict)  # duty desk telephones
    form: Form
    overrides: Overrides = ()

    @model_validator(mode="after")
    def _parties(self) -> Self:
        if self.origin == self.destination:
            raise Misplaced("destination", "must be another Member than the origin")
        if self.mode == "REPLY" and self.deadlines.reply_at is None:
            raise Misplaced("deadlines.reply_at", "is missing; the mode REPLY asks for an answer by an instant")
        if self.kind == "call_off" and not self.relates_to:
            raise Misplaced("relates_to", "is missing; a call-off names its series")
        return self


class GoodsPart(Envelope):
    """What the goods lane reads: the whole form."""

    part: Literal["goods"] = "goods"
    transit: Annotated[tuple[PartyLabel, ...], Field(max_length=12)] = ()

    @model_validator(mode="after")
    def _addressed(self) -> Self:
        if self.addressee != self.destination:
            raise Misplaced("addressee", "must be the destination")
        if len({self.origin, self.destination, *self.transit}) != len(self.transit) + 2:
            raise Misplaced("transit", "names a Member twice")
        return self


class RoutePart(Envelope):
    """What one transit Member reads."""

    part: Literal["route"] = "route"

    @model_validator(mode="after")
    def _addressed(self) -> Self:
        if self.addressee in (self.origin, self.destination):
            raise Misplaced("addressee", "must be a Member between origin and destination")
        return self


Prenotification = GoodsPart | RoutePart


class Announcement(Part):
    """What a person or a national system hands in; the desk adds reference, version, parties and deadlines."""

    template: TemplateName = "prenotification/1"
    kind: Kind = "departure"
    mode: Mode = "INFORM"
    tlp: Tlp = "TLP:AMBER+STRICT"
    relates_to: Related = ()
    national_reference: Words | None = None
    urgency_reason: Prose | None = None
    form: Form
    overrides: Overrides = ()


def read_prenotification(body: bytes) -> Prenotification:
    """Parse either part and hold its form against the template it names; raises `ContentRefused`."""
    try:
        value = strict_json.loads(body)
    except strict_json.JsonRefused as refused:
        raise ContentRefused((Problem("", refused.detail),)) from None
    named: Any = value.get("part") if isinstance(value, dict) else None
    if named not in ("goods", "route"):
        raise ContentRefused((Problem("part", "must be goods or route", "wrong_form"),))
    part: Prenotification = GoodsPart.check(value) if named == "goods" else RoutePart.check(value)
    _check_form(part)
    return part


def _check_form(part: Prenotification) -> None:
    from pratique.templates import UnknownTemplate, load  # templates stand on the contents' own errors

    try:
        template = load(part.template)
    except UnknownTemplate as unknown:
        raise ContentRefused((Problem("template", unknown.detail),), unknown.code) from None
    if not part.template.startswith(f"{TYPE}/") or part.kind not in template.kinds:
        raise ContentRefused((Problem("template", f"is no form of a {part.kind} pre-notification", "rule"),))
    found = template.problems(part.form, part.part, kind=part.kind)
    if found:
        raise ContentRefused(tuple(Problem(f"form.{one.path}", one.text, one.code) for one in found))
    _check_way(part)


def _check_way(part: Prenotification) -> None:
    """Hold that envelope and form tell of the same way."""
    legs = Shipment.of(part.form).legs
    parties = route_parties(legs)
    if isinstance(part, RoutePart):
        if not all(part.addressee in leg.touches for leg in legs):
            raise ContentRefused((Problem("form.legs", "hold a leg that does not touch the addressee", "rule"),))
    elif (parties[0], parties[-1]) != (part.origin, part.destination):
        raise ContentRefused((Problem("form.legs", "must lead from the origin to the destination", "rule"),))
    elif not set(part.transit) <= set(parties):
        raise ContentRefused((Problem("transit", "names a Member that the way does not touch", "rule"),))
