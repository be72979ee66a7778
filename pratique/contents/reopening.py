"""A closed pre-notification is opened again."""

from __future__ import annotations

from typing import ClassVar

from pratique.contents.content import Event
from pratique.contents.fields import Prose


class Reopening(Event):
    """By the destination at once; by the origin once a coordinator has said the same after it."""

    TYPE: ClassVar[str] = "reopening"
    reason: Prose
