"""What is drawn beside the boards of the leaderboard."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make room for it."""
    op.create_table(
        "leaderboard_figures",
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("is_styled", sa.Boolean, nullable=False),
        sa.Column("figures", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("category", "is_styled", name="pk_leaderboard_figures"),
    )
