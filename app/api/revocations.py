"""Take revocations: signed by the device's party or the root, so nobody has to be signed in."""

from fastapi import APIRouter

from app.api.described import problems
from app.api.fields import Answer, Base64, Form
from app.api.parts import Db, TheParties
from app.api.strict import StrictRoute
from app.delivery.revocations import revoke
from app.errors import AlreadyRevoked, StatementRefused

router = APIRouter(route_class=StrictRoute, tags=["enrolment"])


class RevocationForm(Form):
    """A revocation."""

    statement: Base64


class Revoked(Answer):
    """The channels that carry the revocation now."""

    channels: list[str]


@router.post(
    "/v1/revocations",
    status_code=201,
    operation_id="revoke_device",
    responses=problems(StatementRefused, AlreadyRevoked, body=True, signed_in=False),
)
async def revoke_device(form: RevocationForm, db: Db, parties: TheParties) -> Revoked:
    """End a device everywhere."""
    return Revoked(channels=[channel.hex() for channel in await revoke(db, parties, form.statement)])
