"""What stands together in one post, judged from its bytes alone."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.delivery import framing
from app.delivery.framing import MAX_DRAFTS, MAX_HANDSHAKE_BYTES, MAX_SEALED_BYTES, PostBody
from app.errors import EntryRefused
from pratique.wire.bodies import Charter, Reminder, ReminderEnd, Revocation, Ring, Roster, SeatChange
from pratique.wire.entries import Draft, Kind
from pratique.wire.statements import Body, sign

KEY = Ed25519PrivateKey.generate()
BE = "pratique://be.stop.example/ncp/officer/abcd1234"
SEALED = Draft(Kind.APPLICATION, b"sealed", 3)


def signed(body: Body) -> bytes:
    return sign(body, signer=BE, key=KEY).raw


SEATS = signed(
    Roster(
        channel="00" * 32,
        number=1,
        changes=(SeatChange(office="ke/ncp", seated=True), SeatChange(office="be/desk", seated=False)),
    )
)
REVOCATION = signed(Revocation(device=BE, reason="lost", at_ms=1))
CHARTER = signed(
    Charter(operation="00" * 32, purpose="channel", owners=("be/ncp",), history="full", retention_s=0, nonce="00" * 16)
)


RINGS = (Ring(at_ms=9_000, offices=("ke/ncp",)), Ring(at_ms=5_000, offices=("ke/head", "ocu/desk")))
REMINDER = signed(Reminder(channel="00" * 32, party="ke", rings=RINGS, nonce="00" * 16))


def test_reminders_stand_alone_or_beside_what_is_sealed() -> None:
    end = Draft(Kind.REMINDER, signed(ReminderEnd(channel="00" * 32, seq=3)))
    beside = framing.read(PostBody(uuid4(), (SEALED, Draft(Kind.REMINDER, REMINDER), end)), founding=False)
    assert (beside.holds_reminders, beside.only_sealed, beside.first_ring_ms) == (True, False, 5_000)
    alone = framing.read(PostBody(uuid4(), (end,)), founding=False)
    assert (alone.holds_reminders, alone.first_ring_ms) == (True, None)
    assert not framing.read(PostBody(uuid4(), (SEALED,)), founding=False).holds_reminders


def test_a_plain_post_keeps_its_drafts_in_order() -> None:
    drafts = (SEALED, Draft(Kind.ROSTER, SEATS), Draft(Kind.LINK, b"link", 3))
    bundle = framing.read(PostBody(uuid4(), drafts), founding=False)
    assert (bundle.plain, bundle.founding, bundle.handshake, bundle.only_sealed) == (drafts, None, None, False)
    assert framing.seated_offices(bundle) == {"ke/ncp"}
    sealed = framing.read(PostBody(uuid4(), (SEALED,) * MAX_DRAFTS), founding=False)
    assert sealed.only_sealed
    assert framing.seated_offices(sealed) == frozenset()


@pytest.mark.parametrize(
    ("drafts", "more", "reason"),
    [
        ((), {}, "bad_bundle"),
        ((SEALED,) * (MAX_DRAFTS + 1), {}, "bad_bundle"),
        ((Draft(Kind.APPLICATION, b""),), {}, "too_large"),
        ((Draft(Kind.APPLICATION, bytes(MAX_SEALED_BYTES + 1)),), {}, "too_large"),
        ((Draft(Kind.LINK, bytes(MAX_SEALED_BYTES + 1)),), {}, "too_large"),
        ((Draft(Kind.ROSTER, bytes(MAX_SEALED_BYTES + 1)),), {}, "too_large"),
        ((Draft(Kind.COMMIT, bytes(MAX_HANDSHAKE_BYTES + 1)),), {}, "too_large"),
        ((Draft(Kind.APPLICATION, b"x", to=(BE,)),), {}, "bad_bundle"),
        ((SEALED,), {"group_info": b"x"}, "bad_bundle"),
        ((SEALED,), {"ratchet_tree": b"x"}, "bad_bundle"),
        ((SEALED,), {"first_ratchet_tree": b"x"}, "bad_bundle"),
        ((Draft(Kind.COMMIT, b"x"),), {}, "bad_bundle"),
        ((Draft(Kind.COMMIT, b"x"),), {"group_info": b"x", "ratchet_tree": b"x"}, "malformed_encoding"),
        ((SEALED, Draft(Kind.COMMIT, b"x")), {}, "bad_bundle"),
        ((Draft(Kind.ROSTER, b"x"),), {}, "malformed_statement"),
        ((Draft(Kind.ROSTER, REVOCATION),), {}, "wrong_statement"),
        ((Draft(Kind.ROSTER, CHARTER),), {}, "wrong_statement"),
        ((Draft(Kind.ROSTER, SEATS, 1),), {}, "bad_bundle"),
        *(
            ((Draft(kind, b"x"),), {}, "bad_bundle")
            for kind in (Kind.CHARTER, Kind.GROUP_INFO, Kind.WELCOME, Kind.NOTICE)
        ),
        ((Draft(Kind.REMINDER, b"x"),), {}, "bad_reminder"),
        ((Draft(Kind.REMINDER, SEATS),), {}, "bad_reminder"),
        ((Draft(Kind.REMINDER, bytes(MAX_SEALED_BYTES + 1)),), {}, "too_large"),
        ((Draft(Kind.REMINDER, REMINDER), Draft(Kind.ROSTER, SEATS)), {}, "bad_bundle"),
        ((Draft(Kind.LINK, b"link", 3), Draft(Kind.REMINDER, REMINDER)), {}, "bad_bundle"),
    ],
)
def test_a_post_that_does_not_stand_together_is_refused(
    drafts: tuple[Draft, ...], more: dict[str, Any], reason: str
) -> None:
    with pytest.raises(EntryRefused) as refused:
        framing.read(PostBody(uuid4(), drafts, **more), founding=False)
    assert refused.value.facts == {"reason": reason}


CHARTER_DRAFT = Draft(Kind.CHARTER, CHARTER)
INFO_DRAFT = Draft(Kind.GROUP_INFO, b"x")


@pytest.mark.parametrize(
    ("drafts", "more", "reason"),
    [
        ((SEALED,), {"first_ratchet_tree": b"x"}, "bad_bundle"),
        ((CHARTER_DRAFT,), {"first_ratchet_tree": b"x"}, "bad_bundle"),
        ((INFO_DRAFT, CHARTER_DRAFT), {"first_ratchet_tree": b"x"}, "bad_bundle"),
        ((CHARTER_DRAFT, INFO_DRAFT), {}, "bad_bundle"),
        ((Draft(Kind.CHARTER, CHARTER, 1), INFO_DRAFT), {"first_ratchet_tree": b"x"}, "bad_bundle"),
        ((CHARTER_DRAFT, Draft(Kind.GROUP_INFO, b"x", 1)), {"first_ratchet_tree": b"x"}, "bad_bundle"),
        ((CHARTER_DRAFT, INFO_DRAFT), {"first_ratchet_tree": b"x"}, "malformed_encoding"),
        ((CHARTER_DRAFT, INFO_DRAFT), {"first_ratchet_tree": bytes(MAX_HANDSHAKE_BYTES + 1)}, "too_large"),
        ((CHARTER_DRAFT, INFO_DRAFT, Draft(Kind.ROSTER, REVOCATION)), {"first_ratchet_tree": b"x"}, "wrong_statement"),
        ((Draft(Kind.CHARTER, b"x"), INFO_DRAFT), {"first_ratchet_tree": b"x"}, "malformed_statement"),
    ],
)
def test_a_founding_that_does_not_stand_together_is_refused(
    drafts: tuple[Draft, ...], more: dict[str, Any], reason: str
) -> None:
    with pytest.raises(EntryRefused) as refused:
        framing.read(PostBody(uuid4(), drafts, **more), founding=True)
    assert refused.value.facts == {"reason": reason}


def test_random_bytes_are_refused_and_nothing_else_happens() -> None:
    for kind in Kind:
        for _ in range(50):
            drafts = tuple(Draft(one, secrets.token_bytes(40)) for one in (kind, Kind.GROUP_INFO))
            for founding in (False, True):
                with pytest.raises(EntryRefused):
                    framing.read(PostBody(uuid4(), drafts, b"x", b"x", b"x"), founding=founding)
