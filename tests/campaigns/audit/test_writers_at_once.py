"""Several writers at once, on both databases: one order without gaps, one tree, and nobody waits for ever."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from campaigns.audit import tree
from campaigns.audit.entry import of_table
from campaigns.audit.log import EVENT, Fact, append, forget
from campaigns.audit.memory import Memory
from campaigns.audit.merkle import root_of
from campaigns.store.engine import connect, reading, writing
from campaigns.store.upgrade import upgrade
from tests.builders import postgres

AT = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
WRITERS, EACH = 4, 12


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of an empty database with all tables."""
    if request.param == "sqlite":
        made = f"sqlite:///{tmp_path / 'cordiale.db'}"
        upgrade(made)
        yield made
        return
    if reason := postgres.why_not():
        pytest.skip(reason)
    with postgres.fresh() as made:
        yield made


def test_writers_at_once_have_one_order(url, tmp_path):
    """Transactions of several writers are numbered without a gap, each writer's in its own order, and are one tree."""
    faults: list[BaseException] = []
    memory = Memory(tmp_path / "trust")

    def write(who: int) -> None:
        engine = connect(url)
        try:
            for number in range(EACH):
                with writing(engine) as connection:
                    append(connection, [Fact(f"w{who}", "test.write", str(number), why="because")] * 2, AT)
                    append(connection, [Fact("engine", "test.more", str(number))], AT)
                assert memory.catch_up(engine) == ""
        except BaseException as error:
            faults.append(error)
            raise
        finally:
            engine.dispose()

    threads = [threading.Thread(target=write, args=(who,)) for who in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine = connect(url)
    with reading(engine) as connection:
        entries = list(of_table(connection))
        head = tree.root_of_head(connection)
        order = [row.subject for row in connection.execute(select(EVENT).where(EVENT.c.actor == "w1").order_by("seq"))]
    engine.dispose()

    assert faults == []
    assert [each.number for each in entries] == list(range(1, WRITERS * EACH * 3 + 1))
    assert [each.unfit() for each in entries] == [""] * len(entries)
    assert head == root_of(each.hash for each in entries)
    assert memory.hashes() == [each.hash for each in entries]
    assert order == [str(number) for number in range(EACH) for _ in range(2)]


def test_the_log_reads_the_same_in_both_databases(url):
    """A leaf does not know which database it lies in: every letter and every kind of detail comes back as it was."""
    engine = connect(url)
    detail = {"text": 'é \u202b\U0001f600 \\ " \n', "list": [1, 2.5, None, True], "nested": {"b": 1, "a": {}}}
    with writing(engine) as connection:
        append(
            connection, [Fact("Ana Díaz", "test.act", "s", "c", None, "é", why="line\nline\t\x7f", detail=detail)], AT
        )
    with reading(engine) as connection:
        [entry] = of_table(connection)
        [row] = connection.execute(select(EVENT)).mappings()
    engine.dispose()

    assert (entry.unfit(), entry.claimed, row["detail"]) == ("", entry.hash.hex(), detail)


def test_erasing_is_the_one_update_on_both_databases(url):
    """Words may be forgotten; nothing else of an event changes, and no event goes."""
    engine = connect(url)
    with writing(engine) as connection:
        append(connection, [Fact("ana", "test.act", "s", why="words", detail={"by": "ana"})], AT)
    with reading(engine) as connection:
        [before] = of_table(connection)
    with writing(engine) as connection:
        assert forget(connection, {1: {"actor", "why", "detail"}, 2: {"why"}}) == 3
        assert forget(connection, {1: {"actor"}}) == 0
    for statement in (
        "UPDATE event SET act = 'x'",
        "UPDATE event SET leaf = 'x'",
        "UPDATE event SET actor = 'luc', actor_salt = '00'",
        "DELETE FROM event",
    ):
        with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
            connection.execute(text(statement))
    with reading(engine) as connection:
        [after] = of_table(connection)
    engine.dispose()

    assert (after.leaf, after.words) == (before.leaf, {})
