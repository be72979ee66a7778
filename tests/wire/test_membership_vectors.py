"""Fold the recorded channel of the vectors from its bytes alone."""

import base64
from typing import Any
from uuid import UUID

import pytest

from pratique.wire.certificates import CertificateRefused, DeviceCertificate, verify_authority, verify_device
from pratique.wire.entries import Entry, Kind, Urgency
from pratique.wire.identity import DeviceUri
from pratique.wire.membership import Membership, NotCounted, advance, found
from tests.wire.vectors import load, names

FILE = load("membership")
ROOT = base64.b64decode(FILE["root"])


class Listed:
    """The certificates of the file."""

    def device(self, uri: str, at_ms: int) -> DeviceCertificate | None:
        for text in FILE["certificates"].get(uri, ()):
            authority = base64.b64decode(FILE["authorities"][DeviceUri.parse(uri).party])
            try:
                return verify_device(base64.b64decode(text), authority, ROOT, at_ms)
            except CertificateRefused:
                continue
        return None

    def authority_keys(self, signer: str, at_ms: int) -> tuple[bytes, ...]:
        der = base64.b64decode(FILE["authorities"][signer.partition(".")[0]])
        return (verify_authority(der, ROOT, at_ms).key,)


def read(row: dict[str, Any]) -> Entry:
    """Read one entry of the file."""
    told = row["entry"]
    return Entry(
        bytes.fromhex(told["log"]),
        told["seq"],
        Kind.from_word(told["kind"]),
        told["device"],
        told["epoch"],
        UUID(told["post_id"]),
        Urgency.from_word(told["urgency"]),
        told["at_ms"],
        base64.b64decode(told["data"]),
    )


def summary(member: Membership, at_ms: int) -> dict[str, Any]:
    """Give what the file says of a fold."""
    return {
        "epoch": member.epoch,
        "seated": sorted(member.seated),
        "leaves": {str(index): leaf.uri for index, leaf in sorted(member.leaves.items())},
        "surplus": list(member.surplus(at_ms)),
        "revoked": sorted(member.revoked),
        "rejoining": sorted(member.rejoining),
    }


def test_the_recorded_channel() -> None:
    first, *rows = FILE["entries"]
    assert names(FILE["entries"])
    member = found(read(first), Listed())
    assert summary(member, first["entry"]["at_ms"]) == first["after"]
    for row in rows:
        entry = read(row)
        if row["expect"] == "ok":
            member = advance(member, entry, Listed())
        else:
            with pytest.raises(NotCounted) as refused:
                advance(member, entry, Listed())
            assert refused.value.code == row["expect"], row["name"]
        assert summary(member, entry.at_ms) == row["after"], row["name"]
