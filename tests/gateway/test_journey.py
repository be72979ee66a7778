"""A consignment's whole life through two gateways: sent in Belgium, answered, moved and counted in Kenya."""

from pathlib import Path
from typing import Any

from tests.gateway.site import Site, announcement, members, receiving, site, until
from tests.world import world


async def fetch(at: Site, path: str) -> Any:
    """Get JSON."""
    answer = await at.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_consignment_from_rest_to_webhook_and_back(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w, receiving() as kenya:
        m = await members(w)
        async with (
            site(w, m.be, m.operation) as departure,
            site(w, m.ke, m.operation, allowed=frozenset({kenya.address})) as destination,
        ):
            made = await destination.post("/v1/webhooks", {"url": kenya.url})
            assert made.status_code == 201, made.text
            kenya.secret = made.json()["secret"]

            checked = await departure.post("/v1/prenotifications:check", announcement())
            assert checked.json()["can_be_sent"], checked.text
            assert checked.json()["parties"] == ["be", "ae", "ke"]
            sent = await departure.post("/v1/prenotifications", announcement(), "first")
            assert sent.status_code == 201, sent.text
            reference = sent.json()["reference"]
            assert sent.json()["version"] == 1
            assert set(sent.json()["deadlines"]) == {"ae", "ke"}

            await until(lambda: len(kenya.heard) == 1)
            (event,) = kenya.verified()
            assert (event["type"], event["subject"]) == ("pratique.prenotification", reference)
            assert event["id"] == kenya.heard[0].headers["webhook-id"]
            assert event["data"]["content"]["form"]["goods"][0]["lots"][0]["batch"] == "SBX4471"
            assert event["data"]["consignment"]["state"] == "SENT"

            for type_name, said in (
                ("acknowledgement", {}),
                ("query", {"text": "Which permit covers SBX4490?"}),
            ):
                reported = await destination.report(reference, type_name, **said)
                assert reported.status_code == 201, reported.text
            query = reported.json()["id"]
            await until(lambda: bool(departure.desk and departure.desk.board.consignments[reference].legs[-1].queries))
            replied = await departure.report(reference, "reply", query=query, text="PPB/IMP/2026/1187 covers all lots")
            assert replied.status_code == 201, replied.text
            gone = {"step": "DEPARTED", "happened_at": "2026-11-20T10:00Z", "transport_document": "020-12345675"}
            departed = await departure.report(reference, "movement", **gone)
            assert departed.status_code == 201, departed.text

            # The departure stands in two lanes; it is told once. So are the reply and the pre-notification.
            await until(lambda: len(kenya.heard) >= 3)
            told = [event["type"] for event in kenya.verified()]
            assert told == ["pratique.prenotification", "pratique.reply", "pratique.movement"]

            arrived = await destination.report(reference, "movement", step="ARRIVED", happened_at="2026-11-21T10:00Z")
            assert arrived.status_code == 201, arrived.text
            lots = [{"batch": "SBX4471", "doses": 70200}, {"batch": "SBX4472", "doses": 70200}]
            lots = [{**lot, "temperature": "OK"} for lot in [*lots, {"batch": "SBX4490", "doses": 35000}]]
            counted: dict[str, Any] = {"outcome": "DISCREPANCY", "counted_at": "2026-11-21T12:00Z", "lots": lots}
            closed = await destination.report(reference, "reconciliation", **counted)
            assert closed.status_code == 201, closed.text
            too_late = await destination.report(reference, "reconciliation", **counted)
            assert (too_late.status_code, too_late.json()["code"]) == (409, "closed")

            shown = await fetch(destination, f"/v1/prenotifications/{reference}")
            assert (shown["state"], shown["outcome"]) == ("CLOSED", "DISCREPANCY")
            assert shown["form"]["consignee"]["name"] == "Uhuru National Vaccine Store"
            listed = await fetch(destination, "/v1/prenotifications?state=CLOSED")
            assert [one["reference"] for one in listed["items"]] == [reference]
            assert (await fetch(destination, "/v1/prenotifications?state=SENT"))["items"] == []
            page = await fetch(destination, "/v1/events")
            assert [one["type"].removeprefix("pratique.") for one in page["items"]] == [
                "prenotification",
                "acknowledgement",
                "query",
                "reply",
                "movement",
                "movement",
                "reconciliation",
            ]
            assert (await fetch(destination, f"/v1/events?cursor={page['next_cursor']}"))["items"] == []
