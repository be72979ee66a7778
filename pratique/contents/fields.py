"""The forms of single fields: places, references, instants, codes; a wrong one is refused in words to act on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from pratique.contents.check_digits import mod_97_10

Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Count = Annotated[int, Field(ge=0, le=10**10)]


def _formed(pattern: str, sentence: str) -> AfterValidator:
    compiled = re.compile(pattern, re.ASCII)  # other scripts' digits would make two writings of one reference

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(sentence)
        return text

    return AfterValidator(check)


def _read(reader: Callable[[str], object], sentence: str) -> AfterValidator:
    def check(text: str) -> str:
        try:
            reader(text)
        except ValueError:
            raise ValueError(sentence) from None
        return text

    return AfterValidator(check)


def _reference(text: str) -> str:
    if not re.fullmatch(r"PN-[A-Z0-9][A-Z0-9-]{1,23}-[A-Z]{2}-\d{4}-\d{6}-\d{2}", text, re.ASCII):
        raise ValueError("must be a reference such as PN-STOP-III-BE-2026-000001-21")
    if mod_97_10(text[:-3]) != text[-2:]:
        raise ValueError("has a wrong check number at its end; copy the reference again")
    return text


def make_reference(group: str, country: str, year: int, number: int) -> str:
    """Give the reference of one pre-notification: PN-{group}-{country}-{year}-{six digits}-{ISO 7064 check}."""
    head = f"PN-{group}-{country.upper()}-{year:04d}-{number:06d}"
    return f"{head}-{mod_97_10(head)}"


def reference_party(reference: str) -> str:
    """Give the party label that a reference names as its sender, lower case."""
    return reference.split("-")[-4].lower()


def instant_ms(text: str) -> int:
    """Read an instant field as milliseconds UTC."""
    return round(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)


Reference = Annotated[str, AfterValidator(_reference)]
LogId = Annotated[str, _formed(r"[0-9a-f]{64}", "must be a log id, 64 hexadecimal digits")]
Hex16 = Annotated[str, _formed(r"[0-9a-f]{32}", "must be 32 hexadecimal digits")]
Sha256 = Annotated[str, _formed(r"[0-9a-f]{64}", "must be a SHA-256 digest, 64 hexadecimal digits")]
SealKey = Annotated[str, _formed(r"[A-Za-z0-9+/]{43}=", "must be a key, 32 bytes in base64")]
PartyLabel = Annotated[str, _formed(r"[a-z][a-z0-9-]{1,30}", "must be a party's label, such as be")]
OfficeLabel = Annotated[str, _formed(r"[a-z][a-z0-9-]{1,30}/[a-z][a-z0-9-]{0,30}", "must be an office such as be/ncp")]
EntryPlace = Annotated[
    str, _formed(r"[0-9a-f]{64}/[1-9]\d{0,15}", "must be an entry's place: its log id, a slash and its number")
]
FieldPath = Annotated[
    str, _formed(r"[a-z][a-z0-9_]*(\[\])?(\.[a-z][a-z0-9_]*(\[\])?){0,5}", "must be a field such as goods[].gtin")
]
TemplateName = Annotated[
    str, _formed(r"[a-z][a-z-]{0,31}/[1-9]\d{0,3}", "must name a template and its version, such as prenotification/1")
]
TemplateLabel = Annotated[str, _formed(r"[a-z][a-z-]{0,31}", "must be a template's name, such as prenotification")]
Key32 = Annotated[str, _formed(r"[A-Za-z0-9+/]{43}=", "must be a key, 32 bytes in base64")]
Phone = Annotated[str, _formed(r"\+[1-9]\d{6,14}", "must be a telephone number such as +3222101234")]
Country = Annotated[str, _formed(r"[A-Z]{2}", "must be a country code of two capitals (ISO 3166-1), such as BE")]
Locode = Annotated[
    str, _formed(r"[A-Z]{2}[A-Z2-9]{3}", "must be a UN/LOCODE: two capitals and three capitals or digits 2–9, as BEBRU")
]
Awb = Annotated[str, _formed(r"\d{3}-?\d{8}", "must be an air waybill number: 3 digits, a hyphen, 8 digits")]
Flight = Annotated[str, _formed(r"[A-Z0-9]{2}\d{1,4}[A-Z]?", "must be a flight number such as SN465")]
HsCode = Annotated[str, _formed(r"\d{6,10}", "must be an HS code of 6 to 10 digits without dots, as 300241")]
Gtin = Annotated[str, _formed(r"\d{8}|\d{12,14}", "must be a GTIN of 8, 12, 13 or 14 digits")]
Batch = Annotated[str, _formed(r"[!-\"%-/0-9:-?A-Z_a-z]{1,20}", "must be a batch number of 1 to 20 GS1 characters")]
Day = Annotated[
    str,
    _formed(r"\d{4}-\d{2}-\d{2}", "must be a date such as 2027-03-31"),
    _read(date.fromisoformat, "is not a day of the calendar"),
]
Instant = Annotated[
    str,
    _formed(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z", "must be a UTC time such as 2026-08-12T21:40Z"),
    _read(datetime.fromisoformat, "is not a time of the calendar"),
]
