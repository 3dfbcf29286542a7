"""
What sort of message it is, and who still owes its word on what went out under an urgent rule.

Messages that were there before are of no sort, and nothing went out so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

text = sa.String()


def upgrade() -> None:
    op.add_column("message", sa.Column("kind", text, nullable=True))
    op.create_table(
        "urgent_debt",
        sa.Column("release", text, nullable=False),
        sa.Column("digest", text, nullable=False),
        sa.Column("campaign", text, nullable=False),
        sa.Column("rule", text, nullable=False),
        sa.Column("partner", text, nullable=False),
        sa.Column("owed", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("release", "digest"),
    )
    op.create_index("ix_urgent_debt_campaign", "urgent_debt", ["campaign"])
