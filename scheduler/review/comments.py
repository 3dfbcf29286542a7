"""
Comments on a wording: what people say before they sign. The only writer of the table `comment`.

A remark stands until somebody closes it. It stops nothing: who wants to stop a release refuses it.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from campaigns.audit.log import Fact, append
from campaigns.clock import instant_text, iso
from campaigns.errors import Refused
from campaigns.models.message import Message
from campaigns.store.tables import table
from scheduler.review.models import Comment

COMMENT = table(Comment)
_MESSAGE = table(Message)
LONGEST = 4_000  #: characters of a remark


@dataclass(frozen=True)
class Remark:
    """One remark on one wording, with its answers."""

    id: str
    message: str
    locale: str
    person: str
    text: str
    at: datetime
    closed_by: str | None = None
    closed_at: datetime | None = None
    answers: tuple["Remark", ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return it with stable keys."""
        return {
            "id": self.id,
            "message": self.message,
            "locale": self.locale,
            "person": self.person,
            "text": self.text,
            "at": iso(self.at),
            "closed_by": self.closed_by,
            "closed_at": iso(self.closed_at) if self.closed_at else None,
            "answers": [each.as_data() for each in self.answers],
        }


def add(
    connection: Connection, campaign: str, message: str, locale: str, *, person: str, text: str, at: datetime
) -> str:
    """
    Keep a remark on the wording of *message* in *locale*; return its id.

    Raises:
        Refused: If there is no such wording, or nothing is said, or far too much.
    """
    _check_wording(connection, campaign, message, locale)
    return _write(connection, (campaign, message, locale), None, person, text, at)


def answer(connection: Connection, campaign: str, to: str, *, person: str, text: str, at: datetime) -> str:
    """
    Keep an answer to remark *to*; return its id.

    Raises:
        Refused: If there is no such remark in *campaign*.
    """
    row = _row(connection, campaign, to)
    return _write(connection, (campaign, row["message"], row["locale"]), row["answers"] or row["id"], person, text, at)


def close(connection: Connection, campaign: str, wanted: str, *, person: str, at: datetime) -> bool:
    """
    Say that remark *wanted* is dealt with; return whether it was open until now.

    Raises:
        Refused: If there is no such remark in *campaign*.
    """
    row = _row(connection, campaign, wanted)
    top = _row(connection, campaign, row["answers"]) if row["answers"] else row
    if top["closed_at"] is not None:
        return False
    connection.execute(update(COMMENT).where(COMMENT.c.id == top["id"]).values(closed_by=person, closed_at=at))
    append(connection, [Fact(person, "comment.close", top["id"], campaign=campaign)], at)
    return True


def read(connection: Connection, campaign: str) -> dict[tuple[str, str], list[Remark]]:
    """Return (message, locale) -> remarks with their answers, oldest first, closed ones too."""
    statement = select(COMMENT).where(COMMENT.c.campaign == campaign).order_by(COMMENT.c.at, COMMENT.c.id)
    tops: dict[str, Remark] = {}
    answers: dict[str, list[Remark]] = defaultdict(list)
    names = ("id", "message", "locale", "person", "text", "at", "closed_by", "closed_at")
    for row in connection.execute(statement).mappings():
        remark = Remark(**{name: row[name] for name in names})
        if row["answers"]:
            answers[row["answers"]].append(remark)
        else:
            tops[remark.id] = remark
    found: dict[tuple[str, str], list[Remark]] = defaultdict(list)
    for id_, remark in tops.items():
        found[remark.message, remark.locale].append(replace(remark, answers=tuple(answers[id_])))
    return dict(found)


def _check_wording(connection: Connection, campaign: str, message: str, locale: str) -> None:
    statement = select(_MESSAGE.c.wording, _MESSAGE.c.variants).where(
        _MESSAGE.c.campaign == campaign, _MESSAGE.c.id == message
    )
    row = connection.execute(statement).first()
    if row is None:
        known = sorted(connection.scalars(select(_MESSAGE.c.id).where(_MESSAGE.c.campaign == campaign)))
        said = f"Campaign {campaign} has no message '{message}'."
        raise Refused(said, f"It has {', '.join(known[:8])}." if known else "Apply its file first.")
    written = set(row[0]).union(*(each.get("wording", {}) for each in row[1].values()))
    if locale not in written:
        said = f"Message {message} of {campaign} has no wording in '{locale}'."
        raise Refused(said, f"It has {', '.join(sorted(written))}.")


def _row(connection: Connection, campaign: str, wanted: str) -> dict[str, Any]:
    statement = select(COMMENT).where(COMMENT.c.campaign == campaign, COMMENT.c.id == wanted)
    row = connection.execute(statement).mappings().first()
    if row is None:
        message = f"There is no comment {wanted} in {campaign}."
        raise Refused(message, f"`cordiale review {campaign}` lists them with their ids.")
    return dict(row)


def _write(
    connection: Connection, wording: tuple[str, str, str], answers: str | None, person: str, text: str, at: datetime
) -> str:
    said = text.strip()
    if not said or len(said) > LONGEST:
        message = "The comment says nothing." if not said else f"The comment has {len(said):,} characters."
        raise Refused(message, f"Say it in at most {LONGEST:,} characters.")
    campaign, message, locale = wording
    whole = "\n".join((*wording, answers or "", person, said, instant_text(at)))
    id_ = hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:8]
    row: dict[str, Any] = {"id": id_, "campaign": campaign, "message": message, "locale": locale, "answers": answers}
    row |= {"person": person, "text": said, "at": at, "closed_by": None, "closed_at": None}
    connection.execute(insert(COMMENT), row)
    act = "comment.answer" if answers else "comment.add"
    append(connection, [Fact(person, act, id_, campaign=campaign, detail={"message": message, "locale": locale})], at)
    return id_
