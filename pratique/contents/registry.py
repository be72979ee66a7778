"""The closed list of content types this version knows; others are shown by name and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.content import Content
from pratique.contents.message import Message
from pratique.contents.movement import Movement
from pratique.contents.prenotification import GoodsPart, read_prenotification
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.title import Title

READERS: Mapping[str, Callable[[bytes], Content]] = MappingProxyType(
    {
        Title.TYPE: Title.read,
        Message.TYPE: Message.read,
        GoodsPart.TYPE: read_prenotification,
        Acknowledgement.TYPE: Acknowledgement.read,
        Movement.TYPE: Movement.read,
        Reconciliation.TYPE: Reconciliation.read,
    }
)


def read_content(type_name: str, body: bytes) -> Content | None:
    """Parse an opened content; None for a type this version does not know; raises `ContentRefused`."""
    reader = READERS.get(type_name)
    return None if reader is None else reader(body)
