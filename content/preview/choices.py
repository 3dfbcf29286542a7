"""What a campaign would show, one rendering after the other: message by message, channel by channel, then by locale."""

from collections.abc import Iterator
from dataclasses import dataclass

from campaigns.documents import schema
from campaigns.settings import Settings
from content import wording
from content.check import Finding, Severity
from content.errors import TemplateFault
from content.preview.prepared import Preview, prepare
from content.rendering import Part, Rendering, Request
from content.request import request_for


@dataclass(frozen=True)
class Wanted:
    """Which renderings somebody asked for; None stands for all."""

    message: str | None = None
    locale: str | None = None
    channel: str | None = None

    def __str__(self) -> str:
        named = {"message": self.message, "locale": self.locale, "channel": self.channel}
        return " ".join(f"--{key} {value}" for key, value in named.items() if value)


@dataclass(frozen=True)
class Choice:
    """A release entry's message, as one channel says it in one locale."""

    entry: schema.ReleaseEntry
    message: schema.Message
    variant: str
    locale: str
    channel: schema.Channel

    @property
    def name(self) -> str:
        """What it is called: launch/fr-FR/fr-mastodon."""
        return f"{self.entry.id}/{self.locale}/{self.channel.id}"


ALL = Wanted()


def choices(document: schema.Campaign, wanted: Wanted = ALL) -> Iterator[Choice]:
    """Yield what *document* would say: message, channel, locale, in its order; what two entries share comes once."""
    entries: dict[str, list[schema.ReleaseEntry]] = {}
    for entry in document.releases:
        entries.setdefault(entry.message, []).append(entry)
    for message in document.messages:
        if wanted.message in {None, message.id}:
            yield from _of_message(document, message, entries.get(message.id, []), wanted)


def previews(document: schema.Campaign, settings: Settings, wanted: Wanted = ALL) -> Iterator[Preview]:
    """
    Yield the preview of each choice; holds one at a time. What no template can render comes with that as its finding.

    Raises:
        MediaFault: If a media file lies outside the media folder.
    """
    for choice in choices(document, wanted):
        request = request_of(document, choice, settings)
        try:
            yield prepare(choice.name, request)
        except TemplateFault as fault:
            yield _faulty(choice.name, request, fault)


def request_of(document: schema.Campaign, choice: Choice, settings: Settings) -> Request:
    """
    Return the request of *choice*.

    Raises:
        MediaFault: If a media file lies outside the media folder.
    """
    return request_for(
        document,
        choice.entry,
        choice.message,
        variant=choice.variant,
        locale=choice.locale,
        channel=choice.channel,
        settings=settings,
    )


def _of_message(
    document: schema.Campaign, message: schema.Message, entries: list[schema.ReleaseEntry], wanted: Wanted
) -> Iterator[Choice]:
    read = {locale for each in document.audiences if each.id in message.audiences for locale in each.locales}
    named = {key for entry in entries for key in entry.channels}
    for channel in document.channels:
        if channel.id not in named or wanted.channel not in {None, channel.id}:
            continue
        seen: set[tuple[str, str, bool]] = set()
        for locale in channel.locales:
            if locale not in read or wanted.locale not in {None, locale}:
                continue
            for entry in (each for each in entries if channel.id in each.channels):
                for variant in _variants(entry, message):
                    key = (variant, locale, entry.under_embargo)
                    if key not in seen:
                        seen.add(key)
                        yield Choice(entry, message, variant, locale, channel)


def _variants(entry: schema.ReleaseEntry, message: schema.Message) -> tuple[str, ...]:
    if entry.variant == "alternate":
        return tuple(wording.variants(message))
    return (entry.variant or wording.ORIGINAL,)


def _faulty(name: str, request: Request, fault: TemplateFault) -> Preview:
    """Return a preview that says nothing, and why."""
    from campaigns.locales import direction

    rendering = Rendering(request.locale, direction(request.locale), (Part(""),), request.media)
    where = f"{fault.where}: " if fault.where else ""
    return Preview(
        name, request, rendering, (Finding("template", Severity.BLOCK, f"{where}{fault.message}", fault.hint),)
    )
