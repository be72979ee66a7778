"""Give the OpenAPI document: FastAPI's, completed with every problem."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from app.api.described import problem_schema
from app.errors import catalogue

DESCRIPTION = """\
The server orders and carries sealed entries; it cannot read them. Every error is a problem document (RFC 9457) with a
stable `code` and an `action`: fix the request, retry the same bytes, resync first, or give up. Bytes are padded
standard base64, ids and digests lower-case hex, instants milliseconds since 1970. Live entries come by the stream at
`/v1/stream` (docs/protocol.md), in the same form as the pages of a log.
"""


def document(app: FastAPI) -> dict[str, Any]:
    """Give the OpenAPI 3.1 document of an application."""
    told = app.openapi()
    told["info"]["description"] = DESCRIPTION
    told["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    schemas = told.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {f"problem.{problem.code}": problem_schema(problem) for problem in catalogue()}
    told["components"]["schemas"] = dict(sorted(schemas.items()))
    return told
