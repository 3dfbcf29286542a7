"""Many rows in one statement hold, in either database, what the same rows one by one would."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Engine, Float, Integer, MetaData, String, Table, Text, insert, select, update

from campaigns.models.columns import Instant, Json
from campaigns.store import many
from campaigns.store.engine import connect, reading, writing
from tests.builders import postgres

NOW = datetime(2027, 1, 12, 18, 30, 0, 123456, tzinfo=UTC)
NAMES = ("id", "part", "end", "ready", "share", "at", "said")


def thing(name: str = "thing") -> Table:
    """Return a table with a column of every type that ours have, and of a name that is a word of SQL."""
    return Table(
        name,
        MetaData(),
        Column("id", String, primary_key=True),
        Column("part", Integer, primary_key=True),
        Column("end", Text),
        Column("ready", Boolean),
        Column("share", Float),
        Column("at", Instant),
        Column("said", Json),
    )


ONE, OTHER = thing("one"), thing("other")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Give a database with the two tables, empty."""
    if request.param == "postgresql" and (why := postgres.why_not()):
        pytest.skip(why)
    if request.param == "sqlite":
        yield from made(f"sqlite:///{tmp_path / 'many.db'}")
        return
    with postgres.bare() as url:
        yield from made(url)


def made(url: str) -> Iterator[Engine]:
    engine = connect(url)
    with writing(engine) as connection:
        for each in (ONE, OTHER):
            each.create(connection)
    yield engine
    engine.dispose()


def rows(number: int) -> list[list[Any]]:
    texts = ["plain", "", "a 'quote', a \"double\" and a \\", "مرحبا", "100 %s (?) :name", "🕊 two\nlines", None]
    return [
        [
            f"r{n}",
            n % 3,
            texts[n % len(texts)],
            (True, False, None)[n % 3],
            (n / 7, None)[n % 2],
            (NOW + timedelta(hours=n % 5), None)[n % 4 == 3],
            ({"n": n, "text": "é"}, [], [1, None], None)[n % 4],
        ]
        for n in range(number)
    ]


def found(database: Engine, of: Table) -> list[tuple[Any, ...]]:
    with reading(database) as connection:
        return [tuple(row) for row in connection.execute(select(of).order_by(of.c.id, of.c.part))]


@pytest.mark.parametrize("number", [0, 1, 63, 64, 65, 300])
def test_rows_added_together_are_those_added_one_by_one(database: Engine, number: int):
    """Whatever a value is, and however many rows there are, the table holds the same."""
    with writing(database) as connection:
        many.insert(ONE, connection, NAMES, rows(number))
        for row in rows(number):
            connection.execute(insert(OTHER).values(dict(zip(NAMES, row, strict=True))))

    assert found(database, ONE) == found(database, OTHER)
    assert len(found(database, ONE)) == number


def test_what_is_stored_already_is_kept_as_it_is(database: Engine):
    """Instants and JSON that are texts are not written anew: what was hashed is what stands there."""
    said, at = '{"b":1,  "a":2}', "2027-01-12T18:30:00.000000Z"
    with writing(database) as connection:
        many.insert(ONE, connection, ["id", "part", "at", "said"], [["r1", 1, at, said]], stored=True)
    with reading(database) as connection:
        assert connection.exec_driver_sql("SELECT at, said FROM one").one() == (at, said)


@pytest.mark.parametrize("number", [1, 64, 100])
def test_rows_written_together_are_those_written_one_by_one(database: Engine, number: int):
    """Only rows that the keys name, and where the condition holds, are written, and of them only what is named."""
    values = [[row[0], row[1], f"new {row[0]}", None, NOW, {"new": row[1]}] for row in rows(number)]
    values += [["r0", 7, "nobody", None, NOW, {}]]  # no row has this key
    names = ("end", "share", "at", "said")
    with writing(database) as connection:
        for of in (ONE, OTHER):
            connection.execute(insert(of), [dict(zip(NAMES, row, strict=True)) for row in rows(number + 20)])
        many.update(ONE, connection, ["id", "part"], names, values, only="one.ready IS NOT NULL")
        for row in values:
            key = (OTHER.c.id == row[0], OTHER.c.part == row[1], OTHER.c.ready.is_not(None))
            connection.execute(update(OTHER).where(*key).values(dict(zip(names, row[2:], strict=True))))

    assert found(database, ONE) == found(database, OTHER)
    assert ("r1", 1, "new r1") in [row[:3] for row in found(database, ONE)] or number == 1
