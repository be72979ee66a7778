"""Make party_lists.json: one history of party lists with what it says, and lists that do not continue it."""

from typing import Any

from pratique.certificates import issue_authority, issue_device, make_root
from pratique.wire.bodies import Authority, ListedParty, PartyKind, PartyList
from pratique.wire.identity import DeviceUri
from pratique.wire.statements import Statement, sign
from tests.wire.vector_sets.actors import (
    AT_MS,
    BE_AUTHORITY,
    DEPLOYMENT,
    KE_AUTHORITY,
    KE_CERTIFICATE,
    KE_DEVICE,
    ROOT,
    Case,
    b64,
    key,
    public,
)

DAY_MS = 86_400_000
REVOKED_MS = AT_MS + 10 * DAY_MS
LATER_MS = AT_MS + 20 * DAY_MS
URI = DeviceUri.parse(KE_DEVICE)

NEW_ROOT = make_root(DEPLOYMENT, key("new root"), AT_MS, serial=11)
SECOND_KE = issue_authority("ke", ROOT, key("root"), public("ke 2"), AT_MS, serial=12)
AE_AUTHORITY = issue_authority("ae", NEW_ROOT, key("new root"), public("ae"), AT_MS, serial=13)
RENEWED_KE = issue_authority("ke", ROOT, key("root"), public("ke"), LATER_MS, serial=14)
RENEWED_DEVICE = issue_device(URI, public(KE_DEVICE), SECOND_KE, key("ke 2"), REVOKED_MS, serial=15)
STRANGER = issue_device(URI, public(KE_DEVICE), RENEWED_KE, key("ke"), LATER_MS, serial=16)


def authority(der: bytes, from_ms: int = AT_MS, revoked_ms: int | None = None) -> Authority:
    """List a CA."""
    return Authority(certificate=b64(der), from_ms=from_ms, revoked_ms=revoked_ms)


def party(name: str, *authorities: Authority) -> ListedParty:
    """List a Member."""
    return ListedParty(party=name, kind=PartyKind.MEMBER, name=name.upper(), authorities=authorities)


def signed(number: int, parties: tuple[ListedParty, ...], follows: Statement | None, **more: Any) -> Statement:
    """Sign a list; `key` and `signer` default to the root's."""
    signer, name = more.pop("signer", "root"), more.pop("key", "root")
    body = PartyList(**{"deployment": DEPLOYMENT, "number": number, "parties": parties, **more})
    return sign(body, signer=signer, key=key(name), follows=follows.digest if follows else b"")


KE, BE = party("ke", authority(KE_AUTHORITY)), party("be", authority(BE_AUTHORITY))
KE_REPLACED = party("ke", authority(KE_AUTHORITY, revoked_ms=REVOKED_MS), authority(SECOND_KE, REVOKED_MS))
AE = party("ae", authority(AE_AUTHORITY))

FIRST = signed(1, (KE, BE), None)
SECOND = signed(2, (KE_REPLACED, BE), FIRST, new_root=b64(NEW_ROOT))
THIRD = signed(3, (KE_REPLACED, BE, AE), SECOND, key="new root")
HISTORY = (FIRST, SECOND, THIRD)


def make() -> Case:
    """Give the whole file."""
    return {
        "about": "Lists fold one after the other onto the pinned root; each refused list follows the first `after`.",
        "root": b64(ROOT),
        "lists": [b64(statement.raw) for statement in HISTORY],
        "parties": [["ke", "be"], ["ke", "be"], ["ke", "be", "ae"]],
        "keys": _keys(),
        "devices": _devices(),
        "refused": [
            {"name": name, "expect": code, "after": after, "list": b64(statement.raw)}
            for name, (code, after, statement) in _refused().items()
        ],
    }


def _keys() -> list[Case]:
    roots = [public("root").hex(), public("new root").hex()]
    rows: tuple[tuple[str, int, int, list[str]], ...] = (
        ("ke.stop.example", 0, AT_MS, []),
        ("ke.stop.example", 1, AT_MS, [public("ke").hex()]),
        ("ke.stop.example", 1, AT_MS - 1, []),
        ("ke.stop.example", 1, AT_MS + 1825 * DAY_MS, []),
        ("ke.stop.example", 3, REVOKED_MS - 1, [public("ke").hex()]),
        ("ke.stop.example", 3, REVOKED_MS, [public("ke 2").hex()]),
        ("ke", 3, AT_MS, []),
        ("ae.stop.example", 2, AT_MS, []),
        ("ae.stop.example", 3, AT_MS, [public("ae").hex()]),
        ("root", 0, AT_MS, roots[:1]),
        ("root", 3, AT_MS, roots),
        ("root", 3, 0, []),
    )
    return [{"signer": signer, "after": after, "at_ms": at_ms, "keys": keys} for signer, after, at_ms, keys in rows]


def _devices() -> list[Case]:
    rows: tuple[tuple[str, str, int, int, bytes], ...] = (
        ("certified by a listed CA", "ok", 1, AT_MS, KE_CERTIFICATE),
        ("no list yet", "unknown_authority", 0, AT_MS, KE_CERTIFICATE),
        ("before its CA counts", "revoked_authority", 1, AT_MS - 1, KE_CERTIFICATE),
        ("last instant before the CA is revoked", "ok", 3, REVOKED_MS - 1, KE_CERTIFICATE),
        ("CA is revoked", "revoked_authority", 3, REVOKED_MS, KE_CERTIFICATE),
        ("renewed under the second CA", "ok", 3, REVOKED_MS, RENEWED_DEVICE),
        ("the second CA is not listed yet", "unknown_authority", 1, REVOKED_MS, RENEWED_DEVICE),
        ("expired", "expired", 3, REVOKED_MS + 90 * DAY_MS, RENEWED_DEVICE),
        ("not yet valid", "not_yet_valid", 1, AT_MS + 10 * DAY_MS, STRANGER),
        ("a CA, not a device", "unknown_authority", 3, AT_MS, KE_AUTHORITY),
        ("a root, not a device", "wrong_profile", 3, AT_MS, ROOT),
    )
    return [
        {"name": name, "expect": code, "after": after, "at_ms": at_ms, "device": b64(der)}
        for name, code, after, at_ms, der in rows
    ]


def _refused() -> dict[str, tuple[str, int, Statement]]:
    other_root = make_root("other.example", key("other"), AT_MS, serial=17)
    forging_root = make_root(DEPLOYMENT, key("other"), AT_MS, serial=20)
    forged = issue_authority("ke", forging_root, key("other"), public("ke"), AT_MS, serial=21)
    shared = issue_authority("be", ROOT, key("root"), public("ke"), AT_MS, serial=18)
    own = issue_authority("be", ROOT, key("root"), public("root"), AT_MS, serial=19)
    padded = Authority(certificate=b64(BE_AUTHORITY).rstrip("=") + "====", from_ms=AT_MS)
    return {
        "signed by a party": ("wrong_signer", 0, signed(1, (KE,), None, signer="ke.stop.example", key="ke")),
        "signed with another key": ("bad_signature", 0, signed(1, (KE,), None, key="other")),
        "another deployment": ("wrong_deployment", 0, signed(1, (), None, deployment="other.example")),
        "the first list again": ("stale_list", 2, FIRST),
        "the same list again": ("stale_list", 1, FIRST),
        "another first list": ("forked_list", 1, signed(1, (KE,), None)),
        "a fork that no root signed": ("bad_signature", 1, signed(1, (KE,), None, key="other")),
        "a fork signed by the old root": ("forked_list", 2, signed(2, (KE, BE), FIRST)),
        "a fork signed by the new root": ("forked_list", 3, signed(3, (KE_REPLACED, BE), SECOND, key="new root")),
        "a list is missing": ("list_gap", 1, signed(3, (KE, BE), FIRST)),
        "begins with number 2": ("list_gap", 0, signed(2, (KE,), None)),
        "follows nothing": ("forked_list", 1, signed(2, (KE, BE), None)),
        "the first follows something": ("forked_list", 0, signed(1, (KE,), FIRST)),
        "follows another list": ("forked_list", 1, signed(2, (KE, BE), signed(1, (KE,), None))),
        "the old root signs after the new one was named": ("bad_signature", 2, signed(3, (KE_REPLACED, BE), SECOND)),
        "the new root signs the list that names it": (
            "bad_signature",
            1,
            signed(2, (KE, BE), FIRST, key="new root", new_root=b64(NEW_ROOT)),
        ),
        "a party is forgotten": ("rewritten_list", 1, signed(2, (KE,), FIRST)),
        "a CA is forgotten": ("rewritten_list", 1, signed(2, (party("ke", authority(SECOND_KE)), BE), FIRST)),
        "a CA counts from another instant": (
            "rewritten_list",
            1,
            signed(2, (party("ke", authority(KE_AUTHORITY, AT_MS + 1)), BE), FIRST),
        ),
        "a revocation is taken back": (
            "rewritten_list",
            2,
            signed(
                3, (party("ke", authority(KE_AUTHORITY), authority(SECOND_KE, REVOKED_MS)), BE), SECOND, key="new root"
            ),
        ),
        "a CA under another party": ("wrong_authority", 0, signed(1, (party("be", authority(KE_AUTHORITY)),), None)),
        "revoked before it counts": (
            "wrong_authority",
            0,
            signed(1, (party("ke", authority(KE_AUTHORITY, AT_MS, AT_MS - 1)),), None),
        ),
        "one key for two parties": ("wrong_authority", 0, signed(1, (KE, party("be", authority(shared))), None)),
        "the root's key for a party": ("wrong_authority", 0, signed(1, (party("be", authority(own)),), None)),
        "a CA twice": ("wrong_authority", 0, signed(1, (party("ke", *KE.authorities * 2),), None)),
        "not base64": (
            "wrong_authority",
            0,
            signed(1, (party("be", Authority(certificate="%%%%", from_ms=AT_MS)),), None),
        ),
        "loose base64": ("wrong_authority", 0, signed(1, (party("be", padded),), None)),
        "a CA of another root": ("wrong_profile", 0, signed(1, (party("ke", authority(forged)),), None)),
        "a device as CA": ("wrong_name", 0, signed(1, (party("ke", authority(KE_CERTIFICATE)),), None)),
        "counts before its certificate": (
            "not_yet_valid",
            0,
            signed(1, (party("ke", authority(KE_AUTHORITY, AT_MS - DAY_MS)),), None),
        ),
        "new root of another deployment": ("wrong_deployment", 0, signed(1, (KE,), None, new_root=b64(other_root))),
        "new root with the old key": ("wrong_authority", 0, signed(1, (KE,), None, new_root=b64(ROOT))),
        "new root that is none": ("wrong_name", 0, signed(1, (KE,), None, new_root=b64(KE_AUTHORITY))),
    }
