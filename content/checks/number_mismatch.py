"""All languages say the same figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import ClassVar

from campaigns.locales import LOCALES
from content import number_words
from content.check import Context, Finding, Severity
from content.figures import MOST, Figure, figures, missing
from content.filters import figure as written
from content.filters import own_digits
from content.rendering import Rendering, Request
from content.speech import Speech, pair, place, speech

KEPT = 4096  #: pairs of texts remembered
#: The years in which a figure may be one of the Solar Hijri or the Islamic calendar, and the languages that use them.
_OTHER_YEARS = range(1300, 1500)
_OTHER_CALENDARS = frozenset({"ar", "ckb", "fa", "ps", "ur"})
_LATEST_YEAR = 2200
_DUALS = ("ان", "ين", "تا", "تي")


@dataclass(frozen=True)
class _Difference:
    """What one side says and the other does not."""

    here: str  #: the figure as the wording has it; "" where it has none
    there: str  #: the figure as the source has it; "" where it has none
    doubt: str  #: why it may be right all the same, as the end of a sentence; "" where nothing says so
    fix: str | None = None  #: how the source's figure is written here


class NumberMismatch:
    """
    Every wording says the figures of the message's first wording, however its language writes them.

    Figures in braces are `placeholder-mismatch`'s. Where a language may say one in words, or in the years of another
    calendar, and where a headline differs, it is a warning.
    """

    id: ClassVar[str] = "number-mismatch"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each figure of the wording that the first does not say, and each of the first that it does not."""
        del context
        both = pair(request)
        if both is None:
            return
        for each in _differences(both.source.text, both.source_locale, both.own.text, both.locale):
            yield self._finding(f"'{both.label}'", both.source_locale, each, rendering)
        headline = request.message.headline
        shown = any(part.headline is not None for part in rendering.parts)
        if shown and both.locale in headline and both.source_locale in headline:
            mine, theirs = headline[both.locale], headline[both.source_locale]
            for each in _differences(theirs, both.source_locale, mine, both.locale):
                name = f"The headline of '{request.message.id}' in {both.locale}"
                yield self._finding(name, both.source_locale, each, None)

    def _finding(self, name: str, source: str, each: _Difference, rendering: Rendering | None) -> Finding:
        if not each.here and not each.there:
            message = f"{name} or {source} has{each.doubt}."
        elif each.here and each.there:
            message = f"{name} says {each.here} where {source} says {each.there}{each.doubt}."
        elif each.here:
            message = f"{name} says {each.here}, which {source} does not{each.doubt}."
        else:
            message = f"{name} does not say {each.there}, which {source} says{each.doubt}."
        remedy = f"Say the figures that {source} says, as the language writes them, or mend {source}."
        span = place(rendering, each.here) if rendering and each.here else None
        severity = Severity.WARN if each.doubt or rendering is None else self.severity
        return Finding(self.id, severity, message, remedy, span=span, fix=each.fix if span else None)


@lru_cache(maxsize=KEPT)
def _differences(source: str, source_tag: str, own: str, own_tag: str) -> tuple[_Difference, ...]:
    """Return what the figures of *own* and *source* do not share, in the order of the texts."""
    theirs, mine = speech(source), speech(own)
    said_there, said_here = figures(theirs.reading.prose, source_tag), figures(mine.reading.prose, own_tag)
    if max(len(said_there), len(said_here)) > MOST:
        return (_Difference("", "", f" too many figures to compare, more than {MOST}"),)
    extra = missing(said_here, (*said_there, *_inside(theirs.strings, source_tag)))
    left_out = missing(said_there, (*said_here, *_inside(mine.strings, own_tag)))
    if not extra and not left_out:
        return ()
    calendar = " (a year of another calendar may be meant)" if _other_year(said_here, own_tag) else ""

    def doubt(each: Figure, other: Speech, tag: str) -> str:
        return _doubt(each, other.reading.prose, tag) or (calendar if _of_a_date(each) else "")

    here = [_Difference(_said(each, own), "", doubt(each, theirs, source_tag)) for each in extra]
    there = [_Difference("", _said(each, source), doubt(each, mine, own_tag)) for each in left_out]
    if len(here) == len(there) == 1:
        both = there[0].doubt if here[0].doubt else ""
        return (_Difference(here[0].here, there[0].there, both, _as_written(left_out[0], extra[0], own_tag)),)
    return (*here, *there)


def _said(figure: Figure, text: str) -> str:
    """Return *figure* in the digits of *text*, where it stands: it was read in ours."""
    return text[figure.start : figure.end]


def _inside(strings: tuple[str, ...], tag: str) -> Iterator[Figure]:
    for each in strings:
        yield from figures(each, tag)


def _doubt(figure: Figure, other: str, tag: str) -> str:
    """Return why *other*, in locale *tag*, may say *figure* after all, to end a sentence with; "" where it cannot."""
    if figure.weak:
        return " (it may be a telephone number or a day of another place)"
    if figure.value is None:
        return ""
    parts = _parts(figure.value, tag) | ({10**figure.power} if figure.power else set())
    if (figure.value in {0, 1} and not figure.power) or not parts.isdisjoint(_in_words(other, tag)):
        return " in figures (it may be said in words)"
    if str(figure.value).rstrip("0") == "2" and tag == "ar" and _has_a_dual(other):
        return " in figures (it may be said as a dual)"
    return ""


@lru_cache(maxsize=KEPT)
def _in_words(text: str, tag: str) -> frozenset[int]:
    """Return what the number words of *text* stand for."""
    language = _language(tag)
    found = (number_words.value(word.text, language) for word in speech(text).reading.words)
    return frozenset(each for each in found if each is not None)


def _has_a_dual(text: str) -> bool:
    return any(number_words.fold(word.text).endswith(_DUALS) for word in speech(text).reading.words)


def _parts(value: Decimal, tag: str) -> set[int]:
    """Return the numbers whose words can make up *value*."""
    if value == Decimal("0.5"):
        return {50}
    if value != int(value):
        return set()
    whole = int(value)
    parts = {whole}
    for power in (10, 100, 1000, 1_000_000, 1_000_000_000):
        if whole >= power:
            parts |= {whole % power, power, whole // power}
    parts |= {whole % 100 // 10 * 10, whole % 10}
    if _language(tag) == "fr" and 60 <= whole % 100 <= 99:  # noqa: PLR2004 (soixante-dix, quatre-vingt-dix)
        parts |= {60, 20} if whole % 100 >= 80 else {60}  # noqa: PLR2004
        parts |= {whole % 20}
    return {each for each in parts if each > 1} - ({10} if whole % 10 and whole > 19 else set())  # noqa: PLR2004


def _other_year(said: tuple[Figure, ...], tag: str) -> bool:
    return _language(tag) in _OTHER_CALENDARS and any(
        each.value is not None and each.value in _OTHER_YEARS and each.text.isdigit() for each in said
    )


def _of_a_date(figure: Figure) -> bool:
    value = figure.value
    return figure.is_date or (value is not None and (value <= 31 or 1000 <= value <= _LATEST_YEAR))  # noqa: PLR2004


def _as_written(source: Figure, here: Figure, tag: str) -> str | None:
    """Return *source*'s figure as locale *tag* writes it, where both are plain figures; None elsewhere."""
    if source.value is None or here.value is None or source.power or here.power:
        return None
    if source.text.isdigit():
        return own_digits(source.text, tag)
    exact = source.value
    return written(int(exact) if exact == int(exact) else float(exact), tag)


def _language(tag: str) -> str:
    return LOCALES[tag].language if tag in LOCALES else "en"
