"""Send, check and change pre-notifications, and report what happened to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, Request, Response

from pratique.contents.content import ContentRefused, Event
from pratique.contents.content import Problem as Wrong
from pratique.contents.prenotification import Announcement
from pratique.errors import PratiqueError
from pratique.gateway import answers
from pratique.gateway.idempotency import Answered, fingerprint
from pratique.gateway.parts import Gateway, as_it_was, here, json_body, reply, taken
from pratique.gateway.problems import Place, Problem, form_places
from pratique.gateway.routes.described import problems
from pratique.gateway.routes.forms import EVENTS
from pratique.wire import strict_json

if TYPE_CHECKING:
    from pratique.desk import results
    from pratique.views.consignment import Consignment

router = APIRouter(prefix="/v1", tags=["prenotifications"])
Key = Annotated[str | None, Header(alias="Idempotency-Key", description="1 to 200 printable characters of your choice")]
IfMatch = Annotated[str | None, Header(alias="If-Match", description='the ETag you read, as "3"')]
_SENDING = ("malformed_content", "needs_reason", "unreachable", "refused")
_KEYED = ("idempotency_key_missing", "idempotency_key_in_flight", "idempotency_key_reused")


@router.post(
    "/prenotifications",
    operation_id="send_prenotification",
    status_code=201,
    responses={
        201: {"model": answers.Sent, "description": "sent"},
        200: {"model": answers.Sent, "description": "the same national reference again: amended, or nothing was new"},
        **problems(*_SENDING, *_KEYED, "out_of_turn", body=True),
    },
    openapi_extra=taken(Announcement, "The form follows the template: GET /v1/templates/prenotification."),
)
async def send(request: Request, key: Key = None) -> Response:
    """Send a pre-notification, or amend the one with the same national reference (which is required here)."""
    body, gateway = await json_body(request), here(request)

    async def work() -> Answered:
        announcement = _national(Announcement.check(body))
        sent = await gateway.desk.announce(announcement)
        gateway.deliverer.wake()
        return _answered(_sent(sent), 200 if sent.version > 1 or sent.repeated else 201)

    return as_it_was(await gateway.requests.once(key, fingerprint("POST", request.url.path, body), work))


@router.post(
    "/prenotifications:check",
    operation_id="check_prenotification",
    responses={200: {"model": answers.Checked, "description": "checked"}, **problems("malformed_content", body=True)},
    openapi_extra=taken(Announcement, "As for sending; nothing is sent."),
)
async def check(request: Request) -> Response:
    """Say what a pre-notification would meet: problems, findings, parties, deadlines, duplicates; sends nothing."""
    announcement = Announcement.check(await json_body(request))
    found = here(request).desk.check(announcement)
    told = {
        "can_be_sent": not found.problems and not found.findings and not found.unreachable,
        "problems": [place.to_json() for place in form_places(found.problems)],
        "findings": [place.to_json() for place in form_places(found.findings, overridable=True)],
        "parties": found.parties,
        "deadlines": _deadlines(found.deadlines),
        "late": dict(found.late),
        "duplicates": [{"reference": link.b, "why": link.why} for link in found.duplicates],
        "unreachable": found.unreachable,
    }
    return reply(told)


@router.put(
    "/prenotifications/{reference}",
    operation_id="amend_prenotification",
    responses={
        200: {"model": answers.Sent, "description": "a new version is sent"},
        **problems("no_consignment", "version_changed", "out_of_turn", *_SENDING, body=True),
    },
    openapi_extra=taken(Announcement, "The whole pre-notification as it shall stand."),
)
async def amend(request: Request, reference: str, if_match: IfMatch = None) -> Response:
    """Send a new version of an own pre-notification; material changes ask for new answers."""
    announcement, gateway = Announcement.check(await json_body(request)), here(request)
    one = consignment(gateway, reference)
    if if_match is not None and if_match != etag(one):
        raise Problem("version_changed")
    sent = await gateway.desk.amend(one.reference, announcement)
    gateway.deliverer.wake()
    return reply(_sent(sent), headers={"ETag": f'"{sent.version}"'})


@router.post(
    "/prenotifications/{reference}/events",
    operation_id="report_event",
    status_code=201,
    responses={
        201: {"model": answers.Reported, "description": "reported"},
        **problems("no_consignment", "out_of_turn", *_SENDING, *_KEYED, body=True),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "`type` and that type's own fields; id, about and follows are the gateway's.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewEvent"}}},
        }
    },
)
async def report(request: Request, reference: str, key: Key = None) -> Response:
    """Acknowledge, answer, ask, reply, hold, move, reconcile, withdraw, reopen, or update an own leg."""
    body, gateway = await json_body(request), here(request)

    async def work() -> Answered:
        kind, said = _event(body)
        one = consignment(gateway, reference)
        id = gateway.requests.event_id(key or "")
        told = _said_before(gateway, one, kind.TYPE, id)
        if told is None:
            try:
                await gateway.desk.report(one.reference, kind, {**said, "id": id})
            except PratiqueError:
                # What an earlier try had left in the outbox may have gone out just now, and stands in its way.
                if _said_before(gateway, one, kind.TYPE, id) is None:
                    raise
            told = _said_before(gateway, one, kind.TYPE, id)
            gateway.deliverer.wake()
        return _answered(told, 201)

    return as_it_was(await gateway.requests.once(key, fingerprint("POST", request.url.path, body), work))


def consignment(gateway: Gateway, reference: str) -> Consignment:
    """Give the consignment with exactly this reference; raises `Problem` no_consignment."""
    found = gateway.desk.board.consignments.get(reference)
    if found is None:
        raise Problem("no_consignment")
    return found


def etag(one: Consignment) -> str:
    """Give the entity tag of what stands under a reference: its version."""
    return f'"{one.version}"'


def _national(announcement: Announcement) -> Announcement:
    # It makes a repeat after a crash, or under another key, the same pre-notification.
    if announcement.national_reference is None:
        raise ContentRefused((Wrong("national_reference", "is missing; give your own system's number", "missing"),))
    return announcement


def _said_before(gateway: Gateway, one: Consignment, type_name: str, id: str) -> dict[str, Any] | None:
    """Give the answer for an event that is on its lanes; None where it is not."""
    reading = gateway.desk.reading
    lanes = [
        {
            "part": "goods" if one.goods is not None and one.legs[-1].log == said.place.log else "route",
            "parties": reading.parties[bytes.fromhex(said.place.log)],
            "log": said.place.log,
            "seq": said.place.seq,
        }
        for said in gateway.desk.board.said[one.reference]
        if isinstance(said.content, Event) and said.content.id == id and said.party == gateway.desk.party
    ]
    return {"reference": one.reference, "type": type_name, "id": id, "lanes": lanes} if lanes else None


def _event(body: Any) -> tuple[type[Event], dict[str, Any]]:
    said = dict(body) if isinstance(body, dict) else {}
    named = said.pop("type", None)
    kind = EVENTS.get(named) if isinstance(named, str) else None
    wrong = [] if kind else [Place("/type", "not_in_list", f"must be one of {', '.join(EVENTS)}")]
    wrong += [
        Place(f"/{own}", "unknown_field", "is the gateway's") for own in ("id", "about", "follows") if own in said
    ]
    if kind is None or wrong:
        raise Problem("malformed_content", errors=wrong)
    return kind, said


def _sent(sent: results.Sent) -> dict[str, Any]:
    return {
        "reference": sent.reference,
        "version": sent.version,
        "repeated": sent.repeated,
        "deadlines": _deadlines(sent.deadlines),
        "changes": [vars(change) for change in sent.changes],
        "lanes": _lanes(sent.lanes),
        "not_told": sent.without,
    }


def _deadlines(by_party: Any) -> dict[str, Any]:
    return {party: one.model_dump(mode="json", exclude_none=True) for party, one in by_party.items()}


def _lanes(lanes: tuple[results.LaneSent, ...]) -> list[dict[str, Any]]:
    return [{"part": lane.part, "parties": lane.parties, "log": lane.channel.hex(), "seq": lane.seq} for lane in lanes]


def _answered(told: Any, status: int) -> Answered:
    return Answered(status, strict_json.dumps(told))
