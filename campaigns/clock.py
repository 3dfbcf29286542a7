"""The one door to the clock: aware UTC instants inside, wall time at the edges."""

import time
from datetime import UTC, datetime, timedelta

_ahead = timedelta(0)  # of a rehearsal alone: how far its clock has leapt


def now() -> datetime:
    """Return this instant, in UTC; in a rehearsal, that of its leaping clock."""
    return datetime.now(UTC) + _ahead


def leap_to(instant: datetime) -> None:
    """
    Let this process's clock go on from *instant*: for a rehearsal, which publishes to files alone.

    Raises:
        ValueError: If *instant* is naive, or past already: the clock of a rehearsal only goes forward.
    """
    global _ahead  # noqa: PLW0603 (the one clock of the process)
    if instant.tzinfo is None or instant < now():
        message = f"the clock cannot leap to {instant!r}"
        raise ValueError(message)
    _ahead = instant - datetime.now(UTC)


def land() -> None:
    """Let this process's clock be the machine's again."""
    global _ahead  # noqa: PLW0603 (the one clock of the process)
    _ahead = timedelta(0)


def on_the_wall(instant: datetime) -> datetime:
    """Return what the machine's own clock says at *instant*: the same, but in a rehearsal."""
    return instant - _ahead


def monotonic() -> float:
    """Return seconds that no clock step touches."""
    return time.monotonic()


def iso(instant: datetime) -> str:
    """
    Return *instant* as `2027-01-12T17:30:00Z`: UTC, whole seconds.

    Raises:
        ValueError: If *instant* is naive.
    """
    if instant.tzinfo is None:
        message = "a naive datetime has no instant; attach a zone first"
        raise ValueError(message)
    return f"{instant.astimezone(UTC).isoformat(timespec='seconds')[:19]}Z"


def parse_iso(text: str) -> datetime:
    """
    Return the instant that `iso` wrote.

    Raises:
        ValueError: If *text* is not an ISO 8601 instant with an offset.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        message = f"{text!r} has no offset"
        raise ValueError(message)
    return instant.astimezone(UTC)


def instant_text(value: datetime) -> str:
    """
    Return *value* as the database stores it: `2027-01-12T17:30:00.000000Z`, so that text sorts as time does.

    Raises:
        ValueError: If *value* is naive.
    """
    if value.tzinfo is None:
        message = f"{value!r} is naive; only aware instants are stored"
        raise ValueError(message)
    return f"{value.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"
