"""
What the schema cannot see: names that lead nowhere, and statements that cannot all be true.

Pure. Each fault says which key is wrong and, where a word looks like another, which was probably meant.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain

from campaigns.documents import advice, placeholders, planning, spending, timing
from campaigns.documents.faults import KEY, Fault, Loc, nearest, one_of, refers
from campaigns.documents.schema import Campaign, Message, ReleaseEntry
from campaigns.settings import Settings

Check = Callable[[Campaign], Iterable[Fault]]

#: The lists of a document whose items have ids.
_LISTED = (
    *("objectives", "theory_of_change", "audiences", "channels", "narratives", "messengers", "messages", "releases"),
    *("blackouts", "budget", "spend_approvals", "pretests", "adjustments", "learning", "carries"),
)


def check(document: Campaign, settings: Settings | None = None) -> list[Fault]:
    """Return all that is wrong with *document* in itself, errors and warnings."""
    return [fault for look in (*checks(settings), advice.check) for fault in look(document)]


def checks(settings: Settings | None = None) -> list[Check]:
    """
    Return what is looked at, one thing a check.

    Each reads of a document what it needs and no more, so that `partly` can tell what holds whatever else is wrong.
    """
    gates = (settings or Settings()).spend_gates
    return [
        *(partial(_ids, key=key) for key in _LISTED),
        *(_kpi_ids, _names_twice, _channels, _blackouts, _kpis, _messages, _shares, _values, _entries),
        *planning.CHECKS,
        lambda document: spending.check(document, gates),
        timing.check,
    ]


class _Names:
    """The nouns of a document by id."""

    def __init__(self, document: Campaign) -> None:
        self.audiences = {audience.id: audience for audience in document.audiences}
        self.channels = {channel.id: channel for channel in document.channels}
        self.messages = {message.id: message for message in document.messages}


def _ids(document: Campaign, key: str) -> Iterator[Fault]:
    """Find ids that stand twice in the list *key*."""
    yield from _repeated([noun.id for noun in getattr(document, key)], (key,), "id", "id")


def _kpi_ids(document: Campaign) -> Iterator[Fault]:
    kpis = [(o, k, kpi.id) for o, goal in enumerate(document.objectives) for k, kpi in enumerate(goal.kpis)]
    seen: set[str] = set()
    for o, k, name in kpis:
        if name in seen:
            yield Fault(
                ("objectives", o, "kpis", k, "id"),
                f"id '{name}' a second time among the KPIs of the campaign",
                "give each an id of its own",
            )
        seen.add(name)


def _names_twice(document: Campaign) -> Iterator[Fault]:
    """Find names that one list names twice."""
    lists: Iterator[tuple[Loc, Sequence[str]]] = chain(
        ((("audiences", n, "locales"), audience.locales) for n, audience in enumerate(document.audiences)),
        ((("audiences", n, "countries"), audience.countries) for n, audience in enumerate(document.audiences)),
        ((("channels", n, "locales"), channel.locales) for n, channel in enumerate(document.channels)),
        ((("messages", n, "audiences"), message.audiences) for n, message in enumerate(document.messages)),
        ((("releases", n, "channels"), entry.channels) for n, entry in enumerate(document.releases)),
    )
    for loc, words in lists:
        if len(set(words)) < len(words):
            yield from _repeated(words, loc, "", "name")


def _repeated(words: Sequence[str], loc: Loc, last: str, what: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, word in enumerate(words):
        if word in seen:
            place = (*loc, number, last) if last else (*loc, number)
            yield Fault(place, f"{what} '{word}' a second time in {loc[-1]}", f"give each {what} once")
        seen.add(word)


def _channels(document: Campaign) -> Iterator[Fault]:
    for n, channel in enumerate(document.channels):
        yield from refers(channel.issuer, document.partners, ("channels", n, "issuer"), "partner")


def _blackouts(document: Campaign) -> Iterator[Fault]:
    for n, blackout in enumerate(document.blackouts):
        yield from refers(blackout.partner, document.partners, ("blackouts", n, "partner"), "partner")
    for n, blackout in enumerate(document.blackouts):
        for e, exception in enumerate(blackout.exceptions):
            entries = {entry.id for entry in document.releases}
            for r, name in enumerate(exception.releases):
                yield from refers(name, entries, ("blackouts", n, "exceptions", e, "releases", r), "release entry")


def _kpis(document: Campaign) -> Iterator[Fault]:
    for key, noun in (("audience", "audiences"), ("channel", "channels"), ("message", "messages")):
        asked = [
            (name, ("objectives", o, "kpis", k, key))
            for o, objective in enumerate(document.objectives)
            for k, kpi in enumerate(objective.kpis)
            if (name := getattr(kpi, key)) is not None
        ]
        known = {each.id for each in getattr(document, noun)} if asked else set()
        for name, loc in asked:
            yield from refers(name, known, loc, key)


def _messages(document: Campaign) -> Iterator[Fault]:
    """Find audiences and channels that messages name and that are not there."""
    audiences = {audience.id for audience in document.audiences}
    for n, message in enumerate(document.messages):
        for a, audience in enumerate(message.audiences):
            yield from refers(audience, audiences, ("messages", n, "audiences", a), "audience")
    channels = {channel.id for channel in document.channels}
    for n, message in enumerate(document.messages):
        for w, waiver in enumerate(message.waive):
            yield from refers(waiver.channel, channels, ("messages", n, "waive", w, "channel"), "channel")


def _shares(document: Campaign) -> Iterator[Fault]:
    """Find shares of more than the whole: a per cent sign was forgotten."""
    for o, objective in enumerate(document.objectives):
        for k, kpi in enumerate(objective.kpis):
            for key, value in (("baseline", kpi.baseline), ("target", kpi.target)):
                if kpi.unit == "share" and value is not None and not 0 <= value <= 1:
                    loc = ("objectives", o, "kpis", k, key)
                    yield Fault(
                        loc, f"'{key}': {value:g} is not a share of something", f"write it in per cent: {value:g}%"
                    )


def _values(document: Campaign) -> Iterator[Fault]:
    """Find values that no wording uses, and names in a wording that `values` lacks."""
    for number, message in enumerate(document.messages):
        loc: Loc = ("messages", number)
        used: set[str] = set()
        for place, text in _wordings(message):
            names = placeholders.names(text)
            used |= names
            for name in sorted(names - message.values.keys()):
                hint = nearest(name, message.values) or f"add it: values: {{{name}: …}}"
                yield Fault((*loc, *place), f"'{{{{ {name} }}}}' has no value", hint)
        for name in sorted(message.values.keys() - used):
            yield Fault((*loc, "values", name, KEY), f"value '{name}' is used in no wording", "use it or remove it")


def _wordings(message: Message) -> Iterator[tuple[Loc, str]]:
    for locale, text in message.wording.items():
        yield ("wording", locale), text
    for locale, text in message.headline.items():
        yield ("headline", locale), text
    for letter, variant in message.variants.items():
        for locale, text in variant.wording.items():
            yield ("variants", letter, "wording", locale), text


def _entries(document: Campaign) -> Iterator[Fault]:
    names = _Names(document)
    for number, entry in enumerate(document.releases):
        yield from _entry(entry, ("releases", number), names)


def _entry(entry: ReleaseEntry, loc: Loc, names: _Names) -> Iterator[Fault]:
    """Find what a release entry names that is not there, and channels on which nobody would read it."""
    yield from refers(entry.message, names.messages, (*loc, "message"), "message")
    for c, each in enumerate(entry.channels):
        yield from refers(each, names.channels, (*loc, "channels", c), "channel")
    message = names.messages.get(entry.message)
    if message is None:
        return
    yield from _variant(entry, loc, message)
    audiences = [names.audiences[each] for each in message.audiences if each in names.audiences]
    read = list(dict.fromkeys(locale for audience in audiences for locale in audience.locales))
    for c, channel_id in enumerate(entry.channels):
        channel = names.channels.get(channel_id)
        if channel is None or not audiences:
            continue
        shared = [locale for locale in channel.locales if locale in read]
        place = (*loc, "channels", c)
        if not shared:
            speaks, reads = one_of(channel.locales), one_of(read)
            said = f"channel '{channel_id}' speaks {speaks}, but the audiences of message '{message.id}' read {reads}"
            yield Fault(place, said, "add a locale to one of them, or send it on another channel")
        for missing in _missing(entry, message, shared):
            said = f"message '{message.id}' has no wording in {missing}, which channel '{channel_id}' would send"
            yield Fault(place, said, f"add {missing} to its wording; it cannot be released before", "warning")


def _missing(entry: ReleaseEntry, message: Message, shared: Iterable[str]) -> Iterator[str]:
    """Yield the locales to be sent in which the message, or the variant that goes out, has no wording."""
    wordings = [message.wording]
    if entry.variant == "alternate":
        wordings += [variant.wording for variant in message.variants.values()]
    elif entry.variant in message.variants:
        wordings = [message.variants[entry.variant].wording]
    yield from (locale for locale in shared if any(locale not in wording for wording in wordings))


def _variant(entry: ReleaseEntry, loc: Loc, message: Message) -> Iterator[Fault]:
    place = (*loc, "variant")
    if entry.variant == "alternate":
        if entry.repeat is None:
            yield Fault(place, "only a repeat can alternate", "name one variant, or add repeat:")
        elif not message.variants:
            yield Fault(place, f"message '{message.id}' has no variants to alternate", "add variants: to the message")
    elif entry.variant not in {None, "a", *message.variants}:
        known = one_of(["a", *message.variants])
        yield Fault(place, f"unknown variant '{entry.variant}' of message '{message.id}'", f"known there: {known}")
