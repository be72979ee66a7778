"""Code lists as data: names in six languages, dated, each with its source and licence (templates/codes/SOURCES.md)."""

from pratique.codes.code_lists import Code, Source, UnknownList, codes, entry, holds, lists, name, search, source
from pratique.codes.regions import region_of, rilo_of

__all__ = [
    "Code", "Source", "UnknownList", "codes", "entry", "holds", "lists", "name", "region_of", "rilo_of", "search",
    "source",
]  # fmt: skip
