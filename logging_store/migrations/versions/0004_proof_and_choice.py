"""Chains over what is written, what visitors choose about publication, and groups that are never published."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make them. What was written before has no links, and `marks` says until when that was."""
    for name in ("period", "cohort", "country"):
        op.add_column("sessions", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column("consents", sa.Column("covers_past", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("consents", sa.Column("age_group", sa.Text, nullable=False, server_default="unstated"))
    op.create_table(
        "release_choices",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("allowed", sa.Boolean, nullable=False),
        sa.Column("chosen_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_release_choices"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_release_choices_conversation_id"
        ),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_release_choices_session_id"),
    )
    op.create_index("ix_release_choices_conversation_id", "release_choices", ["conversation_id"])
    op.create_table(
        "chains",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("writer", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("key_mark", sa.Text, nullable=False),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("head", sa.Text, nullable=False),
        sa.Column("seal", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_chains"),
    )
    op.create_table(
        "links",
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("salt", sa.Text),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("mac", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("chain", "number", name="pk_links"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_links_record_id", "links", ["record_id"])
    marks = op.create_table(
        "marks",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )
    is_new = op.get_bind().execute(sa.text("SELECT count(*) FROM sessions")).scalar_one() == 0
    op.bulk_insert(marks, [{"name": "linked_since", "value": repr(0.0 if is_new else time.time())}])
