"""A question of an addressee to the origin; the clock of the answer stands still meanwhile, a day at most."""

from __future__ import annotations

from typing import ClassVar

from pratique.contents.content import Event
from pratique.contents.fields import Prose


class Query(Event):
    """What an addressee wants to know before it answers."""

    TYPE: ClassVar[str] = "query"
    text: Prose
