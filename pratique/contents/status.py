"""The token that a destination leaves in a route lane in place of what transit Members may not read."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from pratique.contents.content import Event, Misplaced
from pratique.contents.reconciliation import Outcome


class Status(Event):
    """That something was said, not what; `id` is the id of the full event in the goods lane."""

    TYPE: ClassVar[str] = "status"
    state: Literal["ACKNOWLEDGED", "ANSWERED", "CLOSED"]
    outcome: Outcome | None = None

    @model_validator(mode="after")
    def _closed(self) -> Self:
        if (self.state == "CLOSED") != (self.outcome is not None):
            raise Misplaced("outcome", "stands with CLOSED, and only there")
        return self
