"""Labels and help of a template in six languages; TLP labels and codes are never translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pratique.codes.data import folder, read_json

LANGUAGES = ("en", "fr", "es", "ru", "ar", "pt")
FALLBACK = "en"


@dataclass(frozen=True)
class FieldText:
    """What a person reads at a field; `within` are the labels of the parts of the form that hold it."""

    label: str
    help: str
    within: tuple[str, ...] = ()

    @property
    def full(self) -> str:
        """Give the label with what it belongs to, for a table's head: Goods line › Lot › Expiry date."""
        return " › ".join((*self.within, self.label))


@cache
def texts(template: str, language: str) -> Mapping[str, Any]:
    """Read one language of a template: `groups` and `fields`; English where there is no such language."""
    place = folder() / template / "text"
    file = place / f"{language}.json"
    found: Mapping[str, Any] = read_json(file if file.is_file() else place / f"{FALLBACK}.json")
    return found
