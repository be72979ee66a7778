"""Show the devices of an office with all their certificates; clients verify every one of them."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import StringConstraints

from app.api.described import problems
from app.api.fields import Answer, b64
from app.api.parts import Caller, Look
from app.api.strict import StrictRoute
from app.directory import devices
from app.errors import MalformedRequest

router = APIRouter(route_class=StrictRoute, tags=["directory"])
# Their names have to fit into the line of a request.
AT_ONCE = 50
Office = Annotated[str, StringConstraints(max_length=64)]
Device = Annotated[str, StringConstraints(max_length=400)]


class DeviceAnswer(Answer):
    """One device: certificates oldest first, and the revocation that ended it."""

    device: str
    certificates: list[str]
    state: str
    revocation: str | None = None


class Devices(Answer):
    """Devices, by name."""

    devices: list[DeviceAnswer]


@router.get(
    "/v1/devices",
    operation_id="list_devices",
    response_model_exclude_none=True,
    responses=problems(),
)
async def list_devices(
    _caller: Caller,
    tx: Look,
    office: Annotated[list[Office] | None, Query(max_length=AT_ONCE)] = None,
    device: Annotated[list[Device] | None, Query(max_length=AT_ONCE)] = None,
) -> Devices:
    """List the devices of offices, or devices by name; each may be given several times, and only one of the two."""
    if (office is None) == (device is None):
        raise MalformedRequest("ask for offices or for devices")
    found = await devices.of_offices(tx, office) if office else await devices.named(tx, device or [])
    return Devices(devices=[_told(one) for one in found])


def _told(one: devices.Device) -> DeviceAnswer:
    return DeviceAnswer(
        device=one.uri,
        certificates=[b64(der) for der in one.certificates],
        state=one.state,
        revocation=b64(one.revocation) if one.revocation else None,
    )
