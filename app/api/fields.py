"""Read the field types that several bodies share; each has exactly one spelling."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

_DIGEST = re.compile(r"[0-9a-f]{64}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Form(BaseModel):
    """A request body: no field too many, no type bent into another."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Answer(BaseModel):
    """A response body."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _base64(value: Any) -> bytes:
    if not isinstance(value, str):
        raise ValueError("not a string")
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64") from None
    # Only the last group can spell the same bytes in two ways.
    if base64.b64encode(data[len(data) - (len(data) % 3 or 3) :])[-4:].decode() != value[-4:]:
        raise ValueError("not canonical base64")
    return data


def _digest(value: Any) -> bytes:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise ValueError("not 32 bytes in lower-case hex")
    return bytes.fromhex(value)


def _uuid(value: Any) -> UUID:
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise ValueError("not a UUID in lower case")
    return UUID(value)


Base64 = Annotated[
    bytes, BeforeValidator(_base64), WithJsonSchema({"type": "string", "contentEncoding": "base64"}, mode="validation")
]
Digest = Annotated[
    bytes, BeforeValidator(_digest), WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$"}, mode="validation")
]
PostId = Annotated[UUID, BeforeValidator(_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]
Device = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"^pratique://[!-~]+$")]
Millis = Annotated[int, Field(ge=0, le=2**53 - 1, description="Milliseconds since 1970, UTC.")]
Seq = Annotated[int, Field(ge=0, le=2**53 - 1)]
PathDigest = Annotated[Digest, Path(description="32 bytes in lower-case hex.")]


def b64(data: bytes) -> str:
    """Write bytes as padded standard base64."""
    return base64.b64encode(data).decode()
