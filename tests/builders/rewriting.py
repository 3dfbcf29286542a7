"""Whoever holds the database's password: random rows written, changed and deleted, some of them with a plan in mind."""

import json
import random
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, MetaData, text

from scheduler.releases.outgoing import canonical, digest, parse, words_digest

#: What no table should hold, and every column is given now and then.
GARBAGE: tuple[Any, ...] = (
    *("", "x", "null", "[]", "{", "[1]", '{"a":1}', "true", "0", "-1", "9" * 40, "\u202e", "'; DROP TABLE release; --"),
    *("1970-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z", "2027-13-45T99:99:99Z", "soon", "NaN"),
    *(
        "scheduled",
        "published",
        "approve",
        "refuse",
        "all",
        "channel",
        "uk",
        "fr",
        "voices",
        "send",
        None,
        0,
        1,
        -1,
        2**40,
    ),
)
LEFT_ALONE = frozenset({"alembic_version"})  #: a database of another version is not opened at all


class Rewriter:
    """One intruder with a database connection that nothing guards: no trigger, no foreign key."""

    def __init__(self, connection: Connection, chance: random.Random, old: list[dict[str, Any]]) -> None:
        self.connection = connection
        self.old = old  #: bytes that were signed before an edit, by release
        self.chance = chance
        meta = MetaData()
        meta.reflect(connection)
        self.tables = {name: table for name, table in meta.tables.items() if name not in LEFT_ALONE}
        self.weighted = [
            *(3 * ["release", "approval", "approval_subject"]),
            *(2 * ["hold", "attempt", "channel_state"]),
            *sorted(self.tables),
        ]

    def write(self) -> str:
        """Make one write, and return what was done; one that the database refuses costs nothing and counts."""
        act = self.chance.choices(
            (self._change, self._copy, self._insert, self._delete, self._plan), weights=(5, 2, 1, 2, 5)
        )[0]
        try:
            with self.connection.begin_nested():
                return act()
        except Exception as error:  # noqa: BLE001 (the database said no: that is an answer as well)
            return f"refused: {type(error).__name__}"

    def _row(self, name: str) -> dict[str, Any] | None:
        found = self.connection.execute(text(f'SELECT * FROM "{name}"')).mappings().all()  # noqa: S608 (a table's own name)
        return dict(self.chance.choice(found)) if found else None

    def _value(self, name: str, column: str) -> Any:
        other = self._row(name)
        if other is not None and self.chance.random() < 0.5:
            return other[self.chance.choice([column, *other])]
        return self.chance.choice(GARBAGE)

    def _where(self, name: str, row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        keys = [column.name for column in self.tables[name].primary_key] or list(row)[:1]
        return " AND ".join(f'"{key}" = :k_{key}' for key in keys), {f"k_{key}": row[key] for key in keys}

    def _set(self, name: str, row: dict[str, Any], **values: Any) -> None:
        where, keyed = self._where(name, row)
        sets = ", ".join(f'"{column}" = :v_{column}' for column in values)
        statement = f'UPDATE "{name}" SET {sets} WHERE {where}'  # noqa: S608 (names of the schema)
        self.connection.execute(text(statement), {**keyed, **{f"v_{key}": value for key, value in values.items()}})

    def _change(self) -> str:
        name = self.chance.choice(self.weighted)
        row = self._row(name)
        if row is None:
            return self._insert()
        columns = self.chance.sample(list(row), self.chance.choice((1, 1, 1, 2)))
        self._set(name, row, **{column: self._value(name, column) for column in columns})
        return f"changed {name}.{'+'.join(columns)}"

    def _put(self, name: str, row: dict[str, Any]) -> None:
        columns = ", ".join(f'"{column}"' for column in row)
        values = ", ".join(f":{column}" for column in row)
        self.connection.execute(text(f'INSERT INTO "{name}" ({columns}) VALUES ({values})'), row)  # noqa: S608 (the same)

    def _copy(self) -> str:
        name = self.chance.choice(self.weighted)
        row = self._row(name)
        if row is None:
            return self._insert()
        for column in [column.name for column in self.tables[name].primary_key]:
            row[column] = self.chance.choice((f"copy-{self.chance.random()}", self.chance.randrange(10**6)))
        column = self.chance.choice(list(row))
        row[column] = self._value(name, column)
        self._put(name, row)
        return f"copied {name}"

    def _insert(self) -> str:
        name = self.chance.choice(self.weighted)
        self._put(name, {column.name: self.chance.choice(GARBAGE) for column in self.tables[name].columns})
        return f"inserted {name}"

    def _delete(self) -> str:
        name = self.chance.choice(self.weighted)
        row = self._row(name)
        if row is None:
            return f"nothing in {name}"
        where, keyed = self._where(name, row)
        self.connection.execute(text(f'DELETE FROM "{name}" WHERE {where}'), keyed)  # noqa: S608 (the same)
        return f"deleted {name}"

    def _plan(self) -> str:
        """Do what somebody would who wants a certain release out."""
        row, other = self._row("release"), self._row("release")
        if row is None or other is None:
            return "nothing to plan with"
        name = self.chance.choice(sorted(PLANS))
        PLANS[name](self, row, other)
        return name


def _ready(self: Rewriter, row: dict[str, Any], _: dict[str, Any]) -> None:
    freed = {"owner": None, "lease_until": None, "reason": ""}
    self._set("release", row, state="scheduled", next_at="2020-01-01T00:00:00.000000Z", late_answer="send", **freed)


def _again(self: Rewriter, row: dict[str, Any], other: dict[str, Any]) -> None:
    _ready(self, row, other)
    self._set("release", row, tries=0, key_since=None, published_at=None, remote_id=None)
    self.connection.execute(text("DELETE FROM attempt WHERE release = :id"), {"id": row["id"]})


def _renamed(self: Rewriter, row: dict[str, Any], _: dict[str, Any]) -> None:
    """Put what is signed and out under another id, so that the journal would not know it."""
    self._put("release", {**row, "id": f"other-{self.chance.random()}", "state": "scheduled", "tries": 0})


def _bytes_of(self: Rewriter, row: dict[str, Any], other: dict[str, Any]) -> None:
    _ready(self, row, other)
    self._set("release", row, **{name: other[name] for name in ("outgoing", "digest", "bytes_digest")})


def _forged(self: Rewriter, row: dict[str, Any], other: dict[str, Any]) -> None:
    from dataclasses import replace

    said = parse(row["outgoing"])
    changes: dict[str, Any] = self.chance.choice(
        (
            {"account": "@forger"},
            {"partners": ("uk",)},
            {"partners": ()},
            {"parts": tuple(replace(part, text="Forged.") for part in said.parts)},
            {"due": "2020-01-01T00:00:00Z"},
            {"campaign": "other"},
            {"waivers": ({"check": "already-published", "because": "x"},)},
        )
    )
    forged = replace(said, **changes)
    form = canonical(forged)
    _ready(self, row, other)
    self._set("release", row, outgoing=form.decode(), digest=digest(form), bytes_digest=words_digest(forged))


def _approved(self: Rewriter, row: dict[str, Any], _: dict[str, Any]) -> None:
    """Say in the index that everybody approved it."""
    self.connection.execute(text("UPDATE approval SET decision = 'approve', campaign = :c"), {"c": row["campaign"]})
    self.connection.execute(
        text("UPDATE approval_subject SET digest = :d, voided_at = NULL WHERE subject = :s"),
        {"d": row["digest"], "s": row["id"]},
    )


def _unrefused(self: Rewriter, row: dict[str, Any], other: dict[str, Any]) -> None:
    refused = "SELECT id FROM approval WHERE decision <> 'approve'"
    self.connection.execute(text(f"DELETE FROM approval_subject WHERE approval IN ({refused})"))  # noqa: S608 (written above)
    self.connection.execute(text("DELETE FROM approval WHERE decision <> 'approve'"))
    _ready(self, row, other)


def _unvoided(self: Rewriter, row: dict[str, Any], other: dict[str, Any]) -> None:
    self.connection.execute(text("UPDATE approval_subject SET voided_at = NULL, voided_why = ''"))
    _ready(self, row, other)


def _old_bytes(self: Rewriter, row: dict[str, Any], other: dict[str, Any]) -> None:
    """Bring back what was signed before it was edited, and its approvals."""
    before = self.chance.choice(self.old)
    values = {name: before[name] for name in ("outgoing", "digest", "bytes_digest")}
    self._set("release", {"id": before["id"]}, **values)
    _unvoided(self, {**row, "id": before["id"]}, other)


def _edited_statement(self: Rewriter, row: dict[str, Any], _: dict[str, Any]) -> None:
    import base64
    import hashlib

    found = self._row("approval")
    if found is None:
        return
    form = json.loads(found["envelope"])
    said = base64.b64decode(form["payload"]).replace(b"fr", b"uk").decode()
    form["payload"] = base64.b64encode(said.encode()).decode()
    forged = json.dumps(form, sort_keys=True, separators=(",", ":"))
    self._put("approval", {**found, "id": hashlib.sha256(forged.encode()).hexdigest(), "envelope": forged})


def _unheld(self: Rewriter, row: dict[str, Any], other: dict[str, Any]) -> None:
    self.connection.execute(text("DELETE FROM hold"))
    _ready(self, row, other)


def _author(self: Rewriter, row: dict[str, Any], other: dict[str, Any]) -> None:
    self._set("release", row, author="nobody")
    _ready(self, row, other)


def _debts(self: Rewriter, row: dict[str, Any], other: dict[str, Any]) -> None:
    self.connection.execute(text("DELETE FROM urgent_debt"))
    _ready(self, row, other)


PLANS: dict[str, Callable[[Rewriter, dict[str, Any], dict[str, Any]], None]] = {
    "made ready": _ready,
    "made new": _again,
    "under another id": _renamed,
    "with another's bytes": _bytes_of,
    "forged": _forged,
    "approved in the index": _approved,
    "refusals deleted": _unrefused,
    "voids wiped off": _unvoided,
    "old bytes brought back": _old_bytes,
    "a statement edited": _edited_statement,
    "holds deleted": _unheld,
    "another author": _author,
    "debts deleted": _debts,
}


def unguard(connection: Connection) -> None:
    """Take away what guards the tables: an intruder would."""
    if connection.dialect.name == "postgresql":
        guarded = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        for table in connection.execute(text(guarded)).scalars().all():
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        keys = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f'"
        for table, key in connection.execute(text(keys)).all():
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {key}")
        return
    triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    for trigger in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"')
