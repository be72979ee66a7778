"""Who wants to be told while away and how, how far each log was looked at for that, and what is still to be told."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table

from app.models.schema import Bytes, Id, Millis, Number, Small, Words, metadata

push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    Column("device", Words, primary_key=True),
    # What the browser's push service gave to the device, or nothing.
    Column("endpoint", Words),
    Column("p256dh", Bytes),
    Column("auth", Bytes),
    # Where a mail goes when the device stays away, or nothing.
    Column("mail", Words),
    Column("mail_language", Words),
    Column("mail_least", Small),
    # Operation → least urgency that is told, as JSON; every urgency where it is not named.
    Column("least", Bytes, nullable=False),
    Column("since_ms", Millis, nullable=False),
    CheckConstraint("endpoint is not null or mail is not null", name="way"),
    CheckConstraint("(endpoint is null) = (p256dh is null) and (endpoint is null) = (auth is null)", name="push"),
    CheckConstraint("(mail is null) = (mail_language is null) and (mail is null) = (mail_least is null)", name="mail"),
)

push_cursors = Table(
    "push_cursors",
    metadata,
    Column("log", Id, primary_key=True),
    Column("seq", Number, nullable=False),
)

# A row goes when it was told, when the device has seen what it is about, or when it is not worth telling any more.
alerts = Table(
    "alerts",
    metadata,
    Column("device", Words, primary_key=True),
    Column("way", Words, primary_key=True),
    Column("operation", Id, primary_key=True),
    Column("log", Id, primary_key=True),
    Column("seq", Number, nullable=False),  # the newest entry it is about
    Column("urgency", Small, nullable=False),  # the highest of them
    Column("count", Integer, nullable=False),
    Column("due_ms", Millis, nullable=False),
    Column("tries", Small, nullable=False),
    Index(None, "due_ms"),
    CheckConstraint("way in ('push', 'mail')", name="way"),
)

mails = Table(
    "mails",
    metadata,
    Column("device", Words, primary_key=True),
    Column("operation", Id, primary_key=True),
    Column("at_ms", Millis, nullable=False),
)
