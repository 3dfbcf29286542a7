"""
The parts of a thread: each goes out by a claim of its own, in order, and those that are out are never sent again.

A release with several parts passes claim, begin and finish once for each: every part asks the gate and the holds, has
its own key, attempt and journal line, and what a death leaves is recovered as with one part. Which are out say the
attempts, the send journal, or both. A release of one part passes here without being looked at.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import Connection, select

from campaigns.errors import CordialeError
from scheduler.engine.outcomes import Ending, recorded
from scheduler.releases.gate import Act, Verdict
from scheduler.releases.journal import Journal, Line
from scheduler.releases.ledger import ATTEMPT, Step
from scheduler.releases.outgoing import Outgoing, parse
from scheduler.releases.states import Move
from scheduler.releases.threads import Out, out, said


class Named(Protocol):
    """What a permit holds a release by."""

    @property
    def id(self) -> str:
        """The release."""
        ...


class Going(Protocol):
    """What of a permit is asked here."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def claim(self) -> Named:
        """Who it is."""
        ...

    @property
    def outgoing(self) -> Outgoing:
        """What goes out."""
        ...

    @property
    def digest(self) -> str:
        """Of what goes out."""
        ...

    @property
    def sent(self) -> tuple[str, ...]:
        """The remote ids of the parts that are out."""
        ...


P = TypeVar("P", bound=Going)


def of_rows(
    connection: Connection, rows: Iterable[Mapping[str, Any]], verdicts: Mapping[str, Verdict], journal: Journal
) -> dict[str, Out]:
    """Return what is out of those of *rows* that are threads; the others cost no question."""
    threads = {
        row["id"]: (row["digest"], outgoing)
        for row in rows
        if (outgoing := verdicts[row["id"]].outgoing) is not None and len(outgoing.parts) > 1
    }
    return out(connection, threads, journal)


def kept(step: Step, threads: Mapping[str, Out], verdict: Verdict, now: datetime) -> Step:
    """Return *step*, unless parts of it are out already and it would end as if none were, or all of them are."""
    found = threads.get(step.id)
    if found is None or not found.ids or verdict.act is Act.ALREADY:
        return step
    if len(found.ids) >= found.total:
        why = "All its parts are out, as is on record."
        return Step(step.id, Move.CONFIRM, why=why, fence=step.fence, sets={"published_at": now})
    if step.move is Move.EXPIRE:
        return replace(step, move=Move.FAIL, why=f"{found} The rest is not sent: {verdict.reason}")
    return replace(step, why=f"{found} {step.why}".rstrip())


def placed(permits: list[P], threads: Mapping[str, Out]) -> list[P]:
    """Return *permits*, those of threads with the parts that are out before them."""
    if not threads:
        return permits
    return [
        replace(each, sent=found.ids) if (found := threads.get(each.claim.id)) is not None else each for each in permits
    ]


def looked_for(connection: Connection, permits: list[P], journal: Journal) -> list[P]:
    """Return *permits* for a look-up, those of threads with the parts that are out before the one on the wire."""
    threads = {each.claim.id: (each.digest, each.outgoing) for each in permits if len(each.outgoing.parts) > 1}
    return placed(permits, out(connection, threads, journal))


def onward(permit: Going, end: Ending, now: datetime) -> Ending:
    """Return what follows from *end* of one part: the next part, where it is out and not the last."""
    total, before = len(permit.outgoing.parts), len(permit.sent)
    if total == 1:
        return end
    if end.move is Move.ACCEPT and end.receipt is not None and before + 1 < total:
        where = end.receipt.url or end.receipt.remote_id
        why = f"{said(before + 1, total)} Part {before + 1}: {where}"
        return replace(end, move=Move.RETRY, why=why, again_at=now)
    return replace(end, why=f"{said(before, total)} {end.why}") if before and end.move is not Move.ACCEPT else end


def one_more(now: datetime) -> dict[str, Any]:
    """Return what is written with a release of which a part is out and another follows, under a key of its own."""
    return {"published_at": now, "key_since": None}


def line(permit: Going, end: Ending) -> Line:
    """Return what the send journal is told of *end*: of a thread, with the ids of the parts that are out."""
    word = recorded(end)
    if len(permit.outgoing.parts) == 1:
        return permit.claim.id, permit.digest, word
    if end.outcome == "published" and end.move is Move.RETRY and end.receipt is not None:
        return permit.claim.id, permit.digest, "part", (*permit.sent, end.receipt.remote_id)
    if word == "not" and permit.sent:
        return permit.claim.id, permit.digest, "part", permit.sent
    return permit.claim.id, permit.digest, word


def told(connection: Connection, steps: list[Step], rows: Iterable[Mapping[str, Any]], journal: Journal) -> list[Step]:
    """Return *steps*, those of threads with how many parts are out."""
    threads: dict[str, tuple[str, Outgoing]] = {}
    for row in rows:
        with suppress(CordialeError):
            if len((outgoing := parse(row["outgoing"])).parts) > 1:
                threads[row["id"]] = (row["digest"], outgoing)
    found = out(connection, threads, journal)
    return [replace(each, why=f"{found[each.id]} {each.why}") if each.id in found else each for each in steps]


def own_word(
    connection: Connection, step: Step, ended: dict[str, Any], row: Mapping[str, Any], journal: Journal, now: datetime
) -> tuple[Step, dict[str, Any]]:
    """
    Return *step* of *row* and how its attempt *ended*, where this machine's journal last says "part".

    That word is written when a part is out, and "begun" before the next one touches the wire: the attempt is the
    former's, which the table has not heard of, or the latter's, of which nothing left.
    """
    ids = journal.parts(row["id"], row["digest"])
    mine = (ATTEMPT.c.release == row["id"], ATTEMPT.c.fence == row["fence"], ATTEMPT.c.act == "publish")
    part = connection.scalar(select(ATTEMPT.c.part).where(*mine))
    if part is None or part >= len(ids):
        return step, ended
    found = {"remote_id": ids[0]} if ids[0] else {}
    told = {"outcome": "published", "remote_id": ids[part] or None}
    return replace(step, sets={**step.sets, **one_more(now), **found}), {**ended, **told}
