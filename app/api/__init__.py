"""Speak HTTP: decode, one call, encode; no rule of the business lives here."""
