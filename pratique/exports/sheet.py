"""Lay one consignment out as a sheet for people: every word in place, nothing about looks (those are sheet.typ's)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pratique.exports import cells
from pratique.exports.cells import Cell, code, instant, instant_of, member, number, place, text, word
from pratique.exports.form_parts import FormWords, Part, part, table
from pratique.templates import load
from pratique.templates.paths import field_path
from pratique.views.consignment import leg_shown, state_at
from pratique.views.flags import flags

if TYPE_CHECKING:
    from pratique.templates import Template
    from pratique.views.consignment import Consignment, LegState

_TONES = {
    "ON_HOLD": "warn", "REPLACED": "warn", "EXPIRED": "warn", "WITHDRAWN": "bad", "ARRIVED": "good",
    "MATCHED": "good", "DISCREPANCY": "bad", "NOT_ARRIVED": "bad", "REFUSED": "bad", "SEIZED": "bad",
    "UNCONFIRMED": "warn", "NO_OBJECTION": "good", "NO_OBJECTION_WITH_CONDITIONS": "warn", "OBJECTED": "bad",
    "QUERY": "warn", "HOLD_REQUESTED": "bad", "DETAINED": "bad", "RELEASED": "good", "RECONCILED": "good",
    "PENDING": "", "ALARM": "bad",
}  # fmt: skip
_FIRST, _THEN = ("temperature",), ("parties", "packages", "customs", "requests", "series")


def sheet(
    one: Consignment,
    language: str,
    now_ms: int,
    delivered: Mapping[tuple[str, str], int] | None = None,
    template: Template | None = None,
) -> dict[str, Any]:
    """Give everything that is printed about a consignment.

    Takes   delivered: how far each addressee's devices have fetched each lane; template: as the operation adapted it
    """
    form_words = FormWords(template or load(one.part.template), language)
    state, outcome = state_at(one, now_ms)
    chips = [{"value": word(f"state.{state}", language), "tone": _TONES.get(state, "calm")}]
    if outcome:
        chips.append({"value": word(f"outcome.{outcome}", language), "tone": _TONES.get(outcome, "calm")})
    chips.append({"value": f"{word('word.version', language)} {one.version}", "tone": "calm"})
    sections = [
        {
            "title": form_words.template.group_text("route", language),
            "parts": [part(table=form_words.route(one.part.form))],
        },
        {"title": word("head.goods", language), "parts": form_words.goods(one.part.form)},
        *_groups(one, form_words, _FIRST),
        {"title": word("head.members", language), "parts": _members(one, language, now_ms, delivered or {})},
        *_counts(one, language),
        *_groups(one, form_words, _THEN),
        *_papers(one, form_words),
        *_versions(one, form_words),
    ]
    return {
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "made_s": now_ms // 1000,
        "title": f"{word('title', language)} {one.reference}",
        "kind": word(f"kind.{one.kind}", language),
        "reference": one.reference,
        "tlp": one.tlp,
        "chips": chips,
        "way": _way(one, language),
        "notices": _notices(one, language, now_ms),
        "facts": _facts(one, language),
        "sections": sections,
        "footer": word("word.footer", language).format(at=instant(now_ms)),
    }


def _way(one: Consignment, language: str) -> list[dict[str, str]]:
    stops = []
    for at, locode in enumerate(one.way):
        leg = one.way_legs[max(at - 1, 0)]
        when = leg.eta_at if at else leg.etd_at
        by = codes_mode(leg.mode, language) if at else ""
        name = place(locode, language)
        stops.append(
            {
                "code": locode,
                "name": name if name != locode else "",
                "when": instant_of(when) if when else "",
                "by": " ".join(word for word in (by, leg.flight or leg.vessel or leg.vehicle or "") if word),
            }
        )
    return stops


def codes_mode(mode: str, language: str) -> str:
    """Name a mode of transport."""
    from pratique import codes

    return codes.name("modes", mode, language)


def _notices(one: Consignment, language: str, now_ms: int) -> list[dict[str, str]]:
    told = []
    if one.hold is not None and one.hold.state in ("REQUESTED", "CONFIRMED"):
        key = "leg.HOLD_REQUESTED" if one.hold.state == "REQUESTED" else "state.ON_HOLD"
        who = f" — {member(one.hold.party, language)}" if one.hold.party else ""
        told.append({"title": word(key, language) + who, "text": one.hold.text or "", "tone": "warn"})
    if one.replaced_by:
        told.append({"title": f"{word('word.replaced_by', language)}: {one.replaced_by}", "text": "", "tone": "warn"})
    for late in flags(one, now_ms):
        who = f" — {member(late.party, language)}" if late.party else ""
        since = f" ({instant(late.since_ms)})"
        told.append({"title": word(f"flag.{late.flag}", language) + who + since, "text": "", "tone": "warn"})
    if one.goods is None:
        told.append({"title": word("word.transit_view", language), "text": "", "tone": "calm"})
    return told


def _facts(one: Consignment, language: str) -> list[Cell]:
    said = {
        "word.from": text(member(one.origin, language)),
        "word.to": text(member(one.destination, language)),
        "word.sent": code(f"{instant(one.sent_ms)} UTC"),
        "word.asked": text(word(f"mode.{one.mode}", language)),
    }
    if one.relates_to:
        said["word.relates_to"] = code("\n".join(one.relates_to))
    return [{"label": word(key, language), **cell} for key, cell in said.items()]


def _groups(one: Consignment, form_words: FormWords, groups: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"title": form_words.template.group_text(group, form_words.language), "parts": [part(facts=facts)]}
        for group in groups
        if (facts := form_words.group(one.part.form, group))
    ]


def _papers(one: Consignment, form_words: FormWords) -> list[dict[str, Any]]:
    form, language = one.part.form, form_words.language
    found = []
    if documents := form_words.documents(form):
        title = form_words.template.group_text("documents", language)
        found.append({"title": title, "parts": [part(table=documents)]})
    if note := form.get("note"):
        title = form_words.template.group_text("note", language)
        found.append({"title": title, "parts": [part(notes=[text(note)])]})
    return found


def _members(one: Consignment, language: str, now_ms: int, delivered: Mapping[tuple[str, str], int]) -> list[Part]:
    rows = [_member_row(leg, language, delivered) for leg in one.legs]
    names = ("word.member", "word.state", "word.dates", "word.deadline")
    columns = [(word(name, language), width) for name, width in zip(names, (3, 3, 5, 5), strict=True)]
    parts = [part(table=table(*columns, rows=rows))]
    for leg in one.legs:
        notes = [text(leg.answer_text)] if leg.answer_text else []
        for asked in leg.queries:
            notes.append(text(asked.text, f"{word('word.question', language)}, {instant(asked.at_ms)}"))
            if asked.reply:
                notes.append(text(asked.reply, f"{word('word.reply', language)}, {instant(asked.replied_ms or 0)}"))
        if notes:
            parts.append(part(member(leg.party, language), notes=notes))
    return parts


def _member_row(leg: LegState, language: str, delivered: Mapping[tuple[str, str], int]) -> list[Cell]:
    shown = leg_shown(leg, delivered)
    dates = [
        f"{word(f'word.{name}', language)}: {instant(at_ms)}"
        for name in ("opened", "acknowledged", "answered")
        if (at_ms := getattr(leg, f"{name}_ms")) is not None
    ]
    dates += [f"{word(f'step.{step}', language)}: {instant_of(at)}" for step, at in leg.moved.items()]
    until = []
    if leg.deadlines:
        until.append(f"{word('word.acknowledge_by', language)} {instant_of(leg.deadlines.acknowledge_at)}")
        if leg.deadlines.reply_at:
            until.append(f"{word('word.reply_by', language)} {instant_of(leg.deadlines.reply_at)}")
    answer = word(f"leg.{leg.answer}", language) if leg.answer and leg.answer != shown else ""
    return [
        text(member(leg.party, language), word(f"role.{leg.role}", language)),
        text(word(f"leg.{shown}", language), answer, _TONES.get(shown, "calm")),
        text("\n".join(dates) or "–"),
        text("\n".join(until) or "–"),
    ]


def _counts(one: Consignment, language: str) -> list[dict[str, Any]]:
    said = one.reconciliation
    if said is None:
        return []
    facts = {
        "word.outcome": text(word(f"outcome.{said.outcome}", language)),
        "word.counted_at": code(f"{instant_of(said.counted_at)} UTC"),
    }
    if said.released_at:
        facts["word.released_at"] = code(f"{instant_of(said.released_at)} UTC")
    if said.arrival_report:
        facts["word.arrival_report"] = cells.words_or_code(said.arrival_report)
    if said.short_shipment_notified is not None:
        answer = "word.yes" if said.short_shipment_notified else "word.no"
        facts["word.short_shipment"] = text(word(answer, language))
    if said.missing_documents:
        facts["word.missing_documents"] = text(", ".join(said.missing_documents))
    rows = []
    for lot in one.lots:
        counted = lot.counted_doses
        difference = None if counted is None or lot.announced_doses is None else counted - lot.announced_doses
        heat = lot.temperature or ""
        rows.append(
            [
                code(lot.batch),
                number(lot.announced_doses),
                number(counted),
                number(difference, "bad" if difference else "", signed=True),
                number(lot.damaged_doses, "bad" if lot.damaged_doses else ""),
                text(word(f"indicator.{heat}", language) if heat else "–", tone=_TONES.get(heat, "")),
            ]
        )
    names = ("announced", "counted", "difference", "damaged", "temperature")
    columns = [
        (form_label, 2)
        for form_label in (
            load(one.part.template).text("goods[].lots[].batch", language).label,
            *(word(f"word.{name}", language) for name in names),
        )
    ]
    listed = table(*columns, rows=rows) if rows else None
    labelled = [{"label": word(key, language), **cell} for key, cell in facts.items()]
    notes = [text(said.remark)] if said.remark else []
    return [{"title": word("head.reconciliation", language), "parts": [part("", labelled, listed, notes)]}]


def _versions(one: Consignment, form_words: FormWords) -> list[dict[str, Any]]:
    language = form_words.language
    parts = []
    for version in reversed(one.versions):
        rows = [
            [
                text(
                    form_words.label(field_path(change.path)),
                    word("word.material", language) if change.material else "",
                ),
                form_words.changed(field_path(change.path), change.before),
                form_words.changed(field_path(change.path), change.after),
            ]
            for change in version.changes
        ]
        columns = [(word(f"word.{name}", language), 3) for name in ("field", "before", "after")]
        title = f"{word('word.version', language)} {version.version} — {instant(version.at_ms)} UTC"
        parts.append(part(title, table=table(*columns, rows=rows) if rows else None))
    return [{"title": word("head.versions", language), "parts": parts}] if len(one.versions) > 1 else []
