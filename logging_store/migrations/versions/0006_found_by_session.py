"""What belongs to a session or a consent is found without reading whole tables: deletions must not keep writers waiting."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the indexes."""
    op.create_index("ix_turns_consent_id", "turns", ["consent_id"])
    for table in ("votes", "reactions", "release_choices"):
        op.create_index(f"ix_{table}_session_id", table, ["session_id"])
