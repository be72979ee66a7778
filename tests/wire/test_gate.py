"""Hold the gate: when a leaf is surplus, what is refused until it is gone, and who may say that it must go."""

from dataclasses import replace
from functools import partial

import pytest

from pratique.wire.bodies import BadCommit, Revocation
from pratique.wire.entries import Kind
from pratique.wire.membership import check_sealed
from tests.wire.channel_log import (
    AE,
    BE,
    BE_2,
    DAY_MS,
    KE,
    KE_2,
    KE_DESK,
    MINUTE_MS,
    Act,
    ChannelLog,
    begin,
    charter,
    grown,
    refuses,
    uris,
)
from tests.wire.vector_sets.actors import AT_MS

SURPLUS: dict[str, Act] = {
    "revoked by its party": lambda log: log.revoke(KE),
    "revoked by the root": lambda log: log.revoke(KE, "root", "root"),
    "rejoining": lambda log: log.rejoin(KE),
    "expired": lambda log: setattr(log, "at_ms", AT_MS + 45 * DAY_MS),
}


@pytest.mark.parametrize("reason", SURPLUS)
def test_the_gate_closes_until_the_surplus_leaf_is_removed(reason: str) -> None:
    log = grown()
    if reason == "expired":
        log = begin()
        log.seat(BE, ("ke/ncp", True))
        log.directory.certificates.pop(KE)
        log.directory.certify(KE, days=30)
        log.commit(BE, adds=[KE, KE_2, BE_2])
    assert log.member.surplus(log.at_ms) == ()
    log.post(Kind.APPLICATION, KE_2)
    SURPLUS[reason](log)
    assert log.member.surplus(log.at_ms) == (1,)
    refuses(log, "removal_pending", lambda log: log.post(Kind.APPLICATION, KE_2))
    refuses(log, "removal_pending", lambda log: log.post(Kind.LINK, BE))
    refuses(log, "removal_pending", lambda log: log.commit(BE))
    refuses(log, "not_surplus", lambda log: log.commit(BE, removes=[1, 2]))
    refuses(log, "no_leaf", lambda log: log.commit(KE))
    log.commit(KE_2, removes=[1])
    assert uris(log) == {0: BE, 2: KE_2, 3: BE_2}
    log.post(Kind.APPLICATION, BE)
    refuses(log, "no_leaf", lambda log: log.post(Kind.APPLICATION, KE))


def test_an_unseated_office_leaves_with_all_its_devices_at_once() -> None:
    log = grown()
    log.seat(BE, ("ke/ncp", False))
    assert log.member.surplus(log.at_ms) == (1, 2)
    refuses(log, "removal_pending", lambda log: log.commit(BE, removes=[2]))
    refuses(log, "no_leaf", lambda log: log.commit(KE))
    log.commit(BE, removes=[1, 2])
    refuses(log, "not_seated", lambda log: log.commit(BE, adds=[KE]))


def test_a_revoked_device_does_not_come_back() -> None:
    log = grown()
    log.revoke(KE)
    refuses(log, "no_change", lambda log: log.revoke(KE))
    refuses(log, "device_revoked", lambda log: log.commit(BE, adds=[KE], removes=[1]))
    log.commit(BE, removes=[1])
    refuses(log, "device_revoked", lambda log: log.commit(BE, adds=[KE]))


def test_a_revoked_owner_device_seats_nobody() -> None:
    log = grown()
    log.revoke(BE)
    refuses(log, "device_revoked", lambda log: log.seat(BE, ("ae/ncp", True)))
    log.seat(BE_2, ("ae/ncp", True))


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("not_authority", lambda log: log.revoke(KE, "be.stop.example", "be")),
        ("not_authority", lambda log: log.revoke(KE, BE, BE)),
        ("not_authority", lambda log: log.revoke(KE, KE, KE)),
        ("bad_signature", lambda log: log.revoke(KE, key_of="be")),
        ("bad_signature", lambda log: log.revoke(KE, "root", "ke")),
        ("bad_signature", lambda log: log.revoke("pratique://us.stop.example/ncp/a/0001", key_of="ke")),
    ],
)
def test_revocations_that_do_not_count(code: str, act: Act) -> None:
    refuses(grown(), code, act)


def test_the_revocation_of_something_else_than_a_device_does_not_count() -> None:
    body = Revocation(device="ke/ncp", reason="left", at_ms=AT_MS)
    refuses(grown(), "name_refused", lambda log: log.say(body, "", signer="root"))


def test_a_rejoining_device_is_removed_and_added_anew() -> None:
    log = grown()
    log.rejoin(KE)
    log.commit(BE, adds=[KE], removes=[1])
    assert (uris(log)[1], log.member.rejoining) == (KE, frozenset())
    log.post(Kind.APPLICATION, KE)


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("bad_rejoin", lambda log: log.rejoin(AE)),
        ("bad_rejoin", lambda log: log.rejoin(KE, channel="00" * 32)),
        ("bad_rejoin", lambda log: log.rejoin(KE, seen_seq=log.member.leaves[1].since_seq - 1)),
        ("not_own_statement", lambda log: log.rejoin(BE, signer=KE)),
        ("bad_signature", lambda log: log.rejoin(KE, key_of=BE)),
    ],
)
def test_rejoins_that_do_not_count(code: str, act: Act) -> None:
    refuses(grown(), code, act)


def test_a_report_of_a_bad_commit_counts_and_changes_nothing() -> None:
    log = grown()
    before = log.member
    log.say(BadCommit(channel=before.channel.hex(), seq=before.seq, chain="00" * 32), KE)
    assert log.member == replace(before, seq=before.seq + 1)
    for report in (
        BadCommit(channel="00" * 32, seq=1, chain="00" * 32),
        BadCommit(channel=before.channel.hex(), seq=before.seq + 2, chain="00" * 32),
    ):
        refuses(log, "bad_report", partial(ChannelLog.say, body=report, device=KE))
    honest = BadCommit(channel=before.channel.hex(), seq=before.seq, chain="00" * 32)
    refuses(log, "no_leaf", partial(ChannelLog.say, body=honest, device=AE))


def test_sealed_entries_need_a_leaf_the_epoch_and_for_links_the_policy() -> None:
    log = grown()
    log.post(Kind.APPLICATION, KE)
    log.post(Kind.LINK, KE)
    refuses(log, "no_leaf", lambda log: log.post(Kind.APPLICATION, AE))
    refuses(log, "no_leaf", lambda log: log.post(Kind.APPLICATION, KE_DESK))
    refuses(log, "stale_epoch", lambda log: log.post(Kind.APPLICATION, KE, epoch=0))
    refuses(log, "stale_epoch", lambda log: log.post(Kind.APPLICATION, KE, epoch=2))
    check_sealed(log.member, KE, 1, log.at_ms)
    refuses(grown(charter(history="from_join")), "no_links", lambda log: log.post(Kind.LINK, KE))


def test_a_commit_with_a_path_renews_the_end_of_its_leaf() -> None:
    log = grown()
    end = log.member.leaves[1].not_after_ms
    log.at_ms += 40 * DAY_MS
    log.directory.certify(KE, log.at_ms)
    log.commit(BE)
    assert log.member.leaves[1].not_after_ms == end
    log.commit(KE)
    assert log.member.leaves[1].not_after_ms == end + 40 * DAY_MS
    assert log.member.surplus(end) == ()
    assert log.member.surplus(end + 1) == (0, 2, 3)
    log.at_ms = end + MINUTE_MS
    assert log.member.surplus(log.at_ms) == (0, 2, 3)
    log.commit(KE, removes=[0, 2, 3])
    assert uris(log) == {1: KE}
