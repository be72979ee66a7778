"""What the gateway takes and answers, as forms for the OpenAPI document and for strict reading of bodies."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pratique.contents.content import Part
from pratique.contents.fields import Hex16, Reference
from pratique.contents.prenotification import Deadlines

EventType = Literal[
    "acknowledgement",
    "answer",
    "query",
    "reply",
    "hold",
    "movement",
    "leg_update",
    "reconciliation",
    "withdrawal",
    "reopening",
]
ToldType = EventType | Literal["prenotification", "receipt", "rerouting", "status"]


class Told(BaseModel):
    """The base of every answer."""

    model_config = ConfigDict(extra="forbid")


class FieldProblem(Told):
    """One place: a JSON pointer into the body (`query/…` and `path/…` for those), a stable code, words to act on."""

    pointer: str
    code: str
    detail: str


class Finding(FieldProblem):
    """What looks wrong but may be true: `field` is what an entry of `overrides` names, with the reason."""

    field: str


class LaneTold(Told):
    """Where one part went: who reads it, and its place in the log."""

    part: Literal["goods", "route"]
    parties: list[str]
    log: str
    seq: int


class ChangeTold(Told):
    """One difference to the version before; a material one asks for a new answer."""

    path: str
    before: Any = None
    after: Any = None
    material: bool


class Sent(Told):
    """A pre-notification that is on its lanes."""

    reference: Reference
    version: int
    repeated: Annotated[bool, Field(description="nothing was new, and nothing was sent")]
    deadlines: Annotated[dict[str, Deadlines], Field(description="by party")]
    changes: list[ChangeTold]
    lanes: list[LaneTold]
    not_told: Annotated[list[str], Field(description="parties on the way that cannot be reached here")]


class Checked(Told):
    """What a pre-notification would meet if it were sent now."""

    can_be_sent: bool
    problems: list[FieldProblem]
    findings: Annotated[list[Finding], Field(description="each needs a reason in `overrides`")]
    parties: list[str]
    deadlines: dict[str, Deadlines]
    late: dict[str, str]
    duplicates: list[dict[str, Any]]
    unreachable: list[str]


class Reported(Told):
    """An event that is on its lanes."""

    reference: Reference
    type: EventType
    id: Hex16
    lanes: list[LaneTold]


class Page(Told):
    """One page of a list; `next_cursor` goes on after its last item."""

    items: list[dict[str, Any]]
    next_cursor: str | None
    has_more: bool


class NewWebhook(Part):
    """A receiver to register: https, or a host:port that the operator allowed at the start."""

    url: Annotated[str, Field(min_length=1, max_length=2048)]
    types: tuple[ToldType, ...] = ()
    own: Annotated[bool, Field(description="tell what this Member itself said too")] = False
    secret: Annotated[str | None, Field(description="whsec_…; left out: the gateway makes one")] = None


class Rotation(Part):
    """A rotation; left out, the gateway makes the secret."""

    secret: str | None = None


class WebhookTold(Told):
    """A registered receiver; `secret` is shown when it is made and never again."""

    id: str
    url: str
    types: list[str]
    own: bool
    created_ms: int
    secret: str | None = None


class Rotated(Told):
    """A new secret; the old one signs as well until `old_until_ms`."""

    secret: str
    old_until_ms: int


class Attempt(Told):
    """One attempt: delivered, refused (see status), timeout, no_answer, not_tried, or the guard's reason."""

    at_ms: int
    outcome: str
    status: int | None
    took_ms: int


class DeliveryTold(Told):
    """One thing told to one webhook."""

    id: int
    webhook: str
    item: Annotated[str, Field(description="the CloudEvent's id: log/seq")]
    state: Literal["waiting", "delivered", "elsewhere", "ignored", "gone", "dead"]
    next_ms: int | None
    attempts: list[Attempt]


class ProblemTold(Told):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    action: Literal["fix", "retry", "give_up"]
    errors: list[FieldProblem | Finding] = []
