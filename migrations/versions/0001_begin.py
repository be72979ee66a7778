"""Begin: logs and entries, posts, channels, devices, certificates, key packages, operations, party lists.

Lock      none that matters: every table is new
Duration  under a second, whatever is there
Way back  downgrade drops every table and with it every entry; export first
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificates",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("not_before_ms", sa.BigInteger(), nullable=False),
        sa.Column("not_after_ms", sa.BigInteger(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_certificates")),
    )
    op.create_index(
        op.f("ix_certificates_device_not_before_ms"), "certificates", ["device", "not_before_ms"], unique=False
    )
    op.create_table(
        "challenges",
        sa.Column("challenge", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_challenges")),
    )
    op.create_index(op.f("ix_challenges_expires_ms"), "challenges", ["expires_ms"], unique=False)
    op.create_table(
        "devices",
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("revocation", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(state = 'revoked') = (revocation is not null)", name=op.f("ck_devices_revocation")),
        sa.CheckConstraint("state in ('active', 'revoked')", name=op.f("ck_devices_state")),
        sa.PrimaryKeyConstraint("uri", name=op.f("pk_devices")),
        sa.UniqueConstraint("key", name=op.f("uq_devices_key")),
    )
    op.create_index(op.f("ix_devices_office"), "devices", ["office"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("key", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("device", name=op.f("uq_invitations_device")),
    )
    op.create_table(
        "key_packages",
        sa.Column("ref", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("init_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("last_resort", sa.Boolean(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_ms", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("state in ('stock', 'claimed', 'used')", name=op.f("ck_key_packages_state")),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_key_packages")),
        sa.UniqueConstraint("init_key", name=op.f("uq_key_packages_init_key")),
    )
    op.create_index(
        op.f("ix_key_packages_claimed_by_claimed_ms"), "key_packages", ["claimed_by", "claimed_ms"], unique=False
    )
    op.create_index(
        op.f("ix_key_packages_device_state_last_resort"),
        "key_packages",
        ["device", "state", "last_resort"],
        unique=False,
    )
    op.create_table(
        "logs",
        sa.Column("id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("head_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("head_seq >= 0", name=op.f("ck_logs_head")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logs")),
    )
    op.create_table(
        "party_lists",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_party_lists")),
    )
    op.create_table(
        "posts",
        sa.Column("post_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "device", name=op.f("pk_posts")),
    )
    op.create_table(
        "stream_tickets",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("token_expires_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_stream_tickets")),
    )
    op.create_index(op.f("ix_stream_tickets_expires_ms"), "stream_tickets", ["expires_ms"], unique=False)
    op.create_table(
        "cursors",
        sa.Column("log", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["logs.id"], name=op.f("fk_cursors_log")),
        sa.PrimaryKeyConstraint("log", "device", name=op.f("pk_cursors")),
    )
    op.create_table(
        "entries",
        sa.Column("log", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("chain", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_entries_seq")),
        sa.ForeignKeyConstraint(["log"], ["logs.id"], name=op.f("fk_entries_log")),
        sa.PrimaryKeyConstraint("log", "seq", name=op.f("pk_entries")),
    )
    op.create_table(
        "operations",
        sa.Column("id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["logs.id"], name=op.f("fk_operations_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operations")),
    )
    op.create_table(
        "channels",
        sa.Column("id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("operation", sa.LargeBinary(length=32), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("lane_parties", sa.Text(), nullable=True),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("changed_seq", sa.BigInteger(), nullable=False),
        sa.Column("fold", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("history in ('full', 'from_join')", name=op.f("ck_channels_history")),
        sa.ForeignKeyConstraint(["id"], ["logs.id"], name=op.f("fk_channels_id")),
        sa.ForeignKeyConstraint(["operation"], ["operations.id"], name=op.f("fk_channels_operation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("operation", "lane_parties", name=op.f("uq_channels_operation_lane_parties")),
    )
    op.create_table(
        "participants",
        sa.Column("operation", sa.LargeBinary(length=32), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["operation"], ["operations.id"], name=op.f("fk_participants_operation")),
        sa.PrimaryKeyConstraint("operation", "party", name=op.f("pk_participants")),
    )
    op.create_index(op.f("ix_participants_party"), "participants", ["party"], unique=False)
    op.create_table(
        "group_states",
        sa.Column("channel", sa.LargeBinary(length=32), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("group_info", sa.LargeBinary(), nullable=False),
        sa.Column("ratchet_tree", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["channels.id"], name=op.f("fk_group_states_channel")),
        sa.PrimaryKeyConstraint("channel", "epoch", name=op.f("pk_group_states")),
    )
    op.create_table(
        "leaves",
        sa.Column("channel", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("since_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["channels.id"], name=op.f("fk_leaves_channel")),
        sa.PrimaryKeyConstraint("channel", "device", name=op.f("pk_leaves")),
    )
    op.create_index(op.f("ix_leaves_device"), "leaves", ["device"], unique=False)
    op.create_table(
        "seats",
        sa.Column("channel", sa.LargeBinary(length=32), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["channels.id"], name=op.f("fk_seats_channel")),
        sa.PrimaryKeyConstraint("channel", "office", name=op.f("pk_seats")),
    )
    op.create_index(op.f("ix_seats_office"), "seats", ["office"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_seats_office"), table_name="seats")
    op.drop_table("seats")
    op.drop_index(op.f("ix_leaves_device"), table_name="leaves")
    op.drop_table("leaves")
    op.drop_table("group_states")
    op.drop_index(op.f("ix_participants_party"), table_name="participants")
    op.drop_table("participants")
    op.drop_table("channels")
    op.drop_table("operations")
    op.drop_table("entries")
    op.drop_table("cursors")
    op.drop_index(op.f("ix_stream_tickets_expires_ms"), table_name="stream_tickets")
    op.drop_table("stream_tickets")
    op.drop_table("posts")
    op.drop_table("party_lists")
    op.drop_table("logs")
    op.drop_index(op.f("ix_key_packages_device_state_last_resort"), table_name="key_packages")
    op.drop_index(op.f("ix_key_packages_claimed_by_claimed_ms"), table_name="key_packages")
    op.drop_table("key_packages")
    op.drop_table("invitations")
    op.drop_index(op.f("ix_devices_office"), table_name="devices")
    op.drop_table("devices")
    op.drop_index(op.f("ix_challenges_expires_ms"), table_name="challenges")
    op.drop_table("challenges")
    op.drop_index(op.f("ix_certificates_device_not_before_ms"), table_name="certificates")
    op.drop_table("certificates")
