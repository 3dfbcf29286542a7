"""Which processes plan and publish on a shared database. Tables of tickets have versions of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    instant, text = sa.String(27), sa.String()
    op.create_table(
        "crew",
        sa.Column("id", text, nullable=False),
        sa.Column("role", text, nullable=False),
        sa.Column("host", text, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("doing", text, nullable=False),
        sa.Column("started_at", instant, nullable=False),
        sa.Column("seen_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
