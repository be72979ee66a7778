"""Check digits of references. A wrong one is a finding for a person to explain, never a reason to refuse."""

from __future__ import annotations


def awb_holds(awb: str) -> bool:
    """Say whether an air waybill's last digit is its 7-digit serial modulo 7.

    Shape  awb: PPP-SSSSSSSC, the hyphen optional
    Source IATA air waybill numbering; vectors/contents/check_digits.json
    """
    digits = awb.replace("-", "")
    return int(digits[3:10]) % 7 == int(digits[10])


def gtin_holds(gtin: str) -> bool:
    """Say whether a GTIN's last digit is right: weights 3, 1 from the right, modulo 10."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(gtin[:-1])))
    return -weighted % 10 == int(gtin[-1])


def mod_97_10(text: str) -> str:
    """Give the two check digits of ISO 7064 MOD 97-10 over letters (A = 10 … Z = 35) and digits; others are skipped."""
    number = int("".join(str(int(sign, 36)) for sign in text if sign.isalnum()) + "00")
    return f"{98 - number % 97:02d}"
