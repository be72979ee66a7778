"""How far a Member has read in a channel, said by a device of it in that very channel."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from pratique.contents.content import Content, Misplaced


class ReadMark(Content):
    """Somebody of this party has had on the screen what stands in this channel from one entry to another."""

    TYPE: ClassVar[str] = "read_mark"
    since: Annotated[int, Field(ge=1)]
    upto: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.upto < self.since:
            raise Misplaced("upto", "comes before its beginning")
        return self
