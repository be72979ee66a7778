"""Write the contact sheet: one row for each page, one column for each look."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

_STYLE = """body{font:14px system-ui;margin:1rem;background:#888}table{border-spacing:.5rem}
th{position:sticky;top:0;background:#888;text-align:start}td{vertical-align:top}
img{max-height:22rem;max-width:26rem;border:1px solid #333;background:#fff}"""


def write_sheet(folder: Path, pages: Sequence[str], looks: Sequence[str]) -> Path:
    """Write `index.html` beside the pictures; give its path."""
    head = "".join(f"<th>{escape(look)}</th>" for look in looks)
    rows = "".join(
        f"<tr><th>{escape(page)}</th>{''.join(_cell(folder, look, page) for look in looks)}</tr>" for page in pages
    )
    file = folder / "index.html"
    file.write_text(
        f"<!doctype html><meta charset=utf-8><title>Pratique, every page</title><style>{_STYLE}</style>"
        f"<table><tr><th></th>{head}</tr>{rows}</table>\n",
        encoding="utf-8",
    )
    return file


def _cell(folder: Path, look: str, page: str) -> str:
    picture = f"{look}/{page}.png"
    if not (folder / picture).is_file():
        return "<td>none</td>"
    return f'<td><a href="{escape(picture)}"><img loading=lazy src="{escape(picture)}" alt="{escape(page)}"></a></td>'
