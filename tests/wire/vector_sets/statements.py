"""Make statements.json: one good statement of each label, and what may not pass for one."""

import hashlib
import json
from collections.abc import Iterator

from pratique.wire import bodies
from pratique.wire.bodies import PartyKind
from pratique.wire.entries import Seen
from pratique.wire.statements import NOTHING_SEEN, Body, Statement, sign
from pratique.wire.tls import Writer, encode
from tests.wire.vector_sets.actors import (
    AT_MS,
    BE_DEVICE,
    DEPLOYMENT,
    KE_AUTHORITY,
    KE_DEVICE,
    ROOT,
    Case,
    b64,
    flip,
    key,
    public,
)

OPERATION = hashlib.sha256(b"pratique vectors: operation").hexdigest()
CHANNEL = hashlib.sha256(b"pratique vectors: channel").hexdigest()
HEAD = hashlib.sha256(b"pratique vectors: head").digest()
SEEN = Seen(3, hashlib.sha256(b"pratique vectors: seen").digest())

CHARTER = bodies.Charter(
    operation=OPERATION,
    purpose="lane",
    owners=("be/ncp",),
    parties=("be", "ke"),
    history="full",
    retention_s=31_536_000,
    nonce="00" * 16,
)
ROSTER = bodies.Roster(
    channel=CHANNEL,
    number=2,
    changes=(bodies.SeatChange(office="ke/ncp", seated=True), bodies.SeatChange(office="ae/ncp", seated=False)),
)
REMINDER = bodies.Reminder(
    channel=CHANNEL,
    party="ke",
    rings=(
        bodies.Ring(at_ms=AT_MS + 3_600_000, offices=("ke/ncp",)),
        bodies.Ring(at_ms=AT_MS + 7_200_000, offices=("ke/head", "ocu/desk")),
    ),
    nonce="a5" * 16,
)
RELEASE = bodies.Release(deployment=DEPLOYMENT, number=7, manifest=HEAD.hex())
LISTED = bodies.ListedParty(
    party="ke",
    kind=PartyKind.MEMBER,
    name="Kenya",
    authorities=(bodies.Authority(certificate=b64(KE_AUTHORITY), from_ms=AT_MS),),
)

# label → body, signer (whose key it is too), follows, seen
GOOD: tuple[tuple[Body, str, bytes, Seen], ...] = (
    (bodies.PartyList(deployment=DEPLOYMENT, number=1, parties=(LISTED,)), "root", b"", NOTHING_SEEN),
    (
        bodies.Invitation(
            token_digest=hashlib.sha256(b"token").hexdigest(),
            office="ke/ncp",
            person="w.otieno",
            expires_ms=AT_MS + 86_400_000,
            root=hashlib.sha256(ROOT).hexdigest(),
        ),
        "ke.stop.example",
        b"",
        NOTHING_SEEN,
    ),
    (bodies.Revocation(device=KE_DEVICE, reason="stolen", at_ms=AT_MS), "ke.stop.example", b"", NOTHING_SEEN),
    (
        bodies.OperationTerms(
            number=1,
            code="STOP-III",
            from_ms=AT_MS,
            until_ms=AT_MS + 2_592_000_000,
            phase="active",
            participants=(
                bodies.Participant(party="be", roles=("departure",)),
                bodies.Participant(party="ke", roles=("destination", "transit")),
            ),
            lane_companions=("ocu",),
            nonce="0f" * 16,
        ),
        "pratique://ocu.stop.example/desk/m.rossi/aa01",
        b"",
        NOTHING_SEEN,
    ),
    (CHARTER, BE_DEVICE, b"", NOTHING_SEEN),
    (ROSTER, BE_DEVICE, HEAD, SEEN),
    (bodies.Rejoin(channel=CHANNEL, nonce="f0" * 16), KE_DEVICE, b"", SEEN),
    (bodies.BadCommit(channel=CHANNEL, seq=3, chain=SEEN.chain.hex()), KE_DEVICE, b"", SEEN),
    (REMINDER, BE_DEVICE, b"", SEEN),
    (bodies.ReminderEnd(channel=CHANNEL, seq=7), KE_DEVICE, b"", SEEN),
    (RELEASE, "root", b"", NOTHING_SEEN),
)


def frame(label: bytes, signer: bytes, follows: bytes, seen: Seen, body: bytes, signature: bytes) -> bytes:
    """Write a statement's frame, whatever it says."""
    writer = Writer().opaque(label).opaque(signer).opaque(follows)
    return writer.u64(seen.seq).opaque(seen.chain).opaque(body).opaque(signature).getvalue()


def signed(label: str, body: bytes, signer: str = BE_DEVICE) -> bytes:
    """Sign any body under any label, as a faulty or hostile device would."""
    text = encode("pratique statement v1", label, signer, HEAD, SEEN.seq, SEEN.chain, body)
    return frame(label.encode(), signer.encode(), HEAD, SEEN, body, key(signer).sign(text))


def make() -> Case:
    """Give the whole file."""
    good = [
        sign(body, signer=signer, key=key(signer), follows=follows, seen=seen) for body, signer, follows, seen in GOOD
    ]
    return {
        "about": "A reader parses the frame, checks the signature under `key`, and reads the body as label `read_as`.",
        "cases": [*map(_good, good), _own_lane(), *_frames(_of(good, bodies.Roster)), *_bodies()],
    }


def _own_lane() -> Case:
    own = sign(CHARTER.model_copy(update={"parties": ("be",)}), signer=BE_DEVICE, key=key(BE_DEVICE))
    return {**_good(own), "name": "charter: a party's own lane"}


def _of(good: list[Statement], body: type[Body]) -> Statement:
    return next(statement for statement in good if statement.label == body.LABEL)


def _good(statement: Statement) -> Case:
    return {
        **_case(statement.label, "ok", statement.raw, statement.signer, statement.label),
        "signer": statement.signer,
        "follows": statement.follows.hex(),
        "seen": {"seq": statement.seen.seq, "chain": statement.seen.chain.hex()},
        "body": json.loads(statement.body),
        "digest": statement.digest.hex(),
    }


def _frames(roster: Statement) -> Iterator[Case]:
    """Break the frame and the signature of one roster statement."""
    raw, label, signer = roster.raw, roster.label.encode(), roster.signer.encode()
    whole = (roster.seen, roster.body, roster.signature)
    malformed = {
        "a byte is left over": raw + b"\x00",
        "cut short": raw[:-1],
        "empty": b"",
        "a label that is not ASCII": frame("pratique roster vü".encode(), signer, roster.follows, *whole),
        "follows of 31 bytes": frame(label, signer, roster.follows[:31], *whole),
        "seen chain of 33 bytes": frame(
            label, signer, roster.follows, Seen(3, SEEN.chain + b"\x00"), roster.body, roster.signature
        ),
        "signature of 63 bytes": frame(label, signer, roster.follows, roster.seen, roster.body, roster.signature[:63]),
        "a length that is not the shortest": b"\x40" + raw,
    }
    for name, data in malformed.items():
        yield _case(name, "malformed_statement", data)
    forged = {
        "a bit of the body": frame(label, signer, roster.follows, roster.seen, flip(roster.body, 60), roster.signature),
        "a bit of the signature": flip(raw, -1),
        "a bit of follows": frame(label, signer, flip(roster.follows, 0), *whole),
        "another seen": frame(label, signer, roster.follows, Seen(4, SEEN.chain), roster.body, roster.signature),
        "another signer": frame(label, KE_DEVICE.encode(), roster.follows, *whole),
        "the same body under another label": frame(b"pratique charter v1", signer, roster.follows, *whole),
        "S + L in the signature": raw[:-32] + _plus_order(raw[-32:]),
    }
    for name, data in forged.items():
        yield _case(name, "bad_signature", data)
    yield {**_case("another device's key", "bad_signature", raw), "key": public(KE_DEVICE).hex()}
    neutral = frame(label, signer, roster.follows, roster.seen, roster.body, bytes([1]) + bytes(63))
    yield {**_case("a key of small order", "bad_signature", neutral), "key": "01" + "00" * 31}
    yield _case("read as another label", "wrong_statement", raw, read_as="pratique charter v1")
    yield _case("an unknown label", "wrong_statement", signed("pratique rooster v1", roster.body))


def _bodies() -> Iterator[Case]:
    """Sign bodies that are not in the form of their label."""
    roster, lane = json.loads(ROSTER.write()), json.loads(CHARTER.write())
    text = ROSTER.write()
    for name, data in {
        "duplicate key": text.replace(b'"number":2', b'"number":2,"number":3'),
        "not JSON": b"roster",
        "byte order mark": b"\xef\xbb\xbf" + text,
        "a list": b"[]",
        "null": b"null",
        "a number written 2.0": text.replace(b'"number":2', b'"number":2.0'),
    }.items():
        yield _case(f"roster: {name}", "malformed_statement", signed("pratique roster v1", data))
    changes = roster["changes"]
    broken: dict[str, Case] = {
        "unknown field": {"extra": 1},
        "number as text": {"number": "2"},
        "number is true": {"number": True},
        "number 0": {"number": 0},
        "digest in capitals": {"channel": CHANNEL.upper()},
        "digest with a newline": {"channel": CHANNEL + "\n"},
        "digest too short": {"channel": CHANNEL[:-2]},
        "no changes": {"changes": []},
        "seated as text": {"changes": [{**changes[0], "seated": "yes"}]},
        "seated as 1": {"changes": [{**changes[0], "seated": 1}]},
        "office that is no office": {"changes": [{**changes[0], "office": "ncp"}]},
        "unknown field inside": {"changes": [{**changes[0], "role": "x"}]},
        "401 changes": {"changes": changes[:1] * 401},
    }
    for name, change in broken.items():
        yield _case(f"roster: {name}", "malformed_statement", _written("pratique roster v1", {**roster, **change}))
    yield _case(
        "roster: a field is missing",
        "malformed_statement",
        _written("pratique roster v1", {name: value for name, value in roster.items() if name != "number"}),
    )
    terms: dict[str, Case] = {
        "a lane without parties": {"parties": []},
        "parties not sorted": {"parties": ["ke", "be"]},
        "a party twice": {"parties": ["be", "be", "ke"]},
        "owner of another party": {"owners": ["ae/ncp"]},
        "an owner twice": {"owners": ["be/ncp", "be/ncp"]},
        "no owner": {"owners": []},
        "a channel that names parties": {"purpose": "channel"},
        "unknown history": {"history": "some"},
        "retention of 11 years": {"retention_s": 11 * 366 * 86_400},
        "short nonce": {"nonce": "00"},
    }
    for name, change in terms.items():
        yield _case(f"charter: {name}", "malformed_statement", _written("pratique charter v1", {**lane, **change}))
    yield from _reminders()
    yield from _releases()
    party = json.loads(GOOD[0][0].write())
    twice = {**party, "parties": party["parties"] * 2}
    data = _written("pratique party list v1", twice, "root")
    yield _case("party list: a party twice", "malformed_statement", data, "root", "pratique party list v1")


def _reminders() -> Iterator[Case]:
    """Sign reminders with too much, too little, or something else in them."""
    label, good = bodies.Reminder.LABEL, json.loads(REMINDER.write())
    ring = good["rings"][0]
    broken: dict[str, Case] = {
        "no ring": {"rings": []},
        "17 rings": {"rings": [ring] * 17},
        "a ring without offices": {"rings": [{**ring, "offices": []}]},
        "nine offices": {"rings": [{**ring, "offices": [f"ke/office-{number}" for number in range(9)]}]},
        "an office twice": {"rings": [{**ring, "offices": ["ke/ncp", "ke/ncp"]}]},
        "an office without a party": {"rings": [{**ring, "offices": ["ncp"]}]},
        "an instant before 1970": {"rings": [{**ring, "at_ms": -1}]},
        "an instant as text": {"rings": [{**ring, "at_ms": str(AT_MS)}]},
        "an instant beyond 53 bits": {"rings": [{**ring, "at_ms": 2**53}]},
        "words with a ring": {"rings": [{**ring, "text": "vaccines"}]},
        "words": {"text": "vaccines"},
        "no party": {"party": ""},
        "a short nonce": {"nonce": "00"},
    }
    for name, change in broken.items():
        data = _written(label, {**good, **change})
        yield _case(f"reminder: {name}", "malformed_statement", data, read_as=label)
    end = bodies.ReminderEnd.LABEL
    ends: dict[str, Case] = {"entry 0": {"channel": CHANNEL, "seq": 0}, "no entry": {"channel": CHANNEL}}
    for name, body in ends.items():
        yield _case(f"reminder end: {name}", "malformed_statement", _written(end, body), read_as=end)
    yield _case("reminder: its end", "wrong_statement", _written(end, {"channel": CHANNEL, "seq": 7}), read_as=label)


def _releases() -> Iterator[Case]:
    """Sign releases of the web client that are none."""
    label, good = bodies.Release.LABEL, json.loads(RELEASE.write())
    broken: dict[str, Case] = {
        "number 0": {"number": 0},
        "a number beyond 53 bits": {"number": 2**53},
        "a digest in capitals": {"manifest": good["manifest"].upper()},
        "a deployment that is no host name": {"deployment": "stop example"},
        "the files themselves": {"files": {"index.html": good["manifest"]}},
    }
    lacking = {f"no {left}": {name: value for name, value in good.items() if name != left} for left in good}
    for name, body in ({name: {**good, **change} for name, change in broken.items()} | lacking).items():
        yield _case(f"release: {name}", "malformed_statement", _written(label, body, "root"), "root", label)
    yield _case("release: signed by a device", "bad_signature", _written(label, good), "root", label)


def _case(name: str, expect: str, data: bytes, signer: str = BE_DEVICE, read_as: str | None = None) -> Case:
    if read_as is None:
        read_as = "pratique charter v1" if name.startswith("charter:") else "pratique roster v1"
    return {"name": name, "expect": expect, "read_as": read_as, "key": public(signer).hex(), "statement": b64(data)}


def _written(label: str, body: dict[str, object], signer: str = BE_DEVICE) -> bytes:
    return signed(label, json.dumps(body, separators=(",", ":")).encode(), signer)


def _plus_order(s: bytes) -> bytes:
    order = 2**252 + 27742317777372353535851937790883648493
    return (int.from_bytes(s, "little") + order).to_bytes(32, "little")
