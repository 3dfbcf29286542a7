"""
What each stored envelope says, verified once for each version of the trust.

An envelope over ten thousand releases is two megabytes; what it says is kept as a mapping, and the oldest go when they
grow too many. Expiry of the trust is asked elsewhere, every time.
"""

import sys
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from campaigns.errors import NotTrusted
from campaigns.models.approval import Approval
from campaigns.store.tables import table

if TYPE_CHECKING:
    from campaigns.signoff.trust import Trust

_APPROVAL = table(Approval)
_KEPT = 4_000_000  #: subjects that verified envelopes may hold in memory before the oldest are let go


@dataclass(frozen=True, slots=True)
class Verified:
    """A decision in the form that is kept: its subjects as a mapping."""

    statement: str
    campaign: str
    partner: str
    person: str  #: "ana and bea" where two signed
    persons: tuple[str, ...]
    answer: str
    reason: str
    at: datetime
    digests: Mapping[str, str]
    rule: str = ""  #: of an urgent one

    @property
    def approves(self) -> bool:
        """Whether it lets its subjects go out."""
        return self.answer == "approve"


@dataclass(frozen=True)
class Rejected:
    """A stored envelope that does not hold, and why: someone wrote it there, or its key was revoked."""

    id: str
    why: str


@dataclass(frozen=True)
class Word:
    """What a partner last said about a subject, whether or not it still stands."""

    person: str
    answer: str  #: approve | refuse | withdraw
    reason: str
    at: datetime
    digest: str  #: of what it was said about


def said_by(connection: Connection, id_: str, trust: "Trust") -> Verified | str:
    """Return what stored envelope *id_* says under *trust*, or why it says nothing."""
    return _CACHE.get(id_, trust.digest) or _CACHE.put(id_, trust.digest, _verify(connection, id_, trust))


def _verify(connection: Connection, id_: str, trust: "Trust") -> Verified | str:
    """Return what envelope *id_* says under *trust*, or why it says nothing."""
    from campaigns.signoff.envelope import identify, verify

    # one at a time: an envelope over ten thousand releases is two megabytes
    text = connection.execute(select(_APPROVAL.c.envelope).where(_APPROVAL.c.id == id_)).scalar_one_or_none()
    if not isinstance(text, str):
        return "Its text is gone, or is no text."
    if identify(text) != id_:
        return "Its text is not the one it was stored with."
    try:
        decision = verify(text, trust)
    except NotTrusted as error:
        return error.message
    return Verified(
        statement=decision.statement,
        campaign=decision.campaign,
        partner=decision.partner,
        person=decision.person,
        persons=decision.persons,
        answer=decision.decision,
        reason=decision.reason,
        at=decision.at,
        rule=decision.rule,
        digests={sys.intern(each.id): sys.intern(each.digest) for each in decision.subjects},  # partners share them
    )


class _Cache:
    """What each envelope says under the trust it was last asked under; the oldest goes when subjects grow too many."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[str, Verified | str]] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def get(self, id_: str, trust: str) -> Verified | str | None:
        with self._lock:
            under, found = self._kept.get(id_, ("", None))
            return found if under == trust else None

    def put(self, id_: str, trust: str, found: Verified | str) -> Verified | str:
        with self._lock:
            if id_ in self._kept:
                self._weight -= _weight(self._kept.pop(id_)[1])
            self._kept[id_] = (trust, found)
            self._weight += _weight(found)
            while self._weight > _KEPT and len(self._kept) > 1:
                _, (_, oldest) = self._kept.popitem(last=False)
                self._weight -= _weight(oldest)
        return found


def _weight(found: Verified | str) -> int:
    return 1 + (0 if isinstance(found, str) else len(found.digests))


_CACHE = _Cache()
