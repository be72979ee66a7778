"""Add push subscriptions and what is told by them.

Lock      none: every table is new and refers to no other
Duration  under a second, whatever is there
Way back  downgrade drops the tables: browsers that are subscribed hear nothing until they subscribe anew
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=True),
        sa.Column("p256dh", sa.LargeBinary(), nullable=True),
        sa.Column("auth", sa.LargeBinary(), nullable=True),
        sa.Column("mail", sa.Text(), nullable=True),
        sa.Column("mail_language", sa.Text(), nullable=True),
        sa.Column("mail_least", sa.SmallInteger(), nullable=True),
        sa.Column("least", sa.LargeBinary(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("endpoint is not null or mail is not null", name=op.f("ck_push_subscriptions_way")),
        sa.CheckConstraint(
            "(endpoint is null) = (p256dh is null) and (endpoint is null) = (auth is null)",
            name=op.f("ck_push_subscriptions_push"),
        ),
        sa.CheckConstraint(
            "(mail is null) = (mail_language is null) and (mail is null) = (mail_least is null)",
            name=op.f("ck_push_subscriptions_mail"),
        ),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_push_subscriptions")),
    )
    op.create_table(
        "push_cursors",
        sa.Column("log", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_push_cursors")),
    )
    op.create_table(
        "alerts",
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("operation", sa.LargeBinary(length=32), nullable=False),
        sa.Column("log", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("way in ('push', 'mail')", name=op.f("ck_alerts_way")),
        sa.PrimaryKeyConstraint("device", "way", "operation", "log", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_due_ms"), "alerts", ["due_ms"], unique=False)
    op.create_table(
        "mails",
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("operation", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device", "operation", name=op.f("pk_mails")),
    )


def downgrade() -> None:
    op.drop_table("mails")
    op.drop_table("alerts")
    op.drop_table("push_cursors")
    op.drop_table("push_subscriptions")
