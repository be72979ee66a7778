"""Write the gateway's OpenAPI document: `python -m pratique.gateway.generate`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from pratique.contents.prenotification import Announcement
from pratique.gateway import answers
from pratique.gateway.app import routes
from pratique.gateway.routes import forms

FILE = Path(__file__).resolve().parents[2] / "schemas" / "gateway-openapi.json"
DESCRIPTION = """\
The gateway of one Member, for its own systems; it runs at the Member's site and holds the Member's device. Every error
is a problem document (RFC 9457) with a stable `code` and an `action`: fix the request, retry the same, give up. Lists
are pages {items, next_cursor, has_more}. Bodies are strict JSON; instants are UTC. docs/gateway.md has the details.
"""
_BY_HAND = (Announcement, answers.NewWebhook, answers.Rotation, answers.ProblemTold, answers.DeliveryTold)


def document() -> dict[str, Any]:
    """Give the OpenAPI 3.1 document."""
    told = routes().openapi()
    told["info"]["description"] = DESCRIPTION
    told["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    by_hand = models_json_schema(
        [(model, "validation") for model in _BY_HAND], ref_template="#/components/schemas/{model}"
    )[1]["$defs"]
    components = told.setdefault("components", {})
    schemas = {**by_hand, **forms.schemas(), **components.get("schemas", {})}
    # FastAPI's own form of a wrong request is never answered.
    components["schemas"] = {
        name: schemas[name] for name in sorted(schemas) if name not in ("HTTPValidationError", "ValidationError")
    }
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": "the API key"}}
    told["security"] = [{"key": []}]
    for path, methods in told["paths"].items():
        for one in methods.values():
            if path == "/healthz":
                one["security"] = []
            wrong = one["responses"].get("422", {})
            if "HTTPValidationError" in str(wrong):
                one["responses"]["422"] = _malformed()
    return told


def _malformed() -> dict[str, Any]:
    from pratique.gateway.routes.described import problems

    return problems("malformed_request")[422]


def text() -> str:
    """Give the file's content."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def run() -> None:
    """Write the file."""
    FILE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"wrote {FILE}\n")


if __name__ == "__main__":
    run()
