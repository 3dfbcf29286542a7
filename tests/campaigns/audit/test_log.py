"""The event log only grows."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import Text, delete, insert, select, text, type_coerce, update
from sqlalchemy.exc import DatabaseError

from campaigns.audit import leaf, merkle, tree
from campaigns.audit.log import EVENT, Fact, append, of
from campaigns.clock import instant_text
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
    with pytest.raises(ValueError, match="naive"), writing(engine) as connection:
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
            .values(seq=1, at=AT, actor="x", act="x", subject="x", why="", detail={}, leaf=""),
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


def roots(connection):
    """Return the root that the head holds, and the one of the leaves that the events make."""
    rows = connection.execute(select(EVENT).order_by(EVENT.c.seq)).mappings().all()
    made = []
    for row in rows:
        values = {"actor": row["actor"], "why": row["why"], "detail": json.dumps(row["detail"], separators=(",", ":"))}
        hidden = {name: leaf.shown(name, values[name], row[f"{name}_salt"]) for name in leaf.FIELDS}
        made.append(merkle.leaf_hash(leaf.encode(row["seq"], instant_text(row["at"]), dict(row), hidden)))
    assert [each.hex() for each in made] == [row["leaf"] for row in rows]
    return tree.take(connection).frontier.root(), merkle.root_of(made)


def test_every_event_is_a_leaf_of_the_tree(engine):
    """The head that a transaction leaves is the tree over all events, in the order of their numbers."""
    for number in range(5):
        with writing(engine) as connection:
            append(connection, [Fact("engine", "release.claim", f"r{number}")] * (number * 60), AT)
            append(connection, [Fact("ana", "hold.place", "h", why="storm", detail={"n": number})], AT)
    with writing(engine) as connection:
        stored, made = roots(connection)
        numbers = list(connection.scalars(select(EVENT.c.seq).order_by(EVENT.c.seq)))
        ask = tree.subtree_of(connection)
        hashes = tree.leaf_hashes(connection, 0, 605)
        proof = merkle.consistency(300, 605, ask)
        path = merkle.inclusion(17, 605, ask)
    assert numbers == list(range(1, 606))
    assert stored == made
    assert merkle.consistent(300, 605, merkle.root_of(hashes[:300]), stored, proof)
    assert merkle.included(hashes[17], 17, 605, path, stored)


def test_what_is_rolled_back_was_never_logged(engine):
    """A transaction that fails takes its events with it, and the next one gets their numbers."""
    with pytest.raises(ValueError, match="naive"), writing(engine) as connection:  # noqa: PT012 (what fails comes second)
        append(connection, [Fact("ana", "hold.place", "h1")], AT)
        append(connection, [Fact("ana", "hold.place", "h1")], AT.replace(tzinfo=None))
    with writing(engine) as connection:
        append(connection, [Fact("ana", "hold.place", "h2")], AT)
    with reading(engine) as connection:
        assert [(row["seq"], row["subject"]) for row in of(connection, "h2")] == [(1, "h2")]
        assert of(connection, "h1") == []


def test_what_was_appended_can_be_read_back_at_once(engine):
    """`of` sees what this very transaction has logged."""
    with writing(engine) as connection:
        append(connection, [Fact("ana", "hold.place", "h1")], AT)
        assert [row["act"] for row in of(connection, "h1")] == ["hold.place"]
        append(connection, [Fact("ana", "hold.lift", "h1")], AT)
    with reading(engine) as connection:
        assert [row["act"] for row in of(connection, "h1")] == ["hold.place", "hold.lift"]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("DELETE FROM tree_head", id="head-gone"),
        pytest.param("UPDATE tree_head SET frontier = 'zz'", id="head-garbled"),
        pytest.param("UPDATE tree_head SET size = 8", id="head-of-another-size"),
        pytest.param("UPDATE tree_head SET last = 9", id="head-ahead"),
    ],
)
def test_a_damaged_head_stops_nobody(engine, damage):
    """A hold can be placed whatever somebody did to the head; the tree is made anew from the events."""
    with writing(engine) as connection:
        append(connection, [Fact("ana", "hold.place", f"h{number}") for number in range(3)], AT)
    with writing(engine) as connection:
        connection.execute(text(damage))
    with writing(engine) as connection:
        append(connection, [Fact("ana", "hold.place", "after")], AT)
    with writing(engine) as connection:
        stored, made = roots(connection)
        assert tree.size_of(connection) == 4
    assert stored == made


ERASED = {"actor": "sha256:" + "0" * 64, "why": "sha256:" + "0" * 64, "detail": '{"erased":"sha256:' + "0" * 64 + '"}'}


@pytest.mark.parametrize("name", ERASED)
def test_erasing_words_with_their_salt_is_the_one_change(engine, name):
    """Words may give way to a commitment, and their salt to nothing: together, and only once."""
    with writing(engine) as connection:
        append(connection, [Fact("ana", "hold.place", "h1", why="storm", detail={"by": "ana"})], AT)
    words, salt, left = EVENT.c[name], EVENT.c[f"{name}_salt"], ERASED[name]
    whole = update(EVENT).values({words: type_coerce(left, Text), salt: None})
    for refused in ({words: type_coerce(left, Text)}, {salt: None}, {words: type_coerce("other", Text), salt: None}):
        with pytest.raises(DatabaseError, match="append-only"), writing(engine) as connection:
            connection.execute(update(EVENT).values(refused))
    with writing(engine) as connection:
        connection.execute(whole)
    for again in (left.replace("0000", "1111"), "ana"):
        with pytest.raises(DatabaseError, match="append-only"), writing(engine) as connection:
            connection.execute(update(EVENT).values({words: type_coerce(again, Text), salt: "00"}))
