"""What a reading may be of: a campaign's releases, messages, channels, audiences, by id or by the name people use."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import rfc8785
from sqlalchemy import Connection, String, select, type_coerce

from campaigns.documents import schema
from campaigns.locales import LOCALES
from campaigns.models.campaign import Campaign
from campaigns.store.tables import table
from reports.errors import Stranger, UnknownCampaign, Unreadable
from reports.intake import seen
from reports.intake.posted import key
from reports.intake.tagged import Link, Tagged
from reports.snapshot import Fault, Of, Row, Snapshot
from reports.source import nearest
from scheduler.releases.identity import release_name
from scheduler.releases.models import Attempt, Release
from scheduler.releases.states import State

Dimensions = tuple[tuple[str, str], ...]
FEW = 8  #: names that fit on a line
REMEMBERED = 200_000  #: names of one file whose meaning is kept in memory
_KEY = "key:"  #: before a key under which something was sent
SUGGESTIONS = 100  #: unknown names of one file for which the nearest is looked up


@dataclass(frozen=True, slots=True)
class Sent:
    """A release, as far as a report asks."""

    id: str
    name: str
    message: str
    locale: str
    channel: str
    audiences: tuple[str, ...]
    state: str
    published_at: datetime | None
    remote_id: str | None
    remote_url: str | None
    entry: str = ""  #: the entry of the document that it is an occurrence of
    variant: str = "a"
    due_at: datetime | None = None
    zone: str = "UTC"

    @property
    def began(self) -> datetime | None:
        """
        The instant before which it was not to be seen; None where it did not go out.

        Of what a person posts, `published_at` is only when that was recorded, perhaps long after.
        """
        if self.published_at is None:
            return self.due_at if self.state == State.HANDED_OVER else None
        return min(self.published_at, self.due_at or self.published_at)


def releases(connection: Connection, campaign: str) -> list[Sent]:
    """Return the releases of *campaign*, in the order they are due."""
    release = table(Release)
    asked = (
        "id", "entry", "occurrence", "message", "variant", "locale", "channel", "state", "remote_id", "remote_url",
        "zone",
    )  # fmt: skip
    # Lists and instants as they are written: most releases of a campaign share them, and each is read once.
    written = [type_coerce(release.c[name], String) for name in ("audiences", "published_at", "due_at")]
    rows = connection.execute(
        select(*(release.c[name] for name in asked), *written)
        .where(release.c.campaign == campaign)
        .order_by(release.c.due_at, release.c.entry, release.c.locale, release.c.channel)
    )
    audiences, instants = cache(_listed), cache(datetime.fromisoformat)
    return [
        Sent(
            name, release_name(entry, occurrence, locale, channel), message, locale, channel, audiences(served), state,
            instants(at) if at else None, remote_id, remote_url, entry, variant, instants(due), zone,
        )
        for name, entry, occurrence, message, variant, locale, channel, state, remote_id, remote_url, zone, served, at,
        due in rows
    ]  # fmt: skip


def delivery_keys(connection: Connection, campaign: str) -> dict[str, str]:
    """Return the release behind each key under which something of *campaign* was sent."""
    attempt, release = table(Attempt), table(Release)
    statement = select(attempt.c.key, attempt.c.release).join(release, release.c.id == attempt.c.release)
    return {row.key: row.release for row in connection.execute(statement.where(release.c.campaign == campaign))}


def _listed(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def own(each: Sent) -> dict[str, str]:
    """Return what a release says by itself. One of several audiences credits none of them."""
    keys = {"channel": each.channel, "locale": each.locale, "message": each.message}
    return keys | ({"audience": each.audiences[0]} if len(each.audiences) == 1 else {})


def unknown(connection: Connection, campaign: str) -> UnknownCampaign:
    """Return the error for a campaign that is not there, which names those that are."""
    campaigns = table(Campaign)
    return UnknownCampaign(
        campaign, list(connection.execute(select(campaigns.c.campaign).order_by("campaign")).scalars())
    )


class Subjects:
    """The subjects of one campaign. `resolve` puts ids in the place of names."""

    def __init__(self, document: schema.Campaign, sent: list[Sent]) -> None:
        self.campaign = document.campaign
        self.known: dict[str, set[str]] = {
            "audience": {each.id for each in document.audiences},
            "channel": {each.id for each in document.channels} | {each.channel for each in sent},
            "message": {each.id for each in document.messages} | {each.message for each in sent},
            "locale": set(LOCALES),
            "campaign": {document.campaign},
        }
        self.named: dict[str, list[Sent]] = defaultdict(list)
        for each in sent:
            for name in {each.id, each.name, each.remote_id, each.remote_url} - {None, ""}:
                self.named[str(name)].append(each)
        self.own = {each.id: own(each) for each in sent}
        self.by_id = {each.id: each for each in sent}
        self.out_since = {each.id: seen.minute(each.began) for each in sent if each.began is not None}
        self.arrived: Callable[[], frozenset[str]] = frozenset  #: gives the releases of which an attempt may be out
        self.out: frozenset[str] | None = None
        self.sent = sent
        self.keys: Callable[[], Mapping[str, str]] = dict  #: gives the release behind each key that was sent under
        self.by_key: Mapping[str, str] | None = None
        self.links: Tagged | None = None
        self.by_address: dict[str, list[Sent]] | None = None
        self.answers: dict[tuple[str, str, str, Dimensions, str, tuple[str, ...]], Of | Unreadable] = {}
        self.began: dict[tuple[str, str], datetime] | None = None
        self.skips = False  #: whether posts that are no release are left out
        self.strangers: set[str] = set()  #: those that were
        self.suggestions = SUGGESTIONS

    def resolve(self, row: Snapshot) -> Row | Fault | None:
        """Return *row* with its subject's id, or what is wrong with its subject; None where it is to be left out."""
        asked = (row.subject_kind, row.subject, row.metric, row.dimensions, row.source, row.also)
        answer = self.answers.get(asked)
        if answer is None:
            try:
                answer = self._series(row)
            except Unreadable as fault:
                answer = fault
            if len(self.answers) > REMEMBERED:
                self.answers.clear()
            self.answers[asked] = answer
        if isinstance(answer, Stranger) and self.skips:
            self.strangers.add(row.subject)
            return None
        if isinstance(answer, Unreadable):
            return Fault(row.line, row.cell, answer.message, answer.hint)
        wrong = self._mistimed(answer, row) if row.since is not None or row.also else None
        return wrong or self._unseen(answer, row) or Row(answer, row.at, row.figure, row.line, row.cell)

    def _unseen(self, of: Of, row: Snapshot) -> Fault | None:
        """Return what is wrong with a figure of a release that nobody can have seen by then; a gap says nothing."""
        release = self.by_id.get(of.subject) if of.subject_kind == "release" else None
        since = self.out_since.get(of.subject)
        if release is None or (since is not None and row.at >= since):
            return None
        if row.figure.missing or not seen.of_an_audience(row.metric):
            return None
        wrong = None
        if since is not None:
            if row.figure.value != 0 and not seen.same_day(row.at, since, release.zone):
                wrong = seen.before_it(release.name, row.at, since)
        elif release.state in seen.UNSEEN:
            self.out = self.arrived() if self.out is None else self.out
            if release.id not in self.out:
                wrong = seen.not_out(release.name, release.state, release.due_at)
        return Fault(row.line, row.cell, wrong.message, wrong.hint) if wrong else None

    def _mistimed(self, of: Of, row: Snapshot) -> Fault | None:
        """Return what is wrong with a total that begins after what it is of went out, or ends before."""
        if self.began is None:
            self.began = _began(self.campaign, self.sent)
        began = self.began.get((of.subject_kind, of.subject))
        if began is None:
            return None
        out = f"the {of.subject_kind} went out on {began.date()}"
        if row.since is not None and row.since > began:
            message = f"the figures count from {row.since.date()} on, and {out}"
            return Fault(row.line, row.cell, message, "export a period that begins before it, or all time")
        if row.at < began and row.figure.value:
            message = f"the figure is of {row.at.date()}, and {out}"
            return Fault(row.line, row.cell, message, "correct the day of --always at, or the zone that it is of")
        return None

    def _series(self, row: Snapshot) -> Of:
        kind, subject, dimensions = row.subject_kind, row.subject, row.dimensions
        if kind == "link":
            kind, subject, dimensions = self._tagged().subject(subject)
        subject, dimensions = self._answer(kind, subject, dimensions, row.also)
        own = self.own.get(subject, {}) if kind == "release" else {}
        split = rfc8785.dumps(dict(dimensions)).decode() if dimensions else ""
        return Of(self.campaign, kind, subject, row.metric, split, row.source, **own)

    def _answer(
        self, kind: str, subject: str, dimensions: Dimensions, also: tuple[str, ...] = ()
    ) -> tuple[str, Dimensions]:
        """Return the subject's id and the dimensions that it does not answer by itself."""
        for name, value in dimensions:
            if name in self.known and value not in self.known[name]:
                raise self._unknown(name, value, self.known[name])
        if kind == "release":
            found = self._release(subject, dict(dimensions).get("channel"), also)
            own = {"channel": found.channel, "locale": found.locale, "message": found.message}
            return found.id, _without(kind, dimensions, own)
        subject = subject or (self.campaign if kind == "campaign" else "")
        if subject not in self.known[kind]:
            raise self._unknown(kind, subject, self.known[kind])
        return subject, _without(kind, dimensions, {kind: subject})

    def _release(self, name: str, channel: str | None, also: tuple[str, ...] = ()) -> Sent:
        candidates = list(self.named.get(name, []))
        for other in also:
            candidates += [each for each in self._called(other) if each not in candidates]
        if len(candidates) > 1 and channel:
            candidates = [each for each in candidates if each.channel == channel]
        if not candidates:
            names = {each.name for group in self.named.values() for each in group}
            unknown = self._unknown("release", name, names)
            hint = f"{unknown.hint}; --skip-unknown leaves out what is no release" if also else unknown.hint
            raise Stranger(unknown.message, hint) if name else unknown
        if len(candidates) > 1:
            listed = ", ".join(sorted(each.name for each in candidates))
            message = f"'{name}' is the id of {len(candidates)} releases: {listed}"
            raise Unreadable(message, "add a column 'channel', or write the release's name")
        return candidates[0]

    def _tagged(self) -> Tagged:
        if self.links is None:
            self.links = Tagged(
                self.campaign,
                (Link(each.id, each.message, each.variant, each.locale, each.channel) for each in self.sent),
            )
        return self.links

    def _called(self, other: str) -> list[Sent]:
        """Return the releases of that id, or of that address as `posted.key` names it."""
        if other in self.named:
            return self.named[other]
        if other.startswith(_KEY):
            self.by_key = self.keys() if self.by_key is None else self.by_key
            return self.named.get(self.by_key.get(other.removeprefix(_KEY), ""), [])
        if self.by_address is None:
            self.by_address = defaultdict(list)
            for each in {each.id: each for group in self.named.values() for each in group}.values():
                for address in {key(each.remote_url or ""), key(each.remote_id or "")} - {""}:
                    self.by_address[address].append(each)
        return self.by_address.get(other, [])

    def _unknown(self, kind: str, text: str, names: set[str]) -> Unreadable:
        message = f"campaign {self.campaign} has no {kind} '{text}'" if text else f"the row names no {kind}"
        hint = ""
        if self.suggestions:  # looking for the nearest name takes its time: a file of strangers gets a few
            self.suggestions -= 1
            hint = nearest(text, tuple(sorted(names)))
        if not hint and 0 < len(names) <= FEW:
            hint = f"known: {', '.join(sorted(names))}"
        if not hint and kind == "release":
            hint = "write entry/locale/channel, the release's id, or the id its channel gave"
        return Unreadable(message, hint)


def _began(campaign: str, sent: Iterable[Sent]) -> dict[tuple[str, str], datetime]:
    """Return when the first of each kind and id went out."""
    found: dict[tuple[str, str], datetime] = {}
    for each in sent:
        if (began := each.began) is not None:
            whose = {"release": each.id, "message": each.message, "channel": each.channel, "campaign": campaign}
            for of in whose.items():
                found[of] = min(found.get(of, began), began)
    return found


def _without(kind: str, dimensions: Dimensions, own: Mapping[str, str]) -> Dimensions:
    """Drop the dimensions that the subject answers itself; one that contradicts it is refused."""
    for name, value in dimensions:
        if name in own and own[name] != value:
            message = f"the row says {name} '{value}', and its {kind} is of {name} '{own[name]}'"
            raise Unreadable(message, f"leave the {name} out, or correct the subject")
    return tuple(pair for pair in dimensions if pair[0] not in own)
