"""The event log: who did what to what, when and why. The only writer of the table `event`, and it only appends."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from campaigns.models.event import Event
from campaigns.store.tables import table

EVENT = table(Event)


@dataclass(frozen=True)
class Fact:
    """One thing that happened. Say it in the words of the command: act `release.claim`, subject the release."""

    actor: str  #: a person, a partner, or "engine"
    act: str
    subject: str
    campaign: str | None = None
    before: str | None = None
    after: str | None = None
    why: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)  #: plain JSON values; never a secret


def append(connection: Connection, facts: Iterable[Fact], at: datetime) -> None:
    """
    Add *facts* in their order, in one statement; nothing when there are none.

    Raises:
        ValueError: If *at* is naive.
    """
    rows = [
        {
            "at": at,
            "actor": fact.actor,
            "act": fact.act,
            "campaign": fact.campaign,
            "subject": fact.subject,
            "before": fact.before,
            "after": fact.after,
            "why": fact.why,
            "detail": dict(fact.detail),
        }
        for fact in facts
    ]
    if rows:
        connection.execute(insert(EVENT), rows)


def of(connection: Connection, subject: str) -> Sequence[RowMapping]:
    """Return the events of *subject*, oldest first, as rows of the table `event`."""
    return connection.execute(select(EVENT).where(EVENT.c.subject == subject).order_by(EVENT.c.seq)).mappings().all()
