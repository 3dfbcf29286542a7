"""What became of items referred to platforms, and what a KPI said before it was changed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    instant, text = sa.String(27), sa.String()
    op.create_table(
        "kpi_earlier",
        sa.Column("campaign", text, sa.ForeignKey("campaign.campaign"), nullable=False),
        sa.Column("kpi", text, nullable=False),
        sa.Column("until", instant, nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "kpi", "until"),
    )
    op.create_table(
        "referral_import",
        sa.Column("id", text, nullable=False),
        sa.Column("file", text, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("imported_at", instant, nullable=False),
        sa.Column("imported_by", text, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    moments = ("uploaded_at", "noticed_at", "referred_at", "received_at", "removed_at", "reinstated_at")
    op.create_table(
        "referral",
        *(sa.Column(name, text, nullable=False) for name in ("campaign", "item", "platform", "way")),
        sa.Column("as_of", instant, nullable=False),
        *(sa.Column(name, instant, nullable=True) for name in moments),
        *(sa.Column(name, text, nullable=False) for name in ("refused", "complaint", "proceedings")),
        sa.Column("imported", text, sa.ForeignKey("referral_import.id"), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "item", "platform", "way", "as_of"),
    )
    op.create_table(
        "referral_total",
        *(
            sa.Column(name, text, nullable=False)
            for name in ("source", "platform", "measure", "first", "last", "as_of")
        ),
        sa.Column("running", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("value", "lower", "upper")),
        sa.Column("qualifier", text, nullable=False),
        sa.Column("imported", text, sa.ForeignKey("referral_import.id"), nullable=False),
        sa.PrimaryKeyConstraint("source", "platform", "measure", "first", "last", "as_of"),
    )
