"""Read a form by name: typed, frozen views of the fields that states, deadlines and tables need.

The template is the one truth about which fields a form has; what a form leaves out is None or empty here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from pratique.contents.fields import instant_ms


@dataclass(frozen=True)
class Leg:
    """One stretch of the route, from one place to the next.

    Unit  etd_at, eta_at: estimated departure and arrival, UTC
    """

    mode: str
    from_place: str
    to_place: str
    etd_at: str | None = None
    eta_at: str | None = None
    carrier: str | None = None
    flight: str | None = None
    voyage: str | None = None
    vessel: str | None = None
    imo: str | None = None
    vehicle: str | None = None
    awb: str | None = None
    transport_document: str | None = None
    container: str | None = None
    seals: tuple[str, ...] = ()
    office_of_exit: str | None = None
    office_of_entry: str | None = None

    @classmethod
    def of(cls, form: Mapping[str, Any]) -> Self:
        """Read one leg of a form."""
        known = {name: form[name] for name in cls.__dataclass_fields__ if form.get(name) is not None}
        return cls(**{**known, "seals": tuple(form.get("seals", ()))})

    @property
    def etd_ms(self) -> int | None:
        """When it should leave."""
        return None if self.etd_at is None else instant_ms(self.etd_at)

    @property
    def eta_ms(self) -> int | None:
        """When it should be there."""
        return None if self.eta_at is None else instant_ms(self.eta_at)

    @property
    def touches(self) -> frozenset[str]:
        """The party labels of both ends."""
        return frozenset((self.from_place[:2].lower(), self.to_place[:2].lower()))


@dataclass(frozen=True)
class Lot:
    """One batch."""

    batch: str
    expiry: str | None
    vials: int | None
    doses: int


@dataclass(frozen=True)
class GoodsLine:
    """One line of goods; a route form holds only class, HS code, quantity and unit."""

    product: str | None
    product_class: str
    hs_edition: int
    hs_code: str
    gtin: str | None
    doses_per_vial: int | None
    quantity: float | None
    unit: str | None
    lots: tuple[Lot, ...]

    @property
    def doses(self) -> int:
        """The doses of all lots of this line."""
        return sum(lot.doses for lot in self.lots)


@dataclass(frozen=True)
class Temperature:
    """The range in which the goods travel.

    Unit  min_c, max_c: degrees Celsius
    """

    band: str
    min_c: float
    max_c: float


@dataclass(frozen=True)
class Shipment:
    """One form, goods or route."""

    legs: tuple[Leg, ...]
    goods: tuple[GoodsLine, ...]
    temperature: Temperature | None
    consignor: str | None
    consignee: str | None

    @classmethod
    def of(cls, form: Mapping[str, Any]) -> Self:
        """Read a form that follows its template."""
        cold = form.get("temperature")
        return cls(
            tuple(Leg.of(leg) for leg in form.get("legs", ())),
            tuple(_line(line) for line in form.get("goods", ())),
            Temperature(cold["band"], cold["min_c"], cold["max_c"]) if cold else None,
            form.get("consignor", {}).get("name"),
            form.get("consignee", {}).get("name"),
        )

    def lots(self) -> Iterator[tuple[GoodsLine, Lot]]:
        """Give each announced lot with its line."""
        for line in self.goods:
            for lot in line.lots:
                yield line, lot


def _line(form: Mapping[str, Any]) -> GoodsLine:
    return GoodsLine(
        form.get("product"),
        form["product_class"],
        form["hs_edition"],
        form["hs_code"],
        form.get("gtin"),
        form.get("doses_per_vial"),
        form.get("quantity"),
        form.get("unit"),
        tuple(Lot(lot["batch"], lot.get("expiry"), lot.get("vials"), lot["doses"]) for lot in form.get("lots", ())),
    )


def route_parties(legs: tuple[Leg, ...]) -> tuple[str, ...]:
    """Give the party labels on the way, departure first, destination last, each once."""
    places = [legs[0].from_place, *(leg.to_place for leg in legs)]
    inner = [place[:2].lower() for place in places[:-1] if place[:2] != places[-1][:2]]
    return (*dict.fromkeys(inner), places[-1][:2].lower())
