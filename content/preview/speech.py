"""
What a screen reader says of a rendering, in the order it says it.

An approximation that holds for the common ones: they switch language where a text declares one, name emoji by their
CLDR short names, read a hashtag as one word unless capitals or underscores part it, announce links and
pictures, and skip directional controls.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from campaigns.locales import LOCALES
from content import attribution
from content.bidi import without_controls
from content.preview.prepared import card, untitled
from content.reading import read
from content.rendering import Part, Rendering, Request

#: Where a hashtag is heard as several words: before a capital that follows a small letter or begins a word, at
#: underscores, between letters and figures.
_PARTED = re.compile(r"_+|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
#: The letters that flags of countries are spelled with.
_FLAG = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
_LONG_ADDRESS = 60  #: characters after which a listener has lost the thread
#: Locales that the emoji's names are known in; the others hear English names.
_NAMED = {"en": "en", "fr": "fr", "ar": "ar", "fa": "fa", "ru": "ru", "tr": "tr"}


@dataclass(frozen=True)
class Heard:
    """Something said in one breath."""

    cue: str  #: what is announced, in English: link, hashtag, emoji, picture; "" for text
    text: str
    locale: str  #: of the text

    def __str__(self) -> str:
        return f"[{self.cue}: {self.text}]" if self.cue else self.text


def say(request: Request, rendering: Rendering) -> list[tuple[Heard, ...]]:
    """Return what is said, line by line."""
    known, locale = LOCALES.get(rendering.locale), rendering.locale
    said: list[tuple[Heard, ...]] = [(Heard("language", known.name if known else locale, "en-GB"),)]
    said.append(
        (
            Heard("from", attribution.name(request.partners, request.channel.issuer, locale), locale),
            Heard("", request.channel.account, "en-GB"),
        )
    )
    for part in rendering.parts:
        said += _part(request, part)
        if title := card(request, part):
            said.append(tuple(_line(title, locale, "link")))
    for item in rendering.media:
        kind = "video" if item.kind.startswith("video/") else "picture"
        cue = kind if item.alt else f"{kind} without a description"
        said.append((Heard(cue, item.alt or item.file, locale if item.alt else "en-GB"),))
    return said


def _part(request: Request, part: Part) -> Iterator[tuple[Heard, ...]]:
    locale = request.locale
    if title := untitled(request, part):
        yield tuple(_line(title, locale, "heading"))
    for line in part.text.split("\n"):
        if line.strip():
            yield tuple(_line(line, locale, "heading" if line == part.headline else ""))


def _line(line: str, locale: str, cue: str = "") -> Iterator[Heard]:
    """Yield a line in the order it is heard."""
    reading, at = read(line), 0
    marked = [(each, "link") for each in reading.links] + [(each, "hashtag") for each in reading.hashtags]
    for each, what in sorted(marked, key=lambda found: found[0].start):
        if each.start < at:
            continue
        yield from _text(line[at : each.start], locale, cue)
        yield _address(each.text) if what == "link" else Heard("hashtag", words_of(each.text), locale)
        at, cue = each.end, ""
    yield from _text(line[at:], locale, cue)


def _text(text: str, locale: str, cue: str = "") -> Iterator[Heard]:
    """Yield a text with its emoji by name."""
    text = " ".join(without_controls(text).split())
    if text.isascii():
        if text:
            yield Heard(cue, text, locale)
        return
    import emoji

    at = 0
    for found in emoji.emoji_list(text):
        if plain := text[at : found["match_start"]].strip():
            yield Heard(cue, plain, locale)
            cue = ""
        yield emoji_name(found["emoji"], locale)
        at = found["match_end"]
    if rest := text[at:].strip():
        yield Heard(cue, rest, locale)


@lru_cache(maxsize=1024)
def emoji_name(character: str, locale: str) -> Heard:
    """Return the CLDR short name of an emoji, in the language of *locale* where it is known, otherwise in English."""
    import emoji

    language = _NAMED.get(locale.partition("-")[0], "en")
    name = emoji.demojize(character, delimiters=("", ""), language=language).replace("_", " ")
    if language == "en" and all(letter in _FLAG for letter in character):
        name = f"flag: {name}"
    return Heard("emoji", name, locale if language != "en" else "en-GB")


def words_of(hashtag: str) -> str:
    """Return a hashtag as the words that are heard: `#StopDaesh` is `Stop Daesh`, `#stopdaesh` stays one word."""
    text = hashtag[1:]
    broken = "".join(
        f" {letter}" if _begins(text, place) else letter for place, letter in enumerate(without_controls(text))
    )
    return " ".join(_PARTED.sub(" ", broken).split())


def _begins(text: str, place: int) -> bool:
    """Say whether a word begins with the capital at *place*."""
    if not place or not text[place].isupper():
        return False
    return text[place - 1].islower() or (text[place - 1].isupper() and text[place + 1 : place + 2].islower())


def _address(link: str) -> Heard:
    """Return a link as it is announced: its host and path; what follows is only said to be there."""
    parts = urlsplit(link if "://" in link else f"https://{link}")
    shown = f"{parts.netloc}{parts.path}".rstrip("/")
    more = len(link) - len(shown)
    heard = shown if len(link) <= _LONG_ADDRESS else f"{shown}, and {more} more characters"
    return Heard("link", heard, "en-GB")
