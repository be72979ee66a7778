"""Newer facts of a transit Member about its own legs."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from pratique.contents.content import Event, Misplaced, Part
from pratique.contents.fields import Awb, Flight, Instant, Locode, Words, instant_ms

Seals = Annotated[tuple[Words, ...], Field(max_length=50)]


class UpdatedLeg(Part):
    """One leg in the form's own words, found by its places; what is left out stays as it was."""

    from_place: Locode
    to_place: Locode
    etd_at: Instant | None = None
    eta_at: Instant | None = None
    carrier: Words | None = None
    flight: Flight | None = None
    voyage: Words | None = None
    vessel: Words | None = None
    vehicle: Words | None = None
    awb: Awb | None = None
    transport_document: Words | None = None
    container: Words | None = None
    seals: Seals | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.etd_at and self.eta_at and instant_ms(self.etd_at) >= instant_ms(self.eta_at):
            raise Misplaced("eta_at", "must lie after etd_at")
        return self


class LegUpdate(Event):
    """By a transit Member, for legs that begin or end with it."""

    TYPE: ClassVar[str] = "leg_update"
    legs: Annotated[tuple[UpdatedLeg, ...], Field(min_length=1, max_length=12)]
