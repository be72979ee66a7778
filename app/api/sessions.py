"""Sign in by device key, and get tickets for the stream."""

from fastapi import APIRouter

from app.api.described import problems
from app.api.fields import Answer, Base64, Device, Form, Millis, b64
from app.api.parts import Db, SignedIn, TheParties, TheTokens
from app.api.strict import StrictRoute
from app.authentication import sessions
from app.errors import SignInRefused

router = APIRouter(route_class=StrictRoute, tags=["session"])


class ChallengeForm(Form):
    """Which device wants to sign in."""

    device: Device


class ChallengeAnswer(Answer):
    """What to sign, and until when."""

    challenge: str
    expires_ms: int


class SessionForm(Form):
    """The challenge, signed by the device key."""

    device: Device
    challenge: Base64
    expires_ms: Millis
    signature: Base64


class SessionAnswer(Answer):
    """A bearer token and its end."""

    access_token: str
    expires_ms: int


class Ticket(Answer):
    """A single-use ticket for one stream, and its end."""

    ticket: str
    expires_ms: int


@router.post("/v1/challenges", operation_id="get_challenge", responses=problems(body=True, signed_in=False))
async def get_challenge(form: ChallengeForm, db: Db) -> ChallengeAnswer:
    """Give a challenge; the answer looks the same for devices that do not exist."""
    made = await sessions.challenge(db, form.device)
    return ChallengeAnswer(challenge=b64(made.value), expires_ms=made.expires_ms)


@router.post(
    "/v1/sessions",
    operation_id="sign_in",
    responses=problems(SignInRefused, body=True, signed_in=False),
)
async def sign_in(form: SessionForm, db: Db, tokens: TheTokens, parties: TheParties) -> SessionAnswer:
    """Give an access token for a signed challenge."""
    shown = sessions.Challenge(form.challenge, form.expires_ms)
    token, end_ms = await sessions.sign_in(db, tokens, parties, form.device, shown, form.signature)
    return SessionAnswer(access_token=token, expires_ms=end_ms)


@router.post("/v1/stream-tickets", status_code=201, operation_id="get_stream_ticket", responses=problems())
async def get_stream_ticket(session: SignedIn, db: Db) -> Ticket:
    """Give a ticket for one stream."""
    value, expires_ms = await sessions.ticket(db, session)
    return Ticket(ticket=value, expires_ms=expires_ms)
