"""Check digits of references. A wrong one is a finding for a person to explain, never a reason to refuse.

Every function takes a text that already has its form and says whether its check digits hold.
Source of all vectors: vectors/contents/check_digits.json
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping


def awb_holds(awb: str) -> bool:
    """Say whether an air waybill's last digit is its 7-digit serial modulo 7.

    Shape  awb: PPP-SSSSSSSC, the hyphen optional
    """
    digits = awb.replace("-", "")
    return int(digits[3:10]) % 7 == int(digits[10])


def gs1_holds(number: str) -> bool:
    """Say whether a GTIN's or SSCC's last digit is right: weights 3, 1 from the right, modulo 10."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(number[:-1])))
    return -weighted % 10 == int(number[-1])


# ISO 6346: A = 10, rising, without the multiples of 11.
_LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True))
_CATEGORIES = "UJZ"
_EUROPEAN = "ABDEK"  # swap bodies and trailers of EN 13044


def container_holds(number: str) -> bool:
    """Say whether a container's category letter and check digit are those of ISO 6346 or EN 13044."""
    signs = [_LETTERS.get(sign) or int(sign) for sign in number[:10]]
    check = sum(sign << place for place, sign in enumerate(signs)) % 11 % 10
    return number[3] in _CATEGORIES + _EUROPEAN and check == int(number[10])


def container_is_european(number: str) -> bool:
    """Say whether the fourth letter is one of EN 13044, not of ISO 6346."""
    return number[3] in _EUROPEAN


def s10_holds(number: str) -> bool:
    """Say whether a postal item number's check digit is right.

    Shape  number: two letters, eight digits, the check digit, the country (UPU S10)
    """
    weighted = sum(int(digit) * weight for digit, weight in zip(number[2:10], (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    return {10: 0, 11: 5}.get(11 - weighted % 11, 11 - weighted % 11) == int(number[10])


def imo_holds(number: str) -> bool:
    """Say whether a ship's IMO number holds: six digits times 7 … 2, modulo 10."""
    return sum(int(digit) * weight for digit, weight in zip(number, range(7, 1, -1), strict=False)) % 10 == int(
        number[6]
    )


def lei_holds(lei: str) -> bool:
    """Say whether a legal entity identifier has its form and check digits (ISO 17442)."""
    return re.fullmatch(r"[A-Z0-9]{18}[0-9]{2}", lei) is not None and mod_97_10(lei[:-2]) == lei[-2:]


def mrn_holds(number: str) -> bool:
    """Say whether what looks like a movement reference number of the EU has its form; other numbers always hold."""
    looks = len(number) == 18 and re.match(r"[0-9]{2}[A-Za-z]{2}", number) is not None
    return not looks or re.fullmatch(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{14}", number) is not None


def mod_97_10(text: str) -> str:
    """Give the two check digits of ISO 7064 MOD 97-10 over letters (A = 10 … Z = 35) and digits; others are skipped."""
    number = int("".join(str(int(sign, 36)) for sign in text if sign.isalnum()) + "00")
    return f"{98 - number % 97:02d}"


# What a template may name as `x-check`.
CHECKS: Mapping[str, Callable[[str], bool]] = {
    "awb": awb_holds,
    "gtin": gs1_holds,
    "imo": imo_holds,
    "iso6346": container_holds,
    "lei": lei_holds,
    "mrn": mrn_holds,
    "s10": s10_holds,
    "sscc": gs1_holds,
}
