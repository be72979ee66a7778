"""Commits: one per epoch, what they must bring, and what the server finds out about those that lie."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from app.access import EVERYTHING
from app.errors import EntryRefused, RemovalPending, StaleEpoch
from pratique.groups.committing import Signer, stage_commit
from pratique.groups.engine_host import Engine, KeyPackage
from pratique.wire import mls, strict_json
from pratique.wire.entries import Kind, Seen, inbox_id
from pratique.wire.tls import encode
from tests.delivery.server_room import Channel, Room, sealed, seats, stated
from tests.faults.parties import Device

Change = Callable[[dict[str, Any]], None]


@dataclass
class Two:
    """A channel of BE's with KE in it, and a second device of KE's in stock, claimed by BE."""

    be: Device
    ke: Device
    ke2: Device
    operation: bytes
    channel: Channel
    claimed: list[bytes]


async def begin(room: Room, engine: Engine, history: str = "full") -> Two:
    ocu, be, ke, ke2 = [await room.enrol(party) for party in ("ocu", "be", "ke", "ke")]
    operation = await room.operation(ocu, ["ocu", "be", "ke"])
    await room.stock(ke, engine)
    await room.stock(ke2, engine, 2)
    channel = await room.found(engine, be, operation, [ke], history=history)
    return Two(be, ke, ke2, operation, channel, await room.claim(be, channel.id, [ke2]))


@pytest.fixture
async def two(room: Room, engine: Engine) -> Two:
    return await begin(room, engine)


async def test_a_commit_moves_the_epoch_and_the_welcome_reaches_the_inbox(room: Room, engine: Engine, two: Two) -> None:
    answered = await room.commit(engine, two.channel, two.be, adds=two.claimed)
    inbox = inbox_id(str(two.ke2.uri))
    assert answered[:2] == [(two.channel.id, 6), (two.channel.id, 7)]
    welcome = (await room.read(inbox))[-1]
    assert answered[2:] == [(inbox, welcome.seq)]
    assert (welcome.kind, welcome.device, welcome.epoch) == (Kind.WELCOME, str(two.be.uri), 2)
    state = await room.state(two.ke2, two.channel.id, 2)
    leaves = mls.parse_ratchet_tree(state.ratchet_tree).leaves
    assert [leaf.identity for _, leaf in sorted(leaves.items())] == [
        str(device.uri) for device in (two.be, two.ke, two.ke2)
    ]
    assert len(await room.post(two.ke2, two.channel.id, sealed(2))) == 1


async def test_one_of_many_commits_for_an_epoch_wins(room: Room, engine: Engine, two: Two) -> None:
    signer = Signer(str(two.be.uri), two.be.key)
    staged = [await stage_commit(engine, two.channel.base(), signer) for _ in range(6)]
    answers = await asyncio.gather(
        *(room.post(two.be, two.channel.id, one.body) for one in staged), return_exceptions=True
    )
    losers = [answer.facts["epoch"] for answer in answers if isinstance(answer, StaleEpoch)]
    assert (len(losers), set(losers)) == (5, {2})
    assert sum(entry.kind is Kind.COMMIT for entry in await room.read(two.channel.id)) == 2


async def post_changed(room: Room, engine: Engine, two: Two, change: Change, **more: Any) -> str:
    """Post a good commit with one thing changed; give the reason of its refusal."""
    signer = Signer(str(two.be.uri), two.be.key)
    outgoing = await stage_commit(engine, two.channel.base(), signer, adds=two.claimed, **more)
    body = json.loads(outgoing.body)
    change(body)
    with pytest.raises(EntryRefused) as refused:
        await room.post(two.be, two.channel.id, strict_json.dumps(body))
    # Nothing stuck: the same bundle unchanged is taken.
    assert len(await room.post(two.be, two.channel.id, outgoing.body)) == 3
    return str(refused.value.facts["reason"])


def flip(field: str, place: int) -> Change:
    """Flip one bit of a field of the body, or of a draft's data."""

    def change(body: dict[str, Any]) -> None:
        holder = body if field in body else next(draft for draft in body["drafts"] if draft["kind"] == field)
        name = field if field in body else "data_base64"
        data = bytearray(base64.b64decode(holder[name]))
        data[place] ^= 1
        holder[name] = base64.b64encode(data).decode()

    return change


def drop(kind: str) -> Change:
    """Leave a draft of the bundle out."""
    return lambda body: body.update(drafts=[draft for draft in body["drafts"] if draft["kind"] != kind])


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        (flip("ratchet_tree", -40), {"false_tree", "signature_refused"}),
        (flip("group_info", -1), {"signature_refused"}),
        (flip("commit", -100), {"signature_refused"}),
        (flip("welcome", 20), {"welcome_mismatch"}),
        (drop("link"), {"bad_bundle"}),
        (drop("welcome"), {"bad_bundle"}),
        (lambda body: body.pop("group_info"), {"bad_bundle"}),
        (lambda body: body.pop("ratchet_tree"), {"bad_bundle"}),
        (lambda body: body["drafts"].append(body["drafts"][1]), {"bad_bundle"}),
        (lambda body: body["drafts"].reverse(), {"bad_bundle"}),
        (lambda body: body["drafts"][2].update(to=body["drafts"][2]["to"] * 2), {"bad_bundle"}),
        (lambda body: body["drafts"][1].update(epoch=1), {"bad_bundle"}),
    ],
)
async def test_a_changed_bundle_is_refused_and_nothing_sticks(
    sqlite_room: Room, engine: Engine, change: Change, reasons: set[str]
) -> None:
    two = await begin(sqlite_room, engine)
    assert await post_changed(sqlite_room, engine, two, change) in reasons


@pytest.mark.parametrize("part", ["tree_hash", "transcript", "tag", "signer"])
async def test_a_group_info_that_its_signer_signed_anew_is_refused(
    sqlite_room: Room, engine: Engine, part: str
) -> None:
    two = await begin(sqlite_room, engine)
    outgoing = await stage_commit(engine, two.channel.base(), Signer(str(two.be.uri), two.be.key))
    body = json.loads(outgoing.body)
    info = mls.parse_group_info(base64.b64decode(body["group_info"]))
    old = {
        "tree_hash": info.context.tree_hash,
        "transcript": info.context.confirmed_transcript_hash,
        "tag": info.confirmation_tag,
        "signer": info.confirmation_tag + info.signer.to_bytes(4, "big"),
    }[part]
    signed = info.signed.replace(old, old[:-1] + bytes([old[-1] ^ 1]))
    signature = two.be.key.sign(encode("MLS 1.0 GroupInfoTBS", signed))
    forged = b"\x00\x01\x00\x04" + signed + encode(signature)
    assert mls.parse_group_info(forged) != info
    with pytest.raises(EntryRefused) as refused:
        await sqlite_room.post(
            two.be, two.channel.id, strict_json.dumps(body | {"group_info": base64.b64encode(forged).decode()})
        )
    assert refused.value.facts == {"reason": "false_tree" if part == "tree_hash" else "false_group_info"}


async def test_tree_and_group_info_of_another_commit_are_refused(sqlite_room: Room, engine: Engine) -> None:
    two = await begin(sqlite_room, engine)
    signer = Signer(str(two.be.uri), two.be.key)
    other = json.loads((await stage_commit(engine, two.channel.base(), signer)).body)
    for fields, reason in (
        (("ratchet_tree",), "false_tree"),
        (("group_info",), "false_tree"),
        (("ratchet_tree", "group_info"), "false_group_info"),
    ):
        outgoing = await stage_commit(engine, two.channel.base(), signer)
        body = json.loads(outgoing.body) | {field: other[field] for field in fields}
        with pytest.raises(EntryRefused) as refused:
            await sqlite_room.post(two.be, two.channel.id, strict_json.dumps(body))
        assert refused.value.facts == {"reason": reason}


async def test_the_group_info_says_what_the_commit_had_seen(sqlite_room: Room, engine: Engine) -> None:
    two = await begin(sqlite_room, engine)
    base = two.channel.base()
    lying = await engine.commit(
        base.state, aad=base.seen.encode(), group_info_extension=Seen(3, bytes(32)).encode() + b"\x20" + bytes(32)
    )
    outgoing = await stage_commit(engine, base, Signer(str(two.be.uri), two.be.key))
    body = json.loads(outgoing.body)
    body["drafts"][0]["data_base64"] = base64.b64encode(lying.commit).decode()
    body |= {
        "group_info": base64.b64encode(lying.group_info).decode(),
        "ratchet_tree": base64.b64encode(lying.ratchet_tree).decode(),
    }
    with pytest.raises(EntryRefused) as refused:
        await sqlite_room.post(two.be, two.channel.id, strict_json.dumps(body))
    assert refused.value.facts == {"reason": "false_group_info"}


async def test_a_key_package_is_added_by_its_claimer_and_once(room: Room, engine: Engine, two: Two) -> None:
    of_another = await room.claim(two.ke, two.channel.id, [two.ke2])
    for packages in (await room.stock(two.ke2, engine), of_another):
        with pytest.raises(EntryRefused) as refused:
            await room.commit(engine, two.channel, two.be, adds=packages)
        assert refused.value.facts == {"reason": "key_package_not_claimed"}
    await room.commit(engine, two.channel, two.be, adds=two.claimed)
    founded = await room.found(engine, two.be, two.operation, seat=["ke/ncp"])
    with pytest.raises(EntryRefused) as again:
        await room.commit(engine, founded, two.be, adds=two.claimed)
    assert again.value.facts == {"reason": "key_package_not_claimed"}


async def test_a_last_resort_may_be_added_twice(room: Room, engine: Engine, two: Two) -> None:
    desk = await room.enrol("ke", "desk")
    now = room.database.now_ms() // 1000
    last: KeyPackage = await engine.key_package(
        str(desk.uri), desk.key.private_bytes_raw(), not_before=now - 60, not_after=now + 86_400, last_resort=True
    )
    assert await room.bring(desk, [], last.key_package) == 0
    for _ in range(2):
        channel = await room.found(engine, two.be, two.operation, [desk])
        assert len(await room.post(desk, channel.id, sealed(1))) == 1


async def test_the_gate_holds_until_the_surplus_leaf_is_removed(room: Room, engine: Engine, two: Two) -> None:
    await room.commit(engine, two.channel, two.be, adds=two.claimed)
    assert await room.revoke(two.ke2) == [two.channel.id]
    with pytest.raises(RemovalPending) as pending:
        await room.post(two.be, two.channel.id, sealed(2))
    assert pending.value.facts == {"leaves": [{"leaf": 2, "device": str(two.ke2.uri)}]}
    with pytest.raises(RemovalPending):
        await room.commit(engine, two.channel, two.be)
    with pytest.raises(EntryRefused) as refused:
        await room.commit(engine, two.channel, two.be, removes=[1, 2])
    assert refused.value.facts == {"reason": "not_surplus"}
    await room.commit(engine, two.channel, two.be, removes=[2])
    assert len(await room.post(two.be, two.channel.id, sealed(3))) == 1


async def test_unseating_an_office_makes_its_leaves_surplus(room: Room, engine: Engine, two: Two) -> None:
    await room.post(
        two.be, two.channel.id, stated(seats(two.channel.id, two.be, two.channel.head, 2, **{"ke/ncp": False}))
    )
    with pytest.raises(RemovalPending):
        await room.post(two.be, two.channel.id, sealed(1))
    await room.commit(engine, two.channel, two.be, removes=[1])
    with pytest.raises(EntryRefused) as refused:
        await room.commit(engine, two.channel, two.be, adds=two.claimed)
    assert refused.value.facts == {"reason": "not_seated"}


async def test_a_newcomer_without_history_reads_from_what_its_adder_had_seen(room: Room, engine: Engine) -> None:
    two = await begin(room, engine, "from_join")
    assert await room.may_read(two.be, two.channel.id) == 0
    assert await room.may_read(two.ke2, two.channel.id) == EVERYTHING
    await room.post(two.be, two.channel.id, sealed(1))
    chain = await room.chain(two.channel.id)
    two.channel = replace(two.channel, seen=Seen(len(await room.read(two.channel.id)), chain))
    await room.commit(engine, two.channel, two.be, adds=two.claimed)
    assert await room.may_read(two.ke2, two.channel.id) == two.channel.seen.seq == 5
