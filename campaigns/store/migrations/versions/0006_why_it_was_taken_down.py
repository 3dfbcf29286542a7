"""
Why a release was taken down and when it was seen to be gone; what a hold came too late for, and who lifts it.

What was retracted or held before has no code, no instant and no list: nothing is known of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("release", sa.Column("retract_code", sa.String(), nullable=True))
    op.add_column("release", sa.Column("retracted_at", sa.String(27), nullable=True))
    op.add_column("hold", sa.Column("on_the_wire", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("hold", sa.Column("agreed", sa.Text(), nullable=False, server_default="{}"))
