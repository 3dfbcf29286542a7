"""From a row class to its table, for statements in SQLAlchemy Core."""

from typing import cast

from sqlalchemy import Table
from sqlmodel import SQLModel


def table(model: type[SQLModel]) -> Table:
    """Return the table of row class *model*."""
    return cast("Table", model.__table__)  # type: ignore[attr-defined]  # SQLModel sets it on table=True classes
