"""
Urgent rules: what every partner agreed, in the trust file, that one of them may let out alone.

    urgent: [{"id", "partners", "kinds", "channels", "minutes", "open"}, …]

A rule is used by a statement of its own kind that names it, and leaves a debt: the others still owe their word.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST = 24 * 60  #: minutes that a rule may give
MOST = 100  #: debts that a rule may leave open


@dataclass(frozen=True)
class UrgentRule:
    """One thing that one partner alone may do."""

    id: str
    partners: tuple[str, ...]  #: each of whom may use it alone
    kinds: tuple[str, ...]  #: of message
    channels: tuple[str, ...]  #: ids of declared channels
    minutes: int  #: how long after its signature a release may begin
    open: int  #: how many uses may wait for the others' word at a time

    @property
    def span(self) -> timedelta:
        """How long after its signature a release may begin."""
        return timedelta(minutes=self.minutes)

    def covers(self, *, partner: str, kind: str | None, channel: str) -> bool:
        """Return whether *partner* may let a message of *kind* out alone on *channel*."""
        return partner in self.partners and kind in self.kinds and channel in self.channels


@dataclass(frozen=True)
class UrgentWord:
    """One partner's signature under a rule, once its envelope was verified."""

    partner: str
    persons: tuple[str, ...]
    asked: int  #: of how many persons the partner's word takes
    rule: str
    at: datetime

    @property
    def person(self) -> str:
        """Who signed, in words."""
        return " and ".join(self.persons)


def rule_named(rules: Collection[UrgentRule], name: str) -> UrgentRule | None:
    """Return the rule of that id; None where the trust file has none."""
    return next((rule for rule in rules if rule.id == name), None)
