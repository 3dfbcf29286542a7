"""Indexes from which releases are counted by state without reading them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

OPEN = "state IN ('draft', 'scheduled')"
SETTLED = "state IN ('published', 'retracted', 'expired', 'cancelled', 'refused', 'failed', 'handed_over', 'uncertain')"


def upgrade() -> None:
    op.drop_index("release_open", "release")
    for name, columns, where in (
        ("release_open", ["not_after", "state", "due_at"], OPEN),
        ("release_settled", ["state"], SETTLED),
    ):
        op.create_index(name, "release", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
