"""What a translator should know of a text: who reads it and where, how much room there is, what its names stand for."""

from collections.abc import Iterator

from campaigns.documents import schema
from campaigns.documents.placeholders import names
from campaigns.locales import LOCALES
from content import limits, link
from content.glossary import Glossary
from content.measure import network
from content.translations.texts import Text

#: The last step of a context -> what the text is, in words.
_KINDS = {
    "title": "The campaign's title; it stands above what has no headline of its own.",
    "name": "A name as readers see it.",
    "help": "The help line: printed on everything that goes out.",
    "disclosure": "Tells readers who pays; printed on everything that this messenger says.",
    "headline": "The subject of an e-mail and the title of an entry or press notice; one line.",
    "alt": "What the picture shows, in words for people who cannot see it.",
    "wording": "What is said.",
}
_FIELDS = {"headline": "headline", "alt": "alt", "wording": "text"}  #: kind of text -> field of `content.limits`


class Notes:
    """The notes on one campaign's texts, for translators from *source* into *locale*."""

    def __init__(self, document: schema.Campaign, locale: str, source: str, glossary: Glossary) -> None:
        self._terms = [each for each in glossary.terms if each.say.get(source) and locale in {*each.say, *each.never}]
        self._locale = locale
        self._source = source
        self._readers = {each.id: each for each in document.audiences}
        self._claims = {each.id: each.claim.get(source) for each in document.narratives}
        self._channels = {each.id: each for each in document.channels}
        self._sent: dict[str, dict[str, None]] = {}  # message -> its channels
        for entry in document.releases:
            self._sent.setdefault(entry.message, {}).update(dict.fromkeys(entry.channels))

    def of(self, text: Text) -> Iterator[str]:
        """Yield the notes on *text*, a sentence each."""
        kind = text.context.rpartition("/")[2]
        yield _KINDS[kind]
        yield from self._called(text.words.get(self._source, "").casefold())
        message = text.message
        if message is None:
            return
        readers = [self._readers[each] for each in message.audiences]
        yield f"For {'; '.join(self._audience(each) for each in readers)}."
        if not any(self._locale in each.locales for each in readers):
            yield f"None of them reads {LOCALES[self._locale].name} yet: nothing goes out in it before they do."
        if kind == "wording" and (claim := self._claims.get(message.counters or "")):
            yield f"Answers the claim: {claim}"
        yield from self._rooms(message, _FIELDS[kind])
        named = names(text.words.get(self._source, "")) if text.template else frozenset()
        for name, value in message.values.items():
            if name in named:
                yield f"{{{{ {name} }}}} stands for {value}."
        if kind == "wording" and (target := link.choose(message.link, self._locale)):
            yield f"Leads to {target}"

    def _called(self, said: str) -> Iterator[str]:
        """Yield what the glossary calls the things that *said* names."""
        for term in self._terms:
            name = term.say[self._source]
            if name.casefold() in said:
                theirs = [f"is {term.say[self._locale]}"] if self._locale in term.say else []
                never = ", ".join(form.term for form in term.never.get(self._locale, ()))
                yield f"Glossary: {name} {', '.join([*theirs, *([f'never {never}'] if never else [])])}. {term.because}"

    def _audience(self, audience: schema.Audience) -> str:
        facts = [audience.ages or "", ", ".join([*audience.countries, *audience.regions])]
        about = ", ".join(filter(None, facts))
        name = audience.name.get(self._source, audience.id)
        return f"{name} ({about})" if about else name

    def _rooms(self, message: schema.Message, field: str) -> Iterator[str]:
        """Yield how much room each channel has that sends *message*."""
        rooms: dict[str, None] = {}
        for channel in (self._channels[each] for each in self._sent.get(message.id, ())):
            if self._locale in channel.locales:
                for row in limits.of(network(channel), field):
                    rooms[f"{row.kind}: {row.value:,} {row.unit}"] = None
        if rooms:
            whole = ", with attribution, help line and link" if field == "text" else ""
            yield f"Room{whole}: {'; '.join(rooms)}."
