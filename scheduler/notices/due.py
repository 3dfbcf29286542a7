"""Whom to tell what: which signer is still to hear that work waits, or that its deadline comes near. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from campaigns.settings import Signer
from campaigns.signoff import persons
from scheduler.review.docket import Item

WAITS, DEADLINE = "waits", "deadline"
SETTLE = timedelta(minutes=2)  #: that bytes wait before they are told of, so that a flurry of edits is one mail


class Told(NamedTuple):
    """What somebody was told: of which release in which form."""

    kind: str
    person: str
    release: str
    digest: str


class Mail(Protocol):
    """A mail to one signer about one campaign, whatever it tells."""

    @property
    def person(self) -> str:
        """Who is told, as the trust file names them."""
        ...

    @property
    def signer(self) -> Signer:
        """Where and in which language."""
        ...

    @property
    def campaign(self) -> str:
        """Which campaign it is about."""
        ...

    @property
    def rows(self) -> list[Told]:
        """What it tells, one row a thing."""
        ...

    @property
    def id(self) -> str:
        """Its own name: the same for the same things told to the same person."""
        ...


def mail_id(rows: Iterable[Told]) -> str:
    """Return the name of the mail that tells *rows*, 32 hex digits."""
    said = "\n".join("\t".join(each) for each in sorted(rows))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Letter:
    """One mail to one signer about one campaign."""

    person: str
    partner: str
    signer: Signer
    campaign: str
    items: tuple[Item, ...]  #: by deadline
    kinds: Mapping[str, tuple[str, ...]]  #: release -> what is told of it
    reminds: bool  #: of a deadline, and tells nothing new

    @property
    def rows(self) -> list[Told]:
        """What it tells, one row a thing."""
        return [Told(kind, self.person, each.id, each.digest) for each in self.items for kind in self.kinds[each.id]]

    @property
    def id(self) -> str:
        """Its own name: the same for the same things told to the same person."""
        return mail_id(self.rows)


def letters(
    campaign: str,
    found: Sequence[Item],
    holders: Mapping[str, str],
    signers: Mapping[str, Signer],
    told: Iterable[Told],
    now: datetime,
    reminder: timedelta,
) -> list[Letter]:
    """
    Return the mails that are due about *found*; *holders* are person -> partner, *told* what was told already.

    Nobody is asked to sign what they wrote. Whoever is first told when the deadline is near is not told twice.
    """
    known, made = set(told), []
    for person, partner in sorted(holders.items()):
        signer = next((each for name, each in signers.items() if persons.is_one_of(person, name)), None)
        if signer is None:
            continue
        kinds: dict[str, tuple[str, ...]] = {}
        for item in found:
            if item.waits and partner in item.missing and not persons.is_one_of(person, item.authors):
                kinds[item.id] = tuple(
                    kind
                    for kind in _kinds(item, now, reminder)
                    if Told(kind, person, item.id, item.digest) not in known
                )
        mine = [item for item in found if kinds.get(item.id)]
        if mine:
            mine.sort(key=lambda each: (each.deadline or now, each.outgoing.name))
            reminds = all(kinds[each.id] == (DEADLINE,) for each in mine)
            made.append(Letter(person, partner, signer, campaign, tuple(mine), kinds, reminds))
    return made


def _kinds(item: Item, now: datetime, reminder: timedelta) -> tuple[str, ...]:
    near = item.deadline is not None and item.deadline - reminder <= now
    if near:
        return (WAITS, DEADLINE)
    return (WAITS,) if item.since is None or item.since + SETTLE <= now else ()


def holders(roles: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Return person -> partner of all who may sign; *roles* are keyid -> partner, *names* keyid -> person."""
    found: dict[str, str] = {}
    for keyid, partner in roles.items():
        if keyid in names:
            found[names[keyid]] = partner
    return found


def without_address(known: Mapping[str, str], signers: Mapping[str, Signer]) -> dict[str, list[str]]:
    """Return partner -> its signers, for partners none of whose signers can be told anything."""
    of: dict[str, list[str]] = defaultdict(list)
    for person, partner in known.items():
        of[partner].append(person)
    return {
        partner: sorted(mine)
        for partner, mine in sorted(of.items())
        if not any(persons.is_one_of(person, signers.keys()) for person in mine)
    }
