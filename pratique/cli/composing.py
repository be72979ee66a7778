"""Put an announcement together: from a file, from the last one sent, or from a series; then what the options change."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pratique.cli import changing
from pratique.cli.documents import read
from pratique.contents.content import ContentRefused, Problem
from pratique.contents.prenotification import Announcement
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pratique.desk.desk import Desk
    from pratique.templates.template import Template

_OF_ONE_LEG = ("seals", "awb", "transport_document", "container")
_OUTSIDE = frozenset(Announcement.model_fields) - {"form"}


@dataclass(frozen=True)
class Options:
    """What the command line says besides the source; None where it says nothing."""

    etd: str | None = None
    eta: str | None = None
    awb: str | None = None
    lots: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    outside: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Composed:
    """An announcement, and how to tell where in its source a field stands."""

    announcement: Announcement
    where: Callable[[tuple[Problem, ...]], str]


def from_file(file: Path, options: Options, template: Template) -> Composed:
    """Read a file: the fields of the form at its top, or a whole announcement with its `form`.

    Raises  PratiqueError: bad_input, usage
    """
    value, positions = read(file)
    if not isinstance(value, dict):
        raise PratiqueError("bad_input", f"{file}:1 must be an object")
    within = "form." if isinstance(value.get("form"), dict) else ""
    outside = {name: one for name, one in value.items() if name in _OUTSIDE}
    form = value["form"] if within else {name: one for name, one in value.items() if name not in _OUTSIDE}
    unknown = sorted(set(value) - _OUTSIDE - {"form"}) if within else []

    def where(problems: tuple[Problem, ...]) -> str:
        return "\n".join(f"{file}:{positions.line(_in_file(one.path, within))} {one}" for one in problems)

    if unknown:
        raise PratiqueError("bad_input", where(tuple(Problem(one, "is not a field of this form") for one in unknown)))
    return _composed(outside, form, options, template, where, fresh=False)


def _in_file(path: str, within: str) -> str:
    """Give the path that the file has for a field: a whole announcement keeps the form one step further in."""
    return path if path.partition(".")[0] in _OUTSIDE else within + path


def from_earlier(earlier: Announcement, options: Options, template: Template, source: str) -> Composed:
    """Begin with what was announced before; its lots make room for those scanned or given."""
    outside = earlier.model_dump(mode="json", exclude_none=True, exclude={"form", "national_reference", "overrides"})

    def where(problems: tuple[Problem, ...]) -> str:
        return "\n".join(f"{source}: {problem}" for problem in problems)

    return _composed(outside, dict(earlier.form), options, template, where, fresh=True)


def from_last(earlier: Announcement, options: Options, template: Template) -> Composed:
    """Begin with the last one sent, as another shipment of the same goods on the same way."""
    return from_earlier(
        earlier.model_copy(update={"form": for_another(earlier.form)}), options, template, "from the last one"
    )


def for_another(form: dict[str, Any]) -> dict[str, Any]:
    """Give a form without what belongs to its own shipment alone: papers, numbers, seals, serials."""
    made = {name: one for name, one in form.items() if name != "documents"}
    for name, alone in (("packages", ("sscc",)), ("customs", ("declaration", "ucr")), ("temperature", ("loggers",))):
        if name in made:
            made[name] = _without(made[name], alone)
    if "legs" in made:
        made["legs"] = [_without(leg, _OF_ONE_LEG) for leg in made["legs"]]
    return {name: one for name, one in made.items() if one != {}}


def _without(value: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: one for name, one in value.items() if name not in names}


def from_standing(desk: Desk, reference: str, options: Options) -> Composed:
    """Begin with an announcement as it stands, to amend it: lots and reasons stay."""
    standing = desk.announcement_of(reference)
    outside = standing.model_dump(mode="json", exclude_none=True, exclude={"form"})

    def where(problems: tuple[Problem, ...]) -> str:
        return "\n".join(f"{reference}: {problem}" for problem in problems)

    return _composed(outside, dict(standing.form), options, desk.template, where, fresh=False)


def _composed(
    outside: dict[str, Any],
    form: dict[str, Any],
    options: Options,
    template: Template,
    where: Callable[[tuple[Problem, ...]], str],
    *,
    fresh: bool,
) -> Composed:
    if options.scans:
        from pratique.cli.scanning import read_scan, with_scans

        form = with_scans(form, [read_scan(text) for text in options.scans], fresh=fresh)
    form = changing.with_lots(form, options.lots, fresh=fresh and not options.scans)
    if options.etd or options.eta:
        form = changing.with_times(form, options.etd, options.eta)
    form = changing.with_waybill(form, options.awb)
    if options.values:
        form = changing.with_values(form, options.values, {one.path: one.type for one in template.fields()})
    outside |= {name: value for name, value in options.outside.items() if value is not None}
    outside["overrides"] = [*outside.get("overrides", []), *_overrides(options.reasons)]
    try:
        return Composed(Announcement.check({**outside, "form": form}), where)
    except ContentRefused as refused:
        raise PratiqueError("bad_input", where(refused.problems)) from None


def _overrides(reasons: Iterable[str]) -> list[dict[str, str]]:
    given = [reason.partition("=") for reason in reasons]
    if any(not why.strip() for _, _, why in given):
        raise PratiqueError("usage", "a reason is given as field=reason")
    return [{"field": place.strip(), "reason": why.strip()} for place, _, why in given]


def refuse(composed: Composed, problems: tuple[Problem, ...], findings: tuple[Problem, ...]) -> None:
    """Tell what stands in the way of sending.

    Raises  PratiqueError: not_the_sender, bad_input, needs_reason
    """
    if any(problem.code == "not_the_sender" for problem in problems):
        raise PratiqueError("not_the_sender", problems[0].text, "the departure Member announces its own consignments")
    if problems:
        uncounted = any(one.code == "missing" and one.path.endswith("].doses") for one in problems)
        hint = "say how many doses a lot has: --lot BATCH=DOSES" if uncounted else ""
        raise PratiqueError("bad_input", composed.where(problems), hint)
    if findings:
        hint = f'correct it, or say why it stands: --reason "{findings[0].path}=…"'
        raise PratiqueError("needs_reason", composed.where(findings), hint)
