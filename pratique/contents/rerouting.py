"""The goods go another way: the old pre-notification is replaced by a new one."""

from __future__ import annotations

from typing import ClassVar

from pratique.contents.content import Event
from pratique.contents.fields import Prose, Reference


class Rerouting(Event):
    """Said by the origin, or by the transit Member where the way changed, under whose reference it goes on."""

    TYPE: ClassVar[str] = "rerouting"
    replaced_by: Reference
    reason: Prose
