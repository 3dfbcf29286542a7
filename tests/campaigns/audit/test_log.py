"""The event log only grows."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DatabaseError

from campaigns.audit.log import EVENT, Fact, append, of
from campaigns.store.engine import open_database, reading, writing
from campaigns.store.upgrade import upgrade

AT = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path):
    url = f"sqlite:///{tmp_path / 'cordiale.db'}"
    upgrade(url)
    made = open_database(url)
    yield made
    made.dispose()


def test_facts_are_kept_in_their_order(engine):
    """What happened to a subject comes back oldest first, every field as it was told."""
    whole = Fact(
        "ana",
        "release.refuse",
        "r1",
        campaign="c",
        before="draft",
        after="refused",
        why="old map",
        detail={"n": [1, "é"]},
    )
    with writing(engine) as connection:
        append(connection, [Fact("engine", "release.book", "r1"), Fact("engine", "release.book", "r2"), whole], AT)
    with reading(engine) as connection:
        first, second = of(connection, "r1")
        assert of(connection, "nothing") == []
    assert (first["act"], first["campaign"], first["why"], first["detail"]) == ("release.book", None, "", {})
    assert first["seq"] < second["seq"]
    told = {name: second[name] for name in ("actor", "act", "campaign", "before", "after", "why", "detail", "at")}
    assert told == {
        "actor": "ana",
        "act": "release.refuse",
        "campaign": "c",
        "before": "draft",
        "after": "refused",
        "why": "old map",
        "detail": {"n": [1, "é"]},
        "at": AT,
    }


def test_no_facts_write_nothing(engine):
    """An empty list is no statement at all."""
    with writing(engine) as connection:
        append(connection, [], AT)
        assert of(connection, "r1") == []


def test_an_event_has_an_instant(engine):
    """A naive time is refused, and nothing is written."""
    from sqlalchemy.exc import StatementError

    with pytest.raises(StatementError, match="naive"), writing(engine) as connection:
        append(connection, [Fact("engine", "x", "r1")], AT.replace(tzinfo=None))
    with reading(engine) as connection:
        assert of(connection, "r1") == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(update(EVENT).values(why="better"), id="update"),
        pytest.param(delete(EVENT), id="delete"),
        pytest.param(
            insert(EVENT)
            .prefix_with("OR REPLACE")
            .values(seq=1, at=AT, actor="x", act="x", subject="x", why="", detail={}),
            id="insert-or-replace",
        ),
        pytest.param(text("UPDATE OR IGNORE event SET why = 'better'"), id="update-or-ignore"),
    ],
)
def test_the_past_cannot_be_rewritten(engine, change):
    """The database refuses to change or remove an event, by every statement that would."""
    with writing(engine) as connection:
        append(connection, [Fact("ana", "hold.place", "h1", why="as it was")], AT)
    with pytest.raises(DatabaseError, match="append-only"), writing(engine) as connection:
        connection.execute(change)
    with reading(engine) as connection:
        assert [row["why"] for row in of(connection, "h1")] == ["as it was"]
