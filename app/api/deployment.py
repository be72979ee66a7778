"""Tell the deployment's public face, and take the root's party lists."""

from fastapi import APIRouter

from app.api.described import problems
from app.api.fields import Answer, Base64, Form, b64
from app.api.parts import Db, Look, TheParties
from app.api.strict import StrictRoute
from app.directory import parties as lists
from app.errors import StalePartyList, StatementRefused

router = APIRouter(route_class=StrictRoute, tags=["deployment"])


class Deployment(Answer):
    """What a client needs before it knows anything; all of it is checked against the pinned root."""

    deployment: str
    root_certificate: str
    party_lists: list[str]
    now_ms: int


class PartyListForm(Form):
    """One party list."""

    statement: Base64


class Numbered(Answer):
    """The number of the party list."""

    number: int


@router.get("/v1/deployment", operation_id="get_deployment", responses=problems(signed_in=False))
async def get_deployment(tx: Look, parties: TheParties) -> Deployment:
    """Give the deployment's name, root certificate and every party list, in order."""
    return Deployment(
        deployment=parties.deployment,
        root_certificate=b64(parties.root_der),
        party_lists=[b64(statement) for statement in await lists.all_lists(tx)],
        now_ms=tx.now_ms,
    )


@router.post(
    "/v1/party-lists",
    status_code=201,
    operation_id="add_party_list",
    responses=problems(StalePartyList, StatementRefused, body=True, signed_in=False),
)
async def add_party_list(form: PartyListForm, db: Db, parties: TheParties) -> Numbered:
    """Take the next party list, signed by the root."""
    return Numbered(number=await parties.add(db, form.statement))
