"""Make the list of places from the files that UNECE publishes: `python -m pratique.codes.unlocode_import 2025-1 FILE…`.

Takes the CSV files of one edition (CodeListPart1 to 3) and writes unlocode.json and unlocode.csv.gz into the folder
named by PRATIQUE_CODES, or into the one given by --into.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

# Ports, airports, postal exchange offices, border crossings: where Customs meets goods.
FUNCTIONS = frozenset("145B")
COLUMNS = ("code", "name", "functions", "subdivision", "iata")
SOURCE = "UNECE, UN/LOCODE code list, edition {edition}; cut to ports, airports, postal exchanges and border crossings"


def places(files: Iterable[Path]) -> Iterator[tuple[str, ...]]:
    """Give the rows that are kept, in the files' order."""
    for file in files:
        text = _text(file.read_bytes())
        for row in csv.reader(io.StringIO(text)):
            if len(row) < 10 or not row[2] or not FUNCTIONS & set(row[6]):
                continue
            # The files write an airport's IATA code only where it is not the last three letters.
            airport = row[9] or row[2] if "4" in row[6] else ""
            yield row[1] + row[2], row[3], row[6].replace("-", ""), row[5], airport


def write(edition: str, files: Iterable[Path], into: Path) -> int:
    """Write the list; gives how many places it has."""
    rows = sorted({row[0]: row for row in places(files)}.values())
    write_table(into / "unlocode.csv.gz", COLUMNS, rows)
    head = {
        "source": SOURCE.format(edition=edition),
        "date": edition,
        "licence": "UNECE: free to use, with the source named",
        "rows": "unlocode.csv.gz",
    }
    (into / "unlocode.json").write_text(json.dumps(head, indent=2) + "\n", encoding="utf-8")
    return len(rows)


def write_table(file: Path, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write a packed table that is the same, byte for byte, for the same rows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    file.write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def main() -> None:
    """Import one edition from the command line."""
    arguments = argparse.ArgumentParser(description="Make the list of places from UNECE's CSV files.")
    arguments.add_argument("edition", help="for example 2025-1")
    arguments.add_argument("files", nargs="+", type=Path, help="the CSV files of that edition")
    arguments.add_argument(
        "--into", type=Path, default=os.environ.get("PRATIQUE_CODES"), help="default: PRATIQUE_CODES"
    )
    given = arguments.parse_args()
    if given.into is None:
        arguments.error("say where to with --into, or set PRATIQUE_CODES")
    given.into.mkdir(parents=True, exist_ok=True)
    print(f"{write(given.edition, given.files, given.into)} places written to {given.into}")


if __name__ == "__main__":
    main()
