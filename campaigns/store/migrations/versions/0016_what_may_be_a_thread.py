"""Which messages may go out as threads; those that were there before may not."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("message", sa.Column("thread", sa.Boolean(), nullable=False, server_default=sa.false()))
