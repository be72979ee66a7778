"""A Member's desk: when it works and whom to call; told to the whole operation in its room."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from pratique.contents.content import Content
from pratique.contents.fields import Day, OfficeLabel, Phone


class DeskHours(Content):
    """The newest one of each party counts.

    Takes   weekend: days of the week without work, 0 = Monday
    """

    TYPE: ClassVar[str] = "desk"
    weekend: Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(max_length=6)] = (5, 6)
    holidays: Annotated[tuple[Day, ...], Field(max_length=400)] = ()
    utc_offset_minutes: Annotated[int, Field(ge=-12 * 60, le=14 * 60)] = 0
    duty_phone: Phone | None = None
    second_office: OfficeLabel | None = None
    head_office: OfficeLabel | None = None
