"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("address_hash", sa.Text, nullable=False),
        sa.Column("opened_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("terms_version", sa.Text, nullable=False),
        sa.Column("serve", sa.Boolean, nullable=False),
        sa.Column("log", sa.Boolean, nullable=False),
        sa.Column("release", sa.Boolean, nullable=False),
        sa.Column("share", sa.Boolean, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("accepted_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_consents_session_id"),
    )
    op.create_index("ix_consents_session_id_accepted_at", "consents", ["session_id", "accepted_at"])
    op.create_table(
        "battles",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("model_a", sa.Text, nullable=False),
        sa.Column("model_b", sa.Text, nullable=False),
        sa.Column("conversation_a", sa.Text, nullable=False),
        sa.Column("conversation_b", sa.Text, nullable=False),
        sa.Column("pair_probability", sa.Double),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("opened_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_battles"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_battles_session_id"),
    )
    op.create_index("ix_battles_session_id", "battles", ["session_id"])
    op.create_table(
        "conversations",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("opened_at", sa.Double, nullable=False),
        sa.Column("battle_id", sa.Text),
        sa.Column("side", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_conversations_session_id"),
        sa.ForeignKeyConstraint(["battle_id"], ["battles.id"], name="fk_conversations_battle_id"),
        sa.UniqueConstraint("battle_id", "side", name="uq_conversations_battle_id_side"),
    )
    op.create_index("ix_conversations_session_id", "conversations", ["session_id"])
    op.create_table(
        "turns",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("consent_id", sa.Text, nullable=False),
        sa.Column("controller", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("parameters", sa.JSON, nullable=False),
        sa.Column("opened_at", sa.Double, nullable=False),
        sa.Column("supersedes", sa.Text),
        sa.Column("worker", sa.Text),
        sa.Column("first_word_at", sa.Double),
        sa.Column("finished_at", sa.Double),
        sa.Column("ending", sa.Text),
        sa.Column("finish_reason", sa.Text),
        sa.Column("error_code", sa.Text),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("reasoning", sa.Text, nullable=False),
        sa.Column("prompt_tokens", sa.Integer),
        sa.Column("completion_tokens", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_turns_conversation_id"),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name="fk_turns_consent_id"),
        sa.ForeignKeyConstraint(["supersedes"], ["turns.id"], name="fk_turns_supersedes"),
        sa.UniqueConstraint("supersedes", name="uq_turns_supersedes"),
    )
    op.create_index("ix_turns_conversation_id_position", "turns", ["conversation_id", "position"])
    first = sa.text("supersedes IS NULL")
    op.create_index(
        "uq_turns_first_at_position",
        "turns",
        ["conversation_id", "position"],
        unique=True,
        sqlite_where=first,
        postgresql_where=first,
    )
    still_open = sa.text("ending IS NULL")
    op.create_index("ix_turns_open", "turns", ["controller"], sqlite_where=still_open, postgresql_where=still_open)
    op.create_table(
        "votes",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("battle_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("is_anonymous", sa.Boolean, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("voted_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_votes"),
        sa.ForeignKeyConstraint(["battle_id"], ["battles.id"], name="fk_votes_battle_id"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_votes_session_id"),
        sa.UniqueConstraint("battle_id", name="uq_votes_battle_id"),
    )
    op.create_table(
        "reactions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("turn_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reacted_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reactions"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_reactions_turn_id"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_reactions_session_id"),
    )
    op.create_index("ix_reactions_turn_id", "reactions", ["turn_id"])
    op.create_table(
        "leaderboards",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("votes", sa.Integer, nullable=False),
        sa.Column("board", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_leaderboards"),
    )
