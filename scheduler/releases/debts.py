"""
Urgent debts: the only writer of `urgent_debt`, which is the copy of `owed` that other machines see.

A debt opens before the wire is touched, and ends when every partner that owes its word has signed or objected, each
by an envelope that verifies. Whoever rewrites the table changes a copy: `settle` writes it anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, insert, select, text, update

from campaigns.audit.log import Fact, append
from campaigns.clock import instant_text
from campaigns.store import damaged
from campaigns.store.tables import table
from scheduler.releases import owed
from scheduler.releases.models import UrgentDebt
from scheduler.releases.owed import Answer, Debt

LOG = structlog.get_logger()
DEBT = table(UrgentDebt)
_EVERY = damaged.picking(DEBT)
LOCK = 0x0C04D1A21  #: PostgreSQL advisory lock: one daemon at a time opens debts, so that a rule's limit holds


class Words(Protocol):
    """What is asked of the signatures."""

    def partners_for(self, subject: str, digest: str, *, campaign: str) -> dict[str, str]:
        """Return partner -> person of those who approve exactly this digest."""
        ...

    def objections(self, subject: str, digest: str, *, campaign: str) -> dict[str, datetime]:
        """Return partner -> when it said no to exactly this digest."""
        ...


def alone(connection: Connection) -> None:
    """Let nobody else open a debt before this transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite's writing transaction already excludes
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def standing(connection: Connection, folder: Path) -> dict[tuple[str, str], Debt]:
    """
    Return the debts that are open, by release and digest: those of this machine, and those that only the table has.

    Raises:
        EnvironmentFault: If this machine's own cannot be read.
    """
    known = owed.of(folder).read()
    found = {key: debt for key, debt in _in_table(connection).items() if key not in known}
    return {key: debt for key, debt in {**found, **known}.items() if debt.waits_for}


def begin(connection: Connection, folder: Path, debts: Sequence[Debt], at: datetime) -> None:
    """
    Open *debts* before their releases touch the wire.

    Raises:
        EnvironmentFault: If this machine cannot write them down; then nothing leaves.
    """
    if not debts:
        return
    new = [debt for debt in debts if (debt.release, debt.digest) not in owed.of(folder).read()]
    owed.of(folder).add(debts)
    _copy(connection, debts)
    for debt in new:
        said = f"{debt.partner} let it out alone, under the urgent rule {debt.rule}."
        LOG.warning(
            "an urgent release waits for the others' word",
            release=debt.release,
            by=debt.partner,
            rule=debt.rule,
            waits_for=debt.waits_for,
        )
        detail = {"rule": debt.rule, "owed": list(debt.owed), "digest": debt.digest}
        fact = Fact(debt.partner, "urgent.open", debt.release, campaign=debt.campaign, why=said, detail=detail)
        append(connection, [fact], at)


def settle(connection: Connection, folder: Path, words: Words, now: datetime) -> list[Answer]:
    """
    Read from verified envelopes who has answered for what, write it down, and bring the table up to date.

    Raises:
        EnvironmentFault: If this machine's own debts cannot be read or written.
    """
    known = dict(owed.of(folder).read())
    tabled = _in_table(connection)
    debts = {**tabled, **known}
    answers = [answer for debt in debts.values() for answer in _answers(debt, words, now)]
    if answers:
        owed.of(folder).add((), answers)
        for answer in answers:
            debts[answer.release, answer.digest].answers[answer.partner] = answer.word
        append(connection, [_fact(debts, answer) for answer in answers], now)
    stale = [debt for key, debt in debts.items() if tabled.get(key) != debt]
    moved = {(answer.release, answer.digest) for answer in answers}
    _copy(connection, [debt for debt in debts.values() if debt in stale or (debt.release, debt.digest) in moved])
    return answers


def _fact(debts: Mapping[tuple[str, str], Debt], answer: Answer) -> Fact:
    debt = debts[answer.release, answer.digest]
    act = "urgent.sign" if answer.word == "signed" else "urgent.object"
    return Fact(answer.partner, act, answer.release, campaign=debt.campaign, detail={"digest": answer.digest})


def _answers(debt: Debt, words: Words, now: datetime) -> Iterable[Answer]:
    if not debt.owed:
        return
    asked = (debt.release, debt.digest)
    signed = words.partners_for(*asked, campaign=debt.campaign)
    objected = words.objections(*asked, campaign=debt.campaign)
    for partner in debt.owed:
        word: owed.Word | None = "signed" if partner in signed else "objected" if partner in objected else None
        if word is not None and debt.answers.get(partner) != word:
            yield Answer(*asked, partner, word, instant_text(now))


def _in_table(connection: Connection) -> dict[tuple[str, str], Debt]:
    """Return what the table says; a row that somebody damaged says nothing, and the file is not asked twice."""
    found = {}
    for row, wrong in damaged.read(connection, DEBT, _EVERY):
        if wrong or not isinstance(row["answers"], dict) or not isinstance(row["owed"], list):
            LOG.error("an urgent debt cannot be read from the table", release=row["release"], columns=wrong)
            continue
        answers = {who: word for who, word in row["answers"].items() if word in {"signed", "objected"}}
        debt = Debt(
            release=row["release"],
            digest=row["digest"],
            campaign=row["campaign"],
            rule=row["rule"],
            partner=row["partner"],
            owed=tuple(map(str, row["owed"])),
            opened_at=instant_text(row["opened_at"]),
            answers=answers,
        )
        found[debt.release, debt.digest] = debt
    return found


def _copy(connection: Connection, debts: Iterable[Debt]) -> None:
    for debt in debts:
        here = (DEBT.c.release == debt.release) & (DEBT.c.digest == debt.digest)
        values: dict[str, Any] = {
            "campaign": debt.campaign,
            "rule": debt.rule,
            "partner": debt.partner,
            "owed": list(debt.owed),
            "opened_at": datetime.fromisoformat(debt.opened_at),
            "answers": dict(debt.answers),
            "waits": bool(debt.waits_for),
        }
        if connection.execute(select(DEBT.c.release).where(here)).first() is None:
            connection.execute(insert(DEBT).values(release=debt.release, digest=debt.digest, **values))
        else:
            connection.execute(update(DEBT).where(here).values(**values))
