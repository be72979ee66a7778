"""Print what is carried, by the names of the code lists: wishes, goods, packages, loggers, papers."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from pratique.cli.output import console
from pratique.cli.sayings import count
from pratique.codes import name

if TYPE_CHECKING:
    from pratique.cli.output import Speaker
    from pratique.contents.shipment import GoodsLine
    from pratique.views.consignment import Consignment


def say_requests(speaker: Speaker, one: Consignment) -> None:
    """Print what the sender asks of those who handle the goods."""
    if wishes := one.part.form.get("requests"):
        say_wrapped(speaker, "please: " + "; ".join(_low(name("requests", wish, "en")) for wish in wishes))


def print_cargo(speaker: Speaker, one: Consignment) -> None:
    """Print goods, packages, loggers and papers, as far as this reader's part holds them."""
    form = one.part.form
    lines = one.shipment.goods
    rows = [(_what(line), _tariff(line), line.gtin or "", _quantity(line)) for line in lines]
    shown = [number for number in range(4) if number != 2 or any(row[2] for row in rows)]
    columns = ("goods", "HS (edition)", "GTIN", "quantity")
    speaker.table("Goods", [columns[number] for number in shown], [[row[number] for number in shown] for row in rows])
    beside = [text for text in (_packages(form.get("packages") or {}), _loggers(form)) if text]
    for text in beside:
        say_wrapped(speaker, text)
    if beside:
        speaker.say()
    papers = [(name("document_kinds", one["kind"], "en"), one["number"]) for one in form.get("documents", ())]
    if papers:
        speaker.table("Papers", ("document", "number"), papers)


def _what(line: GoodsLine) -> str:
    kind = name("product_classes", line.product_class, "en")
    return f"{line.product}\n{kind}" if line.product else kind


def _tariff(line: GoodsLine) -> str:
    return f"{line.hs_code} ({line.hs_edition})"


def _quantity(line: GoodsLine) -> str:
    told = [f"{count(line.doses)} doses"] if line.lots else []
    if line.quantity is not None:
        unit = _low(name("units", line.unit, "en")) if line.unit else ""
        stated = f"{_number(line.quantity)} {'doses' if unit == 'dose' else unit}".rstrip()
        told += [] if stated in told else [stated]
    return "\n".join(told) or "–"


def _packages(packages: dict[str, Any]) -> str:
    if not packages:
        return ""
    told = [f"{count(packages['count'])} × {_low(name('packages', packages['type'], 'en'))}"]
    told += [
        f"{_number(packages[at])} kg {word}"
        for at, word in (("gross_kg", "gross"), ("net_kg", "net"))
        if at in packages
    ]
    return f"packages: {'; '.join(told)}"


def _loggers(form: dict[str, Any]) -> str:
    """Name the data loggers, each kind once with its serials."""
    serials: dict[str, list[str]] = {}
    for one in (form.get("temperature") or {}).get("loggers", ()):
        serials.setdefault(one.get("type") or "", []).append(one["serial"])
    told = "; ".join(f"{kind}: {', '.join(each)}" if kind else ", ".join(each) for kind, each in serials.items())
    return f"data loggers: {told}" if told else ""


def _number(value: float) -> str:
    whole, _, part = str(value).partition(".")
    return count(int(whole)) + (f".{part}" if part.strip("0") else "")


def _low(text: str) -> str:
    return text[:1].lower() + text[1:]


def say_wrapped(speaker: Speaker, text: str) -> None:
    """Print a sentence that may be longer than a line; what follows is set in."""
    width = console(width_if_piped=160).width
    for line in textwrap.wrap(text, width, subsequent_indent="  ", break_on_hyphens=False):
        speaker.say(line)
