"""
What a channel's breaker remembers, and the indexes that the engine asks all day.

`release_counts` stands in for the index on the campaign alone. `release_open` is narrowed: PostgreSQL would take it
for a claim, and read every scheduled release.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

PARTIAL = {
    "release_open": (["not_after", "state", "due_at"], "state IN ('draft', 'scheduled') AND due_at IS NOT NULL"),
    "release_lane": (["channel", "next_at", "id"], "state = 'scheduled'"),
    "release_said": (["channel", "published_at"], "published_at IS NOT NULL"),
}


def upgrade() -> None:
    for name in ("busy_until", "probe_until"):
        op.add_column("channel_state", sa.Column(name, sa.String(27), nullable=True))
    for name in ("failures", "trips"):
        op.add_column("channel_state", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.drop_index("release_open", "release")
    for name, (columns, where) in PARTIAL.items():
        op.create_index(name, "release", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.drop_index("ix_release_campaign", "release")
    op.create_index("release_counts", "release", ["campaign", "state"])
