"""Stock key packages, and hand them out once each."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.described import problems
from app.api.fields import Answer, Base64, Device, Digest, Form, b64
from app.api.parts import Caller, Db, Look
from app.api.strict import StrictRoute
from app.delivery import key_packages
from app.errors import KeyPackageRefused, NotFound

router = APIRouter(route_class=StrictRoute, tags=["key packages"])


class StockForm(Form):
    """Key packages of the calling device; a last resort replaces the one before."""

    key_packages: Annotated[list[Base64], Field(max_length=100)]
    last_resort: Base64 | None = None


class Stocked(Answer):
    """How many are in stock."""

    available: int


class Stock(Stocked):
    """How many are in stock, and whether there is a last resort."""

    last_resort: bool


class ClaimForm(Form):
    """Which devices are to be added, and where; `channel` is null before it is founded."""

    channel: Digest | None
    devices: Annotated[list[Device], Field(min_length=1, max_length=200)]


class Claimed(Answer):
    """A device's key package, or null where it has none."""

    device: str
    key_package: str | None


class Claims(Answer):
    """One answer per device, in the order asked."""

    key_packages: list[Claimed]


@router.post(
    "/v1/key-packages",
    status_code=201,
    operation_id="stock_key_packages",
    responses=problems(KeyPackageRefused, body=True),
)
async def stock_key_packages(form: StockForm, device: Caller, db: Db) -> Stocked:
    """Put the caller's key packages into its stock."""
    async with db.transaction() as tx:
        return Stocked(available=await key_packages.store(tx, device, form.key_packages, form.last_resort))


@router.get("/v1/key-packages", operation_id="count_key_packages", responses=problems())
async def count_key_packages(device: Caller, tx: Look) -> Stock:
    """Say how many of the caller's key packages are left."""
    available, last_resort = await key_packages.count(tx, device)
    return Stock(available=available, last_resort=last_resort)


@router.delete("/v1/key-packages", status_code=204, operation_id="drop_key_packages", responses=problems())
async def drop_key_packages(device: Caller, db: Db) -> None:
    """Drop the caller's stock: it lost the private parts, and whoever claimed one could not let it in."""
    async with db.transaction() as tx:
        await key_packages.forget(tx, str(device))


@router.post(
    "/v1/key-package-claims",
    operation_id="claim_key_packages",
    responses=problems(NotFound, KeyPackageRefused, body=True),
)
async def claim_key_packages(form: ClaimForm, device: Caller, db: Db) -> Claims:
    """Take one key package of each device, each handed out only once."""
    async with db.transaction() as tx:
        found = await key_packages.claim(tx, device, form.channel, form.devices)
    return Claims(
        key_packages=[Claimed(device=uri, key_package=None if data is None else b64(data)) for uri, data in found]
    )
