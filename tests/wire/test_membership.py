"""Hold the fold of a channel's log: what counts, what does not and by which code, and that refusals change nothing."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from pratique.wire import membership, strict_json
from pratique.wire.bodies import BadCommit, Roster, SeatChange
from pratique.wire.entries import Entry, Kind, Seen
from pratique.wire.membership import Membership, NotCounted, found
from pratique.wire.statements import sign
from tests.wire.channel_log import (
    AE,
    BE,
    BE_2,
    DAY_MS,
    KE,
    KE_2,
    KE_DESK,
    Act,
    Certified,
    ChannelLog,
    begin,
    charter,
    group_info,
    grown,
    refuses,
    uri,
    uris,
)
from tests.wire.mls import making
from tests.wire.vector_sets.actors import AT_MS, key


def test_a_channel_begins_with_its_charter_and_one_leaf() -> None:
    log = begin(group=False)
    assert (log.member.seated, log.member.epoch, dict(log.member.leaves)) == (frozenset({"be/ncp"}), -1, {})
    log.post(Kind.GROUP_INFO, BE, group_info(log))
    assert (log.member.epoch, uris(log), log.member.seq) == (0, {0: BE}, 2)


def first_entry(**changes: Any) -> Entry:
    """Make a channel's first entry with something wrong."""
    founder = changes.pop("founder", BE)
    statement = sign(changes.pop("terms", charter()), signer=founder, key=key(changes.pop("key_of", founder)))
    good = begin(group=False).entry(Kind.CHARTER, founder, statement.raw)
    return replace(good, **{"log": statement.digest, "seq": 1, **changes})


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (first_entry(log=bytes(32)), "bad_charter"),
        (first_entry(seq=2), "bad_charter"),
        (first_entry(kind=Kind.ROSTER), "bad_charter"),
        (first_entry(founder=KE), "bad_charter"),
        (first_entry(key_of=KE), "bad_signature"),
        (first_entry(device=BE_2), "not_own_statement"),
        (first_entry(founder=uri("be/ncp/9999")), "not_certified"),
        (first_entry(at_ms=AT_MS + 91 * DAY_MS), "not_certified"),
        (first_entry(data=b"charter"), "malformed_statement"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_no_channel_begins_with(entry: Entry, code: str) -> None:
    with pytest.raises(NotCounted) as refused:
        found(entry, Certified())
    assert refused.value.code == code


def test_another_statement_is_no_charter() -> None:
    log = begin(group=False)
    report = sign(BadCommit(channel="00" * 32, seq=1, chain="00" * 32), signer=BE, key=key(BE))
    entry = replace(log.entry(Kind.CHARTER, BE, report.raw), log=report.digest, seq=1)
    with pytest.raises(NotCounted, match="wrong_statement"):
        found(entry, log.directory)


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("bad_group_info", lambda log: log.seat(BE, ("ke/ncp", True))),
        ("bad_group_info", lambda log: log.post(Kind.GROUP_INFO, BE_2, group_info(log, BE_2))),
        ("bad_group_info", lambda log: log.post(Kind.GROUP_INFO, BE, group_info(log, group=bytes(32)))),
        ("bad_group_info", lambda log: log.post(Kind.GROUP_INFO, BE, group_info(log, epoch=1))),
        ("bad_group_info", lambda log: log.post(Kind.GROUP_INFO, BE, group_info(log, signer=1))),
        (
            "bad_group_info",
            lambda log: log.post(
                Kind.GROUP_INFO, BE, group_info(log, extensions=making.vector(making.extension(5, b"\x00")))
            ),
        ),
        ("signature_refused", lambda log: log.post(Kind.GROUP_INFO, BE, group_info(log, BE_2))),
        ("malformed_encoding", lambda log: log.post(Kind.GROUP_INFO, BE, b"")),
    ],
)
def test_what_is_no_group_info_of_epoch_0(code: str, act: Act) -> None:
    refuses(begin(group=False), code, act)


def test_a_second_group_info_and_misplaced_kinds_are_refused() -> None:
    log = grown()
    refuses(log, "bad_group_info", lambda log: log.post(Kind.GROUP_INFO, BE, group_info(log)))
    for kind in (Kind.CHARTER, Kind.WELCOME):
        refuses(log, "wrong_kind", partial(ChannelLog.post, kind=kind, device=BE))
    log.post(Kind.NOTICE, "")


def test_entries_come_one_after_the_other_and_time_does_not_fall() -> None:
    log = grown()
    good = log.entry(Kind.NOTICE, "")
    for wrong, code in (
        (replace(good, seq=good.seq + 1), "out_of_order"),
        (replace(good, seq=good.seq - 1), "out_of_order"),
        (replace(good, log=bytes(32)), "out_of_order"),
        (replace(good, at_ms=good.at_ms - 1), "time_fell"),
    ):
        refuses(log, code, partial(ChannelLog.fold, entry=wrong))


def test_an_owner_seats_and_unseats() -> None:
    log = begin()
    log.seat(BE, ("ke/ncp", True), ("ae/ncp", True))
    log.seat(BE, ("ke/ncp", False), ("ke/desk", True))
    assert log.member.seated == {"be/ncp", "ae/ncp", "ke/desk"}
    assert log.member.roster_number == 2


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("not_owner", lambda log: log.seat(KE, ("ae/ncp", True))),
        ("not_own_statement", lambda log: log.seat(KE, ("ae/ncp", True), signer=BE)),
        ("bad_signature", lambda log: log.seat(BE, ("ae/ncp", True), key_of=KE)),
        ("not_certified", lambda log: log.seat(uri("be/ncp/9999"), ("ae/ncp", True))),
        ("wrong_channel", lambda log: log.seat(BE, ("ae/ncp", True), channel="00" * 32)),
        ("stale_roster", lambda log: log.seat(BE, ("ae/ncp", True), number=1)),
        ("stale_roster", lambda log: log.seat(BE, ("ae/ncp", True), number=3)),
        ("stale_roster", lambda log: log.seat(BE, ("ae/ncp", True), follows=log.member.channel)),
        ("no_change", lambda log: log.seat(BE, ("ke/ncp", True))),
        ("no_change", lambda log: log.seat(BE, ("ae/ncp", False))),
        ("no_change", lambda log: log.seat(BE, ("ae/ncp", True), ("ae/ncp", True))),
        ("no_owner_left", lambda log: log.seat(BE, ("be/ncp", False))),
        ("wrong_statement", lambda log: log.say(charter(), BE)),
        ("malformed_statement", lambda log: log.post(Kind.ROSTER, BE, b"")),
    ],
)
def test_roster_statements_that_do_not_count(code: str, act: Act) -> None:
    refuses(grown(), code, act)


def test_a_replayed_roster_statement_does_not_count() -> None:
    log = begin()
    roster = Roster(channel=log.member.channel.hex(), number=1, changes=(SeatChange(office="ke/ncp", seated=True),))
    statement = sign(roster, signer=BE, key=key(BE), follows=log.member.roster_head)
    log.post(Kind.ROSTER, BE, statement.raw)
    log.seat(BE, ("ke/ncp", False))
    refuses(log, "stale_roster", lambda log: log.post(Kind.ROSTER, BE, statement.raw))


def test_no_statement_seats_a_party_that_the_lane_does_not_name() -> None:
    log = begin(charter(parties=("be", "ke")))
    log.seat(BE, ("ke/ncp", True))
    refuses(log, "party_not_named", lambda log: log.seat(BE, ("ae/ncp", True)))


def test_an_owner_office_that_is_unseated_owns_nothing() -> None:
    log = begin(charter(owners=("be/ncp", "ke/ncp")))
    log.seat(KE, ("be/ncp", False))
    refuses(log, "not_owner", lambda log: log.seat(BE, ("ae/ncp", True)))


def test_adds_take_the_leftmost_blank_leaf() -> None:
    log = grown()
    assert (log.member.epoch, uris(log)) == (1, {0: BE, 1: KE, 2: KE_2, 3: BE_2})
    log.revoke(KE)
    log.seat(BE, ("ae/ncp", True))
    log.commit(BE, adds=[AE], removes=[1])
    assert (log.member.epoch, uris(log)) == (2, {0: BE, 1: AE, 2: KE_2, 3: BE_2})
    assert log.member.leaves[1].since_seq == log.member.seq


def test_one_key_holds_one_leaf_even_under_two_names() -> None:
    log, twin = grown(), uri("ke/ncp/0003")
    log.directory.certify(twin, key_of=KE)
    refuses(log, "already_leaf", lambda log: log.commit(BE, adds=[log.key_package(twin, key=key(KE))]))


def test_a_channel_has_room_for_so_many_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    log = grown()
    log.seat(BE, ("ae/ncp", True))
    monkeypatch.setattr(membership, "MAX_LEAVES", len(log.member.leaves))
    refuses(log, "group_full", lambda log: log.commit(BE, adds=[AE]))
    monkeypatch.setattr(membership, "MAX_LEAVES", len(log.member.leaves) + 1)
    log.commit(BE, adds=[AE])


def test_the_smallest_commits_count() -> None:
    log = begin()
    log.commit(BE, adds=[BE_2], path=False)
    log.commit(BE_2)
    assert (log.member.epoch, uris(log)) == (2, {0: BE, 1: BE_2})


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("not_seated", lambda log: log.commit(BE, adds=[AE])),
        ("not_seated", lambda log: log.commit(KE, adds=[KE_DESK])),
        ("not_certified", lambda log: log.commit(BE, adds=[uri("ke/ncp/9999")])),
        ("not_certified", lambda log: log.commit(BE, adds=[log.key_package(uri("ke/ncp/0001"), key=key("self-made"))])),
        ("name_refused", lambda log: log.commit(BE, adds=[log.key_package(KE + "/x")])),
        ("already_leaf", lambda log: log.commit(BE, adds=[KE])),
        (
            "expired",
            lambda log: log.commit(BE, adds=[log.key_package(KE_DESK, not_after=log.at_ms // 1000 - 1)]),
        ),
        ("not_surplus", lambda log: log.commit(BE, removes=[1])),
        ("not_surplus", lambda log: log.commit(BE, removes=[9])),
        ("stale_epoch", lambda log: log.commit(BE, epoch=0)),
        ("stale_epoch", lambda log: log.commit(BE, epoch=2)),
        ("stale_epoch", lambda log: log.commit(BE, entry_epoch=0)),
        ("wrong_channel", lambda log: log.commit(BE, group=bytes(32))),
        ("not_own_leaf", lambda log: log.commit(BE, sender=1)),
        ("not_own_leaf", lambda log: log.commit(BE, sender=7)),
        ("not_own_leaf", lambda log: log.commit(AE)),
        ("bad_seen", lambda log: log.commit(BE, aad=Seen(log.member.seq + 1, bytes(32)).encode())),
        ("bad_seen", lambda log: log.commit(BE, aad=Seen(1, b"").encode())),
        ("malformed_encoding", lambda log: log.commit(BE, aad=b"")),
        ("leaf_changed", lambda log: log.commit(BE, path_signer=making.Signer(identity=BE))),
        ("leaf_changed", lambda log: log.commit(BE, path_signer=making.Signer(identity=BE_2, key=key(BE)))),
        ("malformed_encoding", lambda log: log.post(Kind.COMMIT, BE, b"")),
    ],
)
def test_commits_that_do_not_count(code: str, act: Act) -> None:
    refuses(grown(), code, act)


def test_what_is_saved_is_read_back_at_every_step() -> None:
    log = begin(charter(owners=("be/ncp", "ke/ncp")))
    steps: list[Act] = [
        lambda log: log.seat(BE, ("ae/ncp", True)),
        lambda log: log.commit(BE, adds=[KE, AE]),
        lambda log: log.revoke(AE),
        lambda log: log.rejoin(KE),
        lambda log: log.commit(BE, adds=[KE], removes=[1, 2]),
        lambda log: log.seat(KE, ("be/ncp", False)),
    ]
    for step in steps:
        step(log)
        saved = strict_json.dumps(log.member.to_json())
        log.member = Membership.from_json(strict_json.loads(saved))
        assert strict_json.dumps(log.member.to_json()) == saved
    assert log.member.surplus(log.at_ms) == (0,)


def test_skipped_and_adopted() -> None:
    log = grown()
    skipped = membership.skip(log.member, 9)
    assert skipped == replace(log.member, seq=9)
    adopted = membership.adopt(begin().member, 5, log.member.leaves)
    assert (adopted.epoch, adopted.leaves) == (5, log.member.leaves)
