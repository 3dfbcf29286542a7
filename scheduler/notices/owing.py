"""
Whom to tell that a release went out on one partner's word: its own signers, and those of who owes an answer. Pure.

A rule of the trust file lets one partner act alone on the understanding that the others hear of it at once: so nothing
is waited for here, and whoever has answered already is told nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from campaigns.clock import parse_iso
from campaigns.settings import Signer
from campaigns.signoff import persons
from scheduler.notices.due import Told, mail_id
from scheduler.notices.letters import SHOWN, counted, instant, named, said, sentences
from scheduler.releases.owed import Debt

URGENT = "urgent"


@dataclass(frozen=True)
class Letter:
    """One mail to one signer about what one partner let out at one instant, under one rule."""

    person: str
    partner: str  #: the signer's
    signer: Signer
    campaign: str
    debts: tuple[tuple[str, Debt], ...]  #: each with its release's name, by name

    @property
    def rows(self) -> list[Told]:
        """What it tells, one row a release."""
        return [Told(URGENT, self.person, debt.release, debt.digest) for _, debt in self.debts]

    @property
    def id(self) -> str:
        """Its own name: the same for the same things told to the same person."""
        return mail_id(self.rows)

    @property
    def owes(self) -> bool:
        """Whether the signer's own partner is asked for its word."""
        return any(self.partner in debt.waits_for for _, debt in self.debts)


def letters(
    found: Iterable[tuple[str, Debt]],
    holders: Mapping[str, str],
    signers: Mapping[str, Signer],
    told: Iterable[Told],
) -> list[Letter]:
    """Return the mails due about the debts *found*, each with its release's name; *holders* are person -> partner."""
    known = set(told)
    batches: dict[tuple[str, str, str, str], list[tuple[str, Debt]]] = defaultdict(list)
    for name, debt in found:
        batches[debt.opened_at, debt.campaign, debt.partner, debt.rule].append((name, debt))
    made = []
    for (_, campaign, _, _), batch in sorted(batches.items(), key=lambda each: each[0]):
        for person, partner in sorted(holders.items()):
            signer = next((each for name, each in signers.items() if persons.is_one_of(person, name)), None)
            mine = sorted(
                ((name, debt) for name, debt in batch if _is_told(debt, person, partner, known)),
                key=lambda each: each[0],
            )
            if signer is not None and mine:
                made.append(Letter(person, partner, signer, campaign, tuple(mine)))
    return made


def _is_told(debt: Debt, person: str, partner: str, known: set[Told]) -> bool:
    concerned = bool(debt.waits_for) and partner in (debt.partner, *debt.waits_for)
    return concerned and Told(URGENT, person, debt.release, debt.digest) not in known


def words(letter: Letter, title: Mapping[str, str], partners: Mapping[str, Mapping[str, str]]) -> tuple[str, str]:
    """Return subject and text in the signer's language; *title* and each of *partners* are names by locale."""
    language = letter.signer.language
    first = letter.debts[0][1]
    waits = dict.fromkeys(partner for _, debt in letter.debts for partner in debt.waits_for)
    values = {
        "person": letter.person,
        "campaign": letter.campaign,
        "title": named(language, title, letter.campaign),
        "partner": _partner(language, partners, first.partner),
        "releases": counted(language, len(letter.debts)),
        "opened": instant(language, parse_iso(first.opened_at)),
        "rule": first.rule,
    }
    lines = [said(language, "greeting", values), "", said(language, "urgent-said", values)]
    if letter.owes:
        lines.append(said(language, "urgent-owes", {"partner": _partner(language, partners, letter.partner)}))
    else:
        lines += [said(language, "urgent-waits", {"partner": _partner(language, partners, each)}) for each in waits]
    lines += ["", *(said(language, "urgent-each", {"name": name}) for name, _ in letter.debts[:SHOWN])]
    if (more := len(letter.debts) - SHOWN) > 0:
        lines.append("- " + sentences(language)["more"].format(n=more))
    lines += ["", said(language, "urgent-do", {}), "    cordiale urgent list"]
    if letter.owes:
        # Named one by one: a bare `approve` would sign, and a bare `refuse` stop, whatever else waits in the campaign.
        mine = " ".join(f"--release {name}" for name, debt in letter.debts if letter.partner in debt.waits_for)
        whose = f"{letter.campaign} --as {letter.partner} --key FILE {mine}"
        lines += [f"    cordiale approve {whose}", said(language, "urgent-object", {})]
        lines.append(f"    cordiale refuse {whose} --because TEXT")
    lines += ["", said(language, "urgent-close", {}), ""]
    return said(language, "subject-urgent", values), "\n".join(lines)


def _partner(language: str, partners: Mapping[str, Mapping[str, str]], partner: str) -> str:
    return named(language, partners.get(partner, {}), partner.upper())
