"""Lay a form out for people: what its template names, in the template's order, groups and labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pratique.exports.cells import (
    Cell,
    code,
    coded,
    grouped,
    instant_of,
    number,
    place,
    text,
    with_unit,
    word,
    words_or_code,
)
from pratique.templates.paths import values

if TYPE_CHECKING:
    from pratique.templates.fields import Field
    from pratique.templates.template import Template

Part = dict[str, Any]


def part(
    title: str = "",
    facts: Iterable[Cell] = (),
    table: dict[str, Any] | None = None,
    notes: Iterable[Cell] = (),
) -> Part:
    """Give one piece of a section."""
    return {"title": title, "facts": list(facts), "table": table, "notes": list(notes)}


def table(*columns: tuple[str, int], rows: list[list[Cell]]) -> dict[str, Any]:
    """Give a table; a width of 0 is as narrow as its words."""
    return {"columns": [name for name, _ in columns], "widths": [width for _, width in columns], "rows": rows}


class FormWords:
    """A template in one language."""

    def __init__(self, template: Template, language: str) -> None:
        self.template = template
        self.language = language
        self.fields = {field.path: field for field in template.fields()}

    def label(self, path: str) -> str:
        """Give a field's label."""
        return self.template.text(path, self.language).label

    def value(self, field: Field, value: Any) -> Cell:
        """Write one value of a form."""
        match value:
            case bool():
                return text(word("word.yes" if value else "word.no", self.language))
            case int() | float() if field.enum is None:
                return code(with_unit(value, field.unit))
        if field.type == "instant":
            return code(instant_of(value))
        if field.list is None:
            return words_or_code(str(value))
        name = self.template.value_text(field.path, value, self.language)
        return text(name if field.enum is not None else coded(name, str(value)))

    def facts(self, form: Mapping[str, Any], paths: Iterable[str], within: bool = False) -> list[Cell]:
        """Give label and value of each of some fields that a form has; several values of one field together."""
        found = []
        for path in paths:
            cells = [self.value(self.fields[path], value) for _, value in values(form, path)]
            if not cells:
                continue
            said = self.template.text(path, self.language)
            label = f"{said.within[-1]}: {said.label}" if within and said.within else said.label
            joint = ", " if all(cell["kind"] == "code" for cell in cells) else "\n"
            found.append({"label": label, "value": joint.join(cell["value"] for cell in cells)})
        return found

    def group(self, form: Mapping[str, Any], group: str) -> list[Cell]:
        """Give label and value of each field of one group."""
        paths = [path for path, field in self.fields.items() if field.group == group]
        return self.facts(form, paths, within=group == "parties")

    def route(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Give the legs as a table."""
        rows = []
        for at, leg in enumerate(form.get("legs", ()), start=1):
            by = [leg.get(name) for name in ("carrier", "flight", "voyage", "vessel", "imo", "vehicle")]
            papers = [leg.get(name) for name in ("awb", "transport_document", "container")]
            rows.append(
                [
                    number(at),
                    text(
                        self.template.value_text("legs[].mode", leg["mode"], self.language),
                        "\n".join(word for word in by if word),
                    ),
                    self._stop(leg["from_place"], leg.get("etd_at"), leg.get("office_of_exit")),
                    self._stop(leg["to_place"], leg.get("eta_at"), leg.get("office_of_entry")),
                    code("\n".join(paper for paper in papers if paper) or "–"),
                    code("\n".join(leg.get("seals", ())) or "–"),
                ]
            )
        paper = "awb" if any(leg.get("awb") for leg in form.get("legs", ())) else "transport_document"
        labels = [self.label(f"legs[].{name}") for name in ("mode", "from_place", "to_place", paper)]
        return table(
            ("", 0), (labels[0], 4), (labels[1], 4), (labels[2], 4), (labels[3], 4),
            (self.label("legs[].seals[]"), 4), rows=rows,
        )  # fmt: skip

    def _stop(self, locode: str, at: str | None, office: str | None) -> Cell:
        name = place(locode, self.language)
        more = [name if name != locode else "", instant_of(at) if at else "", office or ""]
        return code(locode, "\n".join(line for line in more if line))

    def goods(self, form: Mapping[str, Any]) -> list[Part]:
        """Give each line of goods with its lots."""
        parts = []
        paths = [
            path
            for path in self.fields
            if path.startswith("goods[].")
            and path.count("[]") == 1
            and path not in ("goods[].product", "goods[].hs_edition")
        ]
        for line in form.get("goods", ()):
            title = line.get("product") or self.template.value_text(
                "goods[].product_class", line["product_class"], self.language
            )
            facts = self.facts({"goods": [line]}, paths)
            edition = line.get("hs_edition")
            for fact in facts:
                if fact["label"] == self.label("goods[].hs_code"):
                    fact["value"] = f"{line['hs_code']} (HS {edition})"
            parts.append(part(title, facts, self._lots(line)))
            if line.get("diluents"):
                parts.append(part(facts=self.facts({"goods": [line]}, self._inner("goods[].diluents[]"), within=True)))
        return parts

    def _inner(self, array: str) -> list[str]:
        return [path for path in self.fields if path.startswith(f"{array}.")]

    def _lots(self, line: Mapping[str, Any]) -> dict[str, Any] | None:
        lots = line.get("lots", ())
        if not lots:
            return None
        shown = [name for name in ("produced", "boxes") if any(name in lot for lot in lots)]
        names = ["batch", "expiry", *shown, "vials", "doses"]
        rows = [
            [
                number(lot.get(name)) if name in ("vials", "doses", "boxes") else code(str(lot.get(name, "–")))
                for name in names
            ]
            for lot in lots
        ]
        if len(lots) > 1:
            total = [text(word("word.total", self.language)), *(code("") for _ in names[1:])]
            for at, name in enumerate(names):
                if name in ("vials", "doses"):
                    total[at] = number(sum(lot.get(name, 0) for lot in lots))
            rows.append(total)
        return table(*((self.label(f"goods[].lots[].{name}"), 1) for name in names), rows=rows)

    def documents(self, form: Mapping[str, Any]) -> dict[str, Any] | None:
        """Give the documents as a table."""
        rows = [
            [
                text(self.template.value_text("documents[].kind", one["kind"], self.language)),
                code(one["number"]),
                code(one.get("date", "–")),
                text(one.get("issuer", "–")),
            ]
            for one in form.get("documents", ())
        ]
        names = (("kind", 3), ("number", 3), ("date", 2), ("issuer", 3))
        return (
            table(*((self.label(f"documents[].{name}"), width) for name, width in names), rows=rows) if rows else None
        )

    def changed(self, path: str, value: Any) -> Cell:
        """Write one side of a change."""
        field = self.fields.get(path)
        return self.value(field, value) if field is not None and value is not None else words_or_code(written(value))


def written(value: Any) -> str:
    """Write any value of a form in one line, for the list of changes."""
    match value:
        case None:
            return "–"
        case bool() | str():
            return str(value)
        case int() | float():
            return grouped(value)
        case list():
            return ", ".join(written(item) for item in value)
        case dict():
            return ", ".join(written(item) for item in value.values())
    return str(value)
