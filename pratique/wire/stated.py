"""Judge the statements that a channel's entries carry: whose they are, and what a reminder may say."""

from __future__ import annotations

from typing import TypeVar

from pratique.wire.bodies import Reminder, ReminderEnd
from pratique.wire.entries import Entry
from pratique.wire.identity import DeviceUri, office_party
from pratique.wire.leaves import Directory, Membership, NotCounted
from pratique.wire.refused import Refused
from pratique.wire.statements import Body, Statement

B = TypeVar("B", bound=Body)


def statement_of(entry: Entry) -> Statement:
    """Read the frame of an entry's statement; raises `NotCounted`."""
    try:
        return Statement.parse(entry.data)
    except Refused as refused:
        raise NotCounted(refused.code, refused.detail) from None


def body_of(statement: Statement, model: type[B]) -> B:
    """Read a statement's body as a model; raises `NotCounted`."""
    try:
        return statement.read(model)
    except Refused as refused:
        raise NotCounted(refused.code, refused.detail) from None


def signed_by_device(statement: Statement, entry: Entry, directory: Directory) -> DeviceUri:
    """Check that an entry's statement is its own device's, under the certificate in force; raises `NotCounted`."""
    if statement.signer != entry.device:
        raise NotCounted("not_own_statement", "a device posts its own statements")
    certificate = directory.device(statement.signer, entry.at_ms)
    if certificate is None:
        raise NotCounted("not_certified", f"{statement.signer} has no certificate in force")
    try:
        statement.verify(certificate.key)
    except Refused as refused:
        raise NotCounted(refused.code, refused.detail) from None
    return certificate.uri


def read_reminder(data: bytes) -> Reminder | ReminderEnd:
    """Read what an entry of kind reminder says, whoever signed it; raises `NotCounted("bad_reminder")`."""
    return _reminder(data)[1]


def check_reminder(member: Membership, entry: Entry, directory: Directory) -> Reminder | ReminderEnd:
    """Judge a reminder or its end (rules REM-1 and REM-2); raises `NotCounted`.

    Which offices may be told, and which reminder is still to end, is the server's to judge: it alone acts on them.
    """
    statement, body = _reminder(entry.data)
    signer = signed_by_device(statement, entry, directory)
    if signer.office_id not in member.seated:
        raise NotCounted("not_seated", f"{signer.office_id} is not seated in this channel")
    if entry.device in member.revoked:
        raise NotCounted("device_revoked", "the signer is revoked here")
    if body.channel != member.channel.hex():
        raise NotCounted("wrong_channel", "the statement is about another channel")
    if entry.epoch:
        raise NotCounted("bad_reminder", "a reminder is of no epoch: it says 0")
    if isinstance(body, ReminderEnd):
        if body.seq >= entry.seq:
            raise NotCounted("bad_reminder", "an end names an earlier entry")
    elif body.party not in {office_party(office) for office in member.seated}:
        raise NotCounted("not_seated", f"{body.party} is not seated in this channel")
    return body


def _reminder(data: bytes) -> tuple[Statement, Reminder | ReminderEnd]:
    try:
        statement = Statement.parse(data)
        if statement.label == ReminderEnd.LABEL:
            return statement, statement.read(ReminderEnd)
        return statement, statement.read(Reminder)
    except Refused as refused:
        raise NotCounted("bad_reminder", refused.detail) from None
