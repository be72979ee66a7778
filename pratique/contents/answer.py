"""An addressee's answer where one is asked (mode REPLY); the newest one counts."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from pratique.contents.content import Event, Misplaced
from pratique.contents.fields import Prose

Answered = Literal["NO_OBJECTION", "NO_OBJECTION_WITH_CONDITIONS", "OBJECTED"]
ReasonCode = Literal["documents", "licence", "goods", "quantity", "route", "temperature", "security", "other"]


class Answer(Event):
    """No objection, or what stands against it: conditions and objections say why."""

    TYPE: ClassVar[str] = "answer"
    answer: Answered
    reason_code: ReasonCode | None = None
    text: Prose | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        for name in ("reason_code", "text"):
            if self.answer != "NO_OBJECTION" and getattr(self, name) is None:
                raise Misplaced(name, f"is missing; {self.answer} needs a reason")
        return self
