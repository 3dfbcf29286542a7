"""What platforms show of what was published: read back, counted, and who else posts there."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    instant, text = sa.String(27), sa.String()
    op.create_table(
        "showing",
        sa.Column("release", text, sa.ForeignKey("release.id"), nullable=False),
        sa.Column("channel", text, nullable=False),
        sa.Column("published_at", instant, nullable=False),
        *(sa.Column(name, instant, nullable=True) for name in ("next_at", "looked_at")),
        sa.Column("verdict", text, nullable=False),
        sa.Column("since", instant, nullable=True),
        *(sa.Column(name, text, nullable=False) for name in ("difference", "digest")),
        sa.Column("accepted", text, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("fault", text, nullable=False),
        sa.PrimaryKeyConstraint("release"),
    )
    waits, wrong = sa.text("next_at IS NOT NULL"), sa.text("verdict IN ('changed', 'gone')")
    op.create_index("showing_due", "showing", ["next_at"], sqlite_where=waits, postgresql_where=waits)
    op.create_index("showing_wrong", "showing", ["verdict"], sqlite_where=wrong, postgresql_where=wrong)
    op.create_index("showing_channel", "showing", ["channel", "published_at"])
    op.create_table(
        "measured",
        sa.Column("release", text, sa.ForeignKey("release.id"), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("gap", text, nullable=False),
        sa.PrimaryKeyConstraint("release", "at"),
    )
    op.create_table(
        "stranger",
        *(sa.Column(name, text, nullable=False) for name in ("channel", "remote_id")),
        sa.Column("url", text, nullable=True),
        *(sa.Column(name, instant, nullable=False) for name in ("posted_at", "seen_at")),
        sa.Column("settled_at", instant, nullable=True),
        sa.PrimaryKeyConstraint("channel", "remote_id"),
    )
