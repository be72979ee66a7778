"""Read any log from a cursor, as CloudEvents; and note how far a device has read."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app import access, log
from app.api.described import problems
from app.api.fields import Form, PathDigest, Seq
from app.api.parts import Caller, Db, Look
from app.api.strict import StrictRoute
from app.delivery import channels
from app.errors import NotFound
from pratique.wire import events
from pratique.wire.entries import Entry, Kind

router = APIRouter(route_class=StrictRoute, tags=["log"])
_PAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Entries in order, as a batch of CloudEvents.",
        "content": {events.BATCH_MEDIA_TYPE: {"schema": {"type": "array", "items": {"type": "object"}}}},
        "headers": {
            "Pratique-Head": {"description": "Number of the log's newest entry.", "schema": {"type": "integer"}}
        },
    }
}


class CursorForm(Form):
    """How far the caller has read."""

    seq: Seq


@router.get(
    "/v1/logs/{log_id}/entries",
    operation_id="read_log",
    response_class=Response,
    responses=_PAGE | problems(NotFound),
)
async def read_log(
    log_id: PathDigest,
    device: Caller,
    tx: Look,
    after: Annotated[int, Query(ge=0, le=2**53 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=log.PAGE_ENTRIES)] = log.PAGE_ENTRIES,
) -> Response:
    """Give the entries that follow a number; fewer than asked for where a page would be too large."""
    reading = await access.readable(tx, device, log_id)
    entries = await log.read(tx, log_id, after, limit)
    if any(entry.kind in (Kind.ROSTER, Kind.COMMIT) for entry in entries):
        # One of them may have ended or begun this device's reading since the door was asked.
        reading = await access.readable(tx, device, log_id)
    page = [_event(reading, entry) for entry in entries]
    head = await log.head(tx, log_id)
    return Response(events.batch(page), headers={"Pratique-Head": str(head)}, media_type=events.BATCH_MEDIA_TYPE)


@router.put(
    "/v1/logs/{log_id}/cursor", status_code=204, operation_id="set_cursor", responses=problems(NotFound, body=True)
)
async def set_cursor(log_id: PathDigest, form: CursorForm, device: Caller, db: Db) -> None:
    """Note how far the caller has read; never backwards."""
    async with db.transaction() as tx:
        await channels.set_cursor(tx, device, log_id, form.seq)


def _event(reading: access.Reading, entry: Entry) -> bytes:
    if reading.withholds(entry):
        return events.encode_withheld(events.Withheld(entry.log, entry.seq, entry.digest()))
    return events.encode_event(entry)
