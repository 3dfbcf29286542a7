"""
Which entry a release entry corrects.

Entries that were there before correct none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("release_entry", sa.Column("supersedes", sa.String(), nullable=True))
