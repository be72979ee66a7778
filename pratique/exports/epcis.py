"""Tell what happened to a consignment as EPCIS 2.0 events (JSON-LD), for traceability systems.

    departed            departing   in_transit     at the first place
    transit in, out     arriving, departing        at the transit Member's place
    arrived             arriving    in_progress    at the last place
    released, detained  accepting, holding
    counted             receiving                  with what was counted

Only what was reported is an event: a plan is none. Lots are GS1 Digital Link URIs (GTIN and batch) with doses
(unit E27), logistic units are SSCCs. Expiry dates stand in `pratique:lots`: an event of action OBSERVE has no ilmd.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from pratique.contents.fields import instant_ms
from pratique.exports.cells import instant_text

if TYPE_CHECKING:
    from pratique.views.consignment import Consignment

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
PLACES = "https://vocabulary.uncefact.org/unlocode#"
GS1 = "https://id.gs1.org"
DOSE = "E27"
_OUR = "pratique"
_STEPS = {
    "DEPARTED": ("departing", "in_transit"),
    "TRANSIT_IN": ("arriving", "in_transit"),
    "TRANSIT_OUT": ("departing", "in_transit"),
    "ARRIVED": ("arriving", "in_progress"),
    "RELEASED": ("accepting", None),
    "DETAINED": ("holding", None),
}
Event = dict[str, Any]


def to_epcis(one: Consignment, now_ms: int) -> dict[str, Any]:
    """Give an EPCISDocument with every event that this reader knows of, oldest first."""
    events = sorted(_events(one), key=lambda event: str(event["eventTime"]))
    return {
        "@context": [CONTEXT, {_OUR: f"urn:{_OUR}:"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": instant_text(now_ms),
        "epcisBody": {"eventList": events},
    }


def _events(one: Consignment) -> Iterator[Event]:
    if one.departed_at is not None:
        yield _moved(one, one.origin, "DEPARTED", one.departed_at)
    for leg in one.legs:
        for step, at in leg.moved.items():
            yield _moved(one, leg.party, step, at)
    counted = one.reconciliation
    if counted is None or counted.outcome == "NOT_ARRIVED":
        return
    received = {lot.batch: lot.doses for lot in counted.lots}
    event = _event(one, one.destination, "receiving", counted.counted_at, one.way[-1], received)
    short = any(lot.counted_doses != lot.announced_doses for lot in one.lots)
    disposition = "conformant" if counted.outcome == "MATCHED" else "mismatch_quantity" if short else "non_conformant"
    event |= {"disposition": disposition, "bizLocation": {"id": PLACES + one.way[-1]}}
    event[f"{_OUR}:outcome"] = counted.outcome
    if counted.arrival_report:
        report = {"type": "recadv", "bizTransaction": f"{_OUR}:arrival-report/{quote(counted.arrival_report, safe='')}"}
        event["bizTransactionList"].append(report)
    yield event


def _moved(one: Consignment, party: str, step: str, at: str) -> Event:
    here = [locode for locode in one.way if locode[:2].lower() == party]
    place = (here[-1] if step in ("TRANSIT_OUT", "DEPARTED") else here[0]) if here else None
    business, disposition = _STEPS[step]
    event = _event(one, party, business, at, place, None)
    if disposition:
        event["disposition"] = disposition
    if place and business != "departing":
        event["bizLocation"] = {"id": PLACES + place}
    event[f"{_OUR}:step"] = step
    return event


def _event(
    one: Consignment, party: str, step: str, at: str, place: str | None, counted: Mapping[str, int] | None
) -> Event:
    quantities = list(_quantities(one, counted))
    units = [f"{GS1}/00/{sscc}" for sscc in one.part.form.get("packages", {}).get("sscc", ())]
    event: Event = {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{_OUR}:{one.reference}/{party}/{step}/{at}')}",
        "eventTime": instant_text(instant_ms(at)),
        "eventTimeZoneOffset": "+00:00",
        "action": "OBSERVE",
        "bizStep": step,
        # An event is about something: without GS1 numbers it is about the consignment as such.
        "epcList": units or ([] if quantities else [f"{_OUR}:consignment/{one.reference}"]),
        "quantityList": quantities,
        "bizTransactionList": list(_transactions(one)),
    }
    if one.goods is not None:
        event["sourceList"] = [{"type": "location", "source": PLACES + one.way[0]}]
        event["destinationList"] = [{"type": "location", "destination": PLACES + one.way[-1]}]
    if place is not None:
        event["readPoint"] = {"id": PLACES + place}
    if lots := list(_lots(one)):
        event[f"{_OUR}:lots"] = lots
    if (cold := one.shipment.temperature) is not None:
        event[f"{_OUR}:requiredTemperature"] = {"min": cold.min_c, "max": cold.max_c, "uom": "CEL"}
    return event


def _quantities(one: Consignment, counted: Mapping[str, int] | None) -> Iterator[dict[str, Any]]:
    for line, lot in one.shipment.lots():
        doses = lot.doses if counted is None else counted.get(lot.batch)
        if line.gtin is not None and doses is not None:
            yield {"epcClass": lot_uri(line.gtin, lot.batch), "quantity": doses, "uom": DOSE}


def lot_uri(gtin: str, batch: str) -> str:
    """Give a lot's GS1 Digital Link URI."""
    return f"{GS1}/01/{gtin.zfill(14)}/10/{quote(batch, safe='')}"


def _lots(one: Consignment) -> Iterator[dict[str, Any]]:
    for line, lot in one.shipment.lots():
        told = {"gtin": line.gtin, "lotNumber": lot.batch, "itemExpirationDate": lot.expiry, "doses": lot.doses}
        yield {name: value for name, value in told.items() if value is not None}


def _transactions(one: Consignment) -> Iterator[dict[str, str]]:
    yield {"bizTransaction": f"{_OUR}:reference/{one.reference}"}
    documents = dict.fromkeys(number for leg in one.way_legs for number in (leg.awb, leg.transport_document) if number)
    for number in documents:
        yield {"type": "bol", "bizTransaction": f"{_OUR}:transport-document/{quote(number, safe='')}"}
    for document in one.part.form.get("documents", ()):
        if document["kind"] == "invoice":
            yield {"type": "inv", "bizTransaction": f"{_OUR}:invoice/{quote(document['number'], safe='')}"}
