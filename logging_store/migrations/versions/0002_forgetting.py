"""Codes by which visitors can have their words forgotten, and what is left of what was."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "deletion_codes",
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("code_hash", sa.Text, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_deletion_codes"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_deletion_codes_session_id"),
        sa.UniqueConstraint("code_hash", name="uq_deletion_codes_code_hash"),
    )
    op.create_table(
        "tombstones",
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("forgotten_at", sa.Double, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_tombstones"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_tombstones_conversation_id"),
    )
