"""Every column that holds text says what of a person may stand in it: `scheduler/privacy/inventory.py`."""

from sqlmodel import SQLModel

from campaigns.settings import Retention
from reports import privacy
from scheduler.privacy import inventory, places
from scheduler.privacy.places import is_text
from tests.house.test_layers import models

models()  # the tables of every floor
ALL = inventory.INVENTORY | privacy.INVENTORY


def texts() -> set[str]:
    """Return table.column of every column that holds text, over the live metadata."""
    return {
        f"{name}.{column.name}"
        for name in models()
        for column in SQLModel.metadata.tables[name].columns
        if is_text(column)
    }


def test_every_column_of_text_is_classed():
    """A new column says what of a person it may hold, or that it holds nothing; one that is gone says no more."""
    plain = {f"{table}.{name}" for table, names in (inventory.PLAIN | privacy.PLAIN).items() for name in names}

    assert plain & set(ALL) == set()
    assert texts() - plain - set(ALL) == set()
    assert (plain | set(ALL)) - texts() == set()


def test_every_entry_says_why_and_how_long():
    """What is held has a purpose, an owner and an end: a setting, a state, the file it comes from, or the signature."""
    for column, held in ALL.items():
        assert held.whose, column
        assert held.why, column
        assert not held.kept or held.kept in Retention.model_fields, column
        places.table_of(column)
