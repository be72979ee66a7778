"""Webhooks: signed, repeated until they arrive, given up at last, redelivered; through restarts, never elsewhere."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from exercise.canary import files, marks, search
from pratique.gateway.sending import MOST_ANSWER_BYTES, Sender
from pratique.gateway.settings import BACKOFF_S, Settings
from tests.gateway.site import Heard, Members, Receiver, Site, announcement, log_of, members, receiving, site, until
from tests.world import World, world

QUICK = (0.01, 0.01, 0.01)


@asynccontextmanager
async def two_sites(w: World, kenya: Receiver, **settings: Any) -> AsyncIterator[tuple[Members, Site, Site]]:
    """Give the departure's gateway, and the destination's with a webhook."""
    m = await members(w)
    chosen = {"allowed": frozenset({kenya.address}), "backoff_s": QUICK, "jitter": 0.0, **settings}
    async with site(w, m.be, m.operation) as departure, site(w, m.ke, m.operation, **chosen) as destination:
        yield m, departure, destination


async def register(at: Site, receiver: Receiver, **wanted: Any) -> str:
    """Register a receiver; give the webhook's id."""
    made = await at.post("/v1/webhooks", {"url": receiver.url, **wanted})
    assert made.status_code == 201, made.text
    receiver.secret = made.json()["secret"]
    return str(made.json()["id"])


async def send(at: Site, *numbers: int) -> list[str]:
    """Send pre-notifications; give their references."""
    made = [await at.post("/v1/prenotifications", announcement(f"BE-{n}"), f"{n}") for n in numbers]
    return [str(one.json()["reference"]) for one in made]


def states(at: Site) -> list[str]:
    """Give the state of every delivery."""
    assert at.book is not None
    return [row["state"] for row in at.book.all("SELECT state FROM deliveries ORDER BY id")]


async def test_a_receiver_that_was_down_gets_everything_in_order(tmp_path: Path, sqlite_database_url: str) -> None:
    async with (
        world(tmp_path, sqlite_database_url) as w,
        receiving() as kenya,
        two_sites(w, kenya, backoff_s=(0.05,) * 200) as (_, departure, destination),
    ):
        id = await register(destination, kenya)
        await kenya.stop()
        references = await send(departure, 1, 2, 3)
        book = destination.book
        assert book is not None
        await until(lambda: book.one("SELECT count(*) FROM attempts WHERE outcome = 'no_answer'")[0] > 0)
        await kenya.start()
        # The receiver has it a moment before the gateway knows.
        await until(lambda: book.one("SELECT count(*) FROM deliveries WHERE state = 'delivered'")[0] == 3)
        assert [event["subject"] for event in kenya.verified()] == references
        log = (await destination.client.get(f"/v1/webhooks/{id}/deliveries?limit=2")).json()
        assert log["has_more"]
        assert [one["state"] for one in log["items"]] == ["delivered", "delivered"]
        assert log["items"][0]["attempts"][-1]["status"] == 204


async def test_a_restart_in_the_middle_finishes_the_deliveries(tmp_path: Path, sqlite_database_url: str) -> None:
    async with (
        world(tmp_path, sqlite_database_url) as w,
        receiving() as kenya,
        two_sites(w, kenya, backoff_s=(3600.0, 3600.0)) as (_, departure, destination),
    ):
        await register(destination, kenya)
        kenya.statuses = [204, 500]
        references = await send(departure, 1, 2, 3)
        await until(lambda: len(kenya.heard) == 3)
        await destination.stop()
        (later,) = await send(departure, 4)
        await destination.start()
        # What was refused waits for its hour; what was said meanwhile comes at once, and nothing comes twice.
        await until(lambda: len(kenya.heard) == 4)
        assert kenya.heard[-1].event["subject"] == later
        assert destination.book is not None
        destination.book.execute("UPDATE deliveries SET next_ms = 0 WHERE state = 'waiting'")
        await destination.stop()
        await destination.start()
        await until(lambda: len(kenya.heard) == 5)
        told = [event["subject"] for event in kenya.verified()]
        assert told == [*references, later, references[1]]
        ids = [one.headers["webhook-id"] for one in kenya.heard]
        assert ids[4] == ids[1], "the same id again, by which a receiver knows it"


async def test_what_is_given_up_can_be_redelivered(tmp_path: Path, sqlite_database_url: str) -> None:
    async with (
        world(tmp_path, sqlite_database_url) as w,
        receiving() as kenya,
        two_sites(w, kenya) as (_, departure, destination),
    ):
        await register(destination, kenya)
        kenya.statuses = [500, 503, 404, 302]
        kenya.location = "http://127.0.0.1:1/elsewhere"
        (reference,) = await send(departure, 1)
        await until(lambda: states(destination) == ["dead"])
        (letter,) = (await destination.client.get("/v1/dead-letters")).json()["items"]
        assert [one["status"] for one in letter["attempts"]] == [500, 503, 404, 302]
        assert len(kenya.heard) == 4, "no redirect is followed"
        again = await destination.client.post(f"/v1/deliveries/{letter['id']}/redeliver")
        assert again.status_code == 202
        await until(lambda: len(kenya.heard) == 5)
        assert kenya.verified()[-1]["subject"] == reference
        await until(lambda: states(destination) == ["delivered"])
        # Even what was delivered comes again when it is asked for.
        await destination.client.post(f"/v1/deliveries/{letter['id']}/redeliver")
        await until(lambda: len(kenya.heard) == 6)
        assert (await destination.client.post("/v1/deliveries/999/redeliver")).status_code == 404


async def test_a_rotated_secret_signs_beside_the_old_one_for_the_grace_time(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    instant = {"ms": 0}
    async with world(tmp_path, sqlite_database_url) as w, receiving() as kenya:

        def now_ms() -> int:
            return time.time_ns() // 1_000_000 + instant["ms"]

        async with two_sites(w, kenya, now_ms=now_ms, grace_s=3600.0) as (_, departure, destination):
            id = await register(destination, kenya)
            old = kenya.secret
            new = (await destination.post(f"/v1/webhooks/{id}/rotate", {})).json()["secret"]
            await send(departure, 1)
            await until(lambda: len(kenya.heard) == 1)
            for secret in (old, new):
                Verifier(secret).verify(kenya.heard[0].body, kenya.heard[0].headers)
            instant["ms"] = 3_600_000
            await destination.stop()
            await destination.start()
            await send(departure, 2)
            await until(lambda: len(kenya.heard) == 2)
            assert len(kenya.heard[1].headers["webhook-signature"].split()) == 1
            assert [one["id"] for one in (await destination.client.get("/v1/webhooks")).json()] == [id]


async def test_a_signature_holds_for_its_body_its_id_and_its_time_only(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w, receiving() as kenya:
        async with two_sites(w, kenya) as (_, departure, destination):
            mine = "whsec_" + "c2l4IGRvemVuIHNlY3JldCBieXRlcywgbm8gbW9yZS4="
            await register(destination, kenya, secret=mine)
            assert kenya.secret == mine
            await send(departure, 1)
            await until(lambda: len(kenya.heard) == 1)
        (one,) = kenya.heard
        assert one.headers["content-type"] == "application/cloudevents+json"
        assert kenya.verified()[0]["specversion"] == "1.0"
        forged = [
            Heard(one.headers, one.body.replace(b"SBX4471", b"SBX4472")),
            Heard(one.headers | {"webhook-id": "0" * 64 + "/1"}, one.body),
            Heard(one.headers | {"webhook-timestamp": str(int(one.headers["webhook-timestamp"]) + 1)}, one.body),
            Heard(one.headers | {"webhook-timestamp": "1700000000"}, one.body),
        ]
        for false in forged:
            with pytest.raises(WebhookVerificationError):
                Verifier(mine).verify(false.body, false.headers)
        with pytest.raises(WebhookVerificationError):
            Verifier("whsec_" + "A" * 44).verify(one.body, one.headers)


async def test_filters_and_removal(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w, receiving() as kenya, receiving() as screen:
        allowed = frozenset({kenya.address, screen.address})
        async with two_sites(w, kenya, allowed=allowed) as (_, departure, destination):
            await register(destination, kenya, types=["withdrawal"])
            id = await register(destination, screen, own=True)
            assert (await destination.post("/v1/webhooks", {"url": screen.url})).json()["code"] == "webhook_exists"
            (reference,) = await send(departure, 1)
            await until(lambda: len(screen.heard) == 1)
            assert (await destination.report(reference, "acknowledgement")).status_code == 201
            await until(lambda: len(screen.heard) == 2)
            assert (await destination.client.delete(f"/v1/webhooks/{id}")).status_code == 204
            assert (await destination.client.delete(f"/v1/webhooks/{id}")).status_code == 404
            assert (await departure.report(reference, "withdrawal", reason="wrong lot")).status_code == 201
            await until(lambda: len(kenya.heard) == 1)
            assert [one.event["type"] for one in kenya.heard] == ["pratique.withdrawal"]
            told = [one.event["type"] for one in screen.heard]
            assert told == ["pratique.prenotification", "pratique.acknowledgement"]


async def test_no_webhook_goes_where_the_operator_did_not_allow_it(tmp_path: Path, sqlite_database_url: str) -> None:
    async with (
        world(tmp_path, sqlite_database_url) as w,
        receiving() as kenya,
        two_sites(w, kenya) as (_, departure, destination),
    ):
        for url in ("https://169.254.169.254/", "http://example.org/", f"http://localhost:{kenya.url[17:22]}/"):
            refused = await destination.post("/v1/webhooks", {"url": url})
            assert (refused.status_code, refused.json()["code"]) == (422, "webhook_refused"), url
        await register(destination, kenya)
        destination.settings["allowed"] = frozenset()
        await destination.stop()
        await destination.start()
        await send(departure, 1)
        await until(lambda: states(destination) == ["dead"])
        (letter,) = (await destination.client.get("/v1/dead-letters")).json()["items"]
        assert {one["outcome"] for one in letter["attempts"]} == {"not_encrypted"}
        assert kenya.heard == []


async def test_a_name_that_turns_inside_between_two_looks_is_not_followed() -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"], ["93.184.216.34", "10.0.0.1"]]
    asked: list[str] = []

    async def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return answers.pop(0)

    sender = Sender(Settings(key_hashes=frozenset(), timeout_s=0.2), rebinding)
    outcomes = [await sender.send("https://rebind.example/", {}, b"{}") for _ in range(3)]
    assert [one.outcome for one in outcomes][1:] == ["internal_address", "internal_address"]
    assert outcomes[0].outcome in ("timeout", "no_answer"), "the address that was judged is the one that is asked"
    assert asked == ["rebind.example"] * 3, "asked once for each attempt"


async def test_a_slow_or_endless_answer_ends_in_time() -> None:
    sent = 0

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n")
        try:
            while sent < 100 * MOST_ANSWER_BYTES:
                writer.write(b"x" * 4096)
                sent += 4096
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the sender has gone
        writer.close()

    for answer, outcome, timeout_s in ((endless, "delivered", 30.0), (silent, "timeout", 0.2)):
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        sender = Sender(Settings(key_hashes=frozenset(), timeout_s=timeout_s, allowed=frozenset({address})))
        found = await sender.send(f"http://{address}/", {}, b"{}")
        assert found.outcome == outcome
        server.close()
        await server.wait_closed()
        while len(asyncio.all_tasks()) > 1:  # the server's own, which end with their connection
            await asyncio.sleep(0.01)
    assert sent < 100 * MOST_ANSWER_BYTES, "the answer was not read to its end"


async def test_log_and_book_hold_no_content_and_no_secret(tmp_path: Path, sqlite_database_url: str) -> None:
    with log_of() as log:
        async with (
            world(tmp_path, sqlite_database_url) as w,
            receiving() as kenya,
            two_sites(w, kenya) as (_, departure, destination),
        ):
            await register(destination, kenya)
            kenya.statuses = [500]
            (reference,) = await send(departure, 1)
            await until(lambda: len(kenya.heard) == 2)
            said = "where is the certificate of SBX4471?"
            assert (await destination.report(reference, "query", text=said)).status_code == 201
            wrong = announcement("BE-2", tlp="no such light")
            assert (await departure.post("/v1/prenotifications", wrong, "w")).status_code == 422
            keys = {departure.key, destination.key, kenya.secret, kenya.url}
            kept = [
                (name, data)
                for at in (departure, destination)
                for name, data in files(at.store)
                if name.startswith("gateway.")
            ]
        assert len(kept) >= 2
        lines = [("log", log.getvalue().encode())]
        values = (
            {value for value in marks(announcement()) if len(value) > 6} | {reference, said, "no such light"} | keys
        )
        assert search(values, [*kept, *lines]) == []
        assert search({"/v1/prenotifications/{reference}/events"}, lines), "the log is looked at in the right place"
        assert search({"prenotification"}, [("webhook", kenya.heard[0].body)])


def test_the_schedule_is_the_documented_one() -> None:
    assert len(BACKOFF_S) == 10
    assert 2.8 * 86_400 < sum(BACKOFF_S) < 3.3 * 86_400
