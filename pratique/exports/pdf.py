"""Print one consignment as a PDF for people: two pages of A4, tagged for screen readers, in six languages."""

from __future__ import annotations

import json
import threading
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import typst

# A person may archive the sheet (PDF/A-3a) and hear it read (PDF/UA-1); the typesetter checks both.
STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-3a"]
_FONTS = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic")
_LAYOUT = files("pratique.exports").joinpath("sheet.typ").read_bytes()
_ONE_AT_A_TIME = threading.Lock()


def to_pdf(sheet: dict[str, Any]) -> bytes:
    """Set a sheet (see `pratique.exports.sheet`) as PDF.

    A text with signs that no shipped font has (Chinese, Thai) gives a plain PDF in place of an archivable one:
    the sign shows as a box, and still copies as itself.
    """
    try:
        return _compile(sheet, "pdf", STANDARDS)[0]
    except typst.TypstError as refused:
        if "could not be displayed with font" not in refused.message:
            raise
    return _compile(sheet, "pdf", [])[0]


def to_png(sheet: dict[str, Any], ppi: float = 96) -> list[bytes]:
    """Set a sheet as pictures, one per page, to look at."""
    return _compile(sheet, "png", [], ppi)


def _compile(
    sheet: dict[str, Any], form: Literal["pdf", "png"], standards: list[typst.PDFStandard], ppi: float = 96
) -> list[bytes]:
    with _ONE_AT_A_TIME:
        made = _compiler().compile(
            _LAYOUT,
            format=form,
            sys_inputs={"sheet": json.dumps(_clean(sheet), ensure_ascii=False)},
            pdf_standards=standards,
            ppi=ppi,
            timestamp=sheet["made_s"],
        )
    return [made] if isinstance(made, bytes) else made or []


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False,
        font_paths=[str(files(font).joinpath("files")) for font in _FONTS],
    )
    return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)


def _clean(value: Any) -> Any:
    """Replace control, format and bidirectional signs in every text, so that no text can disturb its neighbours."""
    match value:
        case str():
            return "".join(sign if _harmless(sign) else "?" for sign in value)
        case dict():
            return {key: _clean(item) for key, item in value.items()}
        case list() | tuple():
            return [_clean(item) for item in value]
    return value


def _harmless(sign: str) -> bool:
    # Persian and Indic words are written with joiners.
    return sign in "\n\u200c\u200d" or unicodedata.category(sign)[0] != "C"
