"""Take how a device is told while it is away, and show the key that push services know this server by."""

from typing import Annotated, Literal, cast

from fastapi import APIRouter, Depends, Request
from pydantic import Field, StringConstraints

from app.api.described import problems
from app.api.fields import Answer, Base64, Form, b64
from app.api.parts import Caller, Db
from app.api.strict import StrictRoute
from app.delivery import subscriptions
from app.delivery.subscriptions import NOTHING, Mail, Push, PushHosts
from app.errors import SubscriptionRefused
from pratique.wire.entries import Urgency

router = APIRouter(route_class=StrictRoute, tags=["push"])

Word = Literal["routine", "priority", "urgent"]
Hex = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class PushOffer:
    """What this server offers: the public key of its pushes or None, whom it pushes to, and whether it sends mail."""

    def __init__(self, key: bytes | None, hosts: PushHosts, mail: bool) -> None:
        self.key, self.hosts, self.mail = key, hosts, mail


async def _offer(request: Request) -> PushOffer:
    return cast(PushOffer, request.app.state.push_offer)


Offer = Annotated[PushOffer, Depends(_offer)]


class PushForm(Form):
    """What the browser's push service gave: a URL, and the keys that messages are sealed to."""

    endpoint: Annotated[str, StringConstraints(min_length=1, max_length=2048)]
    p256dh: Base64
    auth: Base64


class MailForm(Form):
    """An address for when the device stays away; the operator knows it from then on."""

    address: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    language: Literal["en", "fr", "es", "ru", "ar", "pt"]
    least: Word


class SubscriptionForm(Form):
    """By which ways the calling device is told, and per operation from which urgency on; everything if not named."""

    push: PushForm | None
    mail: MailForm | None
    least: Annotated[dict[Hex, Word | Literal["none"]], Field(max_length=200)]


class Offered(Answer):
    """The public key (P-256, uncompressed) for the browser's subscription, if there are pushes; and whether mails."""

    key: str | None
    mail: bool


@router.get("/v1/push-key", operation_id="get_push_key", responses=problems())
async def get_push_key(_caller: Caller, offer: Offer) -> Offered:
    """Give the key that a browser's subscription is bound to."""
    return Offered(key=None if offer.key is None else b64(offer.key), mail=offer.mail)


@router.post(
    "/v1/push-subscriptions",
    status_code=204,
    operation_id="subscribe_push",
    responses=problems(SubscriptionRefused, body=True),
)
async def subscribe_push(form: SubscriptionForm, device: Caller, db: Db, offer: Offer) -> None:
    """Keep how the calling device is told, in the place of what it said before."""
    push = None if form.push is None else Push(form.push.endpoint, form.push.p256dh, form.push.auth)
    if push is not None:
        offer.hosts.read(push.endpoint)
    mail = None
    if form.mail is not None:
        mail = Mail(form.mail.address, form.mail.language, Urgency.from_word(form.mail.least))
    if mail is not None and not offer.mail:
        raise SubscriptionRefused("no_mail", "this server sends no mail")
    least = {bytes.fromhex(operation): _rank(word) for operation, word in form.least.items()}
    async with db.transaction() as tx:
        await subscriptions.keep(tx, device, push, mail, least)


@router.delete("/v1/push-subscriptions", status_code=204, operation_id="unsubscribe_push", responses=problems())
async def unsubscribe_push(device: Caller, db: Db) -> None:
    """Tell the calling device nothing any more, by no way."""
    async with db.transaction() as tx:
        await subscriptions.forget(tx, str(device))


def _rank(word: str) -> int:
    return NOTHING if word == "none" else Urgency.from_word(word)
