"""What a reading may be of: a campaign's releases, messages, channels, audiences, by id or by the name people use."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from campaigns.documents import schema
from campaigns.errors import Complaint
from campaigns.locales import LOCALES
from campaigns.store.tables import table
from reports.snapshot import Snapshot
from reports.source import nearest
from scheduler.releases.identity import release_name
from scheduler.releases.models import Release

#: Keys that a subject may answer by itself.
OWN = ("audience", "channel", "locale", "message")


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


def releases(connection: Connection, campaign: str) -> list[Sent]:
    """Return the releases of *campaign*, in the order they are due."""
    release = table(Release)
    asked = ("id", "entry", "occurrence", "message", "locale", "channel", "audiences", "state", "published_at")
    rows = connection.execute(
        select(*(release.c[name] for name in (*asked, "remote_id", "remote_url")))
        .where(release.c.campaign == campaign)
        .order_by(release.c.due_at, release.c.entry, release.c.locale, release.c.channel)
    )
    return [
        Sent(
            id=row.id,
            name=release_name(row.entry, row.occurrence, row.locale, row.channel),
            message=row.message,
            locale=row.locale,
            channel=row.channel,
            audiences=tuple(row.audiences),
            state=row.state,
            published_at=row.published_at,
            remote_id=row.remote_id,
            remote_url=row.remote_url,
        )
        for row in rows
    ]


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

    def resolve(self, row: Snapshot) -> Snapshot | Complaint:
        """Return *row* with its subject's id, or what is wrong with its subject."""
        for name, value in row.dimensions:
            if name in self.known and value not in self.known[name]:
                return self._unknown(row, name, value, self.known[name])
        if row.subject_kind == "campaign":
            row = replace(row, subject=row.subject or self.campaign)
        if row.subject_kind == "release":
            return self._release(row)
        if row.subject not in self.known[row.subject_kind]:
            return self._unknown(row, row.subject_kind, row.subject, self.known[row.subject_kind])
        return _without(row, {row.subject_kind: row.subject})

    def _release(self, row: Snapshot) -> Snapshot | Complaint:
        candidates = self.named.get(row.subject, [])
        channel = dict(row.dimensions).get("channel")
        if len(candidates) > 1 and channel:
            candidates = [each for each in candidates if each.channel == channel]
        if not candidates:
            return self._unknown(
                row, "release", row.subject, {each.name for group in self.named.values() for each in group}
            )
        if len(candidates) > 1:
            names = ", ".join(sorted(each.name for each in candidates))
            message = f"'{row.subject}' is the id of {len(candidates)} releases: {names}"
            return Complaint(row.where, message, "add a column 'channel', or write the release's name")
        found = candidates[0]
        return _without(
            replace(row, subject=found.id),
            {"channel": found.channel, "locale": found.locale, "message": found.message},
        )

    def _unknown(self, row: Snapshot, kind: str, text: str, names: set[str]) -> Complaint:
        message = f"campaign {self.campaign} has no {kind} '{text}'" if text else f"the row names no {kind}"
        listed = tuple(sorted(names))
        few = len(listed) <= 8  # noqa: PLR2004 (what fits on a line)
        hint = nearest(text, listed) or (f"known: {', '.join(listed)}" if few and listed else "")
        if kind == "release" and not hint:
            hint = "write entry/locale/channel, the release's id, or the id its channel gave"
        return Complaint(row.where, message, hint)


def _without(row: Snapshot, own: Mapping[str, str]) -> Snapshot | Complaint:
    """Drop the dimensions that the subject answers itself; one that contradicts it is a complaint."""
    for name, value in row.dimensions:
        if name in own and own[name] != value:
            message = f"the row says {name} '{value}', and its {row.subject_kind} is of {name} '{own[name]}'"
            return Complaint(row.where, message, f"leave the {name} out, or correct the subject")
    return replace(row, dimensions=tuple(pair for pair in row.dimensions if pair[0] not in own))
