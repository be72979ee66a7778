"""A device says by which ways it is told while it is away: its own, well formed, to places that the operator named."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from app.delivery import subscriptions
from app.delivery.subscriptions import NOTHING, Mail, Subscription
from pratique.http import text
from pratique.wire.entries import Urgency
from tests.api.people import Api, client_of
from tests.faults.parties import Parties
from tests.jobs.away import Browser
from tests.serving import Served, serving

PATH = "/v1/push-subscriptions"
OPERATION = "07" * 32
MAIL = {"address": "officer@ke.example", "language": "en", "least": "urgent"}


def form(browser: Browser | None = None, **more: Any) -> dict[str, Any]:
    browser = browser or Browser("https://push.example/send/1")
    push = {"endpoint": browser.endpoint, "p256dh": text(browser.public), "auth": text(browser.auth)}
    return {"push": push, "mail": None, "least": {}} | more


@pytest_asyncio.fixture
async def served(tmp_path: Path, sqlite_database_url: str, parties: Parties) -> AsyncIterator[Served]:
    """Give a server that knows one push service and a mail server."""
    given = {"push_hosts": "push.example", "smtp_url": "smtp://127.0.0.1:1", "mail_from": "pratique@stop.example"}
    async with serving(tmp_path / "server", sqlite_database_url, parties.root, **given) as running:
        yield running


async def kept(served: Served) -> dict[str, Subscription]:
    async with served.app.state.database.read() as tx:
        return await subscriptions.active(tx)


async def test_a_device_says_how_it_is_told_and_says_it_anew(api: Api, served: Served) -> None:
    ke, be = await api.bring("ke"), await api.bring("be")
    token, other = await api.sign_in(ke), await api.sign_in(be)
    browser = Browser("https://push.example/send/1")
    assert (await api.call("POST", PATH, form(browser, least={OPERATION: "priority"}), token)).status_code == 204
    assert (await api.call("POST", PATH, form(), other)).status_code == 204
    first = (await kept(served))[str(ke.uri)]
    assert (first.push, first.mail, first.least) == (browser.push, None, {bytes.fromhex(OPERATION): Urgency.PRIORITY})
    assert (
        await api.call("POST", PATH, form(push=None, mail=MAIL, least={OPERATION: "none"}), token)
    ).status_code == 204
    second = (await kept(served))[str(ke.uri)]
    assert (second.push, second.mail) == (None, Mail("officer@ke.example", "en", Urgency.URGENT))
    assert (second.least, second.since_ms) == ({bytes.fromhex(OPERATION): NOTHING}, first.since_ms)
    assert (await api.call("DELETE", PATH, None, token)).status_code == 204
    assert (await kept(served)).keys() == {str(be.uri)}
    assert (await api.call("DELETE", PATH, None, token)).status_code == 204
    await api.revoke(be)
    async with served.app.state.database.read() as tx:
        rows = await tx.connection.exec_driver_sql("SELECT count(*) FROM push_subscriptions")
        assert rows.scalar() == 0  # nothing of a revoked device is kept


async def test_the_key_is_shown_and_stays(api: Api, served: Served, tmp_path: Path) -> None:
    token = await api.sign_in(await api.bring("ke"))
    told = (await api.call("GET", "/v1/push-key", None, token)).json()
    assert told == {"key": text(served.app.state.push_offer.key), "mail": True}
    file = tmp_path / "server" / "push-key.pem"
    assert file.stat().st_mode & 0o777 == 0o600 and file.read_bytes() != file.with_name("token-key.pem").read_bytes()


# What is changed in a right body → the reason, None where it has not even the form.
WRONG: tuple[tuple[dict[str, Any], str | None], ...] = (
    ({"push": None}, "no_way"),
    ({"endpoint": "https://evil.example/send/1"}, "unknown_push_host"),
    ({"endpoint": "http://push.example/send/1"}, "not_encrypted"),
    ({"endpoint": "https://169.254.169.254/latest"}, "internal_address"),
    ({"endpoint": "https://push.example/" + "a" * 2048}, None),
    ({"p256dh": text(bytes(65))}, "wrong_key"),
    ({"p256dh": text(b"\x02" + bytes(32))}, "wrong_key"),
    ({"auth": text(bytes(15))}, "wrong_auth"),
    ({"mail": MAIL | {"address": "a@b.example\r\nBcc: c@d.example"}}, "wrong_address"),
    ({"mail": MAIL | {"address": "nobody"}}, "wrong_address"),
    ({"mail": MAIL | {"address": "<a@b.example>"}}, "wrong_address"),
    ({"mail": MAIL | {"language": "xx"}}, None),
    ({"least": {"STOP-III": "urgent"}}, None),
    ({"least": {OPERATION: "now"}}, None),
    ({"least": {f"{number:064x}": "none" for number in range(201)}}, None),
    ({"device": "pratique://be.stop.example/ncp/officer/abcd"}, None),
)


async def test_what_does_not_hold_is_refused(api: Api, served: Served) -> None:
    token = await api.sign_in(await api.bring("ke"))
    for changed, reason in WRONG:
        body = form()
        inner = {name: value for name, value in changed.items() if name in ("endpoint", "p256dh", "auth")}
        body["push"] |= inner
        answer = await api.call("POST", PATH, body | {k: v for k, v in changed.items() if k not in inner}, token)
        code = "malformed_request" if reason is None else "subscription_refused"
        told = answer.json()
        assert (answer.status_code, told["code"], told.get("reason")) == (422, code, reason), changed
    assert await kept(served) == {}


async def test_a_server_without_these_ways_says_so(tmp_path: Path, sqlite_database_url: str, parties: Parties) -> None:
    async with serving(tmp_path / "server", sqlite_database_url, parties.root, push_hosts="none") as running:
        async with client_of(running.url, parties) as api:
            token = await api.sign_in(await api.bring("ke"))
            assert (await api.call("GET", "/v1/push-key", None, token)).json() == {"key": None, "mail": False}
            refused = await api.call("POST", PATH, form(push=None, mail=MAIL), token)
            assert refused.json()["reason"] == "no_mail"
            assert (await api.call("POST", PATH, form(), token)).json()["reason"] == "unknown_push_host"
        assert not (tmp_path / "server" / "push-key.pem").exists()
