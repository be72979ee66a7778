"""The pre-notification of a legal consignment, in two parts for two audiences (docs/protocol.md §7).

    Shipment ─┬─▶ GoodsPart   departure and destination: everything
              └─▶ RoutePart   also transit: legs, places, temperature, seals, product class; no lots, no traders

Both carry the same reference, by which the board joins them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from pratique.contents.content import Content, ContentRefused, Problem
from pratique.contents.fields import Reference
from pratique.contents.shipment import (
    Leg,
    Legs,
    Mode,
    Override,
    ProductClass,
    Shipment,
    Temperature,
    Tlp,
    check_route,
)
from pratique.wire import strict_json

Version = Annotated[int, Field(ge=1, le=10_000)]


class GoodsPart(Shipment, Content):
    """What the goods lane reads: the whole form."""

    TYPE: ClassVar[str] = "prenotification"
    part: Literal["goods"] = "goods"
    reference: Reference
    version: Version = 1


class RoutePart(Content):
    """What the route lane reads: the transit view."""

    TYPE: ClassVar[str] = "prenotification"
    part: Literal["route"] = "route"
    reference: Reference
    version: Version = 1
    mode: Mode
    tlp: Tlp
    product_classes: Annotated[tuple[ProductClass, ...], Field(min_length=1, max_length=10)]
    temperature: Temperature
    legs: Legs
    overrides: Annotated[tuple[Override, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_route(self.legs)
        return self


Prenotification = GoodsPart | RoutePart


def read_prenotification(body: bytes) -> Prenotification:
    """Parse either part; raises `ContentRefused`."""
    try:
        value = strict_json.loads(body)
    except strict_json.JsonRefused as refused:
        raise ContentRefused((Problem("", refused.detail),)) from None
    part: Any = value.get("part") if isinstance(value, dict) else None
    if part not in ("goods", "route"):
        raise ContentRefused((Problem("part", "must be goods or route"),))
    return GoodsPart.check(value) if part == "goods" else RoutePart.check(value)


def goods_part(shipment: Shipment, reference: str, version: int = 1) -> GoodsPart:
    """Give what the goods lane gets."""
    return GoodsPart(reference=reference, version=version, **dict(shipment))


def route_part(shipment: Shipment, reference: str, version: int = 1) -> RoutePart:
    """Give what the route lane gets, and nothing else."""
    return RoutePart(
        reference=reference,
        version=version,
        mode=shipment.mode,
        tlp=shipment.tlp,
        product_classes=tuple(sorted({line.product_class for line in shipment.goods})),
        temperature=shipment.temperature,
        legs=shipment.legs,
        overrides=tuple(override for override in shipment.overrides if override.field.startswith("legs[")),
    )


def route_parties(legs: tuple[Leg, ...]) -> tuple[str, ...]:
    """Give the party labels on the way, departure first, destination last, each once."""
    places = [legs[0].from_place, *(leg.to_place for leg in legs)]
    inner = [place[:2].lower() for place in places[:-1] if place[:2] != places[-1][:2]]
    return (*dict.fromkeys(inner), places[-1][:2].lower())


def needs_route_lane(legs: tuple[Leg, ...]) -> bool:
    """Say whether the way leads through a third Member."""
    return len(route_parties(legs)) > 2


def lot_doses(part: GoodsPart) -> Iterator[tuple[str, int]]:
    """Give each announced batch with its doses."""
    for line in part.goods:
        for lot in line.lots:
            yield lot.batch, lot.doses
