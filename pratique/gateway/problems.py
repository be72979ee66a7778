"""The problems the gateway answers with (RFC 9457): stable codes, what to do, and the places that are wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from starlette.responses import Response

from pratique.contents import content
from pratique.contents.prenotification import Announcement
from pratique.errors import ChannelStopped, PratiqueError, ServerMistrusted, Unreachable
from pratique.errors import Problem as ServerProblem
from pratique.wire import strict_json
from pratique.wire.refused import Refused

MEDIA_TYPE = "application/problem+json"
MOST_PLACES = 100
# A finding about the whole way: it has no field of its own.
LATE = frozenset({"notice"})
Action = Literal["fix", "retry", "give_up"]

# code → status, what to do, title. `docs/gateway.md` shows this table.
CATALOGUE: dict[str, tuple[int, Action, str]] = {
    "malformed_json": (400, "fix", "the body is not strict JSON"),
    "idempotency_key_missing": (400, "fix", "this request needs an Idempotency-Key header"),
    "unauthorized": (401, "fix", "a valid API key is needed"),
    "not_found": (404, "give_up", "not found"),
    "no_consignment": (404, "give_up", "nothing is known of this reference"),
    "method_not_allowed": (405, "fix", "the method is not allowed here"),
    "body_too_slow": (408, "retry", "the body did not arrive in time"),
    "idempotency_key_in_flight": (409, "retry", "the first request with this Idempotency-Key is still being worked on"),
    "out_of_turn": (409, "fix", "this does not follow from where the consignment is"),
    "webhook_exists": (409, "fix", "there is a webhook with this URL"),
    "version_changed": (412, "fix", "the pre-notification has another version than If-Match says"),
    "body_too_large": (413, "fix", "the body is too large"),
    "unsupported_media_type": (415, "fix", "the body must be plain application/json"),
    "wrong_host": (421, "fix", "this gateway does not answer for that host"),
    "malformed_request": (422, "fix", "the request does not have the form described"),
    "malformed_content": (422, "fix", "the content does not have the form of its template"),
    "needs_reason": (422, "fix", "a finding needs a reason; nothing was sent"),
    "idempotency_key_reused": (422, "fix", "this Idempotency-Key came with another request before"),
    "bad_cursor": (422, "fix", "the cursor is not one that this list gave"),
    "webhook_refused": (422, "fix", "the webhook's URL is not allowed"),
    "refused": (422, "fix", "the request was refused"),
    "internal": (500, "retry", "a fault of the gateway"),
    "server_mistrusted": (502, "give_up", "what came from the server is not believed"),
    "unreachable": (503, "retry", "the server does not answer"),
    "busy": (503, "retry", "too many requests at once"),
}
# What the consignment's own state forbids, by the mark the fold would give it.
OUT_OF_TURN = frozenset(
    {
        "out_of_turn",
        "said_before",
        "closed",
        "withdrawn",
        "expired",
        "not_on_hold",
        "no_agreement",
        "too_late",
        "version_not_newer",
        "no_such_query",
        "not_agreed_by_ocu",
        "replaced",
    }
)

_LIKE = {"bad_form": "malformed_content"}


@dataclass(frozen=True)
class Place:
    """One wrong place: a JSON pointer into the body (or `query/<name>`), a code, and words to act on.

    Takes   field: what an override names to give the reason of a finding
    """

    pointer: str
    code: str
    detail: str = ""
    field: str = ""

    def to_json(self) -> dict[str, str]:
        """Give this place as it stands in answers."""
        told = {"pointer": self.pointer, "code": self.code, "detail": self.detail}
        return told | ({"field": self.field} if self.field else {})


class Problem(Exception):
    """A refusal as told to the caller; `code` may be finer than the catalogue's, `kind` names its row there."""

    def __init__(self, code: str, detail: str = "", errors: Iterable[Place] = (), *, kind: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status, self.action, self.title = CATALOGUE[kind or code]
        self.detail = detail or self.title
        self.errors = tuple(errors)[:MOST_PLACES]

    def to_json(self) -> dict[str, Any]:
        """Give the problem document."""
        told: dict[str, Any] = {
            "type": f"urn:pratique:gateway:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "action": self.action,
        }
        if self.errors:
            told["errors"] = [place.to_json() for place in self.errors]
        return told


def answer(problem: Problem) -> Response:
    """Give the response that tells a problem."""
    headers = {}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if problem.status == 503:
        headers["Retry-After"] = "1"
    return Response(strict_json.dumps(problem.to_json()), problem.status, headers, MEDIA_TYPE)


def told_as(failed: Exception) -> Problem:
    """Turn what a room below raised into a problem; anything unforeseen becomes `internal` without its words."""
    match failed:
        case Problem():
            return failed
        case content.ContentRefused():
            kind = failed.code if failed.code in CATALOGUE else "malformed_content"
            return Problem(failed.code, errors=places(failed.problems), kind=kind)
        case Unreachable():
            return Problem("unreachable", "it is kept here and sent when the server answers; repeat the same request")
        case ServerMistrusted():
            return Problem("server_mistrusted", failed.detail)
        case ServerProblem():
            kind = "unreachable" if failed.action == "retry" else "refused"
            return Problem(failed.code, failed.detail, kind=kind)
        case ChannelStopped():
            return Problem("channel_stopped", failed.detail, kind="refused")
        case PratiqueError():
            kind = "out_of_turn" if failed.code in OUT_OF_TURN else _LIKE.get(failed.code, failed.code)
            kind = kind if kind in CATALOGUE else "refused"
            problems: tuple[content.Problem, ...] = getattr(failed, "problems", ())
            hint = f" ({failed.hint})" if failed.hint else ""
            found = form_places(problems, overridable=failed.code == "needs_reason")
            return Problem(failed.code, failed.detail + hint, found, kind=kind)
        case strict_json.JsonRefused():
            return Problem("malformed_json", failed.detail)
        case Refused():
            return Problem(failed.code, failed.detail, kind="refused")
    return Problem("internal")


def places(problems: Iterable[content.Problem]) -> list[Place]:
    """Turn the problems of a content into pointers."""
    return [Place(pointer(one.path), one.code or "wrong_form", one.text) for one in problems]


def form_places(problems: Iterable[content.Problem], *, overridable: bool = False) -> list[Place]:
    """Turn what is wrong in an announcement into pointers; paths begin in the form, or name a field around it."""
    return [
        Place(_in_announcement(one.path), one.code or "wrong_form", one.text, one.path if overridable else "")
        for one in problems
    ]


def _in_announcement(path: str) -> str:
    if path in LATE:
        return "/form/legs"
    around = path.partition(".")[0].partition("[")[0] in Announcement.model_fields
    return pointer(path) if around else "/form" + pointer(path)


def pointer(path: str) -> str:
    """Write a path such as goods[0].lots[1].expiry as a JSON pointer."""
    steps = re.findall(r"[^.\[\]]+", path)
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
