"""A device of an addressee has shown a pre-notification to a person; a Member's policy can switch it off."""

from __future__ import annotations

from typing import ClassVar, Literal

from pratique.contents.content import Event


class Receipt(Event):
    """Opened and displayed."""

    TYPE: ClassVar[str] = "receipt"
    state: Literal["OPENED"] = "OPENED"
