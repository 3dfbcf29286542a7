"""
The register as pages: no script, nothing loaded from elsewhere, in English, French and Arabic.

Months hold the publications themselves, a hundred a page, oldest first, so that a page that is full never changes
again; channels, campaigns and what was withdrawn are lists that lead there.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING, Any

from campaigns import locales
from campaigns.clock import parse_iso
from scheduler import folders
from scheduler.register.entries import Entry, to_data
from scheduler.register.folder import KEYS, LIST, SCHEMA, SIGNED, Page
from scheduler.register.words import LANGUAGES, Words
from scheduler.releases.canonical import encode
from scheduler.releases.retract_codes import SENTENCES, Code

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

STYLE = "register.css"
A_MONTH_PAGE = 100  #: publications on a page of a month
A_LIST_PAGE = 500  #: lines on a page of a list
_BEGINNING = 90  #: characters of a text in a list
_PARTS = ("register.css", "page.html.j2", "start.html.j2")


@dataclass(frozen=True)
class Site:
    """All files of the register but its lists of entries."""

    others: Mapping[str, bytes]
    pages: Iterator[Page]


@dataclass(frozen=True)
class Shelf:
    """Publications that stand together: those of a month, a channel, a campaign, or those withdrawn."""

    name: str  #: of its files, with the page's number after it
    kind: str  #: month | channel | campaign | withdrawn
    of: str  #: which
    entries: tuple[Entry, ...]

    @property
    def size(self) -> int:
        """How many stand on a page."""
        return A_MONTH_PAGE if self.kind == "month" else A_LIST_PAGE

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-len(self.entries) // self.size)

    def page(self, number: int) -> str:
        """Return the file of page *number*, from 1."""
        return f"{self.name}-{number}.html"

    def on(self, number: int) -> tuple[Entry, ...]:
        """Return what stands on page *number*."""
        return self.entries[(number - 1) * self.size : number * self.size]


def site(entries: Sequence[Entry], *, rehearsal: bool) -> Site:
    """Return the files of a register of *entries*, which are in order."""
    style = files("scheduler.register").joinpath(STYLE).read_bytes()
    made = _Maker(entries, rehearsal=rehearsal)
    return Site({STYLE: style}, made.pages())


class _Maker:
    """Makes the pages of one register."""

    def __init__(self, entries: Sequence[Entry], *, rehearsal: bool) -> None:
        self.entries = entries
        self.rehearsal = rehearsal
        self.months = _shelves(entries, "month", lambda entry: entry.published[:7])
        self.channels = _shelves(entries, "channel", lambda entry: str(entry.channel["id"]))
        self.campaigns = _shelves(entries, "campaign", lambda entry: entry.campaign)
        gone = tuple(entry for entry in entries if not entry.stands)
        self.withdrawn = [Shelf("withdrawn", "withdrawn", "", gone)] if gone else []
        self._places = {
            entry.id: f"{shelf.page(number // shelf.size + 1)}#e-{entry.id}"
            for shelf in self.months
            for number, entry in enumerate(shelf.entries)
        }
        self._by_id = {entry.id: entry for entry in entries}
        self._prints = {entry.id: hashlib.sha256(encode(to_data(entry))).digest() for entry in entries}
        self._stamp = _stamp() + (b"rehearsal" if rehearsal else b"")

    def pages(self) -> Iterator[Page]:
        """Yield every page, the way in first."""
        yield Page("index.html", self._made_from("start", ()), partial(self._start))
        for code, words in LANGUAGES.items():
            yield Page(f"{code}/index.html", self._made_from(code, self.entries), partial(self._index, code, words))
            for shelf in chain(self.months, self.channels, self.campaigns, self.withdrawn):
                for number in range(1, shelf.pages + 1):
                    key = f"{code} {shelf.name} {number} {number < shelf.pages}"
                    if shelf.kind != "month":
                        key += f" {shelf.pages}"
                    made_from = self._made_from(key, shelf.on(number))
                    yield Page(
                        f"{code}/{shelf.page(number)}", made_from, partial(self._shelf, code, words, shelf, number)
                    )

    def _made_from(self, what: str, entries: Sequence[Entry]) -> str:
        found = hashlib.sha256(self._stamp + what.encode())
        for entry in entries:
            found.update(self._prints[entry.id])
            for other in filter(None, (entry.id, entry.corrects, *entry.corrected_by)):
                found.update(self._places[other].encode())
        return found.hexdigest()

    def _start(self) -> str:
        return _environment().get_template("start.html.j2").render(languages=LANGUAGES, style=STYLE)

    def _index(self, code: str, words: Words) -> str:
        latest = max((entry.latest for entry in self.entries), default=None)
        return self._render(
            code,
            words,
            heading=words.title,
            here="index.html",
            index=True,
            total=len(self.entries),
            gone=sum(len(shelf.entries) for shelf in self.withdrawn),
            latest=latest and _when(latest, "UTC", code),
            groups=(
                (words.by_date, [(_month(shelf.of, code), shelf) for shelf in reversed(self.months)]),
                (words.by_channel, [(shelf.of, shelf) for shelf in self.channels]),
                (words.by_campaign, [(shelf.of, shelf) for shelf in self.campaigns]),
            ),
            withdrawn=self.withdrawn,
            files=(LIST, SIGNED, KEYS, SCHEMA),
        )

    def _shelf(self, code: str, words: Words, shelf: Shelf, number: int) -> str:
        headings = {
            "month": _month(shelf.of, code) if shelf.kind == "month" else "",
            "channel": words.of_channel.format(shelf.of),
            "campaign": words.of_campaign.format(shelf.of),
            "withdrawn": words.withdrawn,
        }
        return self._render(
            code,
            words,
            heading=headings[shelf.kind],
            here=shelf.page(number),
            index=False,
            shelf=shelf,
            number=number,
            entries=shelf.on(number),
        )

    def _render(self, code: str, words: Words, **values: Any) -> str:
        return (
            _environment()
            .get_template("page.html.j2")
            .render(
                code=code,
                w=words,
                languages=LANGUAGES,
                style=STYLE,
                rehearsal=self.rehearsal,
                place=self._places.__getitem__,
                of=self._by_id.__getitem__,
                when=partial(_when, code=code),
                who=partial(_who, code=code),
                reason=partial(_reason, code=code),
                figure=partial(_figure, code=code),
                language=partial(_language, code=code),
                **values,
            )
        )


def _shelves(entries: Sequence[Entry], kind: str, of: Callable[[Entry], str]) -> list[Shelf]:
    """Return the shelves of *kind*, sorted by what they are of; names that differ have files that do."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[of(entry)].append(entry)
    return [Shelf(_file(kind, name), kind, name, tuple(each)) for name, each in sorted(found.items())]


def _file(kind: str, name: str) -> str:
    safe = folders.safe(name)
    plain = name if safe == name else f"{safe[:60]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return plain if kind == "month" else f"{kind}-{plain}"


@cache
def _stamp() -> bytes:
    """Return what the look of the pages depends on, hashed."""
    found = hashlib.sha256(repr((LANGUAGES, SENTENCES)).encode())
    for name in _PARTS:
        found.update(files("scheduler.register").joinpath(name).read_bytes())
    return found.digest()


@lru_cache(maxsize=4096)
def _when(instant: str, zone: str, code: str) -> str:
    """Return an instant as a clock of *zone* shows it, with the zone's name."""
    from babel.dates import format_datetime, get_timezone

    pattern = "d MMMM y، HH:mm (zzzz)" if code == "ar" else "d MMMM y, HH:mm (zzzz)"
    return str(format_datetime(parse_iso(instant), pattern, get_timezone(zone), locale=code))


def _month(month: str, code: str) -> str:
    from babel.dates import format_date

    return str(format_date(parse_iso(f"{month}-01T00:00:00Z"), "LLLL y", locale=code)).capitalize()


@lru_cache(maxsize=1024)
def _who(partner: str, code: str) -> str:
    """Return the name of a partner whose id is a country's code, and the id of another: names are signed by nobody."""
    from babel import Locale

    territory = {"uk": "GB"}.get(partner, partner.upper())
    return str(Locale.parse(code).territories.get(territory, partner))


def _reason(why: str, code: str) -> str:
    """Return the sentence of a reason code; of one that nobody knows, that it was taken down."""
    return SENTENCES[Code(why) if why in set(Code) else Code.OTHER][code]


def _figure(number: int, code: str) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(number, locale=code))


@lru_cache(maxsize=256)
def _language(tag: str, code: str) -> str:
    """Return the name of a language in another."""
    from babel import Locale

    return str(Locale.parse(tag.replace("-", "_")).get_display_name(code) or tag) if tag in locales.LOCALES else tag


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def load(name: str) -> str:
        return files("scheduler.register").joinpath(name).read_text("utf-8")

    environment = Environment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"paragraphs": _paragraphs, "beginning": _beginning, "listed": _listed}
    return environment


def _paragraphs(text: str, direction: locales.Direction) -> "Markup":
    """Return a text as paragraphs that run in *direction*."""
    from markupsafe import Markup

    from content.bidi import elements

    lines = Markup("<br>\n")
    blocks = [
        lines.join(elements(line, direction, names=True) for line in block.split("\n"))
        for block in text.strip("\n").split("\n\n")
    ]
    return Markup("\n").join(Markup("<p>{}</p>").format(block) for block in blocks if block)


def _beginning(entry: Entry) -> str:
    """Return how a text begins, on one line."""
    from content.bidi import without_controls

    said = (entry.parts or ({"headline": None, "text": ""},))[0]
    text = " ".join(without_controls(said["headline"] or said["text"] or "").split())
    return text if len(text) <= _BEGINNING else f"{text[:_BEGINNING].rsplit(' ', 1)[0]}…"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
