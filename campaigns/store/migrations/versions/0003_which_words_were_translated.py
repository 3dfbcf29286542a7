"""
Which words a translation was made of.

Translations that were there before have no mark: of them nothing is known, and nothing is complained of.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("message", sa.Column("translated", sa.Text(), nullable=False, server_default="{}"))
