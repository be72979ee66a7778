"""What arrived, beside what was announced: lot by lot, counted by the destination."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from pratique.contents.content import Event, Misplaced, Part
from pratique.contents.fields import Batch, Count, Instant, Words

Outcome = Literal["MATCHED", "DISCREPANCY", "NOT_ARRIVED", "REFUSED", "SEIZED"]


class CountedLot(Part):
    """One lot as counted on arrival; `doses` are the good and the damaged ones received."""

    batch: Batch
    doses: Count
    vials: Count | None = None
    boxes: Count | None = None
    damaged_doses: Count = 0
    missing_doses: Count = 0
    excess_doses: Count = 0
    temperature: Literal["OK", "ALARM", "NO_INDICATOR"] = "OK"


class Reconciliation(Event):
    """Closes a pre-notification."""

    TYPE: ClassVar[str] = "reconciliation"
    outcome: Outcome
    counted_at: Instant
    lots: Annotated[tuple[CountedLot, ...], Field(max_length=500)] = ()
    short_shipment_notified: bool | None = None
    missing_documents: Annotated[tuple[Words, ...], Field(max_length=50)] = ()
    released_at: Instant | None = None
    arrival_report: Annotated[str, Field(min_length=1, max_length=40)] | None = None

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if self.outcome in ("MATCHED", "DISCREPANCY") and not self.lots:
            raise Misplaced("lots", f"is missing; the outcome {self.outcome} needs the count of every lot")
        if self.outcome == "NOT_ARRIVED" and self.lots:
            raise Misplaced("lots", "must be empty; nothing arrived")
        if len({lot.batch for lot in self.lots}) != len(self.lots):
            raise Misplaced("lots", "counts a lot twice")
        return self
