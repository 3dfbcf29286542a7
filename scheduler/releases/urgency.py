"""
Whether one partner's signature lets a release out, under an urgent rule that every partner signed. Pure.

Everything must fit: the rule and its partner, the message's kind, the channel, the minutes since the signature, the
number of debts that the rule leaves open; and nobody may have objected to these very bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.clock import instant_text, iso
from campaigns.signoff.approvals import AHEAD
from campaigns.signoff.persons import is_one_of
from campaigns.signoff.urgent import UrgentRule, UrgentWord, rule_named
from scheduler.releases.authorship import authors
from scheduler.releases.facts import Evidence
from scheduler.releases.outgoing import Outgoing
from scheduler.releases.owed import Debt


@dataclass(frozen=True)
class Leave:
    """Leave to go out on one partner's word, and what it costs."""

    rule: UrgentRule
    word: UrgentWord
    debt: Debt

    @property
    def evidence(self) -> str:
        """What stands in for the missing signatures, in words."""
        until = iso(self.word.at + self.rule.span)
        owing = ", ".join(self.debt.owed)
        said = f"{self.word.partner} ({self.word.person}) lets it out alone under the urgent rule {self.rule.id}"
        return f"{said}, until {until}; {owing} then owes its word"


def leave(
    row: Mapping[str, Any], outgoing: Outgoing, evidence: Evidence, signed: Mapping[str, str], now: datetime
) -> tuple[Leave | None, str]:
    """
    Return the leave that an urgent signature gives, or why it gives none; "" where there is no such signature.

    *signed* are the partners that approved it as usual, and so owe nothing.
    """
    if evidence.signatures is None or evidence.trust is None:
        return None, ""
    asked = (row["id"], row["digest"])
    words = evidence.signatures.urgent(*asked, campaign=outgoing.campaign)
    if not words:
        return None, ""
    if evidence.debt_fault:
        return None, f"Urgent releases are off: {evidence.debt_fault}"
    if objecting := evidence.signatures.objections(*asked, campaign=outgoing.campaign):
        return None, f"{', '.join(sorted(objecting))} objects to it, so no urgent rule lets it out."
    why = ""
    for word in words:
        rule, no = _fits(word, row, outgoing, evidence, now)
        if rule is not None:
            wanted = dict.fromkeys([*outgoing.partners, outgoing.issuer])
            owed = tuple(each for each in wanted if each != word.partner and each not in signed)
            debt = Debt(*asked, outgoing.campaign, rule.id, word.partner, owed, instant_text(now))
            return Leave(rule, word, debt), ""
        why = why or no
    return None, why


def _fits(
    word: UrgentWord, row: Mapping[str, Any], outgoing: Outgoing, evidence: Evidence, now: datetime
) -> tuple[UrgentRule | None, str]:
    assert evidence.trust is not None, "asked above"  # noqa: S101 (an invariant of `leave`)
    who = f"{word.partner} ({word.person}) signed it as urgent"
    rule = rule_named(evidence.trust.urgent, word.rule)
    if rule is None:
        return None, f"{who}, but the trust file has no urgent rule {word.rule}."
    if not rule.covers(partner=word.partner, kind=outgoing.message_kind, channel=outgoing.channel):
        kind = outgoing.message_kind or "no"
        return None, f"{who}, but the rule {rule.id} does not let it send a message of {kind} kind there."
    counting = [person for person in word.persons if not is_one_of(person, authors(row))]
    if not counting:
        return None, f"{who}, and wrote it; somebody else must sign."
    if len(counting) < word.asked:
        return None, f"{who}, and the role of {word.partner} in the trust file asks for {word.asked} persons."
    if now > word.at + rule.span:
        return None, f"{who} at {iso(word.at)}; the {rule.minutes} minutes of the rule {rule.id} are over."
    if word.at > now + AHEAD:
        return None, f"{who} at {iso(word.at)}, which is yet to come."
    others = [key for key, name in evidence.debts.items() if name == rule.id and key != (row["id"], row["digest"])]
    if len(others) >= rule.open:
        return None, f"{who}, but {len(others)} releases under the rule {rule.id} still wait for the others' word."
    return rule, ""
