"""Take and give sealed bytes by their digest."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from app.api.described import problems
from app.api.fields import PathDigest
from app.api.parts import Caller, Db, Look
from app.delivery import blobs
from app.errors import BlobRefused, BodyTooLarge, NotFound, UnsupportedMediaType

router = APIRouter(tags=["blob"])
MEDIA_TYPE = "application/octet-stream"
_SEALED: dict[str, Any] = {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}
_KEPT: dict[int | str, dict[str, Any]] = {
    201: {"description": "The bytes are kept; 204 where they were there already."}
}
_GIVEN: dict[int | str, dict[str, Any]] = {200: {"description": "The sealed bytes.", "content": _SEALED}}


@router.put(
    "/v1/channels/{channel}/blobs/{digest}",
    status_code=204,
    operation_id="put_blob",
    openapi_extra={"requestBody": {"required": True, "content": _SEALED}},
    responses=_KEPT | problems(NotFound, BlobRefused, BodyTooLarge, UnsupportedMediaType),
)
async def put_blob(channel: PathDigest, digest: PathDigest, request: Request, device: Caller, db: Db) -> Response:
    """Keep sealed bytes in a channel, under their SHA-256; the same again changes nothing."""
    if request.headers.getlist("content-type") != [MEDIA_TYPE]:
        raise UnsupportedMediaType(f"a blob is {MEDIA_TYPE}")
    share = request.app.state.settings.blob_bytes_per_party
    new = await blobs.put(db, device, channel, digest, await request.body(), share)
    return Response(status_code=201 if new else 204)


@router.get(
    "/v1/channels/{channel}/blobs/{digest}",
    operation_id="get_blob",
    response_class=Response,
    responses=_GIVEN | problems(NotFound),
)
async def get_blob(channel: PathDigest, digest: PathDigest, device: Caller, tx: Look) -> Response:
    """Give sealed bytes of a channel in which the caller is seated."""
    return Response(await blobs.get(tx, device, channel, digest), media_type=MEDIA_TYPE)
