"""
The approvals in the database: only writer of `approval` and `approval_subject`, and a reader that believes neither.

Whoever can write the database can add rows, but not sign. So who approved which digest is read from envelopes
that verify, and the index table is asked for one thing only: what was voided. Of two decisions of a partner on
the same subject the one signed later counts, voided or not, so that a refusal or a newer approval cannot be undone
by bringing back an older envelope.
"""

import sys
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, insert, select, update

from campaigns import clock
from campaigns.errors import NotTrusted
from campaigns.models.approval import Approval, ApprovalSubject
from campaigns.store.tables import table

if TYPE_CHECKING:
    from campaigns.signoff.envelope import Decision
    from campaigns.signoff.trust import Trust

APPROVAL = table(Approval)
SUBJECT = table(ApprovalSubject)
AHEAD = timedelta(minutes=10)  #: how far two machines' clocks may differ
_CHUNK = 500  #: ids in one IN list
_KEPT = 4_000_000  #: subjects that verified envelopes may hold in memory before the oldest are let go


def record(connection: Connection, decision: "Decision", envelope: str, at: datetime) -> bool:
    """
    Store a verified *decision* with its *envelope*; return False, changing nothing, when it is there already.

    Raises:
        NotTrusted: If *envelope* is not the one the decision was read from, or was signed in the future:
            no later decision could overrule it.
    """
    from sqlalchemy.dialects import postgresql, sqlite

    from campaigns.signoff.envelope import identify

    if identify(envelope) != decision.id:
        message = f"The envelope is not the one that the decision of {decision.partner} was read from."
        raise NotTrusted(message, "Import the file again.")
    if decision.at > at + AHEAD:
        message = f"{decision.partner} signed at {clock.iso(decision.at)}, which is later than now ({clock.iso(at)})."
        raise NotTrusted(message, "Set the clock of the machine that signed, and sign again.")
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    stored = connection.execute(
        dialect.insert(APPROVAL)
        .values(
            id=decision.id,
            campaign=decision.campaign,
            partner=decision.partner,
            person=decision.person,
            decision=decision.decision,
            reason=decision.reason,
            envelope=envelope,
            received_at=at,
        )
        .on_conflict_do_nothing()
    )
    if stored.rowcount == 0:
        return False
    rows = [
        {"approval": decision.id, "subject": each.id, "digest": each.digest, "voided_at": None, "voided_why": ""}
        for each in decision.subjects
    ]
    connection.execute(insert(SUBJECT), rows)
    return True


def void(connection: Connection, ids: Iterable[str], why: str, at: datetime) -> list[tuple[str, str]]:
    """
    End every standing decision on the subjects *ids*; return the (partner, subject) of each approval lost, sorted.

    Refusals end too: what was refused is no longer what would go out.
    """
    lost: set[tuple[str, str]] = set()
    for chunk in _chunks(ids):
        standing = SUBJECT.c.subject.in_(chunk) & SUBJECT.c.voided_at.is_(None)
        found = connection.execute(
            select(APPROVAL.c.partner, SUBJECT.c.subject)
            .join(APPROVAL, APPROVAL.c.id == SUBJECT.c.approval)
            .where(standing, APPROVAL.c.decision == "approve")
        )
        lost.update((partner, subject) for partner, subject in found)
        connection.execute(update(SUBJECT).where(standing).values(voided_at=at, voided_why=why))
    return sorted(lost)


def standing(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return subject -> partners whose approval of it `void` would end, by the index table: what a plan announces."""
    found: dict[str, set[str]] = defaultdict(set)
    for chunk in _chunks(ids):
        statement = (
            select(SUBJECT.c.subject, APPROVAL.c.partner)
            .join(APPROVAL, APPROVAL.c.id == SUBJECT.c.approval)
            .where(SUBJECT.c.subject.in_(chunk), SUBJECT.c.voided_at.is_(None), APPROVAL.c.decision == "approve")
        )
        for subject, partner in connection.execute(statement):
            found[subject].add(partner)
    return {subject: tuple(sorted(partners)) for subject, partners in found.items()}


def fresh(connection: Connection) -> str:
    """Return a token that changes when a decision is recorded or voided, and costs no reading of envelopes."""
    is_void = SUBJECT.c.voided_at.is_not(None)
    parts = (
        select(func.count()).select_from(APPROVAL),
        select(func.max(APPROVAL.c.id)),
        select(func.count()).select_from(SUBJECT).where(is_void),
        select(func.max(SUBJECT.c.voided_at)).where(is_void),
    )
    return ":".join(str(part) for part in connection.execute(select(*(part.scalar_subquery() for part in parts))).one())


@dataclass(frozen=True)
class Refusal:
    """Who refused, and why."""

    person: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Rejected:
    """A stored envelope that does not hold, and why: someone wrote it there, or its key was revoked."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class _Verified:
    """A decision in the form that is kept: its subjects as a mapping."""

    statement: str
    campaign: str
    partner: str
    person: str
    approves: bool
    reason: str
    at: datetime
    digests: Mapping[str, str]


class Signatures:
    """Who stands behind which digest: every stored envelope, verified under one trust."""

    def __init__(
        self, decisions: Iterable[_Verified], voided: Mapping[str, set[str]], rejected: list[Rejected]
    ) -> None:
        self.rejected = rejected
        self._voided = voided  #: statement -> subjects
        self._last: dict[str, dict[str, _Verified]] = defaultdict(dict)  #: partner -> subject -> last decision
        for each in sorted(decisions, key=lambda one: (one.at, not one.approves)):  # at the same instant a refusal wins
            self._last[each.partner].update(dict.fromkeys(each.digests, each))

    @classmethod
    def load(cls, connection: Connection, trust: "Trust", campaign: str | None = None) -> "Signatures":
        """
        Return the signatures on *campaign*, or on all; verify each envelope once for each version of the trust.

        An envelope that does not verify counts for nothing and stands in `rejected`.
        """
        wanted = select(APPROVAL.c.id)
        if campaign is not None:
            wanted = wanted.where(APPROVAL.c.campaign == campaign)
        decisions: dict[str, _Verified] = {}
        rejected = []
        for each in connection.execute(wanted.order_by(APPROVAL.c.id)).scalars().all():
            found = _CACHE.get(each, trust.digest) or _CACHE.put(each, trust.digest, _verify(connection, each, trust))
            if isinstance(found, _Verified):
                decisions[each] = found
            else:
                rejected.append(Rejected(each, found))
        if campaign is not None:  # the column is the database's word; the envelope's is signed
            decisions = {each: found for each, found in decisions.items() if found.campaign == campaign}
        return cls(decisions.values(), _voided(connection, decisions), rejected)

    def partners_for(self, subject: str, digest: str) -> dict[str, str]:
        """Return partner -> person of those whose last word on *subject* approves exactly *digest*, and stands."""
        return {
            partner: found.person
            for partner, found in self._words(subject, digest)
            if found.approves and subject not in self._voided.get(found.statement, ())
        }

    def refusals(self, subject: str, digest: str) -> dict[str, Refusal]:
        """Return partner -> refusal of those whose last word on *subject* refuses exactly *digest*, and stands."""
        return {
            partner: Refusal(found.person, found.reason, found.at)
            for partner, found in self._words(subject, digest)
            if not found.approves and subject not in self._voided.get(found.statement, ())
        }

    def _words(self, subject: str, digest: str) -> Iterator[tuple[str, _Verified]]:
        for partner, last in self._last.items():
            found = last.get(subject)
            if found is not None and found.digests[subject] == digest:
                yield partner, found


def _verify(connection: Connection, id_: str, trust: "Trust") -> _Verified | str:
    """Return what envelope *id_* says under *trust*, or why it says nothing."""
    from campaigns.signoff.envelope import identify, verify

    # one at a time: an envelope over ten thousand releases is two megabytes
    text = connection.execute(select(APPROVAL.c.envelope).where(APPROVAL.c.id == id_)).scalar_one()
    if identify(text) != id_:
        return "Its text is not the one it was stored with."
    try:
        decision = verify(text, trust)
    except NotTrusted as error:
        return error.message
    return _Verified(
        statement=decision.statement,
        campaign=decision.campaign,
        partner=decision.partner,
        person=decision.person,
        approves=decision.decision == "approve",
        reason=decision.reason,
        at=decision.at,
        digests={sys.intern(each.id): sys.intern(each.digest) for each in decision.subjects},  # partners share them
    )


def _voided(connection: Connection, decisions: Mapping[str, _Verified]) -> dict[str, set[str]]:
    """Return statement -> subjects voided. By statement: another envelope around it must not bring it back."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = connection.execute(select(SUBJECT.c.approval, SUBJECT.c.subject).where(SUBJECT.c.voided_at.is_not(None)))
    for approval, subject in rows:
        if decision := decisions.get(approval):
            found[decision.statement].add(subject)
    return dict(found)


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


class _Cache:
    """What each envelope says under the trust it was last asked under; the oldest goes when subjects grow too many."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[str, _Verified | str]] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def get(self, id_: str, trust: str) -> _Verified | str | None:
        with self._lock:
            under, found = self._kept.get(id_, ("", None))
            return found if under == trust else None

    def put(self, id_: str, trust: str, found: _Verified | str) -> _Verified | str:
        with self._lock:
            if id_ in self._kept:
                self._weight -= _weight(self._kept.pop(id_)[1])
            self._kept[id_] = (trust, found)
            self._weight += _weight(found)
            while self._weight > _KEPT and len(self._kept) > 1:
                _, (_, oldest) = self._kept.popitem(last=False)
                self._weight -= _weight(oldest)
        return found


def _weight(found: _Verified | str) -> int:
    return 1 + (0 if isinstance(found, str) else len(found.digests))


_CACHE = _Cache()
