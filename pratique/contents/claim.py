"""Which of a Member's gateways delivers what to its national system, so that none is delivered twice."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pratique.contents.content import Content
from pratique.contents.fields import EntryPlace, Hex16


class Claim(Content):
    """Items that one device takes, has delivered, or gives back, for one endpoint."""

    TYPE: ClassVar[str] = "claim"
    endpoint: Hex16
    items: Annotated[tuple[EntryPlace, ...], Field(min_length=1, max_length=200)]
    state: Literal["CLAIMED", "DELIVERED", "RELEASED"]
