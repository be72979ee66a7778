"""The base of every content: strict, frozen, UTF-8 JSON; and the one error a content is refused with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from pratique.contents.fields import Hex16, LogId, Prose, Reference
from pratique.wire import strict_json
from pratique.wire.refused import Refused
from pratique.wire.statements import tuples

_PLAIN = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of this form",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "union_tag_not_found": "must say which part it is",
    "union_tag_invalid": "must say which part it is",
    "string_too_short": "is too short",
    "string_too_long": "is too long",
    "too_short": "has too few items",
    "too_long": "has too many items",
}
_CODES = {"missing": "missing", "extra_forbidden": "unknown_field"}
_BOUNDS = ("greater_than", "less_than", "too_", "string_too_")


@dataclass(frozen=True)
class Problem:
    """One field that is wrong, and how; `path` reads like `goods[0].lots[1].expiry`.

    Takes   code: missing, unknown_field, wrong_form, out_of_range or rule block; check_digit, not_in_list, shelf_life
            and late ask for a reason
    """

    path: str
    text: str
    code: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text


class ContentRefused(Refused):
    """A content that does not follow its form; `problems` names every field."""

    def __init__(self, problems: tuple[Problem, ...], code: str = "malformed_content") -> None:
        super().__init__(code, "; ".join(str(problem) for problem in problems))
        self.problems = problems


class Misplaced(ValueError):
    """A rule between fields that does not hold, told at the field to change."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__(text)
        self.path = path


class Part(BaseModel):
    """A piece of a content."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @classmethod
    def check(cls, value: Any) -> Self:
        """Take parsed JSON as this form; raises `ContentRefused` with every wrong field."""
        try:
            return cls.model_validate(tuples(value))
        except ValidationError as invalid:
            raise ContentRefused(problems(invalid)) from None


class Content(Part):
    """One kind of content; `TYPE` is the name under which it is sealed."""

    TYPE: ClassVar[str]

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Parse an opened content's bytes; raises `ContentRefused`."""
        try:
            return cls.check(strict_json.loads(body))
        except strict_json.JsonRefused as refused:
            raise ContentRefused((Problem("", refused.detail),)) from None

    def write(self) -> bytes:
        """Give the bytes to seal."""
        return strict_json.dumps(self.model_dump(mode="json", exclude_none=True))


class Follows(Part):
    """The entry that an event answers: in the same log, before it."""

    log: LogId
    seq: Annotated[int, Field(ge=1)]


class Event(Content):
    """A content about a pre-notification: which one, and the entry it follows.

    Takes   id: made once by its author; the same event in several lanes keeps it and counts once
    """

    id: Hex16
    about: Reference
    follows: Follows
    remark: Prose | None = None


def problems(invalid: ValidationError) -> tuple[Problem, ...]:
    """Turn a validation error into sentences, without quoting the input."""
    errors = invalid.errors(include_url=False, include_input=False)
    # A list whose item is wrong is also said to be too short: only the item is worth a word.
    around = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return tuple(
        Problem(_path(error), _sentence(error["type"], error.get("ctx", {}), error["msg"]), _code(error))
        for error in errors
        if error["type"] != "too_short" or error["loc"] not in around
    )


def path(loc: tuple[int | str, ...]) -> str:
    """Write a place in a document: names by dots, places in lists in brackets."""
    text = ""
    for step in loc:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _path(error: ErrorDetails) -> str:
    inner = error.get("ctx", {}).get("error")
    return path((*error["loc"], inner.path) if isinstance(inner, Misplaced) else error["loc"])


def _code(error: ErrorDetails) -> str:
    if isinstance(error.get("ctx", {}).get("error"), Misplaced):
        return "rule"
    return _CODES.get(error["type"], "out_of_range" if error["type"].startswith(_BOUNDS) else "wrong_form")


def _sentence(kind: str, context: Mapping[str, Any], message: str) -> str:
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"must be one of {context['expected']}".replace("'", "")
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        (limit,) = context.values()
        bound = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}[next(iter(context))]
        return f"must be {bound} {limit}"
    return _PLAIN.get(kind, message[:1].lower() + message[1:])
