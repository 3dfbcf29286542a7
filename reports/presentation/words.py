"""Put figures, dates and sentences into words. The sentences are data: `reports/languages/en.toml` and its sisters."""

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import babel
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent

from campaigns.errors import UsageError
from campaigns.locales import LOCALES, direction
from content.bidi import first_strong
from reports.assessment.goals import Progress
from reports.figures import AT_VALUE, Figure, Qualifier
from reports.measures import Metric

LANGUAGES = ("en", "fr", "ar")
_LOCALES = {"en": "en-GB", "fr": "fr-FR", "ar": "ar"}
_FOLDER = Path(__file__).parents[1] / "languages"
ISOLATED, ISOLATED_END = "\u2068", "\u2069"  #: around what is read in its own direction
LEFT_TO_RIGHT = "\u2066"  #: begins a number whose sign stays behind it, whatever is written around it
_POUNDS = 100  #: sums from which pence do not count
_SMALL_SHARE = 0.01  #: shares below 1% need a second decimal


@dataclass(frozen=True)
class Spoken:
    """A text, the language it is in, and the way it is written."""

    text: str
    lang: str
    dir: str

    def __str__(self) -> str:
        return self.text


class Words:
    """One language of a report."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            message = f"There is no report in '{language}'."
            raise UsageError(message, f"Choose one of {', '.join(LANGUAGES)}.")
        self.language = language
        self.tag = _LOCALES[language]
        self.locale = babel.Locale.parse(LOCALES[self.tag].babel)
        self.sentences = sentences(language)
        self.dir = direction(self.tag)

    def say(self, sentence: str, n: int | None = None, **values: object) -> str:
        """Return *sentence* with *values* in it; *n* chooses the plural form and stands as `{n}`."""
        form = self.sentences[sentence]
        if not isinstance(form, str):
            form = form.get(self.locale.plural_form(n or 0), form["other"])
        return form.format(n=self.number(n or 0), **values)

    def metric(self, metric: Metric) -> str:
        """Return the metric's name."""
        if self.language in {"en", "fr"}:
            return metric.fr if self.language == "fr" else metric.en
        named = self.sentences.get(f"metric-{metric.id}", metric.en)
        return named if isinstance(named, str) else metric.en

    def number(self, value: float) -> str:
        """Return a count, grouped as the language does."""
        return format_decimal(value, locale=self.locale)

    def decimal(self, value: float, places: int = 1) -> str:
        """Return a number with at most so many decimals."""
        return format_decimal(round(value, places) + 0.0, format=f"#,##0.{'#' * places}", locale=self.locale)

    def money(self, value: float, currency: str) -> str:
        """Return a sum of money; pence are shown where they count."""
        pattern = self.locale.currency_formats["standard"].pattern
        if abs(value) >= _POUNDS or float(value).is_integer():
            pattern, value = pattern.replace("0.00", "0"), round(value)
        return format_currency(value, currency, pattern, locale=self.locale, currency_digits=False)

    def percent(self, share: float) -> str:
        """Return a share as a percentage: at most one decimal, and always two below 1%."""
        decimals = "0.00" if 0 < abs(share) < _SMALL_SHARE else "0.#"
        pattern = self.locale.percent_formats[None].pattern.replace("0", decimals)
        return self._signed(format_percent(share, pattern, locale=self.locale))

    def amount(self, value: float, *, share: bool) -> str:
        """Return a value of a metric: a count, or a percentage."""
        return self.percent(value) if share else self.number(value)

    def figure(self, figure: Figure, *, share: bool) -> str:
        """Return a figure with its bounds in words, and a percentage with the count behind it."""
        text, detail = self.figure_and_detail(figure, share=share)
        return f"{text} ({detail})" if detail else text

    def figure_and_detail(self, figure: Figure, *, share: bool) -> tuple[str, str]:
        """Return a figure in words, and apart from it the interval and the count behind it, if it has them."""
        if figure.missing:
            return self.say("no-figure"), ""
        detail = []
        lower, upper = figure.lower, figure.upper
        if figure.qualifier in AT_VALUE and lower is not None and upper is not None:
            detail.append(self.say("to", lower=self.amount(lower, share=share), upper=self.amount(upper, share=share)))
        if figure.qualifier is Qualifier.WEIGHTED and figure.denominator is not None:
            detail.append(self.say("weighted-of", count=self.number(figure.denominator)))
        elif figure.numerator is not None and figure.denominator is not None:
            above, below = self.number(figure.numerator), self.number(figure.denominator)
            detail.append(self.say("counts", numerator=above, denominator=below))
        return self._bare(figure, share=share), self.say("semicolon").join(detail)

    def _bare(self, figure: Figure, *, share: bool) -> str:
        value = figure.value
        if figure.qualifier is Qualifier.BETWEEN and figure.upper is not None:
            lower, upper = (self.amount(each, share=share) for each in (figure.lower or 0.0, figure.upper))
            return self.say("between", lower=lower, upper=upper)
        sentence, shown = {
            Qualifier.EXACT: ("", value),
            Qualifier.WEIGHTED: ("", value),
            Qualifier.ABOUT: ("about", value),
            Qualifier.OVER: ("over", figure.lower if value is None else value),
            Qualifier.ALMOST: ("almost", figure.upper if value is None else value),
            Qualifier.UNDER: ("fewer", figure.upper),
            Qualifier.BETWEEN: ("at-least", figure.lower),
        }[figure.qualifier]
        text = self.amount(shown or 0.0, share=share)
        return self.say(sentence, value=text) if sentence else text

    def progress(self, way: Progress | None) -> str:
        """Return how much of the way is done."""
        if way is None:
            return self.say("not-measurable")
        if way.value is not None:
            return self.whole_percent(way.value)
        if math.isinf(way.upper):
            return self.say("at-least", value=self.whole_percent(way.lower))
        return self.say("between", lower=self.whole_percent(way.lower), upper=self.whole_percent(way.upper))

    def whole_percent(self, share: float) -> str:
        """Return a share in whole per cent, cut rather than rounded: 99.6% of the way is not all of it."""
        return self._signed(format_percent(math.floor(share * 100 + 1e-9) / 100, locale=self.locale))

    def _signed(self, number: str) -> str:
        """Return a number with a sign such that the sign stands on one side, alone and in a sentence."""
        return f"{LEFT_TO_RIGHT}{number}{ISOLATED_END}" if self.dir == "rtl" else number

    def day(self, day: date) -> str:
        """Return a day in full."""
        return format_date(day, "long", locale=self.locale)

    def brief_day(self, day: date) -> str:
        """Return a day with its month cut short, for a table."""
        return format_date(day, "d MMM y", locale=self.locale)

    def short_day(self, day: date) -> str:
        """Return day and month, for an axis."""
        return format_skeleton("MMMd", day, locale=self.locale)

    def instant(self, at: datetime) -> str:
        """Return an instant in UTC, the zone named."""
        at = at.astimezone(UTC)
        said = format_date(at, "long", locale=self.locale), format_datetime(at, "HH:mm", locale=self.locale)
        return f"{self.say('comma').join(said)} UTC"

    def quoted(self, text: str) -> str:
        """Return what somebody wrote, kept apart where it is read the other way: its full stop stays at its end."""
        return f"{ISOLATED}{text}{ISOLATED_END}" if (first_strong(text) or self.dir) != self.dir else text

    def listing(self, names: Iterable[str]) -> str:
        """Return names as the language lists them: a, b and c."""
        every = list(names)
        return self.say("and").join([self.say("comma").join(every[:-1]), every[-1]] if len(every) > 1 else every)

    def said_of(self, name: str, what: str) -> str:
        """Return *what* is said of *name*, with the colon as the language sets it."""
        return f"{name}{self.say('colon')}{what}"

    def name(self, names: Mapping[str, str], otherwise: str) -> Spoken:
        """Return the name in this language, or else in the first one there is, or else the id."""
        mine = [tag for tag in names if tag == self.tag] + [tag for tag in names if tag.startswith(self.language)]
        for tag in (*mine, *names):
            return Spoken(names[tag], tag, direction(tag))
        return Spoken(otherwise, self.tag, "ltr")

    def locale_name(self, tag: str) -> str:
        """Return what a locale is called in this language."""
        found = babel.Locale.parse(tag.replace("-", "_")).get_display_name(self.locale)
        return found[:1].upper() + found[1:] if found else tag


@cache
def sentences(language: str) -> dict[str, str | dict[str, str]]:
    """Return the sentences of *language*, by their names."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
