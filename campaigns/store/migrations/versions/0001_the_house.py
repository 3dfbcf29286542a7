"""
The house: every table of the first version.

A partial index serves each question that the engine asks all day; triggers keep `event` append-only.
"""

import sqlalchemy as sa
from alembic import op

from campaigns.models.columns import Instant

revision = "0001"
down_revision = None

text = sa.String()
instant = Instant()

PARTIAL = (
    ("release_due", "release (next_at, id)", "state = 'scheduled'"),
    ("release_lease", "release (lease_until)", "state IN ('claimed', 'sending', 'retracting')"),
    ("release_open", "release (not_after)", "state IN ('draft', 'scheduled')"),
    ("approval_voided", "approval_subject (voided_at)", "voided_at IS NOT NULL"),
    ("hold_standing", "hold (scope, target)", "lifted_at IS NULL"),
)

SQLITE_TRIGGERS = (
    "CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
)
POSTGRES_TRIGGERS = (
    """CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$""",
    """CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION event_append_only()""",
)


def upgrade() -> None:
    tables()
    for name, columns, where in PARTIAL:
        op.execute(f"CREATE INDEX {name} ON {columns} WHERE {where}")
    triggers = POSTGRES_TRIGGERS if op.get_bind().dialect.name == "postgresql" else SQLITE_TRIGGERS
    for trigger in triggers:
        op.execute(trigger)


def tables() -> None:
    """Create the tables of all floors; only migrations may name them all."""
    op.create_table(
        "approval",
        sa.Column("id", text, nullable=False),
        sa.Column("campaign", text, nullable=False),
        sa.Column("partner", text, nullable=False),
        sa.Column("person", text, nullable=False),
        sa.Column("decision", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("envelope", text, nullable=False),
        sa.Column("received_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_approval_campaign", "approval", ["campaign"])
    op.create_table(
        "campaign",
        sa.Column("campaign", text, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("partners", sa.Text(), nullable=False),
        sa.Column("policy_aim", text, nullable=True),
        sa.Column("starts", text, nullable=False),
        sa.Column("ends", text, nullable=True),
        sa.Column("owner", text, nullable=True),
        sa.Column("zone", text, nullable=True),
        sa.Column("author", text, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("applied_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("campaign"),
    )
    op.create_table(
        "channel",
        sa.Column("id", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("issuer", text, nullable=False),
        sa.Column("account", text, nullable=False),
        sa.Column("locales", sa.Text(), nullable=False),
        sa.Column("server", text, nullable=True),
        sa.Column("credential", text, nullable=True),
        sa.Column("rate", text, nullable=True),
        sa.Column("options", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "channel_state",
        sa.Column("channel", text, nullable=False),
        sa.Column("next_free_at", instant, nullable=True),
        sa.Column("open_until", instant, nullable=True),
        sa.Column("why", text, nullable=False),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.create_table(
        "daily_reading",
        sa.Column("campaign", text, nullable=False),
        sa.Column("subject_kind", text, nullable=False),
        sa.Column("subject", text, nullable=False),
        sa.Column("metric", text, nullable=False),
        sa.Column("dimensions", text, nullable=False),
        sa.Column("source", text, nullable=False),
        sa.Column("day", text, nullable=False),
        sa.Column("last_at", instant, nullable=False),
        sa.Column("last_value", sa.Float(), nullable=True),
        sa.Column("lower", sa.Float(), nullable=True),
        sa.Column("upper", sa.Float(), nullable=True),
        sa.Column("qualifier", text, nullable=False),
        sa.Column("numerator", sa.Float(), nullable=True),
        sa.Column("denominator", sa.Float(), nullable=True),
        sa.Column("delta", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("campaign", "subject_kind", "subject", "metric", "dimensions", "source", "day"),
    )
    op.create_table(
        "event",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("actor", text, nullable=False),
        sa.Column("act", text, nullable=False),
        sa.Column("campaign", text, nullable=True),
        sa.Column("subject", text, nullable=False),
        sa.Column("before", text, nullable=True),
        sa.Column("after", text, nullable=True),
        sa.Column("why", text, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_event_campaign", "event", ["campaign"])
    op.create_index("ix_event_subject", "event", ["subject"])
    op.create_table(
        "hold",
        sa.Column("id", text, nullable=False),
        sa.Column("scope", text, nullable=False),
        sa.Column("target", text, nullable=False),
        sa.Column("partner", text, nullable=False),
        sa.Column("placed_at", instant, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("resumed_by", sa.Text(), nullable=False),
        sa.Column("lifted_at", instant, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "reading_import",
        sa.Column("id", text, nullable=False),
        sa.Column("file", text, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("imported_at", instant, nullable=False),
        sa.Column("imported_by", text, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "release",
        sa.Column("id", text, nullable=False),
        sa.Column("campaign", text, nullable=False),
        sa.Column("entry", text, nullable=False),
        sa.Column("occurrence", text, nullable=False),
        sa.Column("message", text, nullable=False),
        sa.Column("variant", text, nullable=False),
        sa.Column("locale", text, nullable=False),
        sa.Column("channel", text, nullable=False),
        sa.Column("issuer", text, nullable=False),
        sa.Column("audiences", sa.Text(), nullable=False),
        sa.Column("author", text, nullable=False),
        sa.Column("wall", text, nullable=False),
        sa.Column("zone", text, nullable=False),
        sa.Column("due_at", instant, nullable=False),
        sa.Column("next_at", instant, nullable=False),
        sa.Column("not_after", instant, nullable=True),
        sa.Column("outgoing", text, nullable=False),
        sa.Column("digest", text, nullable=False),
        sa.Column("inputs", text, nullable=False),
        sa.Column("bytes_digest", text, nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("late_answer", text, nullable=True),
        sa.Column("key_since", instant, nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("owner", text, nullable=True),
        sa.Column("lease_until", instant, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("published_at", instant, nullable=True),
        sa.Column("remote_id", text, nullable=True),
        sa.Column("remote_url", text, nullable=True),
        sa.Column("retract_reason", text, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_release_campaign", "release", ["campaign"])
    op.create_table(
        "approval_subject",
        sa.Column("approval", text, nullable=False),
        sa.Column("subject", text, nullable=False),
        sa.Column("digest", text, nullable=False),
        sa.Column("voided_at", instant, nullable=True),
        sa.Column("voided_why", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["approval"],
            ["approval.id"],
        ),
        sa.PrimaryKeyConstraint("approval", "subject"),
    )
    op.create_index("ix_approval_subject_subject", "approval_subject", ["subject"])
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release", text, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("act", text, nullable=False),
        sa.Column("key", text, nullable=False),
        sa.Column("started_at", instant, nullable=False),
        sa.Column("finished_at", instant, nullable=True),
        sa.Column("outcome", text, nullable=True),
        sa.Column("remote_id", text, nullable=True),
        sa.Column("detail", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["release"],
            ["release.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_attempt_release", "attempt", ["release"])
    op.create_table(
        "audience",
        sa.Column("campaign", text, nullable=False),
        sa.Column("id", text, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locales", sa.Text(), nullable=False),
        sa.Column("countries", sa.Text(), nullable=False),
        sa.Column("ages", text, nullable=True),
        sa.Column("timezone", text, nullable=False),
        sa.Column("size", sa.Text(), nullable=True),
        sa.Column("insight", text, nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign"],
            ["campaign.campaign"],
        ),
        sa.PrimaryKeyConstraint("campaign", "id"),
    )
    op.create_table(
        "blackout",
        sa.Column("campaign", text, nullable=False),
        sa.Column("id", text, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("partner", text, nullable=False),
        sa.Column("start", text, nullable=False),
        sa.Column("end", text, nullable=False),
        sa.Column("zone", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign"],
            ["campaign.campaign"],
        ),
        sa.PrimaryKeyConstraint("campaign", "id"),
    )
    op.create_table(
        "campaign_channel",
        sa.Column("campaign", text, nullable=False),
        sa.Column("channel", text, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign"],
            ["campaign.campaign"],
        ),
        sa.ForeignKeyConstraint(
            ["channel"],
            ["channel.id"],
        ),
        sa.PrimaryKeyConstraint("campaign", "channel"),
    )
    op.create_table(
        "kpi",
        sa.Column("campaign", text, nullable=False),
        sa.Column("id", text, nullable=False),
        sa.Column("objective", text, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stage", text, nullable=False),
        sa.Column("metric", text, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Float(), nullable=True),
        sa.Column("target", sa.Float(), nullable=False),
        sa.Column("unit", text, nullable=False),
        sa.Column("by", text, nullable=False),
        sa.Column("why", text, nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign"],
            ["campaign.campaign"],
        ),
        sa.PrimaryKeyConstraint("campaign", "id"),
    )
    op.create_table(
        "message",
        sa.Column("campaign", text, nullable=False),
        sa.Column("id", text, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("audiences", sa.Text(), nullable=False),
        sa.Column("counters", text, nullable=True),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("variants", sa.Text(), nullable=False),
        sa.Column("waive", sa.Text(), nullable=False),
        sa.Column("author", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign"],
            ["campaign.campaign"],
        ),
        sa.PrimaryKeyConstraint("campaign", "id"),
    )
    op.create_table(
        "objective",
        sa.Column("campaign", text, nullable=False),
        sa.Column("id", text, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign"],
            ["campaign.campaign"],
        ),
        sa.PrimaryKeyConstraint("campaign", "id"),
    )
    op.create_table(
        "reading",
        sa.Column("campaign", text, nullable=False),
        sa.Column("source", text, nullable=False),
        sa.Column("subject_kind", text, nullable=False),
        sa.Column("subject", text, nullable=False),
        sa.Column("metric", text, nullable=False),
        sa.Column("dimensions", text, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("lower", sa.Float(), nullable=True),
        sa.Column("upper", sa.Float(), nullable=True),
        sa.Column("qualifier", text, nullable=False),
        sa.Column("numerator", sa.Float(), nullable=True),
        sa.Column("denominator", sa.Float(), nullable=True),
        sa.Column("imported", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["imported"],
            ["reading_import.id"],
        ),
        sa.PrimaryKeyConstraint("campaign", "source", "subject_kind", "subject", "metric", "dimensions", "at"),
    )
    op.create_table(
        "release_entry",
        sa.Column("campaign", text, nullable=False),
        sa.Column("id", text, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("message", text, nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("at", text, nullable=False),
        sa.Column("zone", text, nullable=True),
        sa.Column("fold", sa.Integer(), nullable=True),
        sa.Column("repeat", text, nullable=True),
        sa.Column("until", text, nullable=True),
        sa.Column("variant", text, nullable=True),
        sa.Column("if_late", sa.Text(), nullable=True),
        sa.Column("not_after", text, nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign"],
            ["campaign.campaign"],
        ),
        sa.PrimaryKeyConstraint("campaign", "id"),
    )
    op.create_index("ix_release_bytes_digest", "release", ["bytes_digest"])
