"""
The log is a tree: each event is a leaf, and the words of people stand beside it under a salt.

Events that are there are numbered without gaps and become the first leaves, as they are.
"""

import os
import secrets

import sqlalchemy as sa
from alembic import op

from campaigns.audit import leaf
from campaigns.audit.merkle import Frontier, leaf_hash

revision = "0005"
down_revision = "0004"

text = sa.String()
KEPT_FROM = 8  #: level of the smallest subtrees that are kept
ERASED = " OR ".join(
    f"(NEW.{name} IS DISTINCT FROM OLD.{name} OR NEW.{name}_salt IS DISTINCT FROM OLD.{name}_salt) AND NOT ("
    f"OLD.{name}_salt IS NOT NULL AND NEW.{name}_salt IS NULL AND NEW.{name} LIKE '{form}')"
    for name, form in (("actor", "sha256:%"), ("why", "sha256:%"), ("detail", '{"erased":"sha256:%"}'))
)
KEPT = " OR ".join(
    f'NEW."{name}" IS DISTINCT FROM OLD."{name}"'
    for name in ("seq", "at", "act", "campaign", "subject", "before", "after", "leaf")
)
#: What no update may do. SQLite knows the operator by another name.
CHANGED = f"({KEPT} OR {ERASED})"


def upgrade() -> None:
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    for statement in (
        ("DROP TRIGGER event_no_update", "DROP TRIGGER event_no_delete")
        if sqlite
        else ("DROP TRIGGER event_no_change ON event",)
    ):
        op.execute(statement)
    for name in ("actor_salt", "why_salt", "detail_salt"):
        op.add_column("event", sa.Column(name, text, nullable=True))
    op.add_column("event", sa.Column("leaf", text, nullable=False, server_default=""))
    heads = op.create_table(
        "tree_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", text, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("frontier", text, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    nodes = op.create_table(
        "tree_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", text, nullable=False),
        sa.PrimaryKeyConstraint("level", "position"),
    )
    _plant(connection, heads, nodes)
    for statement in _sqlite_triggers() if sqlite else _postgres_triggers():
        op.execute(statement)


def _plant(connection: sa.Connection, heads: sa.Table, kept: sa.Table) -> None:
    """Make leaves of the events that are there, oldest first."""
    names = ("seq", "at", "actor", "act", "campaign", "subject", "before", "after", "why", "detail")
    written = ("seq", "leaf", "actor_salt", "why_salt", "detail_salt")
    events = sa.table("event", *map(sa.column, (*names, *written[1:])))
    frontier, nodes, changes = Frontier(), [], []

    def completed(level: int, index: int, node: bytes) -> None:
        if level >= KEPT_FROM:
            nodes.append({"level": level, "position": index, "hash": node.hex()})

    rows = connection.execute(sa.select(*(events.c[name] for name in names)).order_by(events.c.seq)).mappings().all()
    for number, row in enumerate(rows, 1):
        salts = {name: None if row[name] == leaf.NOTHING[name] else os.urandom(leaf.SALT).hex() for name in leaf.FIELDS}
        hidden = {name: leaf.shown(name, row[name], salt) for name, salt in salts.items()}
        found = leaf_hash(leaf.encode(number, row["at"], dict(row), hidden))
        frontier.add(found, completed)
        values = {"_seq": number, "_leaf": found.hex(), **{f"_{name}_salt": salt for name, salt in salts.items()}}
        changes.append({"_old": row["seq"], **values})
    if changes:
        change = events.update().where(events.c.seq == sa.bindparam("_old"))
        connection.execute(change.values({name: sa.bindparam(f"_{name}") for name in written}), changes)
    if nodes:
        connection.execute(sa.insert(kept), nodes)
    edge = b"".join(frontier.nodes).hex()
    origin = f"cordiale.log/{secrets.token_hex(8)}"
    head = {"id": 1, "origin": origin, "size": frontier.size, "last": frontier.size, "frontier": edge}
    connection.execute(sa.insert(heads), head)


def _sqlite_triggers() -> tuple[str, ...]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
    return (
        f"CREATE TRIGGER event_no_update BEFORE UPDATE ON event WHEN {CHANGED} {refuse}".replace(
            "IS DISTINCT FROM", "IS NOT"
        ),
        f"CREATE TRIGGER event_no_delete BEFORE DELETE ON event {refuse}",
    )


def _postgres_triggers() -> tuple[str, ...]:
    function = "EXECUTE FUNCTION event_append_only()"
    return (
        f"CREATE TRIGGER event_no_update BEFORE UPDATE ON event FOR EACH ROW WHEN {CHANGED} {function}",
        f"CREATE TRIGGER event_no_change BEFORE DELETE OR TRUNCATE ON event FOR EACH STATEMENT {function}",
    )
