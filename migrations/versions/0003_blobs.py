"""Add blobs.

Lock      none that matters: the table is new; the foreign key takes a short lock on channels (PostgreSQL)
Duration  under a second, whatever is there
Way back  downgrade drops the table: documents and photos are lost, the entries that name them stay in their logs
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blobs",
        sa.Column("channel", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["channels.id"], name=op.f("fk_blobs_channel_channels")),
        sa.PrimaryKeyConstraint("channel", "digest", name=op.f("pk_blobs")),
    )
    op.create_index(op.f("ix_blobs_party"), "blobs", ["party"], unique=False)


def downgrade() -> None:
    op.drop_table("blobs")
