"""Repeated requests, lists and their cursors: nothing is sent twice, nothing is skipped, nobody writes a cursor."""

import asyncio
import base64
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from pratique.errors import PratiqueError
from pratique.gateway.book import Book
from pratique.gateway.cursors import Cursors
from pratique.gateway.idempotency import KEPT_MS, Answered, Requests, fingerprint
from pratique.gateway.problems import Problem
from pratique.keystore import make_key
from pratique.store.file import KEY_FILE
from tests.gateway.site import Site, announcement, members, site
from tests.world import unlock, world


@pytest.fixture
def book(tmp_path: Path) -> Any:
    """Give a new book."""
    make_key(tmp_path / KEY_FILE, unlock)
    opened = Book.open(tmp_path, unlock)
    yield opened
    opened.close()


async def test_the_first_answer_is_given_again_byte_for_byte(book: Book) -> None:
    now_ms = 1_000_000_000_000
    asked: list[int] = []

    async def work() -> Answered:
        asked.append(1)
        return Answered(201, f'{{"count":{len(asked)}}}'.encode())

    requests = Requests(book, lambda: now_ms)
    same = fingerprint("POST", "/x", {"a": 1, "b": [2]})
    first = await requests.once("key", same, work)
    assert await requests.once("key", fingerprint("POST", "/x", {"b": [2], "a": 1}), work) == first
    for other in (fingerprint("POST", "/x", {"a": 1, "b": [3]}), fingerprint("POST", "/y", {"a": 1, "b": [2]})):
        with pytest.raises(Problem) as refused:
            await requests.once("key", other, work)
        assert refused.value.code == "idempotency_key_reused"
    assert await Requests(book, lambda: now_ms).once("key", same, work) == first, "after a restart"
    now_ms += KEPT_MS + 1
    assert await requests.once("key", same, work) != first, "a week later"
    assert len(asked) == 2
    for missing in (None, "", "a" * 201, "a\nb"):
        with pytest.raises(Problem):
            await requests.once(missing, same, work)


async def test_a_repeat_in_flight_waits_its_turn_and_a_refusal_holds_nothing(book: Book) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> Answered:
        begun.set()
        await go_on.wait()
        return Answered(200, b"{}")

    async def refuse() -> Answered:
        raise PratiqueError("refused", "no")

    requests = Requests(book, lambda: 1_000_000_000_000)
    first = asyncio.create_task(requests.once("key", b"request", slow))
    await begun.wait()
    with pytest.raises(Problem) as refused:
        await requests.once("key", b"request", slow)
    assert refused.value.code == "idempotency_key_in_flight"
    go_on.set()
    assert (await first).status == 200
    with pytest.raises(PratiqueError):
        await requests.once("other", b"request", refuse)
    assert (await requests.once("other", b"corrected", slow)).status == 200


async def test_what_a_dead_process_left_open_is_begun_anew(book: Book) -> None:
    requests = Requests(book, lambda: 1_000_000_000_000)

    async def die() -> Answered:
        await asyncio.Event().wait()
        raise AssertionError

    dying = asyncio.create_task(requests.once("key", b"request", die))
    await asyncio.sleep(0)
    again = Requests(book, lambda: 1_000_000_000_000)

    async def work() -> Answered:
        return Answered(200, b"{}")

    assert (await again.once("key", b"request", work)).status == 200
    assert again.event_id("key") == requests.event_id("key") != requests.event_id("kez")
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)


def test_a_second_gateway_does_not_open_the_same_book(book: Book) -> None:
    with pytest.raises(PratiqueError) as refused:
        Book.open(book.file.parent, unlock)
    assert refused.value.code == "gateway_runs"


def test_a_cursor_is_bound_to_its_list_and_its_gateway() -> None:
    cursors, place = Cursors(b"k" * 32), [17, "PN"]
    cursor = cursors.make("list/SENT", place)
    assert cursors.read("list/SENT", cursor) == place
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    flipped = [base64.urlsafe_b64encode(raw[:n] + bytes([raw[n] ^ 1]) + raw[n + 1 :]).decode() for n in range(len(raw))]
    forged = [
        cursor[:-1],
        cursor + "A",
        "",
        "x",
        "é",
        base64.urlsafe_b64encode(b"\0" * 16 + b"[99]").decode(),
        *flipped,
    ]
    for other in forged:
        with pytest.raises(Problem):
            cursors.read("list/SENT", other)
    for elsewhere in (Cursors(b"l" * 32).make("list/SENT", place), cursors.make("list/CLOSED", place)):
        with pytest.raises(Problem):
            cursors.read("list/SENT", elsewhere)


async def test_the_same_request_sends_once_and_the_same_number_amends(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        m = await members(w)
        async with site(w, m.be, m.operation) as here:
            path, said = "/v1/prenotifications", announcement()
            both = await asyncio.gather(*(here.post(path, said, "one") for _ in range(2)))
            assert sorted(one.status_code for one in both) in ([201, 409], [201, 201])
            first = next(one for one in both if one.status_code == 201)
            again = await here.post(path, said, "one")
            assert (again.status_code, again.content) == (201, first.content)
            other = deepcopy(said)
            other["form"]["goods"][0]["lots"][0] |= {"vials": 11_000, "doses": 66_000}
            reused = await here.post(path, other, "one")
            assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
            assert (await here.post(path, other)).json()["code"] == "idempotency_key_missing"

            repeated = await here.post(path, said, "two")
            assert (repeated.status_code, repeated.json()["repeated"]) == (200, True)
            reference = first.json()["reference"]
            amended = await here.post(path, other, "three")
            assert amended.status_code == 200, amended.text
            assert (amended.json()["reference"], amended.json()["version"]) == (reference, 2)
            changed = {change["path"] for change in amended.json()["changes"]}
            assert changed == {"goods[0].lots[0].doses", "goods[0].lots[0].vials"}

            shown = await here.client.get(f"{path}/{reference}")
            assert shown.headers["etag"] == '"2"'
            assert [one["version"] for one in shown.json()["versions"]] == [1, 2]
            put: Any = {"url": f"{path}/{reference}", "json": announcement()}
            stale = await here.client.put(**put, headers={"If-Match": '"1"'})
            assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")
            back = await here.client.put(**put, headers={"If-Match": '"2"'})
            assert (back.status_code, back.json()["version"], back.headers["etag"]) == (200, 3, '"3"')

            await here.stop()
            await here.start()
            kept = await here.post(path, said, "one")
            assert (kept.status_code, kept.content) == (201, first.content)
            assert [one["version"] for one in await items(here, path)] == [3]


async def test_a_key_is_one_event_though_the_gateway_died_before_it_answered(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        m = await members(w)
        async with site(w, m.be, m.operation) as here:
            reference = (await here.post("/v1/prenotifications", announcement(), "1")).json()["reference"]
            path = f"/v1/prenotifications/{reference}/events"
            said = {"type": "withdrawal", "reason": "wrong lot"}
            first = await here.post(path, said, "one")
            assert first.status_code == 201, first.text
            assert len(first.json()["lanes"]) == 2
            # So a book looks whose process died with the event posted and the answer not yet given.
            assert here.book is not None
            here.book.execute("UPDATE requests SET status = NULL, answer_sealed = NULL")
            await here.stop()
            await here.start()
            again = await here.post(path, said, "one")
            assert (again.status_code, again.content) == (201, first.content)
            other = await here.post(path, said, "two")
            assert (other.status_code, other.json()["code"]) == (409, "withdrawn")


async def test_errors_point_at_the_fields_and_findings_at_their_reason(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        m = await members(w)
        async with site(w, m.be, m.operation) as here:
            path = "/v1/prenotifications"
            wrong = announcement()
            wrong["form"]["goods"][0]["lots"][1]["expiry"] = "2027-02-31"
            wrong["tlp"] = "RED"
            del wrong["national_reference"]
            refused = await here.post(path, wrong, "1")
            assert (refused.status_code, refused.json()["code"]) == (422, "malformed_content")
            assert [one["pointer"] for one in refused.json()["errors"]] == ["/tlp"]
            wrong["tlp"] = "TLP:RED"
            assert [one["pointer"] for one in (await here.post(path, wrong, "1")).json()["errors"]] == [
                "/national_reference"
            ]
            wrong["national_reference"] = "BE-7"
            refused = await here.post(path, wrong, "1")
            assert (refused.status_code, refused.json()["code"]) == (422, "bad_form")
            assert [one["pointer"] for one in refused.json()["errors"]] == ["/form/goods/0/lots/1/expiry"]

            doubtful = announcement("BE-7")
            doubtful["form"]["goods"][0]["gtin"] = "05412345000014"
            asks = await here.post(path, doubtful, "1")
            assert (asks.status_code, asks.json()["code"]) == (422, "needs_reason")
            (finding,) = asks.json()["errors"]
            assert (finding["pointer"], finding["code"]) == ("/form/goods/0/gtin", "check_digit")
            doubtful["overrides"] = [{"field": finding["field"], "reason": "as printed on the box"}]
            assert (await here.post(path, doubtful, "1")).status_code == 201

            bodies: list[Any] = [{"type": "message"}, {"type": ["answer"]}, {}, [], {"type": "answer", "about": "x"}]
            for body in bodies:
                odd = await here.post(f"{path}/PN-X/events", body, json.dumps(body))
                assert (odd.status_code, odd.json()["code"]) == (422, "malformed_content"), body


async def items(here: Site, path: str) -> list[dict[str, Any]]:
    """Fetch a whole list, page by page, as the Link header leads."""
    found: list[dict[str, Any]] = []
    following: str | None = path
    while following:
        answer = await here.client.get(following)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        following = answer.links.get("next", {}).get("url")
        assert (following is not None) == answer.json()["has_more"]
    return found


async def test_lists_come_in_pages_and_by_filter(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        m = await members(w)
        async with site(w, m.be, m.operation) as here:
            path, made = "/v1/prenotifications", []
            for number in range(5):
                sent = await here.post(path, announcement(f"BE-{number}"), f"{number}")
                made.append(sent.json()["reference"])
            assert [one["reference"] for one in await items(here, f"{path}?limit=2")] == made
            assert (await here.report(made[1], "withdrawal", reason="wrong lot")).status_code == 201
            assert [one["reference"] for one in await items(here, f"{path}?state=WITHDRAWN")] == [made[1]]
            rest = await items(here, f"{path}?state=SENT&limit=3&overdue=false&arriving_within=300")
            assert [one["reference"] for one in rest] == [one for one in made if one != made[1]]
            assert await items(here, f"{path}?arriving_within=1") == []
            assert await items(here, f"{path}?overdue=true") == []
            assert await items(here, f"{path}?updated_after=2099-01-01T00:00Z") == []
            assert len(await items(here, f"{path}?updated_after=2020-01-01T00:00Z")) == 5

            events = await items(here, "/v1/events?limit=2")
            assert [one["subject"] for one in events] == [*made, made[1]]
            cursor = (await here.client.get(f"{path}?limit=2")).json()["next_cursor"]
            for wrong in (f"{path}?cursor=x", f"{path}?state=SENT&cursor={cursor}", f"/v1/events?cursor={cursor}"):
                assert (await here.client.get(wrong)).json()["code"] == "bad_cursor"
            for wrong in (
                "limit=0",
                "limit=201",
                "limit=x",
                "updated_after=today",
                "arriving_within=-1",
                "overdue=maybe",
            ):
                assert (await here.client.get(f"{path}?{wrong}")).json()["code"] == "malformed_request"

            template = (await here.client.get("/v1/templates/prenotification?language=fr")).json()
            assert template["template"] == "prenotification/1"
            assert template["schema"]["properties"]["goods"]
            assert any(field["path"] == "goods[].lots[].expiry" and field["label"] for field in template["fields"])
            vaccines = (await here.client.get("/v1/codes/countries?text=Ken&language=fr")).json()
            assert {"code": "KE", "name": "Kenya"} in vaccines["items"]
            assert vaccines["source"]
            assert (await here.client.get("/v1/codes/unlocode")).json()["complete"] is False
            assert (await here.client.get("/v1/codes/nothing")).status_code == 404
