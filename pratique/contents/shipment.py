"""What a departure Member writes down about one consignment: goods, lots, temperature, packages, legs.

Field names follow domain words; the WCO and GS1 identifiers stand beside them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pratique.contents.content import Misplaced, Part
from pratique.contents.fields import (
    Awb,
    Batch,
    Country,
    Day,
    Flight,
    Gtin,
    HsCode,
    Instant,
    Locode,
    Prose,
    Words,
    instant_ms,
)

ProductClass = Literal["vaccines", "medicines", "medical_devices", "diagnostics", "veterinary_medicines", "other"]
Tlp = Literal["TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"]
Mode = Literal["INFORM", "REPLY"]
Positive = Annotated[int, Field(ge=1, le=10**10)]


class Trader(Part):
    """A commercial party; only the goods lane sees it."""

    name: Words
    country: Country
    address: Words | None = None
    identifier: Words | None = None  # LEI, EORI or national number


class Lot(Part):
    """One batch: GS1 AI(10), its expiry: AI(17)."""

    batch: Batch
    expiry: Day
    vials: Positive
    doses: Positive


class Goods(Part):
    """One line of goods."""

    product: Words
    product_class: ProductClass
    hs_edition: Literal[2017, 2022, 2028]
    hs_code: HsCode
    who_status: Literal["EUL", "PQ", "NATIONAL", "TRIAL", "UNKNOWN"]
    manufacturer: Words
    country_of_origin: Country
    doses_per_vial: Positive
    gtin: Gtin | None = None
    lots: Annotated[tuple[Lot, ...], Field(min_length=1, max_length=200)]

    @property
    def doses(self) -> int:
        """Give the doses of all lots of this line."""
        return sum(lot.doses for lot in self.lots)

    @model_validator(mode="after")
    def _counted(self) -> Self:
        for number, lot in enumerate(self.lots):
            if lot.vials * self.doses_per_vial != lot.doses:
                product = lot.vials * self.doses_per_vial
                sentence = f"must be {product}: {lot.vials} vials of {self.doses_per_vial} doses"
                raise Misplaced(f"lots[{number}].doses", sentence)
        return self


class Packages(Part):
    """What is handled on the way."""

    type: Words
    count: Positive
    gross_kg: Annotated[float, Field(gt=0, le=10**7)]
    coolant: Literal["dry_ice", "ice_packs", "phase_change", "none"] = "none"


class Temperature(Part):
    """The range in which the goods travel.

    Unit  min_c, max_c: degrees Celsius
    """

    band: Literal["ULT", "FROZEN", "COLD", "CRT", "OTHER"]
    min_c: Annotated[int, Field(ge=-200, le=100)]
    max_c: Annotated[int, Field(ge=-200, le=100)]

    @model_validator(mode="after")
    def _range(self) -> Self:
        low, high = {"ULT": (-90, -60), "FROZEN": (-25, -15), "COLD": (2, 8), "CRT": (15, 25)}.get(
            self.band, (-200, 100)
        )
        if not low <= self.min_c <= self.max_c <= high:
            raise ValueError(f"the band {self.band} lies between {low} and {high} °C, min_c first")
        return self


class Leg(Part):
    """One stretch of the route, from one place to the next.

    Unit  etd_at, eta_at: estimated departure and arrival, UTC
    """

    mode: Literal["air", "sea", "road", "rail", "post", "inland_water", "multimodal"]
    from_place: Locode
    to_place: Locode
    etd_at: Instant
    eta_at: Instant
    carrier: Words | None = None
    flight: Flight | None = None
    vehicle: Words | None = None
    awb: Awb | None = None
    transport_document: Words | None = None
    seals: Annotated[tuple[Words, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if instant_ms(self.etd_at) >= instant_ms(self.eta_at):
            raise Misplaced("eta_at", "must lie after etd_at")
        if self.mode == "air" and self.flight is None:
            raise Misplaced("flight", "is missing; a leg by air names its flight")
        return self


class Override(Part):
    """A finding that a person has looked at, and why it stands."""

    field: Words
    reason: Words


Legs = Annotated[tuple[Leg, ...], Field(min_length=1, max_length=12)]


def check_route(legs: tuple[Leg, ...]) -> None:
    """Hold that legs are contiguous and go forward in time; raises `Misplaced`."""
    for number, (leg, following) in enumerate(pairwise(legs), start=1):
        if leg.to_place != following.from_place:
            raise Misplaced(f"legs[{number}].from_place", f"must be {leg.to_place}, where the leg before it ends")
        if instant_ms(following.etd_at) < instant_ms(leg.eta_at):
            raise Misplaced(f"legs[{number}].etd_at", "must not lie before the leg before it arrives")
    if legs[0].from_place[:2] == legs[-1].to_place[:2]:
        raise Misplaced(f"legs[{len(legs) - 1}].to_place", "must lie in another country than the departure")


class Shipment(Part):
    """The form a departure Member fills in; the command line adds reference and version."""

    mode: Mode = "INFORM"
    tlp: Tlp = "TLP:AMBER+STRICT"
    consignor: Trader
    consignee: Trader
    goods: Annotated[tuple[Goods, ...], Field(min_length=1, max_length=50)]
    temperature: Temperature
    packages: Packages
    legs: Legs
    note: Prose | None = None
    overrides: Annotated[tuple[Override, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_route(self.legs)
        batches = [lot.batch for line in self.goods for lot in line.lots]
        if len(set(batches)) != len(batches):
            raise Misplaced("goods", "name a batch twice; put its doses into one lot")
        return self
