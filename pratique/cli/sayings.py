"""Tell one content in a sentence, after who said it and when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pratique.contents.shipment import Shipment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pratique.contents.content import Content
    from pratique.contents.shipment import Leg

_STEPS = {
    "DEPARTED": "has left",
    "TRANSIT_IN": "came into transit at",
    "TRANSIT_OUT": "went out of transit at",
    "ARRIVED": "has arrived at",
    "RELEASED": "is released at",
    "DETAINED": "is detained at",
}
_ANSWERS = {
    "NO_OBJECTION": "has no objection to",
    "NO_OBJECTION_WITH_CONDITIONS": "has no objection, with conditions, to",
    "OBJECTED": "objects to",
}
_HOLDS = {
    "REQUEST": "asks to hold",
    "CONFIRM": "confirms the hold of",
    "REFUSE": "refuses to hold",
    "AGREE": "agrees to let go of",
    "LIFT": "lifts the hold of",
}
_TOKENS = {"ACKNOWLEDGED": "acknowledges", "ANSWERED": "has answered", "CLOSED": "has closed"}


def clock(text: str) -> str:
    """Write an instant field for people, in UTC."""
    return datetime.fromisoformat(text).strftime("%d %b %H:%M")


def count(number: int) -> str:
    """Write a number with its thousands apart."""
    return f"{number:,}".replace(",", "\u202f")


def content_text(content: Content) -> str:
    """Tell one content in a sentence."""
    told = _TELLERS.get(content.TYPE)
    return content.TYPE if told is None else told(content) + _quoted(getattr(content, "remark", None))


def _prenotification(part: Any) -> str:
    shipment = Shipment.of(part.form)
    version = f" (version {part.version})" if part.version > 1 else ""
    reply = ", answer asked" if part.mode == "REPLY" else ""
    what = goods(shipment) if part.part == "goods" else classes(shipment)
    told = [what, cold(part.form), way(shipment.legs)]
    return f"announces {part.reference}{version}: {', '.join(one for one in told if one)}{reply}"


def goods(shipment: Shipment) -> str:
    """Write what is carried: doses, products, lots."""
    return "; ".join(_line(line) for line in shipment.goods)


def _line(line: Any) -> str:
    doses, lots = sum(lot.doses for lot in line.lots), len(line.lots)
    return f"{count(doses)} doses of {line.product} in {lots} lot{'s' * (lots != 1)}" if lots else line.product


def classes(shipment: Shipment) -> str:
    """Write the classes of what is carried."""
    return ", ".join(sorted({str(line.product_class).replace("_", " ") for line in shipment.goods}))


def cold(form: Mapping[str, Any]) -> str:
    """Write the range of temperature."""
    range_ = form.get("temperature") or {}
    known = {"band", "min_c", "max_c"} <= set(range_)
    return f"{range_['band']} {range_['min_c']} to {range_['max_c']} °C" if known else ""


def places(legs: Sequence[Leg]) -> str:
    """Write the places of a way."""
    return " → ".join([*(leg.from_place for leg in legs[:1]), *(leg.to_place for leg in legs)])


def way(legs: Sequence[Leg]) -> str:
    """Write the places of a way with its first departure and last arrival."""
    first, last = legs[0].etd_at, legs[-1].eta_at
    return places(legs) + (f", {clock(first)} to {clock(last)} UTC" if first and last else "")


def _answer(one: Any) -> str:
    code = f" ({one.reason_code})" if one.reason_code else ""
    return f"{_ANSWERS[one.answer]} {one.about}{code}{_quoted(one.text)}"


def _hold(one: Any) -> str:
    code = f" ({one.reason_code})" if one.reason_code else ""
    return f"{_HOLDS[one.step]} {one.about}{code}{_quoted(one.text)}"


def _movement(one: Any) -> str:
    step = f"{_STEPS[one.step]} {one.place}" if one.place else _STEPS[one.step].removesuffix(" at")
    more = f", now expected {clock(one.eta_at)} UTC" if one.eta_at else ""
    return f"{one.about} {step}, {clock(one.happened_at)} UTC{more}{_quoted(one.reason)}"


def _reconciliation(one: Any) -> str:
    doses = sum(lot.doses for lot in one.lots)
    lots = f": {len(one.lots)} lots, {count(doses)} doses counted" if one.lots else ""
    alarms = [lot.batch for lot in one.lots if lot.temperature == "ALARM"]
    warm = f", temperature alarm in {', '.join(alarms)}" if alarms else ""
    papers = f", missing papers: {', '.join(one.missing_documents)}" if one.missing_documents else ""
    return f"{one.about} is closed as {one.outcome}{lots}{warm}{papers}"


def _status(one: Any) -> str:
    return f"{_TOKENS[one.state]} {one.about}" + (f" as {one.outcome}" if one.outcome else "")


def _draft(one: Any) -> str:
    name = one.reference or one.national_reference or one.draft[:8]
    return f"draft {name} is {one.state}{_quoted(one.comment)}"


def _leg_update(one: Any) -> str:
    told = "; ".join(
        f"{leg.from_place} → {leg.to_place}" + (f" until {clock(leg.eta_at)} UTC" if leg.eta_at else "")
        for leg in one.legs
    )
    return f"gives new data of its own leg of {one.about}: {told}"


def _quoted(text: str | None) -> str:
    return f' ("{text}")' if text else ""


_TELLERS: dict[str, Callable[[Any], str]] = {
    "message": lambda one: str(one.text),
    "title": lambda one: f"calls this channel {one.title!r}",
    "prenotification": _prenotification,
    "read_mark": lambda one: f"has read entries {one.since} to {one.upto}",
    "receipt": lambda one: f"has opened {one.about}",
    "acknowledgement": lambda one: f"acknowledges {one.about}",
    "answer": _answer,
    "query": lambda one: f"asks about {one.about}{_quoted(one.text)}",
    "reply": lambda one: f"replies about {one.about}{_quoted(one.text)}",
    "hold": _hold,
    "movement": _movement,
    "leg_update": _leg_update,
    "withdrawal": lambda one: f"withdraws {one.about}{_quoted(one.reason)}",
    "rerouting": lambda one: f"re-routes {one.about}: {one.replaced_by} takes its place{_quoted(one.reason)}",
    "reconciliation": _reconciliation,
    "reopening": lambda one: f"opens {one.about} again{_quoted(one.reason)}",
    "status": _status,
    "draft": _draft,
    "policy": lambda one: f"sets its own rules: four eyes {one.four_eyes}, receipts {one.receipts}".lower(),
    "claim": lambda one: f"{one.state.lower()} {len(one.items)} items for delivery to the national system",
    "desk": lambda one: f"tells its duty desk: {one.duty_phone or 'no phone'}",
    "adaptation": lambda one: f"adapts the form {one.template}",
}
