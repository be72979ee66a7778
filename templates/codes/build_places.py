"""Make the coordinates of places for maps: `python templates/codes/build_places.py`.

UN/LOCODE says where a place is for a little more than half of its places; an airport's own coordinates serve where it
does not. A row with a country's two letters holds the middle of all these, for the places that are left.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from statistics import median_low

import airportsdata

from pratique import codes
from pratique.codes.unlocode_import import _text, write_table

HERE = Path(__file__).parent
EDITION = "2023-1"
_POINT = re.compile(r"(\d\d)(\d\d)([NS]) (\d{3})(\d\d)([EW])")

Point = tuple[float, float]


def told() -> Iterator[tuple[str, Point]]:
    """Give the places that UN/LOCODE itself has coordinates for."""
    for part in (1, 2, 3):
        file = Path(str(files("pyunlocode") / "csv" / f"{EDITION} UNLOCODE CodeListPart{part}.csv"))
        for row in csv.reader(io.StringIO(_text(file.read_bytes()))):
            if row[2] and len(row) > 10 and (found := _POINT.fullmatch(row[10].strip())):
                north, east = (int(found[at]) + int(found[at + 1]) / 60 for at in (1, 4))
                yield row[1] + row[2], (north * (1 if found[3] == "N" else -1), east * (1 if found[6] == "E" else -1))


def middles() -> Iterator[tuple[str, Point]]:
    """Give the middle of each country: half of its airports and places lie on either side."""
    by_country: dict[str, list[Point]] = {}
    for one in airportsdata.load("IATA").values():
        by_country.setdefault(one["country"], []).append((one["lat"], one["lon"]))
    for code, point in told():
        by_country.setdefault(code[:2], []).append(point)
    for country, points in by_country.items():
        yield country, (median_low(north for north, _ in points), median_low(east for _, east in points))


def rows() -> dict[str, Point]:
    """Give every point by its code."""
    known, airports = dict(told()), airportsdata.load("IATA")
    listed = codes.codes("countries")
    found = {code: point for code, point in middles() if code in listed}
    for code, place in codes.codes("unlocode").items():
        airport = airports.get(place.extra["iata"])
        if code in known:
            found[code] = known[code]
        elif airport and airport["country"] == code[:2]:
            found[code] = (airport["lat"], airport["lon"])
    return found


def main() -> None:
    """Write the table."""
    lines = [(code, f"{north:.2f}", f"{east:.2f}") for code, (north, east) in sorted(rows().items())]
    write_table(HERE / "unlocode_places.csv.gz", ("code", "lat", "lon"), lines)
    print(f"{len(lines)} points")


if __name__ == "__main__":
    main()
