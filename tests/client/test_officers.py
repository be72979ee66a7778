"""Officers and enrolment: what is refused before anything is believed, and what `doctor` says of a device."""

import os
from pathlib import Path

import deno
import pytest

from pratique import authority
from pratique.authority import NewParty, PartyOfficer, RootHolder
from pratique.device import Device
from pratique.errors import PratiqueError, Problem, ServerMistrusted, StoreRefused
from pratique.groups import tending
from pratique.invitations import InvitationTicket
from pratique.sealed_file import SealedFile
from pratique.wire.bodies import PartyKind
from pratique.wire.statements import sign
from tests.world import now_ms, unlock, world


async def test_a_wrong_fingerprint_and_a_used_invitation_enrol_nobody(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        officer = w.officers["be"]
        ticket = await officer.invite("ncp", "officer")
        assert InvitationTicket.parse(f"  {ticket.text()}\n") == ticket
        with pytest.raises(PratiqueError) as nobody:
            await officer.approve(ticket.id, "AAAAA")
        assert nobody.value.code == "not_waiting"
        device, fingerprint = await Device.begin_enrolment(tmp_path / "a", w.url, ticket, "aaaa", unlock)
        w.devices.append(device)
        assert not await device.finish_enrolment()
        with pytest.raises(PratiqueError) as refused:
            await officer.approve(ticket.id, fingerprint[:-1] + ("A" if fingerprint[-1] != "A" else "B"))
        assert refused.value.code == "wrong_fingerprint"
        assert not await device.finish_enrolment()
        with pytest.raises(Problem):
            await Device.begin_enrolment(tmp_path / "b", w.url, ticket, "bbbb", unlock)
        assert list((tmp_path / "b").iterdir()) == []
        assert await officer.approve(ticket.id, fingerprint.lower().replace("-", " ")) == str(device.uri)
        assert await device.finish_enrolment()


async def test_an_invitation_that_the_file_does_not_know_is_approved_by_nobody(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        officer = w.officers["be"]
        ticket = await officer.invite("ncp", "officer")
        device, fingerprint = await Device.begin_enrolment(tmp_path / "a", w.url, ticket, "aaaa", unlock)
        w.devices.append(device)
        made = officer._saved["invited"].pop(ticket.id.hex())  # as in a copy of the file from before it was made
        with pytest.raises(PratiqueError) as refused:
            await officer.approve(ticket.id, fingerprint)
        assert refused.value.code == "unknown_invitation"
        assert not await device.finish_enrolment()
        officer._saved["invited"][ticket.id.hex()] = made
        assert await officer.approve(ticket.id, fingerprint) == str(device.uri)


async def test_a_server_with_another_root_is_not_believed(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        other = PartyOfficer.create(tmp_path / "other.ca", "be", "stop.example", unlock)
        for digest, code in (("00" * 32, "wrong_root"), (w.root.digest, "not_listed")):
            with pytest.raises(PratiqueError) as refused:
                await other.adopt(w.url, digest)
            assert refused.value.code == code
        foreign = RootHolder.create(tmp_path / "foreign", "stop.example", unlock)
        ticket = await w.officers["be"].invite("ncp", "officer")
        invitation = ticket.invitation.model_copy(update={"root": foreign.digest})
        elsewhere = InvitationTicket(sign(invitation, signer="be.stop.example", key=other._key), ticket.token)
        with pytest.raises(ServerMistrusted) as mistrusted:
            await Device.begin_enrolment(tmp_path / "a", w.url, elsewhere, "aaaa", unlock)
        assert mistrusted.value.code == "wrong_root"
        assert not (tmp_path / "a").exists()


async def test_a_renewed_certificate_reaches_the_leaf(
    tmp_path: Path, sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        officer = w.officers["be"]
        ticket = await officer.invite("ncp", "officer")
        folder = tmp_path / "be-ncp-aaaa"
        device, fingerprint = await Device.begin_enrolment(folder, w.url, ticket, "aaaa", unlock, engine=w.engine)
        w.devices.append(device)
        await officer.approve(ticket.id, fingerprint, days=5)
        await device.finish_enrolment()
        channel = await device.create_channel(await w.operation(), title="renewal", offices=[])
        chain = next(check for check in await device.doctor() if check.name == "chain")
        assert not chain.good
        assert not await device.renew()
        monkeypatch.setattr(authority, "now_ms", lambda: now_ms() + 60_000)
        await officer.renew(str(device.uri))
        assert await device.renew()
        epoch = device.channels()[0].epoch
        await device.sync(channel)
        assert device.channels()[0].epoch == epoch + 1
        await device.sync(channel)
        assert device.channels()[0].epoch == epoch + 1
        assert all(check.good for check in await device.doctor())


async def test_a_leaf_ends_at_the_same_instant_for_all_after_an_early_renewal(
    tmp_path: Path, sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        first, second = room.devices
        before = leaf_end(second, room.channel, first)
        monkeypatch.setattr(authority, "now_ms", lambda: now_ms() + 60_000)
        await w.officers[first.uri.party].renew(str(first.uri))
        assert await first.renew()
        await first.update_leaf(room.channel)
        await second.sync()
        assert leaf_end(first, room.channel, first) == leaf_end(second, room.channel, first) > before


def leaf_end(device: Device, channel: bytes, whose: Device) -> int:
    """Give when a leaf's certificate ends, as a device folded it."""
    member = device._follower.logs.load(channel).membership
    assert member is not None
    index = member.leaf_of(str(whose.uri))
    assert index is not None
    return member.leaves[index].not_after_ms


async def test_doctor_says_when_the_server_is_gone(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        device = await w.device("be")
        names = [check.name for check in await device.doctor()]
        assert names == ["store", "server", "clock", "key packages", "chain", "engine", "channels"]
        await w.server.stop()
        checks = {check.name: check.good for check in await device.doctor()}
        assert checks == {"store": True, "server": False, "chain": True, "engine": True, "channels": True}
        await w.server.start()


async def test_doctor_says_that_the_engine_is_missing(
    tmp_path: Path, sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        store = w.store_of(await w.device("be"))
        monkeypatch.setattr(deno, "find_deno_bin", lambda: "/nowhere/deno")
        for low in (False, True):
            if low:  # then key packages are to be made, which needs the engine
                monkeypatch.setattr(tending, "REFILL_BELOW", tending.STOCK + 1)
            device = await Device.open(store, unlock)
            w.devices.append(device)
            bad = {check.name for check in await device.doctor() if not check.good}
            assert bad == {"engine", *(["key packages"] if low else [])}


def test_key_files_are_private_and_never_overwritten(tmp_path: Path) -> None:
    officer = PartyOfficer.create(tmp_path / "be.ca", "be", "stop.example", unlock)
    assert {os.stat(file).st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
    assert PartyOfficer.open(tmp_path / "be.ca", unlock).public == officer.public
    seed = officer._saved["seed"].encode()
    assert seed not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    with pytest.raises(StoreRefused):
        PartyOfficer.create(tmp_path / "be.ca", "be", "stop.example", unlock)
    with pytest.raises(StoreRefused) as wrong:
        PartyOfficer.open(tmp_path / "be.ca", lambda: b"wrong")
    assert wrong.value.code == "wrong_passphrase"
    file = SealedFile.open(tmp_path / "be.ca", unlock)
    file.write({"changed": True})
    assert SealedFile.open(tmp_path / "be.ca", unlock).read() == {"changed": True}


def test_the_root_lists_parties_in_numbered_lists(tmp_path: Path) -> None:
    root = RootHolder.create(tmp_path / "root", "stop.example", unlock)
    for number, party in enumerate(("be", "ke", "be"), start=1):
        officer = PartyOfficer.create(tmp_path / f"{party}{number}.ca", party, "stop.example", unlock)
        root.list_parties([NewParty(party, PartyKind.MEMBER, party.upper(), officer.public)])
    again = RootHolder.open(tmp_path / "root", unlock)
    assert [statement.follows for statement in again.lists[1:]] == [one.digest for one in again.lists[:2]]
    assert again.certificate == root.certificate


async def test_an_invitation_that_was_cut_is_refused(tmp_path: Path) -> None:
    for text in ("", "pratique-invitation-", "hello", "pratique-invitation-AAAA", "pratique-invitation-é"):
        with pytest.raises(PratiqueError) as refused:
            InvitationTicket.parse(text)
        assert refused.value.code == "bad_invitation"


async def test_a_server_that_rolls_the_party_list_back_is_not_believed(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        device = await w.device("be")
        await device.sync()
        directory = device._directory
        more = PartyOfficer.create(tmp_path / "nl.ca", "nl", "stop.example", unlock)
        ahead = w.root.list_parties([NewParty("nl", PartyKind.MEMBER, "NL", more.public)])
        directory._trust.put_party_list(2, ahead.raw)
        with pytest.raises(ServerMistrusted) as refused:
            await device.sync()
        assert refused.value.code == "party_list_rollback"
        await w.root.publish(w.url)
        assert (await device.sync()).problems == []
