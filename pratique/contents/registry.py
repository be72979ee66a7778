"""The closed list of content types this version knows; others are shown by name and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pratique.contents import prenotification
from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.adaptation import Adaptation
from pratique.contents.answer import Answer
from pratique.contents.claim import Claim
from pratique.contents.content import Content
from pratique.contents.desk import DeskHours
from pratique.contents.draft import Draft
from pratique.contents.hold import Hold
from pratique.contents.leg_update import LegUpdate
from pratique.contents.message import Message
from pratique.contents.movement import Movement
from pratique.contents.policy import Policy
from pratique.contents.query import Query
from pratique.contents.read_mark import ReadMark
from pratique.contents.receipt import Receipt
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.reopening import Reopening
from pratique.contents.reply import Reply
from pratique.contents.rerouting import Rerouting
from pratique.contents.status import Status
from pratique.contents.title import Title
from pratique.contents.withdrawal import Withdrawal

_FORMS: tuple[type[Content], ...] = (
    Title,
    Message,
    ReadMark,
    Acknowledgement,
    Receipt,
    Answer,
    Query,
    Reply,
    Hold,
    Movement,
    LegUpdate,
    Withdrawal,
    Rerouting,
    Reconciliation,
    Reopening,
    Status,
    Draft,
    Policy,
    Claim,
    DeskHours,
    Adaptation,
)
READERS: Mapping[str, Callable[[bytes], Content]] = MappingProxyType(
    {prenotification.TYPE: prenotification.read_prenotification, **{form.TYPE: form.read for form in _FORMS}}
)


def read_content(type_name: str, body: bytes) -> Content | None:
    """Parse an opened content; None for a type this version does not know; raises `ContentRefused`."""
    reader = READERS.get(type_name)
    return None if reader is None else reader(body)
