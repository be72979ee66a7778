"""Where a consignment is: reported by the Member whose leg it is."""

from __future__ import annotations

from typing import ClassVar, Literal, Self, get_args

from pydantic import model_validator

from pratique.contents.content import Event, Misplaced
from pratique.contents.fields import Instant, Locode, Prose, Words

Step = Literal["DEPARTED", "TRANSIT_IN", "TRANSIT_OUT", "ARRIVED", "RELEASED", "DETAINED"]
STEPS: tuple[Step, ...] = get_args(Step)


class Movement(Event):
    """One step of the journey, when it happened and where.

    Takes   eta_at: the new estimate for the leg that follows
    """

    TYPE: ClassVar[str] = "movement"
    step: Step
    happened_at: Instant
    place: Locode | None = None
    transport_document: Words | None = None
    eta_at: Instant | None = None
    reason: Prose | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if self.step == "DETAINED" and self.reason is None:
            raise Misplaced("reason", "is missing; DETAINED needs a reason")
        return self
