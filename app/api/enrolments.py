"""Relay invitations, enrolments and certificates; each proves itself by signature."""

from fastapi import APIRouter

from app.api.described import problems
from app.api.fields import Answer, Base64, Device, Digest, Form, PathDigest, b64
from app.api.parts import Db, Look, TheParties
from app.api.strict import StrictRoute
from app.authentication import enrolments
from app.errors import (
    CertificateRefused,
    DeviceExists,
    DeviceRevoked,
    EnrolmentRefused,
    InvitationUsed,
    NotFound,
    StatementRefused,
)

router = APIRouter(route_class=StrictRoute, tags=["enrolment"])


class InvitationForm(Form):
    """An invitation signed by a party's CA."""

    statement: Base64


class Named(Answer):
    """The id of the invitation."""

    id: str


class EnrolmentForm(Form):
    """A device's answer to an invitation, signed by its new key."""

    invitation: Digest
    token: Base64
    device: Device
    key: Base64
    signature: Base64


class EnrolmentState(Answer):
    """How far an invitation has come."""

    state: str
    device: str | None = None
    key: str | None = None
    certificate: str | None = None


class CertificateForm(Form):
    """A device certificate issued by its party's CA."""

    certificate: Base64


class Certified(Answer):
    """Which device is certified, and until when."""

    device: str
    not_after_ms: int


@router.post(
    "/v1/invitations",
    status_code=201,
    operation_id="add_invitation",
    responses=problems(StatementRefused, body=True, signed_in=False),
)
async def add_invitation(form: InvitationForm, db: Db, parties: TheParties) -> Named:
    """Keep an invitation."""
    return Named(id=(await enrolments.invite(db, parties, form.statement)).hex())


@router.post(
    "/v1/enrolments",
    status_code=201,
    operation_id="enrol",
    responses=problems(NotFound, EnrolmentRefused, InvitationUsed, DeviceExists, body=True, signed_in=False),
)
async def enrol(form: EnrolmentForm, db: Db, parties: TheParties) -> Named:
    """Answer an invitation with a device's name and key."""
    await enrolments.enrol(db, parties, form.invitation, form.token, form.device, form.key, form.signature)
    return Named(id=form.invitation.hex())


@router.get(
    "/v1/enrolments/{invitation}",
    operation_id="get_enrolment",
    response_model_exclude_none=True,
    responses=problems(NotFound, signed_in=False),
)
async def get_enrolment(invitation: PathDigest, tx: Look) -> EnrolmentState:
    """Say how far an invitation has come; the approver finds name and key here, the device its certificate."""
    found = await enrolments.look(tx, invitation)
    key, certificate = (data and b64(data) for data in (found.key, found.certificate))
    return EnrolmentState(state=found.state, device=found.device, key=key or None, certificate=certificate or None)


@router.post(
    "/v1/certificates",
    status_code=201,
    operation_id="add_certificate",
    responses=problems(CertificateRefused, DeviceRevoked, DeviceExists, body=True, signed_in=False),
)
async def add_certificate(form: CertificateForm, db: Db, parties: TheParties) -> Certified:
    """Take a device's first certificate, which makes it active, or a renewal."""
    certificate = await enrolments.certify(db, parties, form.certificate)
    return Certified(device=str(certificate.uri), not_after_ms=certificate.not_after_ms)
