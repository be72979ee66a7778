"""The origin takes a pre-notification back."""

from __future__ import annotations

from typing import ClassVar

from pratique.contents.content import Event
from pratique.contents.fields import Prose


class Withdrawal(Event):
    """It no longer counts; every addressee is told why."""

    TYPE: ClassVar[str] = "withdrawal"
    reason: Prose
