"""Column types that every table shares: instants in UTC, and JSON with a stable text form."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.types import TypeDecorator

from campaigns.clock import instant_text


class Instant(TypeDecorator[datetime]):
    """
    An aware UTC instant, stored as `2027-01-12T17:30:00.000000Z`.

    Text of fixed width sorts as time sorts, reads the same in SQLite and PostgreSQL, and cannot
    lose its zone on the way. Naive datetimes are refused on the way in.
    """

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:  # noqa: ARG002 (the signature is SQLAlchemy's)
        """Write an instant."""
        return None if value is None else instant_text(value)

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:  # noqa: ARG002 (the signature is SQLAlchemy's)
        """Read an instant."""
        return None if value is None else datetime.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """A JSON value in a text column, keys in the order given, non-ASCII letters as they are."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:  # noqa: ARG002 (the signature is SQLAlchemy's)
        """Write a value."""
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Any) -> Any:  # noqa: ARG002 (the signature is SQLAlchemy's)
        """Read a value."""
        return None if value is None else json.loads(value)
