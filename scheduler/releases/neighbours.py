"""
Read what stands beside the releases of a plan, in every campaign of the workspace, and ask `clashes` about it.

What is planned counts as planned, all else as the tables have it. Only releases near enough to matter are read.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from campaigns.calendar.windows import bounds
from campaigns.documents import schema
from campaigns.documents.nouns.partner import Partner
from campaigns.errors import Refused
from campaigns.models.audience import Audience
from campaigns.models.campaign import Campaign
from campaigns.models.channel import Channel
from campaigns.settings import Settings
from campaigns.store.tables import table
from content import attribution, phrases
from content.render import END
from content.sameness import plain
from scheduler.releases.clashes import likeness
from scheduler.releases.clashes.clash import Account, Clash, Going, in_order
from scheduler.releases.clashes.clash import Audience as Reached
from scheduler.releases.clashes.crowding import crowding
from scheduler.releases.clashes.pacing import pacing
from scheduler.releases.clashes.silence import silenced
from scheduler.releases.evidence import blackouts
from scheduler.releases.facts import Silence
from scheduler.releases.identity import release_name
from scheduler.releases.ledger import RELEASE
from scheduler.releases.states import State

CAMPAIGN, AUDIENCE, CHANNEL = table(Campaign), table(Audience), table(Channel)
#: States of releases that nobody will see, or that were taken back: they clash with nothing.
ABSENT = frozenset({State.REFUSED, State.EXPIRED, State.CANCELLED, State.FAILED, State.RETRACTED})
#: Of an audience: the people. What a campaign wants of them, and what it calls them, may differ.
_WHO = ("locales", "countries", "regions", "ages", "timezone")
_COLUMNS = (
    *("id", "campaign", "entry", "occurrence", "message", "locale", "channel", "audiences"),
    *("due_at", "published_at", "outgoing"),
)
_BATCH = 1000  #: rows in memory at a time


@dataclass(frozen=True)
class World:
    """What campaigns say of the people, partners, accounts and silences that releases share."""

    audiences: Mapping[tuple[str, str], Reached]  #: campaign, id -> who
    partners: Mapping[str, Mapping[str, Partner]]  #: campaign -> its partners
    paces: Mapping[Account, Collection[str]]
    blackouts: Sequence[Silence]
    digits: Mapping[str, str] = field(default_factory=dict)  #: locale -> numbering system, where not its own
    _furniture: dict[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)

    def furniture(self, campaign: str, issuer: str, locale: str) -> frozenset[str]:
        """Return the lines that all releases of an issuer have, who speaks and where help is: they make none alike."""
        key = (campaign, issuer, locale)
        if key not in self._furniture:
            partners, words = self.partners.get(campaign, {}), phrases.of(locale)
            digits = self.digits.get(locale, "")
            lines = [attribution.line(partners, issuer, locale, short=short, digits=digits) for short in (True, False)]
            lines += [words.read_more, words.press_notice, words.for_immediate_release, END]
            helping = (attribution.help_line(partners, issuer, locale, digits) or "").splitlines()
            self._furniture[key] = frozenset((*lines, *(line.rstrip() for line in helping)))
        return self._furniture[key]


def clashes(
    connection: Connection,
    documents: Sequence[schema.Campaign],
    settings: Settings,
    moving: Collection[Mapping[str, Any]],
    gone: Collection[str] = (),
) -> tuple[Clash, ...]:
    """
    Return the clashes of a plan: those in which one of *moving*, the rows it writes, takes part.

    *documents* are what it applies, *gone* the ids of releases that it takes out.
    """
    if not moving:
        return ()
    world = _world(connection, documents, settings)
    away = {*gone, *(row["id"] for row in moving)}
    near = _rows(connection, [row["due_at"] for row in moving], timedelta(hours=settings.clash_gap))
    goings = [
        *(each for row in moving for each in _going(row, world, moves=True)),
        *(each for row in near if row["id"] not in away for each in _going(row, world, moves=False)),
    ]
    return find(goings, world, settings)


def standing(connection: Connection, settings: Settings, ids: Collection[str]) -> tuple[Clash, ...]:
    """Return the clashes in which one of the releases *ids* takes part, as the tables stand."""
    if not ids:
        return ()
    dues = [due for each, due in connection.execute(select(RELEASE.c.id, RELEASE.c.due_at)) if each in ids]
    world = _world(connection, (), settings)
    near = _rows(connection, dues, timedelta(hours=settings.clash_gap))
    goings = [each for row in near for each in _going(row, world, moves=row["id"] in ids)]
    return find(goings, world, settings)


def find(goings: Sequence[Going], world: World, settings: Settings) -> tuple[Clash, ...]:
    """Return every kind of clash between *goings*, in order."""
    return in_order(
        [
            *pacing(goings, world.paces),
            *silenced(goings, world.blackouts),
            *crowding(goings, timedelta(hours=settings.clash_gap)),
            *likeness.likeness(goings),
        ]
    )


def refusals(found: Iterable[Clash]) -> list[Refused]:
    """Return why a plan with these clashes may not be applied."""
    return [each.refusal for each in found if each.severity == "error"]


def _rows(connection: Connection, dues: Sequence[datetime], gap: timedelta) -> Iterator[Mapping[str, Any]]:
    """Yield the releases near enough to *dues* to clash with one of them."""
    reach = max(gap, likeness.DAYS)  # a pace looks back a day at most
    statement = (
        select(*(RELEASE.c[name] for name in _COLUMNS))
        .where(RELEASE.c.due_at.between(min(dues) - reach, max(dues) + reach))
        .where(RELEASE.c.state.not_in(sorted(ABSENT)))
        .order_by(RELEASE.c.due_at, RELEASE.c.id)
        .execution_options(yield_per=_BATCH)
    )
    yield from (dict(row) for row in connection.execute(statement).mappings())


def _going(row: Mapping[str, Any], world: World, *, moves: bool) -> Iterator[Going]:
    """Yield *row* as its neighbours see it; nothing where its bytes are damaged: the gate keeps that back."""
    try:
        said = json.loads(row["outgoing"])
        account = (said["kind"], said["server"] or "", said["account"])
        partners, texts = (*said["partners"], said["issuer"]), [part["text"] for part in said["parts"]]
        campaign, locale = row["campaign"], row["locale"]
        left_out = world.furniture(campaign, said["issuer"], locale)
        lines = [line for text in texts for line in text.splitlines() if line not in left_out]
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    yield Going(
        id=row["id"],
        campaign=campaign,
        entry=row["entry"],
        name=release_name(row["entry"], row["occurrence"], locale, row["channel"]),
        message=row["message"],
        due=row.get("published_at") or row["due_at"],
        audiences=tuple(world.audiences.get((campaign, each), (each, campaign)) for each in row["audiences"]),
        locale=locale,
        account=account,
        partners=tuple(dict.fromkeys(partners)),
        words=_plain("\n".join(lines)),
        moves=moves,
    )


_plain = lru_cache(maxsize=4096)(plain)  # a text goes out on several channels


def _world(connection: Connection, documents: Sequence[schema.Campaign], settings: Settings) -> World:
    """Return what all campaigns share: the documents' word where they are planned, the tables' for the others."""
    planned = {each.campaign for each in documents}
    audiences = {
        (row["campaign"], row["id"]): _who(row["id"], dict(row))
        for row in connection.execute(select(AUDIENCE)).mappings()
    }
    partners = {
        campaign: {name: Partner.model_validate(said) for name, said in found.items()}
        for campaign, found in connection.execute(select(CAMPAIGN.c.campaign, CAMPAIGN.c.partners))
    }
    channels = {row["id"]: dict(row) for row in connection.execute(select(CHANNEL)).mappings()}
    silences = [each for each in blackouts(connection) if each.campaign not in planned]
    for document in documents:
        name = document.campaign
        audiences |= {(name, each.id): _who(each.id, each.model_dump(mode="json")) for each in document.audiences}
        partners[name] = document.partners
        channels |= {each.id: each.model_dump(mode="json") for each in document.channels}
        silences += [Silence(name, each.id, each.partner, *bounds(each), each.reason) for each in document.blackouts]
    return World(audiences, partners, _paces(channels.values()), silences, settings.digits)


def _who(name: str, said: Mapping[str, Any]) -> Reached:
    """Return an audience by its id and the people in it, so that the same ones in two campaigns are equal."""
    people = [sorted(said[key]) if isinstance(said[key], list) else said[key] for key in _WHO]
    return name, json.dumps(people)


def _paces(channels: Iterable[Mapping[str, Any]]) -> dict[Account, set[str]]:
    found: dict[Account, set[str]] = defaultdict(set)
    for each in channels:
        if each["pace"]:
            found[each["kind"], each["server"] or "", each["account"]].add(each["pace"])
    return dict(found)
