"""Make the code lists that come from elsewhere: `python templates/codes/build.py HS2022.csv`.

A maintainer runs this when a source has a new edition; its output is kept in git (SOURCES.md says what is from where).
The lists not named here are written by hand, in their JSON files.
"""

from __future__ import annotations

import csv
import json
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import pycountry
from babel import Locale

from pratique.codes.unlocode_import import write, write_table
from pratique.templates.text import LANGUAGES

HERE = Path(__file__).parent
EDITION = "2023-1"


def countries() -> dict[str, Any]:
    """Give ISO 3166-1 in six languages, with the codes that Customs uses beside it."""
    codes = sorted([*(one.alpha_2 for one in pycountry.countries), "XK", "EU"])
    return {code: {"names": {tongue: Locale(tongue).territories[code] for tongue in LANGUAGES}} for code in codes}


def currencies() -> dict[str, Any]:
    """Give ISO 4217 in six languages; English where a language has no name."""
    made = {}
    for one in sorted(pycountry.currencies, key=lambda currency: currency.alpha_3):
        names = {tongue: Locale(tongue).currencies.get(one.alpha_3) for tongue in LANGUAGES}
        names["en"] = names["en"] or one.name
        made[one.alpha_3] = {"names": {tongue: name for tongue, name in names.items() if name}}
    return made


def save(name: str, source: str, date: str, licence: str, **rest: Any) -> None:
    """Write one list, a code to a line."""
    head = {"source": source, "date": date, "licence": licence}
    if "codes" in rest:
        lines = ",\n".join(
            f"    {json.dumps(code)}: {json.dumps(one, ensure_ascii=False)}" for code, one in rest["codes"].items()
        )
        text = json.dumps(head, indent=2, ensure_ascii=False)[:-2] + f',\n  "codes": {{\n{lines}\n  }}\n}}\n'
    else:
        text = json.dumps({**head, **rest}, indent=2, ensure_ascii=False) + "\n"
    (HERE / f"{name}.json").write_text(text, encoding="utf-8")


def harmonized_system(file: Path) -> None:
    """Write the Harmonized System to six digits."""
    with file.open(encoding="utf-8", newline="") as text:
        rows = [(row["hscode"], row["description"], row["level"]) for row in csv.DictReader(text)]
    write_table(HERE / "hs2022.csv.gz", ("code", "name", "level"), rows)
    source = "UN Comtrade description of HS 2022 (github.com/datasets/harmonized-system); not the legal text of the WCO"
    save("hs2022", source, "2022", "PDDL-1.0", rows="hs2022.csv.gz")


def main() -> None:
    """Write all of them."""
    cldr = f"ISO code from pycountry {version('pycountry')}; names from Unicode CLDR by babel {version('babel')}"
    licence = "Unicode-3.0 (names)"
    save("countries", f"ISO 3166-1, with EU and XK. {cldr}", "2026-02", licence, codes=countries())
    save("currencies", f"ISO 4217. {cldr}", "2026-02", licence, codes=currencies())
    harmonized_system(Path(sys.argv[1]))
    parts = [
        Path(str(files("pyunlocode") / "csv" / f"{EDITION} UNLOCODE CodeListPart{part}.csv")) for part in (1, 2, 3)
    ]
    print(f"{write(EDITION, parts, HERE)} places")


if __name__ == "__main__":
    main()
