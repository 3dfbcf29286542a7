"""
The approvals in the database: only writer of `approval` and `approval_subject`, and a reader that believes neither.

Whoever can write the database can add rows, but not sign. So who approved which digest is read from envelopes
that verify, and the index table is asked for one thing only: what was voided. Of two decisions of a partner on
the same subject the one signed later counts, voided or not, so that a refusal or a newer approval cannot be undone
by bringing back an older envelope. What ended an approval is remembered outside the database as well (`ended`), so
that deleting it there undoes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import Connection, String, func, insert, select, type_coerce, update

from campaigns import clock
from campaigns.clock import parse_iso
from campaigns.errors import NotTrusted
from campaigns.models.approval import Approval, ApprovalSubject
from campaigns.signoff import ended
from campaigns.signoff.ended import Ended
from campaigns.signoff.persons import folded, is_one_of
from campaigns.signoff.statement import URGENT
from campaigns.signoff.urgent import UrgentWord
from campaigns.signoff.verified import Rejected, Verified, Word, said_by
from campaigns.signoff.voids import nos, voids
from campaigns.store.tables import table

if TYPE_CHECKING:
    from campaigns.signoff.envelope import Decision
    from campaigns.signoff.trust import Trust

APPROVAL = table(Approval)
SUBJECT = table(ApprovalSubject)
AHEAD = timedelta(minutes=10)  #: how far two machines' clocks may differ
_CHUNK = 500  #: ids in one IN list
_VOID = SUBJECT.c.voided_at.is_not(None)
_LAST_VOID = func.max(type_coerce(SUBJECT.c.voided_at, String))  # as it stands: it may be no instant
_FRESH = select(
    select(func.count()).select_from(APPROVAL).scalar_subquery(),
    select(func.max(APPROVAL.c.id)).scalar_subquery(),
    *(select(each).select_from(SUBJECT).where(_VOID).scalar_subquery() for each in (func.count(), _LAST_VOID)),
)


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
        .returning(APPROVAL.c.id)  # how many rows an insert wrote, not every driver tells
    )
    if stored.first() is None:
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
        lost.update(_approving(connection, chunk))
        marked = update(SUBJECT).where(SUBJECT.c.subject.in_(chunk), SUBJECT.c.voided_at.is_(None))
        connection.execute(marked.values(voided_at=at, voided_why=why))
    return sorted(lost)


def standing(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return subject -> partners whose approval of it `void` would end, by the index table: what a plan announces."""
    found: dict[str, set[str]] = defaultdict(set)
    for chunk in _chunks(ids):
        for partner, subject in _approving(connection, chunk):
            found[subject].add(partner)
    return {subject: tuple(sorted(partners)) for subject, partners in found.items()}


def _approving(connection: Connection, ids: Collection[str]) -> list[tuple[str, str]]:
    """Return the (partner, subject) of *ids* where the partner's last standing word is an approval."""
    said = (
        select(APPROVAL.c.partner, SUBJECT.c.subject, APPROVAL.c.decision)
        .join(APPROVAL, APPROVAL.c.id == SUBJECT.c.approval)
        .where(SUBJECT.c.subject.in_(ids), SUBJECT.c.voided_at.is_(None))
        .where(APPROVAL.c.decision.in_(("approve", "refuse", "withdraw")))
        .order_by(APPROVAL.c.received_at, APPROVAL.c.id)
    )
    last = {(partner, subject): decision for partner, subject, decision in connection.execute(said)}
    return [of for of, decision in last.items() if decision == "approve"]


def decided(connection: Connection, ids: Iterable[str]) -> dict[str, set[str]]:
    """Return subject -> digests that somebody approved, refused or withdrew, standing or not, by the index table."""
    found: dict[str, set[str]] = defaultdict(set)
    for chunk in _chunks(ids):
        for subject, digest in connection.execute(
            select(SUBJECT.c.subject, SUBJECT.c.digest).where(SUBJECT.c.subject.in_(chunk)).distinct()
        ):
            found[subject].add(digest)
    return dict(found)


def fresh(connection: Connection) -> str:
    """Return a token that changes when a decision is recorded or voided, and costs no reading of envelopes."""
    return ":".join(str(part) for part in connection.execute(_FRESH).one())


@dataclass(frozen=True)
class Refusal:
    """Who refused, and why."""

    person: str
    reason: str
    at: datetime


class Signatures:
    """Who stands behind which digest: every stored envelope, verified under one trust."""

    def __init__(
        self,
        decisions: Iterable[Verified],
        voided: Mapping[str, set[str]],
        rejected: list[Rejected],
        remembered: Ended | None = None,
        thresholds: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.rejected = rejected
        self._thresholds = thresholds  #: partner -> of how many persons its approval takes; one if it says nothing
        self._voided = voided  #: statement -> subjects
        self._ended = remembered
        #: campaign -> partner -> subject -> last decision; a statement speaks of its own campaign alone
        self._last: dict[str, dict[str, dict[str, Verified]]] = defaultdict(lambda: defaultdict(dict))
        #: campaign and partner -> its decisions, oldest first
        self._every: dict[tuple[str, str], list[Verified]] = defaultdict(list)
        known = list(decisions)
        #: urgent signatures stand apart: none of them is ever an approval, nor overrules one
        self._urgent = [each for each in known if each.answer == URGENT]
        usual = (each for each in known if each.answer != URGENT)
        for each in sorted(usual, key=lambda one: (one.at, not one.approves)):  # at the same instant a no wins
            self._every[each.campaign, each.partner].append(each)
            self._last[each.campaign][each.partner].update(dict.fromkeys(each.digests, each))

    @classmethod
    def load(cls, connection: Connection, trust: "Trust", campaign: str | None = None) -> "Signatures":
        """
        Return the signatures on *campaign*, or on all; verify each envelope once for each version of the trust.

        An envelope that does not verify counts for nothing and stands in `rejected`. Refusals and voids that the
        machine of *trust* has not seen yet are remembered beside it.

        Raises:
            EnvironmentFault: If what is remembered cannot be read or written.
        """
        wanted = select(APPROVAL.c.id)
        if campaign is not None:
            wanted = wanted.where(APPROVAL.c.campaign == campaign)
        decisions: dict[str, Verified] = {}
        rejected = []
        for each in connection.execute(wanted.order_by(APPROVAL.c.id)).scalars().all():
            found = said_by(connection, each, trust)
            if isinstance(found, Verified):
                decisions[each] = found
            else:
                rejected.append(Rejected(each, found))
        if campaign is not None:  # the column is the database's word; the envelope's is signed
            decisions = {each: found for each, found in decisions.items() if found.campaign == campaign}
        voided = _voided(connection, decisions)
        remembered = ended.of(trust.folder) if trust.folder is not None else None
        if remembered is not None:
            remembered.remember(nos(decisions.values()), voids(decisions.values(), voided))
        return cls(decisions.values(), voided, rejected, remembered, trust.thresholds)

    def partners_for(
        self, subject: str, digest: str, *, campaign: str = "", author: str | Collection[str] = ()
    ) -> dict[str, str]:
        """
        Return partner -> person of those whose last word on *subject* approves exactly *digest*, and stands.

        Only what was said of *campaign*, where it is named: a statement about another campaign speaks of nothing here.
        What *author* approved is passed over, as if it had not been said: nobody approves their own words, and nobody
        undoes a colleague's approval by trying to. Their refusals and withdrawals count. A partner whose role asks for
        two persons is here once two have approved, in one envelope or in two; "ana and bea" are its person then.
        """
        return {
            partner: " and ".join(who)
            for partner, who in self.so_far(subject, digest, campaign=campaign, author=author).items()
            if len(who) >= self._thresholds.get(partner, 1)
        }

    def so_far(
        self, subject: str, digest: str, *, campaign: str = "", author: str | Collection[str] = ()
    ) -> dict[str, tuple[str, ...]]:
        """Return partner -> persons whose approvals add up, as in `partners_for`, though they may be too few."""
        return {
            found.partner: self._persons(found, subject, author)
            for found in self._words(subject, digest, campaign, author)
            if found.approves and self._stands(found, subject)
        }

    def lacks(self, partner: str, persons: int) -> int:
        """Return how many persons of *partner* must approve besides the *persons* who have."""
        return max(0, self._thresholds.get(partner, 1) - persons)

    def _persons(self, last: Verified, subject: str, author: str | Collection[str]) -> tuple[str, ...]:
        """Return who of *last*'s partner approved *subject* since its word last changed, each person once, sorted."""
        if self._thresholds.get(last.partner, 1) == 1:
            return tuple(each for each in last.persons if not is_one_of(each, author))
        found: dict[str, str] = {}
        for each in reversed(self._every[last.campaign, last.partner]):
            if subject not in each.digests or _only_by(each, author):
                continue
            if not each.approves or each.digests[subject] != last.digests[subject] or not self._stands(each, subject):
                break  # what was said before that was overruled by it
            found |= {folded(person): person for person in each.persons if not is_one_of(person, author)}
        return tuple(sorted(found.values()))

    def refusals(self, subject: str, digest: str, *, campaign: str = "") -> dict[str, Refusal]:
        """Return partner -> refusal of those whose last word on *subject* refuses exactly *digest*, and stands."""
        return {
            found.partner: Refusal(found.person, found.reason, found.at)
            for found in self._words(subject, digest, campaign)
            if found.answer == "refuse" and self._stands(found, subject)
        }

    def last_word(self, partner: str, subject: str, *, campaign: str) -> Word | None:
        """Return what *partner* last said about *subject*, voided or not; none where it never said anything."""
        found = self._last[campaign][partner].get(subject) if campaign in self._last else None
        return Word(found.person, found.answer, found.reason, found.at, found.digests[subject]) if found else None

    def forgotten(self, subject: str, digest: str, *, campaign: str) -> dict[str, str]:
        """Return partner -> instant of a refusal that ends its approval of *digest*, though the table forgot it."""
        if self._ended is None:
            return {}
        last = self._ended.last
        return {
            found.partner: last[campaign, found.partner, subject]
            for found in self._words(subject, digest, campaign)
            if found.approves and self._overruled(found, subject)
        }

    def urgent(self, subject: str, digest: str, *, campaign: str) -> list[UrgentWord]:
        """Return the signatures under an urgent rule over exactly *digest* that no edit ended, newest first."""
        found = [
            UrgentWord(each.partner, each.persons, self._thresholds.get(each.partner, 1), each.rule, each.at)
            for each in self._urgent
            if each.campaign == campaign and each.digests.get(subject) == digest and self._stands(each, subject)
        ]
        return sorted(found, key=lambda each: each.at, reverse=True)

    def objections(self, subject: str, digest: str, *, campaign: str) -> dict[str, datetime]:
        """Return partner -> when its last word on exactly *digest* was a no, whether or not the table still has it."""
        found = {each.partner: each.at for each in self._words(subject, digest, campaign) if not each.approves}
        nos = self._ended.of.get((campaign, subject, digest), {}) if self._ended is not None else {}
        for partner, said in nos.items():
            at, last = parse_iso(said), self.last_word(partner, subject, campaign=campaign)
            if last is None or last.answer != "approve" or last.at <= at:
                found.setdefault(partner, at)
        return found

    def _words(
        self, subject: str, digest: str, campaign: str, author: str | Collection[str] = ()
    ) -> Iterator[Verified]:
        spoken = self._last.values() if not campaign else [self._last[campaign]] if campaign in self._last else []
        for partners in spoken:
            for last in partners.values():
                found = last.get(subject)
                if found is not None and _only_by(found, author):
                    found = self._before(found, subject, author)
                if found is not None and found.digests[subject] == digest:
                    yield found

    def _before(self, last: Verified, subject: str, author: str | Collection[str]) -> Verified | None:
        """Return the last word of the partner of *last* on *subject* that is no approval by *author*."""
        for each in reversed(self._every[last.campaign, last.partner]):
            if subject in each.digests and not _only_by(each, author):
                return each
        return None

    def _stands(self, found: Verified, subject: str) -> bool:
        if subject in self._voided.get(found.statement, ()):
            return False
        if self._ended is None:
            return True
        return (found.statement, subject) not in self._ended.voids and not (
            found.approves and self._overruled(found, subject)
        )

    def _overruled(self, found: Verified, subject: str) -> bool:
        return self._ended is not None and self._ended.overrules(found.campaign, found.partner, subject, found.at)


def _only_by(said: Verified, author: str | Collection[str]) -> bool:
    """Return whether *said* is an approval that nobody but authors signed."""
    return said.approves and bool(author) and all(is_one_of(person, author) for person in said.persons)


def _voided(connection: Connection, decisions: Mapping[str, Verified]) -> dict[str, set[str]]:
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
