"""Hold a consignment back: an addressee asks, the origin confirms or refuses, and it is lifted in agreement."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from pratique.contents.answer import ReasonCode
from pratique.contents.content import Event, Misplaced
from pratique.contents.fields import Prose

HoldStep = Literal["REQUEST", "CONFIRM", "REFUSE", "AGREE", "LIFT"]


class Hold(Event):
    """One step: REQUEST and AGREE by an addressee, CONFIRM and REFUSE by the origin, LIFT by either."""

    TYPE: ClassVar[str] = "hold"
    step: HoldStep
    reason_code: ReasonCode | None = None
    text: Prose | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if self.step in ("REQUEST", "REFUSE") and self.text is None:
            raise Misplaced("text", f"is missing; {self.step} needs a reason")
        return self
