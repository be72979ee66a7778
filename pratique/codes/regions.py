"""The WCO region of a Member, and its RILO: defaults that an administration may replace (PRATIQUE_CODES)."""

from __future__ import annotations

from pratique.codes.code_lists import entry


def region_of(party: str) -> str | None:
    """Give the WCO region of a Member's party label: AMS, EUR, AP, MENA, WCA or ESA."""
    found = entry("wco_members", party.upper())
    return found.extra["region"] if found else None


def rilo_of(party: str) -> str | None:
    """Give the party label of the RILO that serves a Member."""
    found = entry("wco_members", party.upper())
    return found.extra["rilo"] if found else None
