"""How a campaign will be evaluated, and when that was declared."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    text = sa.String()
    op.create_table(
        "study",
        sa.Column("campaign", text, sa.ForeignKey("campaign.campaign"), nullable=False),
        sa.Column("id", text, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("asks", text, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("experiment", "differences", "interrupted", "roi")),
        sa.Column("declared_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "id"),
    )
