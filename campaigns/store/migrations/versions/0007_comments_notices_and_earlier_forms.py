"""
Review work: comments on wordings, notices to signers, and the forms that edits replaced.

Staff data is in `comment.person`, `comment.closed_by`, `comment.text` (what staff wrote), `notice.person` and
`release.words_by`, beside `release.author`. Addresses are never stored: they stand in the settings.
"""

import sqlalchemy as sa
from alembic import op

from campaigns.models.columns import Instant

revision = "0007"
down_revision = "0006"

text = sa.String()
instant = Instant()


def upgrade() -> None:
    op.add_column("release", sa.Column("words_by", text, nullable=False, server_default=""))
    op.add_column("release", sa.Column("drafted_at", instant, nullable=True))
    op.create_table(
        "earlier_form",
        sa.Column("digest", text, nullable=False),
        sa.Column("release", text, nullable=False),
        sa.Column("outgoing", text, nullable=False),
        sa.Column("kept_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_earlier_form_release", "earlier_form", ["release"])
    op.create_table(
        "comment",
        sa.Column("id", text, nullable=False),
        sa.Column("campaign", text, nullable=False),
        sa.Column("message", text, nullable=False),
        sa.Column("locale", text, nullable=False),
        sa.Column("answers", text, nullable=True),
        sa.Column("person", text, nullable=False),
        sa.Column("text", text, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("closed_by", text, nullable=True),
        sa.Column("closed_at", instant, nullable=True),
        sa.ForeignKeyConstraint(["answers"], ["comment.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_comment_campaign", "comment", ["campaign"])
    op.create_table(
        "notice",
        sa.Column("kind", text, nullable=False),
        sa.Column("person", text, nullable=False),
        sa.Column("release", text, nullable=False),
        sa.Column("digest", text, nullable=False),
        sa.Column("campaign", text, nullable=False),
        sa.Column("mail", text, nullable=False),
        sa.Column("begun_at", instant, nullable=False),
        sa.Column("finished_at", instant, nullable=True),
        sa.Column("outcome", text, nullable=True),
        sa.Column("detail", text, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "person", "release", "digest"),
    )
    op.create_index("ix_notice_mail", "notice", ["mail"])
