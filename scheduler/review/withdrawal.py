"""Taking an approval back before anything leaves: what it still covers, and what is out of its reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from campaigns import clock
from campaigns.errors import Refused
from campaigns.signoff.approvals import Signatures
from campaigns.signoff.statement import Subject
from campaigns.signoff.trust import Trust
from scheduler.releases.identity import release_name
from scheduler.releases.ledger import RELEASE, Step
from scheduler.releases.states import Move, State
from scheduler.review.docket import unknown
from scheduler.review.selection import Selection

if TYPE_CHECKING:
    from campaigns.signoff.envelope import Decision

#: On the wire, with a person who posts it, out, or perhaps out.
OUT = frozenset({
    State.SENDING,
    State.UNCERTAIN,
    State.HANDED_OVER,
    State.PUBLISHED,
    State.RETRACTING,
    State.RETRACTED,
})  # fmt: skip
_SCHEDULED = frozenset({State.SCHEDULED, State.CLAIMED})
_OVER = frozenset({State.CANCELLED, State.EXPIRED})


@dataclass(frozen=True)
class Reach:
    """What a partner's withdrawal would end, and what it would not."""

    subjects: tuple[Subject, ...]  #: approved by the partner, and not left yet
    out: tuple[str, ...]  #: names of releases that it approved and that have left, or may have
    ended: datetime | None  #: when it withdrew the last of those that it has withdrawn already


def reach(connection: Connection, trust: Trust, campaign: str, partner: str, pick: Selection) -> Reach:
    """
    Return what a withdrawal by *partner* would reach in the part *pick* of *campaign*.

    Raises:
        Refused: If there is no such campaign, or *pick* names what it does not have.
    """
    names = ("id", "digest", "state", "entry", "occurrence", "message", "locale", "channel")
    statement = select(*(RELEASE.c[name] for name in names)).where(RELEASE.c.campaign == campaign)
    found = connection.execute(statement.order_by(RELEASE.c.due_at, RELEASE.c.id)).mappings()
    rows = [dict(row) for row in found]
    if not rows:
        raise unknown(connection, campaign)
    pick.check(rows, campaign)
    signatures = Signatures.load(connection, trust, campaign)
    subjects, out, ended = [], [], []
    for row in (each for each in rows if pick.picks(each)):
        word = signatures.last_word(partner, row["id"], campaign=campaign)
        if word is not None and word.digest == row["digest"] and word.answer == "withdraw":
            ended.append(word.at)
        if partner not in signatures.so_far(row["id"], row["digest"], campaign=campaign) or row["state"] in _OVER:
            continue
        if row["state"] in OUT:
            out.append(release_name(row["entry"], row["occurrence"], row["locale"], row["channel"]))
        else:
            subjects.append(Subject(row["id"], row["digest"]))
    return Reach(tuple(subjects), tuple(out), max(ended, default=None))


def too_late(names: tuple[str, ...]) -> Refused:
    """Return why nothing is withdrawn of releases that have left."""
    those = f"Release {names[0]} has" if len(names) == 1 else f"{len(names):,} releases, such as {names[0]}, have"
    message = f"{those} left already, or may have: an approval is withdrawn before."
    hint = f"See `cordiale why {names[0]}`; take down what is out with `cordiale retract {names[0]} --as PARTNER`."
    return Refused(message, hint)


def nothing(campaign: str, partner: str, found: Reach) -> str | Refused:
    """Return why there is nothing to withdraw: said already (in words, as that is no fault), or never approved."""
    if found.ended is not None:
        return f"{partner} has withdrawn its approval already, at {clock.iso(found.ended)}."
    if found.out:
        return too_late(found.out)
    message = f"{partner} has approved nothing of this part of {campaign}, so there is nothing to withdraw."
    return Refused(message, f"See who signed what with `cordiale review {campaign}`.")


def check(rows: Mapping[str, Mapping[str, Any]], decision: "Decision") -> None:
    """
    Refuse a withdrawal that came too late for any of its releases, as a whole.

    Raises:
        Refused: If one of them has left, or may have.
    """
    out = [
        release_name(row["entry"], row["occurrence"], row["locale"], row["channel"])
        for subject in decision.subjects
        if (row := rows.get(subject.id)) is not None and row["digest"] == subject.digest and row["state"] in OUT
    ]
    if out:
        raise too_late(tuple(out))


def settle(row: Mapping[str, Any], decision: "Decision", signatures: Signatures) -> tuple[str, Step | None]:
    """Return what a recorded withdrawal does to *row*, which has not left: its outcome, and the move."""
    word = signatures.last_word(decision.partner, row["id"], campaign=row["campaign"])
    if word is None or word.answer != "withdraw" or row["state"] in _OVER:
        return "stale", None  # the partner has approved or refused since
    why = f"{decision.partner} withdrew its approval" + (f": {decision.reason}" if decision.reason else ".")
    step = Step(row["id"], Move.WITHDRAW, decision.person, why) if row["state"] in _SCHEDULED else None
    return "withdrawn", step
