"""Write consignments as CSV: codes in the first row and in the cells, safe to open in a spreadsheet.

Every cell that a spreadsheet would take for a formula gets a ' before it (see `pratique.bulk.cells`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pratique.bulk.cells import quoted
from pratique.exports.cells import instant_text
from pratique.templates import load
from pratique.templates.paths import values
from pratique.views.consignment import state_at
from pratique.views.flags import flags

if TYPE_CHECKING:
    from pratique.templates import Template
    from pratique.views.consignment import Consignment

BOARD_COLUMNS = (
    "reference", "version", "kind", "mode", "tlp", "state", "outcome", "origin", "transit", "destination",
    "etd", "eta", "sent", "departed", "transport_documents", "products", "doses", "lots", "answers",
    "late", "replaced_by",
)  # fmt: skip
CONSIGNMENT_COLUMNS = ("section", "path", "label", "value")
Row = Sequence[str]
# In half of Europe a spreadsheet cuts cells at semicolons, whatever the file was written with.
_CUT = re.compile(r"[;\t\r\n]\s*(?=[=+\-@])")


def board_csv(consignments: Iterable[Consignment], now_ms: int) -> str:
    """Give one row per consignment."""
    return _written([BOARD_COLUMNS, *(_board_row(one, now_ms) for one in consignments)])


def consignment_csv(one: Consignment, now_ms: int, language: str, template: Template | None = None) -> str:
    """Give everything about one consignment, one value a row: form fields, Members, counted lots."""
    known = template or load(one.part.template)
    rows: list[Row] = [CONSIGNMENT_COLUMNS]
    rows += [
        ("header", name, "", value) for name, value in zip(BOARD_COLUMNS, _board_row(one, now_ms), strict=True) if value
    ]
    for field in known.fields():
        label = known.text(field.path, language).full
        rows += [("form", path, label, _plain(value)) for path, value in values(one.part.form, field.path)]
    for leg in one.legs:
        told = {
            "role": leg.role,
            "state": leg.state,
            "answer": leg.answer,
            "answer_text": leg.answer_text,
            "opened": _when(leg.opened_ms),
            "acknowledged": _when(leg.acknowledged_ms),
            "answered": _when(leg.answered_ms),
            "acknowledge_by": leg.deadlines.acknowledge_at if leg.deadlines else None,
            "reply_by": leg.deadlines.reply_at if leg.deadlines else None,
            **leg.moved,
        }
        rows += [("member", f"{leg.party}.{name}", "", value) for name, value in told.items() if value]
    for lot in one.lots if one.reconciliation else ():
        counts = {name: value for name, value in vars(lot).items() if name != "batch" and value is not None}
        rows += [("counted", f"{lot.batch}.{name}", "", _plain(value)) for name, value in counts.items()]
    for version in one.versions:
        for change in version.changes:
            both = f"{_plain(change.before)} > {_plain(change.after)}"
            rows.append(("change", f"v{version.version}.{change.path}", "material" if change.material else "", both))
    return _written(rows)


def _board_row(one: Consignment, now_ms: int) -> Row:
    state, outcome = state_at(one, now_ms)
    documents = dict.fromkeys(number for leg in one.way_legs for number in (leg.awb, leg.transport_document) if number)
    lots = list(one.shipment.lots())
    return (
        one.reference,
        str(one.version),
        one.kind,
        one.mode,
        one.tlp,
        state,
        outcome or "",
        one.origin.upper(),
        " ".join(party.upper() for party in one.transit),
        one.destination.upper(),
        _when(one.etd_ms),
        _when(one.eta_ms),
        _when(one.sent_ms),
        one.departed_at or "",
        " ".join(documents),
        "; ".join(line.product or line.product_class for line in one.shipment.goods),
        str(sum(lot.doses for _, lot in lots)) if lots else "",
        " ".join(lot.batch for _, lot in lots),
        " ".join(f"{leg.party.upper()}:{leg.state}" for leg in one.legs),
        " ".join(f"{late.party.upper()}:{late.flag}" for late in flags(one, now_ms)),
        one.replaced_by or "",
    )


def _when(at_ms: int | None) -> str:
    return "" if at_ms is None else instant_text(at_ms)


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}={_plain(item)}" for name, item in value.items())
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _written(rows: Iterable[Row]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def _safe(cell: str) -> str:
    """Write a text so that it is no formula, nor any piece of it where a spreadsheet cuts cells at other signs."""
    return _CUT.sub(r"\g<0>'", quoted(cell))
