"""
The whole plan of a campaign: narratives, messengers, theory of change, budget, pre-tests, adjustments and learning.

Rows of the first version get what a document that says nothing of it means.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

text = sa.String()

#: table -> the columns that it has beside campaign, id and position: name, type, may be empty.
TABLES: dict[str, tuple[tuple[str, Any, bool], ...]] = {
    "narrative": (
        ("claim", sa.Text(), False),
        ("decision", text, False),
        ("because", text, True),
        ("first_seen", text, True),
        ("review_on", text, True),
    ),
    "messenger": (
        ("name", sa.Text(), False),
        ("kind", text, False),
        ("funded_by", sa.Text(), True),
        ("disclosure", sa.Text(), False),
        ("credible_because", text, True),
    ),
    "causal_link": (
        ("source", text, False),
        ("target", text, False),
        ("assumption", text, False),
        ("basis", text, False),
        ("evidence", text, True),
    ),
    "pretest": (
        ("messages", sa.Text(), False),
        ("audience", text, True),
        ("by", text, False),
        ("on", text, False),
        ("method", text, True),
        ("people", sa.Integer(), True),
        ("result", text, False),
        ("verdict", text, False),
    ),
    "adjustment": (("on", text, False), ("by", text, False), ("because", text, False)),
    "learning": (("found", text, False), ("evidence", text, True), ("next_time", text, False)),
    "carried_learning": (("learnt_by", text, False), ("learning", text, False), ("applied", text, False)),
    "budget_line": (
        ("partner", text, False),
        ("kind", text, False),
        ("amount", sa.Float(), False),
        ("currency", text, False),
        ("channel", text, True),
        ("on", text, True),
        ("purpose", text, True),
    ),
    "spend_approval": (
        ("gate", text, False),
        ("reference", text, False),
        ("by", text, False),
        ("on", text, False),
        ("up_to", sa.Float(), False),
        ("currency", text, False),
    ),
}
#: table -> new columns: name, type, what stands in rows that are there (None: nothing).
COLUMNS: dict[str, tuple[tuple[str, Any, Any], ...]] = {
    "campaign": (
        ("marking", text, None),
        ("handling", sa.Text(), None),
        ("backfire", sa.Text(), None),
        ("source", text, ""),
    ),
    "kpi": (("baseline_as_of", text, None),),
    "audience": (
        ("regions", sa.Text(), "[]"),
        ("think", text, None),
        ("feel", text, None),
        ("do", text, None),
        ("barriers", sa.Text(), "[]"),
        ("accessibility", sa.Text(), "[]"),
        ("mindful_of", sa.Text(), "[]"),
    ),
    "channel": (("pace", text, None), ("quiet", sa.Text(), None)),
    "message": (("messenger", text, None),),
    "release_entry": (
        ("exdate", sa.Text(), "[]"),
        ("not_before", text, None),
        ("under_embargo", sa.Boolean(), sa.false()),
    ),
    "release": (("fold", sa.Integer(), None),),
    "blackout": (("exceptions", sa.Text(), "[]"),),
}


def upgrade() -> None:
    for table, columns in TABLES.items():
        op.create_table(
            table,
            sa.Column("campaign", text, nullable=False),
            sa.Column("id", text, nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            *(sa.Column(name, kind, nullable=empty) for name, kind, empty in columns),
            sa.PrimaryKeyConstraint("campaign", "id"),
            sa.ForeignKeyConstraint(["campaign"], ["campaign.campaign"]),
        )
    for table, added in COLUMNS.items():
        for name, kind, value in added:
            op.add_column(table, sa.Column(name, kind, nullable=value is None, server_default=value))
