"""Take and list the statements of operations."""

from fastapi import APIRouter

from app.api.described import problems
from app.api.fields import Answer, Base64, Form, PathDigest, PostId, b64
from app.api.parts import Caller, Db, Look, TheParties
from app.api.strict import StrictRoute
from app.directory import operations
from app.errors import NotAllowed, NotFound, StaleTerms, StatementRefused
from pratique.wire.events import format_ms

router = APIRouter(route_class=StrictRoute, tags=["operation"])


class TermsForm(Form):
    """Terms of an operation, signed by a device of an OCU."""

    post_id: PostId
    statement: Base64


class Place(Answer):
    """Where an entry stands."""

    log: str
    seq: int
    at: str


class Placed(Answer):
    """The operation, and where its statement stands."""

    id: str
    entries: list[Place]


class OperationAnswer(Answer):
    """An operation with its newest statement."""

    id: str
    code: str
    head_seq: int
    head_chain: str
    statement: str


class Operations(Answer):
    """Operations, by code."""

    operations: list[OperationAnswer]


@router.post(
    "/v1/operations",
    status_code=201,
    operation_id="found_operation",
    responses=problems(NotAllowed, StatementRefused, body=True),
)
async def found_operation(form: TermsForm, device: Caller, db: Db, parties: TheParties) -> Placed:
    """Begin an operation by its first statement."""
    return _told(await operations.found(db, parties, device, form.post_id, form.statement))


@router.post(
    "/v1/operations/{operation}/statements",
    status_code=201,
    operation_id="amend_operation",
    responses=problems(NotFound, NotAllowed, StaleTerms, StatementRefused, body=True),
)
async def amend_operation(
    operation: PathDigest, form: TermsForm, device: Caller, db: Db, parties: TheParties
) -> Placed:
    """Put the next statement of an operation."""
    return _told(await operations.amend(db, parties, device, operation, form.post_id, form.statement))


@router.get("/v1/operations", operation_id="list_operations", responses=problems())
async def list_operations(device: Caller, tx: Look) -> Operations:
    """List the operations in which the caller's party takes part."""
    found = await operations.of_party(tx, device.party)
    return Operations(
        operations=[
            OperationAnswer(
                id=one.id.hex(),
                code=one.code,
                head_seq=one.head_seq,
                head_chain=one.head_chain.hex(),
                statement=b64(one.statement),
            )
            for one in found
        ]
    )


def _told(placed: operations.Placed) -> Placed:
    log = placed.operation.hex()
    return Placed(id=log, entries=[Place(log=log, seq=placed.seq, at=format_ms(placed.at_ms))])
