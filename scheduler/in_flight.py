"""What is in flight, asked before the tables change under it: a daemon of the old version could not write it down."""

from sqlalchemy import Connection, text

from campaigns import clock
from campaigns.clock import instant_text
from campaigns.errors import Refused

_LOCK = "LOCK TABLE release IN SHARE ROW EXCLUSIVE MODE"  #: PostgreSQL: nobody claims until this transaction ends
_FOUND = """
SELECT COUNT(*) AS n, MAX(lease_until) AS until FROM release
WHERE state IN ('claimed', 'sending') AND lease_until > :now
"""


def refuse(connection: Connection) -> None:
    """
    Pass when no release is claimed or on the wire; nobody claims one before this transaction ends.

    Raises:
        Refused: If some are, with what lets them land.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(_LOCK))
    number, until = connection.execute(text(_FOUND), {"now": instant_text(clock.now())}).one()
    if number:
        many = f"{number:,} releases are" if number > 1 else "A release is"
        message = f"{many} in flight: a daemon has claimed or is sending them, until {str(until)[:19]}Z."
        hint = "Stop `cordiale run`: it finishes what it has in hand. Then run `cordiale db upgrade` again."
        raise Refused(message, hint)
