"""
What the schema cannot see: names that lead nowhere, and statements that cannot all be true.

Pure. Each fault says which key is wrong and, where a word looks like another, which was probably meant.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain

from campaigns.documents import advice, corrections, placeholders, planning, spending, studying, timing
from campaigns.documents.faults import KEY, Fault, Loc, nearest, one_of, refers
from campaigns.documents.schema import Campaign, Message, ReleaseEntry
from campaigns.settings import Settings

Check = Callable[[Campaign], Iterable[Fault]]

NOT_BEFORE = "it cannot be released before"  #: ends the cure of a warning about what keeps a release back
#: The lists of a document whose items have ids.
_LISTED = (
    *("objectives", "theory_of_change", "audiences", "channels", "narratives", "messengers", "messages", "releases"),
    *("blackouts", "budget", "spend_approvals", "studies", "pretests", "adjustments", "learning", "carries"),
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
        studying.check,
        lambda document: spending.check(document, gates),
        timing.check,
        corrections.check,
    ]


class _Names:
    """The nouns of a document by id, and who reads what: the same few answers for thousands of entries."""

    def __init__(self, document: Campaign) -> None:
        self.audiences = {audience.id: audience for audience in document.audiences}
        self.channels = {channel.id: channel for channel in document.channels}
        self.messages = {message.id: message for message in document.messages}
        self._read: dict[tuple[str, ...], list[str]] = {}
        self._shared: dict[tuple[str, tuple[str, ...]], list[str]] = {}

    def read(self, audiences: tuple[str, ...]) -> list[str]:
        """Return the locales that *audiences* read, those that are there."""
        if audiences not in self._read:
            there = [self.audiences[each] for each in audiences if each in self.audiences]
            self._read[audiences] = list(dict.fromkeys(locale for each in there for locale in each.locales))
        return self._read[audiences]

    def shared(self, channel: str, audiences: tuple[str, ...]) -> list[str]:
        """Return the locales of *channel* that *audiences* read."""
        key = (channel, audiences)
        if key not in self._shared:
            self._shared[key] = [each for each in self.channels[channel].locales if each in self.read(audiences)]
        return self._shared[key]


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
        (
            (("objectives", o, "kpis", k, "audiences"), kpi.audiences)
            for o, objective in enumerate(document.objectives)
            for k, kpi in enumerate(objective.kpis)
        ),
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
    audiences = [audience.id for audience in document.audiences]
    for o, objective in enumerate(document.objectives):
        for k, kpi in enumerate(objective.kpis):
            for a, name in enumerate(kpi.audiences):
                yield from refers(name, audiences, ("objectives", o, "kpis", k, "audiences", a), "audience")


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
        if _sound(message):
            continue
        loc: Loc = ("messages", number)
        used: set[str] = set()
        for place, text in _wordings(message):
            if "{" not in text:
                continue
            names = placeholders.names(text)
            used |= names
            for name in sorted(names - message.values.keys()):
                hint = nearest(name, message.values) or f"add it: values: {{{name}: …}}"
                yield Fault((*loc, *place), f"'{{{{ {name} }}}}' has no value", hint)
        for name in sorted(message.values.keys() - used):
            yield Fault((*loc, "values", name, KEY), f"value '{name}' is used in no wording", "use it or remove it")


def _sound(message: Message) -> bool:
    """Return whether the wordings, read as one, name just what has a value: most do, and need no closer look."""
    texts = [*message.wording.values(), *message.headline.values()]
    for variant in message.variants.values():
        texts += variant.wording.values()
    return placeholders.plain("\n".join(texts)) == message.values.keys()


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
    sound: set[tuple[object, ...]] = set()
    for number, entry in enumerate(document.releases):
        message = names.messages.get(entry.message)
        # What is looked at below depends on these alone: the same few for thousands of entries.
        same = None
        if message and entry.variant is None:
            same = (tuple(entry.channels), tuple(message.audiences), tuple(message.wording))
        if same in sound:
            continue
        found = list(_entry(entry, ("releases", number), names))
        if same and not found:
            sound.add(same)
        yield from found


def _entry(entry: ReleaseEntry, loc: Loc, names: _Names) -> Iterator[Fault]:
    """Find what a release entry names that is not there, and channels on which nobody would read it."""
    message = names.messages.get(entry.message)
    if message is None:
        yield from refers(entry.message, names.messages, (*loc, "message"), "message")
    else:
        yield from _variant(entry, loc, message)
    readers = tuple(message.audiences) if message else ()
    wordings = _wordings_sent(entry, message) if message else []
    for c, channel_id in enumerate(entry.channels):
        if channel_id not in names.channels:
            yield from refers(channel_id, names.channels, (*loc, "channels", c), "channel")
        elif message is not None and (read := names.read(readers)):
            shared = names.shared(channel_id, readers)
            if not shared:
                speaks, reads = one_of(names.channels[channel_id].locales), one_of(read)
                who = f"the audiences of message '{message.id}' read {reads}"
                said = f"channel '{channel_id}' speaks {speaks}, but {who}"
                yield Fault((*loc, "channels", c), said, "add a locale to one of them, or send it on another channel")
            for locale in dict.fromkeys(each for words in wordings for each in shared if each not in words):
                said = f"message '{message.id}' has no wording in {locale}, which channel '{channel_id}' would send"
                hint = f"add {locale} to its wording; {NOT_BEFORE}"
                yield Fault((*loc, "channels", c), said, hint, "warning")


def _wordings_sent(entry: ReleaseEntry, message: Message) -> list[dict[str, str]]:
    """Return the wordings of the variants that *entry* sends."""
    if entry.variant == "alternate":
        return [message.wording, *(variant.wording for variant in message.variants.values())]
    if entry.variant in message.variants:
        return [message.variants[entry.variant].wording]
    return [message.wording]


def _variant(entry: ReleaseEntry, loc: Loc, message: Message) -> Iterator[Fault]:
    if entry.variant is None:
        return
    place = (*loc, "variant")
    if entry.variant == "alternate":
        if entry.repeat is None:
            yield Fault(place, "only a repeat can alternate", "name one variant, or add repeat:")
        elif not message.variants:
            yield Fault(place, f"message '{message.id}' has no variants to alternate", "add variants: to the message")
    elif entry.variant not in {"a", *message.variants}:
        known = one_of(["a", *message.variants])
        yield Fault(place, f"unknown variant '{entry.variant}' of message '{message.id}'", f"known there: {known}")
