"""
What signers were told, and what became of each mail. The only writer of the table `notice`.

A row is written before the mail leaves. So a crash between the two tells a signer too little rather than twice: the
deadline's reminder comes all the same, and `status` shows what may not have arrived.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, select, update

from campaigns.store.tables import table
from scheduler.notices.due import Mail, Told
from scheduler.notices.models import Notice

NOTICE = table(Notice)
AGAIN = timedelta(minutes=5)  #: after a first failure; each further one doubles it
LONGEST = timedelta(hours=2)  #: between two tries

Outcome = Literal["sent", "failed", "unknown"]


def told(connection: Connection, campaign: str, now: datetime) -> set[Told]:
    """Return what was told of *campaign*, is being told, or failed so lately that it is not tried again yet."""
    names = (NOTICE.c.kind, NOTICE.c.person, NOTICE.c.release, NOTICE.c.digest)
    more = (NOTICE.c.outcome, NOTICE.c.finished_at, NOTICE.c.tries)
    found = connection.execute(select(*names, *more).where(NOTICE.c.campaign == campaign))
    return {
        Told(row.kind, row.person, row.release, row.digest)
        for row in found
        if row.outcome != "failed" or row.finished_at is None or now < row.finished_at + pause(row.tries)
    }


def pause(tries: int) -> timedelta:
    """Return how long is waited after so many failures."""
    doubled: timedelta = AGAIN * 2 ** max(0, min(tries, 10) - 1)
    return min(doubled, LONGEST)


def begin(connection: Connection, letter: Mail, at: datetime) -> bool:
    """Put *letter* on record before it leaves; return whether it is ours to send, and no other daemon's."""
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    ours = 0
    for row in letter.rows:
        new = {**row._asdict(), "campaign": letter.campaign, "mail": letter.id, "begun_at": at}
        new |= {"finished_at": None, "outcome": None, "detail": "", "tries": 1}
        again = {"mail": letter.id, "begun_at": at, "outcome": None, "finished_at": None, "tries": NOTICE.c.tries + 1}
        statement = dialect.insert(NOTICE).values(new)
        key = ["kind", "person", "release", "digest"]
        renewed = statement.on_conflict_do_update(index_elements=key, set_=again, where=NOTICE.c.outcome == "failed")
        ours += len(connection.execute(renewed.returning(NOTICE.c.person)).all())
    return ours > 0


def finish(connection: Connection, mail: str, outcome: Outcome, detail: str, at: datetime) -> None:
    """Write what became of *mail*."""
    ended = {"outcome": outcome, "detail": detail, "finished_at": at}
    connection.execute(update(NOTICE).where(NOTICE.c.mail == mail, NOTICE.c.outcome.is_(None)).values(ended))


def give_up(connection: Connection, before: datetime) -> int:
    """Say of mails begun *before* that their outcome is not known: their daemon stopped; return how many rows."""
    lost = (NOTICE.c.outcome.is_(None), NOTICE.c.begun_at < before)
    said = {"outcome": "unknown", "detail": "The daemon stopped while it left.", "finished_at": before}
    return int(connection.execute(update(NOTICE).where(*lost).values(said)).rowcount)


def rows(connection: Connection, people: Iterable[str] = ()) -> Sequence[dict[str, object]]:
    """Return what was told, oldest first; only to *people* where any are named."""
    statement = select(NOTICE).order_by(NOTICE.c.begun_at, NOTICE.c.kind, NOTICE.c.person, NOTICE.c.release)
    wanted = list(people)
    if wanted:
        statement = statement.where(NOTICE.c.person.in_(wanted))
    return [dict(row) for row in connection.execute(statement).mappings()]
