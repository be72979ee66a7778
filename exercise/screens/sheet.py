"""Write the contact sheet: the pictures of one page side by side, in every look; each opens in its full size."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

_STYLE = """:root{color-scheme:dark}body{font:14px/1.4 system-ui;margin:0;background:#20242c;color:#e8eaf0}
nav{position:sticky;top:0;display:flex;flex-wrap:wrap;gap:.1rem .9rem;padding:.5rem 1rem;background:#12151b;z-index:1}
a{color:inherit}section{padding:.5rem 1rem 1rem;scroll-margin-top:6rem}h2{font-size:1.05rem;margin:.6rem 0}
.row{display:flex;gap:1rem;overflow-x:auto;align-items:start;padding-block-end:.5rem}figure{margin:0;flex:none}
figcaption{font-size:.8rem;color:#aab0bd}img{display:block;height:26rem;width:auto;max-width:34rem;
object-fit:contain;object-position:top;border:1px solid #444}"""


def write_sheet(folder: Path, pages: Sequence[str], looks: Sequence[str]) -> Path:
    """Write `index.html` beside the pictures; give its path."""
    links = "".join(f'<a href="#{escape(page)}">{escape(page)}</a>' for page in pages)
    file = folder / "index.html"
    file.write_text(
        "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Pratique, every page</title><style>{_STYLE}</style><nav>{links}</nav>"
        + "".join(_section(folder, page, looks) for page in pages)
        + "\n",
        encoding="utf-8",
    )
    return file


def _section(folder: Path, page: str, looks: Sequence[str]) -> str:
    figures = "".join(_figure(folder, look, page) for look in looks)
    return f'<section id="{escape(page)}"><h2>{escape(page)}</h2><div class=row>{figures}</div></section>'


def _figure(folder: Path, look: str, page: str) -> str:
    picture = f"{look}/{page}.png"
    shown = f'<a href="{escape(picture)}"><img loading=lazy src="{escape(picture)}" alt="{escape(page)}"></a>'
    there = (folder / picture).is_file()
    return f"<figure><figcaption>{escape(look)}</figcaption>{shown if there else 'not taken'}</figure>"
