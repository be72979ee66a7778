"""Where in the file something is wrong, so that a person finds the cell and a program the field."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class RowProblem:
    """One cell that is wrong.

    Takes   column: its letters, empty where the file has no such column; header: the template's own code of the field;
            code: stable, as the template's
    """

    row: int
    column: str
    header: str
    code: str
    text: str
    national_reference: str = ""

    def __str__(self) -> str:
        place = f"row {self.row}" + (f", column {self.column}" if self.column else "")
        return f"{place}: {self.header} {self.text}" if self.header else f"{place}: {self.text}"

    def as_json(self) -> dict[str, Any]:
        """Give it for programs."""
        return asdict(self)
