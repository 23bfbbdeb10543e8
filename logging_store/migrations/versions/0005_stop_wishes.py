"""Wishes that an answer be stopped that another controller writes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "stop_wishes",
        sa.Column("turn_id", sa.Text, nullable=False),
        sa.Column("controller", sa.Text, nullable=False),
        sa.Column("wished_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("turn_id", name="pk_stop_wishes"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_stop_wishes_turn_id"),
    )
    op.create_index("ix_stop_wishes_controller", "stop_wishes", ["controller"])
