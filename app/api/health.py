"""Say whether the process lives, and whether it can serve."""

from fastapi import APIRouter, Request

from app.api.described import problems
from app.api.fields import Answer
from app.api.parts import Db
from app.errors import Busy

router = APIRouter(tags=["health"])


class Health(Answer):
    """All is well."""

    status: str


@router.get("/healthz", operation_id="get_health", responses=problems(signed_in=False))
async def get_health() -> Health:
    """Say that the process answers."""
    return Health(status="alive")


@router.get("/readyz", operation_id="get_readiness", responses=problems(signed_in=False))
async def get_readiness(request: Request, db: Db) -> Health:
    """Say that the database answers and has the tables of this version."""
    if await db.revision() != request.app.state.revision:
        raise Busy("the database is not at this version's revision")
    return Health(status="ready")
