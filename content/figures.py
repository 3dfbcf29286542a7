"""
The figures of a text and what they stand for, so that languages can be compared: 1,234 and 1 234 are one.

A figure that can be read in more than one way offers every reading: what a check holds against a writer has to be
sure. Names with digits in them (4G, Covid-19) and Roman centuries count for the other languages and are never missed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice, pairwise

from campaigns.locales import LOCALES
from content import number_words

KEPT = 4096  #: texts remembered
MOST = 300  #: figures that are read of a text; nobody publishes more, and reading them takes long
LONGEST = 40  #: characters of a figure; longer ones are no figure
NOON = 12
MINUTES = 60

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2)
_BLANK = " \u00a0\u2007\u2009\u202f"
_FIGURE = re.compile(
    rf"""
    (?=[\d+]|(?-i:[IVXLC]))(?:  # what each of these begins with: most places are none
      (?P<always>24\s?h?\s?/\s?(?:24|7)(?!\d)(?:\s?,?\s?7\s?j?\s?/\s?7(?!\d))?|(?<!\d)7\s?j?\s?/\s?7(?!\d))
    | (?P<iso>(?<!\d)\d{{4}}(?P<mark>[-/.])\d{{1,2}}(?P=mark)\d{{1,2}}(?!\d))
    | (?P<day>(?<!\d)\d{{1,2}}(?P<sign>[-/.])\d{{1,2}}(?P=sign)(?:\d{{4}}|\d{{2}})(?!\d|(?P=sign)\d))
    | (?P<phone>(?<![\w.,])(?:\+|(?=0[\d{_BLANK}(-]))\d[\d{_BLANK}().-]{{6,20}}\d(?!\d))
    | (?P<clock>(?<![\d.,:])(?P<hour>\d{{1,2}})(?:
          :(?P<minute>[0-5]\d)(?::[0-5]\d)?(?!\d)(?:[{_BLANK}]?(?P<half>[ap])\.?m\b)?
        | \.(?P<pointed>[0-5]\d)[{_BLANK}]?(?P<pointed_half>[ap])\.?m\b
        | [{_BLANK}]?h(?:[{_BLANK}]?(?P<after_h>[0-5]\d))?(?![^\W\d_]|\d)
        | [{_BLANK}]?(?P<bare_half>[ap])\.?m\b
      ))
    | (?P<years>(?<!\d)\d{{4}}[-\u2013\u2014/]\d{{2}}(?!\d))
    | (?P<month>(?<![\d/])\d{{1,2}}/\d{{1,2}}(?![\d/]))
    | (?P<number>\d+(?:(?:[.,\u066b\u066c]|[{_BLANK}'\u2019](?=\d{{3}}(?!\d)))\d+)*)
    | (?P<roman>(?-i:\b[IVXLC]{{2,6}}(?=e\b|\b)))
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HINT = re.compile(r"[0-9\u0660-\u0669\u06f0-\u06f9]|[IVXLC]{2}")
_SEPARATORS = re.compile(r"[^0-9]")
_AFTER = re.compile(r"[^\W\d_]+")
_NEXT_WORD = re.compile(rf"[{_BLANK}\n-]?([^\W\d_]+)")
_LAST_WORD = re.compile(rf"([^\W\d_]+)[{_BLANK}\n]\Z")
_LIST_MARK = re.compile(r"(?:^|\n)[ \t]*\Z")
_WHOLE = re.compile(r"\d{1,3}(?:\D\d{3})+|\d{1,3}(?:\D\d{2})*\D\d{3}")
_NAMING = frozenset("ABCDEFGLPRSTZ")  #: 4G and 3D name what they are of
_GLUED_SCALES = {"k": 3, "mn": 6, "bn": 9, "tn": 12, "md": 9, "mds": 9, "m": 6}
_BOTH_CONVENTIONS = frozenset({"ar", "fa", "ckb", "ur", "ps"})  #: comma and point both divide and group there
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True)
class Figure:
    """A figure and its place: characters, end exclusive."""

    start: int
    end: int
    text: str
    wants: frozenset[str]  #: said elsewhere, any of these is the same
    offers: frozenset[str]  #: what it is the same as, for the others
    apart: tuple[tuple[str, ...], ...] = ()  #: and so are all of one of these, as figures of their own
    soft: bool = False  #: counts for the others, and is never missed
    weak: bool = False  #: a difference is worth a look, and no more
    value: Decimal | None = None  #: without the word that multiplies it
    power: int = 0  #: of ten, by which that word does

    @property
    def is_date(self) -> bool:
        """Whether it is a whole date in digits."""
        return any(key.startswith("date ") for key in self.wants)


@lru_cache(maxsize=KEPT)
def figures(text: str, tag: str) -> tuple[Figure, ...]:
    """Return the figures of *text*, which is in locale *tag*, in order; one more than `MOST` where it has more."""
    if not _HINT.search(text):
        return ()
    return tuple(islice(_read(text.translate(_DIGITS), tag), MOST + 1))


def missing(wanted: Iterable[Figure], said: Iterable[Figure]) -> tuple[Figure, ...]:
    """Return those of *wanted* that *said* has in no reading, each once."""
    there = list(said)
    offers = {key for each in there for key in each.offers}
    plain = {key for each in there if not each.is_date for key in each.offers}
    found: dict[frozenset[str], Figure] = {}
    for each in wanted:
        if each.soft or each.wants & offers:
            continue
        if not any(offers_all <= (plain if each.is_date else offers) for offers_all in map(set, each.apart)):
            found.setdefault(each.wants, each)
    return tuple(found.values())


def _read(text: str, tag: str) -> Iterator[Figure]:
    language = LOCALES[tag].language if tag in LOCALES else "en"
    for match in _FIGURE.finditer(text):
        if len(match[0]) > LONGEST or match["always"]:
            continue
        if match["iso"]:
            year, first, second = re.split(r"[-/.]", match[0])
            yield _date(match, year, first, second)
        elif match["day"]:
            first, second, year = re.split(r"[-/.]", match[0])
            yield _date(match, year, first, second)
        elif match["phone"]:
            digits = _plain(match[0])
            yield _figure(match, {f"phone {digits}", _written(digits)}, weak=True)
        elif match["clock"]:
            yield _clock(match, language)
        elif match["years"]:
            whole, short = re.split(r"[^0-9]", match[0])
            full = whole[:2] + short
            yield _figure(match, {whole}, value=Decimal(whole), end=match.start() + 4)
            yield _figure(match, {_written(short), full}, value=Decimal(full), start=match.end() - 2)
        elif match["month"]:
            both = {_written(part) for part in match[0].split("/")}
            yield _figure(match, {*both, f"share {match[0]}"}, weak=True)
        elif match["roman"]:
            yield _figure(match, {str(_roman(match[0].lower()))}, soft=True)
        else:
            yield _number(text, match, tag, language)


def _figure(
    match: re.Match[str],
    readings: set[str],
    *,
    offers: set[str] | None = None,
    apart: tuple[tuple[str, ...], ...] = (),
    soft: bool = False,
    weak: bool = False,
    value: Decimal | None = None,
    power: int = 0,
    start: int = -1,
    end: int = -1,
) -> Figure:
    left = match.start() if start < 0 else start
    right = match.end() if end < 0 else end
    said = match.string[left:right]
    every = readings if offers is None else offers
    return Figure(left, right, said, frozenset(readings), frozenset(every), apart, soft, weak, value, power)


def _date(match: re.Match[str], year: str, first: str, second: str) -> Figure:
    full = year if len(year) > 2 else f"20{year}"  # noqa: PLR2004 (digits of a short year)
    one, two = sorted((_written(first), _written(second)))
    years = {full, _written(year)}
    apart = tuple((each, day) for each in years for day in (one, two))
    key = f"date {full} {one} {two}"
    return _figure(match, {key}, offers={key, *years, one, two}, apart=apart)


def _clock(match: re.Match[str], language: str) -> Figure:
    """Return a time: its hour and minute also count as figures of their own, for languages that write them so."""
    hour = int(match["hour"])
    minute = match["minute"] or match["pointed"] or match["after_h"]
    half = (match["half"] or match["pointed_half"] or match["bare_half"] or "").lower()
    hours = {hour}
    if half == "p" and hour < NOON:
        hours = {hour + NOON, hour}
    elif half == "a" and hour == NOON:
        hours = {0, hour}
    elif not half and hour < NOON and language != "fr" and minute:
        hours = {hour, hour + NOON}  # the half of the day may stand beside it as a word
    readings = {f"time {each}:{minute or '00'}" for each in hours}
    plain = {str(each) for each in hours} | ({str(hour - NOON)} if hour > NOON else set())
    if not minute or minute == "00":
        return _figure(match, readings | plain, value=Decimal(hour))
    apart = tuple((each, _written(minute)) for each in plain)
    return _figure(match, readings, offers={*readings, *plain, _written(minute)}, apart=apart)


def _number(text: str, match: re.Match[str], tag: str, language: str) -> Figure:
    token, start, end = match["number"], match.start(), match.end()
    before, after = text[start - 1 : start], text[end : end + 1]
    readings, apart = _readings(token, tag, language)
    letters = found[0] if (found := _AFTER.match(text, end)) and not _arabic(found[0][0]) else ""
    glued = letters.lower()
    soft = (
        not readings
        or (before.isalpha() and not _arabic(before))
        or (before in {"'", "\u2019", "_"})
        or (before in {"-", "\u2011"} and text[start - 2 : start - 1].isalpha() and not _arabic(text[start - 2]))
        or after in {"\ufe0f", "\u20e3"}
        or (after in {".", ")"} and len(token) <= 2 and bool(_LIST_MARK.search(text[max(start - 40, 0) : start])))  # noqa: PLR2004
        or (bool(glued) and (glued not in number_words.glued() | _GLUED_SCALES.keys() or letters in _NAMING))
    )
    if soft:
        return _figure(match, readings or {token}, soft=True)
    if _clockwise(token):
        readings = readings | {f"time {token.replace('.', ':').lstrip('0') or '0'}"}
    power, left, right = (_GLUED_SCALES.get(glued, 0), start, end) if glued else _scale(text, start, end, language)
    value = min((Decimal(each) for each in readings if not each.startswith("time")), default=None)
    if not power:
        wants = readings | {f"scaled {each}" for each in readings}
        offers = readings | {f"alone {each}" for each in readings} | {piece for row in apart for piece in row}
        return _figure(match, wants, offers=offers, apart=apart, value=value)
    scaled = {_written(str(Decimal(each).scaleb(power))) for each in readings if not each.startswith("time")}
    if glued == "m":
        scaled |= readings  # metres, or millions
    wants = scaled | {f"alone {each}" for each in readings}
    offers = scaled | {f"scaled {each}" for each in readings}
    return _figure(match, wants, offers=offers, value=value, power=power, start=left, end=right)


def _readings(token: str, tag: str, language: str) -> tuple[set[str], tuple[tuple[str, ...], ...]]:
    """Return what *token* may stand for, and the figures it may be a row of; nothing where it is no number."""
    marks = _SEPARATORS.findall(token)
    if not marks:
        return {_written(token)}, ()
    pieces = tuple(_written(piece) for piece in _SEPARATORS.split(token))
    kinds = dict.fromkeys(marks)
    last = marks[-1]
    if len(kinds) == 2 and marks.count(last) == 1 and last not in _BLANK:  # noqa: PLR2004 (one groups, one divides)
        head, tail = token[: token.rindex(last)], token[token.rindex(last) + 1 :]
        return ({_written(f"{_plain(head)}.{tail}")}, ()) if _WHOLE.fullmatch(head) else (set(), (pieces,))
    if len(kinds) > 1:
        return set(), (pieces,)
    grouped = bool(_WHOLE.fullmatch(token)) and (token[0] != "0" or len(marks) > 1)
    if len(marks) > 1:
        return ({_written(_plain(token))}, ()) if grouped else (set(), (pieces,))
    whole, divided = _written(_plain(token)), _written(token.replace(last, "."))
    if last in _BLANK or last in {"\u066c", "'", "\u2019"}:
        return {whole}, (pieces,) if last == " " else ()
    if last == "\u066b" or not grouped:
        own = last == "\u066b" or last == _decimal(tag)
        return {divided}, () if own else (pieces,)
    if language in _BOTH_CONVENTIONS:
        return {whole, divided}, ()
    if last == _decimal(tag):
        return {divided}, ()
    return ({whole}, ()) if last == _group(tag) else ({whole, divided}, ())


@lru_cache(maxsize=64)
def _decimal(tag: str) -> str:
    from babel.numbers import get_decimal_symbol

    return get_decimal_symbol(LOCALES[tag].babel if tag in LOCALES else "en_GB")


@lru_cache(maxsize=64)
def _group(tag: str) -> str:
    from babel.numbers import get_group_symbol

    return get_group_symbol(LOCALES[tag].babel if tag in LOCALES else "en_GB")


def _scale(text: str, start: int, end: int, language: str) -> tuple[int, int, int]:
    """Return the power of ten of the word beside a figure, 0 where no word multiplies it, and the place of both."""
    first = language in number_words.SCALE_FIRST
    word = _LAST_WORD.search(text[max(start - 24, 0) : start]) if first else _NEXT_WORD.match(text, end, end + 24)
    power = number_words.scales(language).get(number_words.fold(word[1])) if word else None
    if word is None or power is None:
        return 0, start, end
    return (power, start - len(word[0]), end) if first else (power, start, word.end())


def _clockwise(token: str) -> bool:
    """Say whether *token* may be a time written with a full stop: 18.30."""
    hour, _, minute = token.partition(".")
    return len(hour) <= 2 and len(minute) == 2 and minute.isdigit() and int(minute) < MINUTES and int(hour) < 2 * NOON  # noqa: PLR2004


def _plain(token: str) -> str:
    return _SEPARATORS.sub("", token)


def _written(number: str) -> str:
    """Return *number*, with a point or none, the one way that equal ones share."""
    whole, _, part = (f"{Decimal(number):f}" if "E" in number else number).partition(".")
    whole, part = whole.lstrip("0") or "0", part.rstrip("0")
    return f"{whole}.{part}" if part else whole


def _roman(letters: str) -> int:
    values = [_ROMAN[letter] for letter in letters]
    return sum(-one if one < two else one for one, two in pairwise([*values, 0]))


def _arabic(letter: str) -> bool:
    return "\u0600" <= letter <= "\u08ff"
