"""Add reminders and their rings.

Lock      none that matters: both tables are new; the foreign key takes a short lock on channels (PostgreSQL)
Duration  under a second, whatever is there
Way back  downgrade drops both tables: what was still to ring never rings, the entries stay in their logs
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("channel", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("author_party", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["channels.id"], name=op.f("fk_reminders_channel_channels")),
        sa.PrimaryKeyConstraint("channel", "seq", name=op.f("pk_reminders")),
        sa.UniqueConstraint("digest", name=op.f("uq_reminders_digest")),
    )
    op.create_index(op.f("ix_reminders_channel_last_ms"), "reminders", ["channel", "last_ms"], unique=False)
    op.create_table(
        "rings",
        sa.Column("channel", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("ring", sa.SmallInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("offices", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel", "seq"], ["reminders.channel", "reminders.seq"], name=op.f("fk_rings_channel_seq_reminders")
        ),
        sa.PrimaryKeyConstraint("channel", "seq", "ring", name=op.f("pk_rings")),
    )
    op.create_index(op.f("ix_rings_due_ms"), "rings", ["due_ms"], unique=False)


def downgrade() -> None:
    op.drop_table("rings")
    op.drop_table("reminders")
