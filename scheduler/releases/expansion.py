"""From a campaign document to the releases it asks for: one for each entry, occurrence, locale and channel. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from campaigns.calendar.recurrence import expand
from campaigns.calendar.wall_time import end_of, resolve, zone_for
from campaigns.documents import schema
from scheduler.releases.identity import release_id, release_name


@dataclass(frozen=True)
class Planned:
    """A release that a document asks for, before it is rendered."""

    id: str
    name: str
    campaign: str
    entry: schema.ReleaseEntry
    occurrence: str
    message: schema.Message
    variant: str
    locale: str
    channel: schema.Channel
    audiences: tuple[str, ...]
    wall: str
    zone: str
    due: datetime
    not_after: datetime | None
    supersedes: str | None = None  #: the id of the release that it corrects


def releases(document: schema.Campaign) -> Iterator[Planned]:
    """
    Yield every release of *document*, in the order of its entries.

    Raises:
        CordialeError: If a wall time does not exist or is ambiguous; `documents.references` says so earlier.
    """
    audiences = {audience.id: audience for audience in document.audiences}
    channels = {channel.id: channel for channel in document.channels}
    messages = {message.id: message for message in document.messages}
    entries = {entry.id: entry for entry in document.releases}
    for entry in document.releases:
        message = messages[entry.message]
        readers = [audiences[each] for each in message.audiences]
        zone = zone_for(entry, document, readers)
        last = last_instant(entry, document, zone)
        ends = document.ends.isoformat() if document.ends else None
        corrected = _corrected(entry, entries, messages, audiences)
        for occurrence in expand(entry.at, entry.repeat, entry.until, ends, entry.exdate):
            due = resolve(occurrence.wall, zone, entry.fold)
            for channel_id in entry.channels:
                channel = channels[channel_id]
                for locale in channel.locales:
                    reading = tuple(each.id for each in readers if locale in each.locales)
                    if not reading:
                        continue
                    yield Planned(
                        id=release_id(document.campaign, entry.id, occurrence.recurrence_id, locale, channel.id),
                        name=release_name(entry.id, occurrence.recurrence_id, locale, channel.id),
                        campaign=document.campaign,
                        entry=entry,
                        occurrence=occurrence.recurrence_id,
                        message=message,
                        variant=variant_of(entry, message, occurrence.number),
                        locale=locale,
                        channel=channel,
                        audiences=reading,
                        wall=occurrence.wall,
                        zone=zone,
                        due=due,
                        not_after=last,
                        supersedes=corrected(document.campaign, locale, channel.id),
                    )


def _corrected(
    entry: schema.ReleaseEntry,
    entries: Mapping[str, schema.ReleaseEntry],
    messages: Mapping[str, schema.Message],
    audiences: Mapping[str, schema.Audience],
) -> Callable[[str, str, str], str | None]:
    """Return what tells, of a campaign, a locale and a channel, the id of the release that *entry* corrects there."""
    first, _, occurrence = (entry.supersedes or "").partition("@")
    earlier = entries.get(first)
    if earlier is None:
        return lambda *_: None
    read = {locale for each in messages[earlier.message].audiences for locale in audiences[each].locales}

    def found(campaign: str, locale: str, channel: str) -> str | None:
        there = channel in earlier.channels and locale in read
        return release_id(campaign, first, occurrence, locale, channel) if there else None

    return found


def variant_of(entry: schema.ReleaseEntry, message: schema.Message, index: int) -> str:
    """Return the variant that occurrence *index* of *entry* sends; `alternate` takes them in turn."""
    if entry.variant == "alternate":
        known = ["a", *sorted(message.variants)]
        return known[index % len(known)]
    return entry.variant or "a"


def last_instant(entry: schema.ReleaseEntry, document: schema.Campaign, zone: str) -> datetime | None:
    """Return the instant after which *entry* may not go out: its own, or the end of the campaign's last day."""
    if entry.not_after:
        return resolve(entry.not_after, zone, entry.fold)
    return end_of(document.ends, zone) if document.ends else None
