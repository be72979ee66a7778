"""Where a consignment is: reported by the Member whose leg it is."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

from pratique.contents.content import Event
from pratique.contents.fields import Instant, Locode

Step = Literal["DEPARTED", "TRANSIT_IN", "TRANSIT_OUT", "ARRIVED", "RELEASED", "DETAINED"]
STEPS: tuple[Step, ...] = get_args(Step)


class Movement(Event):
    """One step of the journey, when it happened and where."""

    TYPE: ClassVar[str] = "movement"
    step: Step
    happened_at: Instant
    place: Locode | None = None
