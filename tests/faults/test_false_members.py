"""A hostile operator with an insider's help: no device enters and none leaves that the fold does not want.

Every insider's commit here is genuine MLS, signed and confirmed, so that it is the fold alone that refuses it. Each
case shares its path with an honest twin that is accepted.
"""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.certificates import issue_authority, issue_device, make_root
from pratique.groups.engine_host import Engine
from pratique.wire.certificates import CertificateRefused
from pratique.wire.entries import Kind, Seen
from pratique.wire.identity import DeviceUri
from pratique.wire.leaves import NotCounted
from pratique.wire.tls import Reader, Writer
from tests.faults.ledger import Ledger
from tests.faults.parties import DEPLOYMENT, Device, Parties


async def channel(engine: Engine) -> tuple[Ledger, Device, Device]:
    """Found a channel of BE that seats KE, with one leaf of each; the KE device is the insider."""
    parties = Parties()
    owner, insider = parties.enrol("be"), parties.enrol("ke")
    ledger = await Ledger(parties, engine).begin(owner)
    ledger.seat(owner, ("ke/ncp", True))
    await ledger.commit(owner, adds=[insider])
    return ledger, owner, insider


async def refused_add(ledger: Ledger, insider: Device, ghost: Device, claimed: str = "") -> str:
    """Let the insider add a device by a genuine commit; give the code with which the fold refuses it."""
    package = await ghost.key_package(ledger.engine, claimed)
    pair = (claimed or str(ghost.uri), ghost.public)
    staged = await ledger.staged(insider, adds=[(package.key_package, pair)])
    before, head = ledger.member, len(ledger.entries)
    with pytest.raises(NotCounted) as refused:
        ledger.post(Kind.COMMIT, insider, staged.commit)
    assert ledger.member is before and len(ledger.entries) == head
    return refused.value.code


async def test_a_genuine_device_of_a_seated_office_is_added(engine: Engine) -> None:
    ledger, _, insider = await channel(engine)
    second = ledger.parties.enrol("ke", person="second")
    await ledger.commit(insider, adds=[second])
    assert ledger.member.leaf_of(str(second.uri)) == 2
    assert ledger.member.epoch == 2


async def test_a_ghost_under_a_self_made_ca_is_refused(engine: Engine) -> None:
    ledger, _, insider = await channel(engine)
    parties = ledger.parties
    root_key, ca_key, key = (Ed25519PrivateKey.generate() for _ in range(3))
    root = make_root(DEPLOYMENT, root_key, parties.at_ms)
    ca = issue_authority("ke", root, root_key, ca_key.public_key().public_bytes_raw(), parties.at_ms)
    uri = DeviceUri("ke", DEPLOYMENT, "ncp", "w.otieno", "9057")
    ghost = Device(uri, key, issue_device(uri, key.public_key().public_bytes_raw(), ca, ca_key, parties.at_ms))
    parties.publish(str(uri), ghost.certificate)
    with pytest.raises(CertificateRefused, match="no listed party CA"):
        parties.authorities.verify_device(ghost.certificate, parties.at_ms)
    assert await refused_add(ledger, insider, ghost) == "not_certified"


async def test_another_key_under_a_genuine_name_is_refused(engine: Engine) -> None:
    ledger, _, insider = await channel(engine)
    genuine = ledger.parties.enrol("ke", person="second")
    ghost = Device(genuine.uri, Ed25519PrivateKey.generate(), genuine.certificate)
    assert await refused_add(ledger, insider, ghost) == "not_certified"
    await ledger.commit(insider, adds=[genuine])


async def test_a_device_named_by_another_members_ca_is_refused(engine: Engine) -> None:
    ledger, _, insider = await channel(engine)
    parties = ledger.parties
    stranger = parties.enrol("ae")
    uri = DeviceUri("ke", DEPLOYMENT, "ncp", "w.otieno", "9057")
    with pytest.raises(CertificateRefused, match="its own party"):
        issue_device(uri, stranger.public, parties.cas["ae"], parties.keys["ae"], parties.at_ms)
    # What the honest issuer refuses to make, the key of AE can still sign: a certificate for the host of KE.
    forged_ca = issue_authority(
        "ke",
        parties.root,
        parties.root_key,
        parties.keys["ae"].public_key().public_bytes_raw(),
        parties.at_ms,
    )
    ghost = Device(uri, stranger.key, issue_device(uri, stranger.public, forged_ca, parties.keys["ae"], parties.at_ms))
    parties.publish(str(uri), ghost.certificate)
    assert await refused_add(ledger, insider, ghost) == "not_certified"
    # AE's genuine certificate, shown under KE's name, does not count for it either.
    parties.certificates[str(uri)] = [stranger.certificate]
    assert await refused_add(ledger, insider, Device(uri, stranger.key, stranger.certificate)) == "not_certified"


async def test_a_genuine_device_of_an_office_that_no_owner_seated_is_refused(engine: Engine) -> None:
    ledger, owner, insider = await channel(engine)
    outsider = ledger.parties.enrol("ae")
    assert await refused_add(ledger, insider, outsider) == "not_seated"
    with pytest.raises(NotCounted) as refused:
        ledger.seat(insider, ("ae/ncp", True))
    assert refused.value.code == "not_owner"
    ledger.seat(owner, ("ae/ncp", True))
    await ledger.commit(insider, adds=[outsider])


async def test_no_owner_can_seat_a_party_that_a_lane_does_not_name(engine: Engine) -> None:
    parties = Parties()
    owner = parties.enrol("be")
    ledger = await Ledger(parties, engine).begin(owner, parties=("be", "ke"))
    with pytest.raises(NotCounted) as refused:
        ledger.seat(owner, ("ae/ncp", True))
    assert refused.value.code == "party_not_named"
    ledger.seat(owner, ("ke/ncp", True))


async def test_a_revoked_device_does_not_come_back(engine: Engine) -> None:
    ledger, owner, insider = await channel(engine)
    parties = ledger.parties
    second = parties.enrol("ke", person="second")
    ledger.revoke(second, parties.host("ke"), parties.keys["ke"])
    assert await refused_add(ledger, insider, second) == "device_revoked"
    await ledger.commit(owner, adds=[parties.enrol("ke", person="third")])


async def test_a_false_removal_is_refused_and_a_true_one_is_demanded(engine: Engine) -> None:
    ledger, owner, insider = await channel(engine)
    parties = ledger.parties
    victim = parties.enrol("ke", person="second")
    await ledger.commit(owner, adds=[victim])
    index = ledger.member.leaf_of(str(victim.uri))
    assert index is not None
    # the insider saw the newest commit too
    insider.state = await followed(ledger, insider, owner)
    staged = await ledger.staged(insider, removes=[index])
    with pytest.raises(NotCounted) as refused:
        ledger.post(Kind.COMMIT, insider, staged.commit)
    assert refused.value.code == "not_surplus"
    # neither the operator nor another Member can make the leaf surplus
    for signer, key in (
        (parties.host("ke"), Ed25519PrivateKey.generate()),
        (parties.host("ae"), parties.keys["ae"]),
        (parties.host("ke"), parties.keys["ae"]),
    ):
        with pytest.raises(NotCounted) as refused:
            ledger.revoke(victim, signer, key)
        assert refused.value.code in {"bad_signature", "not_authority"}
    ledger.revoke(victim, parties.host("ke"), parties.keys["ke"])
    with pytest.raises(NotCounted) as gate:
        ledger.post(Kind.APPLICATION, owner, b"sealed")
    assert gate.value.code == "removal_pending"
    without = await ledger.staged(insider)
    with pytest.raises(NotCounted) as pending:
        ledger.post(Kind.COMMIT, insider, without.commit)
    assert pending.value.code == "removal_pending"
    staged = await ledger.staged(insider, removes=[index])
    ledger.post(Kind.COMMIT, insider, staged.commit)
    assert ledger.member.leaf_of(str(victim.uri)) is None
    ledger.post(Kind.APPLICATION, owner, b"sealed")


async def followed(ledger: Ledger, device: Device, committer: Device) -> bytes:
    """Let a device's engine follow the newest commit of the log; give its new state."""
    entry = ledger.entries[-1]
    assert entry.kind is Kind.COMMIT
    leaves = [(leaf.uri, leaf.key) for leaf in ledger.member.leaves.values()]
    processed = await ledger.engine.process(
        device.state, entry.data, allowed=leaves, committer=committer.pair, at=entry.at_ms // 1000
    )
    return processed.state


async def test_an_insider_posts_under_its_own_leaf_only(engine: Engine) -> None:
    ledger, owner, insider = await channel(engine)
    staged = await ledger.staged(insider)
    with pytest.raises(NotCounted) as refused:
        ledger.post(Kind.COMMIT, owner, staged.commit)
    assert refused.value.code == "not_own_leaf"
    ledger.post(Kind.COMMIT, insider, staged.commit)


async def test_a_commit_that_has_seen_the_future_is_refused(engine: Engine) -> None:
    ledger, _, insider = await channel(engine)
    staged = await engine.commit(insider.state, aad=Seen(len(ledger.entries) + 1, bytes(32)).encode())
    with pytest.raises(NotCounted) as refused:
        ledger.post(Kind.COMMIT, insider, staged.commit)
    assert refused.value.code == "bad_seen"
    ledger.post(Kind.COMMIT, insider, (await ledger.staged(insider)).commit)


@pytest.mark.parametrize(("sender", "code"), [(2, "sender_refused"), (4, "sender_refused")])
async def test_an_outsiders_commit_is_refused(engine: Engine, sender: int, code: str) -> None:
    ledger, _, insider = await channel(engine)
    staged = await ledger.staged(insider)
    with pytest.raises(NotCounted) as refused:
        ledger.post(Kind.COMMIT, insider, sent_as(staged.commit, sender))
    assert refused.value.code == code
    ledger.post(Kind.COMMIT, insider, staged.commit)


def sent_as(commit: bytes, sender: int) -> bytes:
    """Give a member's commit with another kind of sender: 2 external, 4 a new member's external commit."""
    reader = Reader(commit)
    version, wire_format = reader.u16(), reader.u16()
    group_id, epoch = reader.opaque(), reader.u64()
    assert reader.u8() == 1
    index = reader.u32()
    writer = Writer().u16(version).u16(wire_format).opaque(group_id).u64(epoch).u8(sender)
    if sender == 2:
        writer.u32(index)
    return writer.raw(reader.raw(reader.left)).getvalue()
