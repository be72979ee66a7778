"""The events a national system may report, by the `type` it writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.answer import Answer
from pratique.contents.content import Event
from pratique.contents.hold import Hold
from pratique.contents.leg_update import LegUpdate
from pratique.contents.movement import Movement
from pratique.contents.query import Query
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.reopening import Reopening
from pratique.contents.reply import Reply
from pratique.contents.withdrawal import Withdrawal
from pratique.gateway.answers import EventType

_FORMS: tuple[type[Event], ...] = (
    Acknowledgement,
    Answer,
    Query,
    Reply,
    Hold,
    Movement,
    LegUpdate,
    Reconciliation,
    Withdrawal,
    Reopening,
)
EVENTS: Mapping[str, type[Event]] = {form.TYPE: form for form in _FORMS}
assert tuple(EVENTS) == get_args(EventType)
_OWN = ("id", "about", "follows")


def schemas() -> dict[str, Any]:
    """Give the JSON Schema of every event as it is handed in, and of their union, by name."""
    made: dict[str, Any] = {}
    for type_name, form in EVENTS.items():
        schema = form.model_json_schema(ref_template="#/components/schemas/{model}")
        made |= schema.pop("$defs", {})
        fields = {name: field for name, field in schema["properties"].items() if name not in _OWN}
        schema["properties"] = {"type": {"const": type_name}, **fields}
        schema["required"] = ["type", *(name for name in schema.get("required", ()) if name not in _OWN)]
        made[f"New{form.__name__}"] = schema
    refs = {name: f"#/components/schemas/New{form.__name__}" for name, form in EVENTS.items()}
    made["NewEvent"] = {
        "oneOf": [{"$ref": ref} for ref in refs.values()],
        "discriminator": {"propertyName": "type", "mapping": refs},
    }
    made.pop("Follows", None)
    return made
