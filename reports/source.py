"""
The contract of a source: a kind of table that readings come in, and how it becomes snapshots.

A source reads text and complains with places, a row at a time. It knows metrics and dimensions; whether a subject
exists is for `collect` to say.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from typing import ClassVar, Protocol

from campaigns.calendar.wall_time import clocks_of, end_of, resolve, start_of
from campaigns.errors import Refused
from reports.cells.layout import Layout
from reports.cells.numerals import plain
from reports.cells.sheet import Sheet
from reports.errors import Unreadable
from reports.figures import Figure, Printed, Qualifier, exact, parse
from reports.measures import Metric
from reports.metrics import METRICS
from reports.snapshot import SUBJECT_KINDS, Fault, Snapshot

#: What a figure may be split by. Groups of people only: a column that could hold a person is not among them.
DIMENSIONS = (
    "age", "audience", "channel", "country", "currency", "device", "gender", "language",
    "locale", "message", "panel", "placement", "question", "region", "variant",
)  # fmt: skip
ADULT = 18
REMEMBERED = 50_000  #: instants of one file that are kept in memory
_WHOLE_DIGITS = 15
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:,? +(\d{1,2}:\d{2}(?::\d{2})?))?")
_LAST_SECOND = timedelta(seconds=1)


class Source(Protocol):
    """One file of `reports.sources`."""

    id: ClassVar[str]  #: the reading's source, unless the file's note `# source:` or the layout says another
    help: ClassVar[str]  #: the columns it needs, in plain words

    def recognises(self, sheet: Sheet, layout: Layout) -> bool:
        """Say whether the sheet's headings are of this kind."""
        ...

    def ignored(self, sheet: Sheet, layout: Layout) -> tuple[str, ...]:
        """Return the headings that are no figures and are not read."""
        ...

    def read(self, sheet: Sheet, campaign: str, layout: Layout) -> Iterator[Snapshot | Fault]:
        """Give snapshots and faults as the rows come; *campaign* stands where the file names none."""
        ...


class Cells:
    """Reads the cells of one file: instants, figures and dimensions as its layout declares them."""

    def __init__(self, layout: Layout) -> None:
        self.zone, self.decimal, self.dates = layout.zone, layout.decimal, layout.dates
        self.percent = {each.casefold() for each in layout.percent}
        self.always = {name.casefold(): value for name, value in layout.always.items()}
        self.instants: dict[str, datetime] = {}
        self.first: tuple[str, timedelta | None] | None = None  #: the file's first time of day, and its offset
        self.in_zone = bool(layout.zone)  #: whether every one so far shows what clocks in the declared zone show

    def instant(self, text: str) -> datetime:
        """
        Read when a figure is of: an ISO instant with offset, or a date, which stands for its last second.

        Without an offset it is in the layout's zone, if that names one; a date without a zone ends in UTC.

        Raises:
            Unreadable: If it is neither, or if its offset is another than that of the file's first time of day.
        """
        found = self.instants.get(text)
        if found is None:
            if len(self.instants) > REMEMBERED:
                self.instants.clear()
            found = self.instants[text] = self._instant(text)
        return found

    def _instant(self, text: str) -> datetime:
        slashed = _SLASHED.fullmatch(text)
        try:
            iso = _ordered(slashed, self.dates) if slashed and self.dates else text
            if _DAY.fullmatch(iso):
                return end_of(datetime.fromisoformat(iso).date(), self.zone or "UTC") - _LAST_SECOND
            found = datetime.fromisoformat(iso)
        except (ValueError, OverflowError):
            message = f"'{text}' is not a date" if text else "the row has no date"
            declare = ", or declare --dates day-first or month-first" if slashed and not self.dates else ""
            raise Unreadable(message, f"write 2027-01-31, or 2027-01-31T18:00:00Z{declare}") from None
        if found.tzinfo is not None:
            at = found.astimezone(UTC)
            self._same_clock(text, found.utcoffset(), at)
            return at
        if self.zone:
            try:
                at = resolve(found.isoformat(timespec="seconds"), self.zone)
            except Refused as fault:
                raise Unreadable(fault.message.rstrip("."), fault.hint) from None
            self._same_clock(text, None, at)
            return at
        message = f"'{text}' does not say in which time zone"
        hint = f"add the offset, as in {found.isoformat(timespec='seconds')}Z, give the date alone, or declare --zone"
        raise Unreadable(message, hint)

    def _same_clock(self, text: str, offset: timedelta | None, at: datetime) -> None:
        """Refuse a second clock in one file; summer and winter time of the declared zone are one."""
        shown = offset is None or (bool(self.zone) and at.astimezone(clocks_of(self.zone)).utcoffset() == offset)
        if self.first is None:
            self.first = text, offset
        elif not (self.in_zone and shown) and offset != self.first[1]:
            message = f"'{text}' is of another time zone than '{self.first[0]}', the file's first"
            hint = "export all rows with one offset, or declare --zone where both are its summer and winter time"
            raise Unreadable(message, hint)
        self.in_zone = self.in_zone and shown

    def first_of(self, text: str) -> datetime:
        """
        Return the first instant of a day, in the layout's zone or UTC.

        Raises:
            Unreadable: If it is no day.
        """
        try:
            return start_of(date.fromisoformat(text), self.zone or "UTC")
        except (ValueError, OverflowError):
            message = f"'{text}' is not a day"
            raise Unreadable(message, "write 2027-01-31") from None

    def figure(self, of: Metric, heading: str, value: str, **others: str) -> Figure:
        """
        Put a figure together from its cells, as printed; *others* are those of `figure`.

        Raises:
            Unreadable: If a cell is no figure, or if the cells contradict one another.
        """
        if not others and value.isascii() and value.isdigit() and not of.share and len(value) <= _WHOLE_DIGITS:
            return exact(float(value))  # nearly every cell there is
        per_cent = of.share and bool(self.percent) and (heading.casefold() in self.percent or of.id in self.percent)
        result = figure(
            of,
            plain(value, self.decimal, whole=of.whole, per_cent=per_cent),
            **{name: cell and plain(cell, self.decimal, whole=_whole(name, of)) for name, cell in others.items()},
        )
        if of.whole and result.value is not None and not result.value.is_integer():
            message = f"'{value}' is not a whole number, and '{of.id}' is counted"
            hint = (
                "write the count itself; if the mark groups thousands, declare the file's decimal mark with --decimal"
            )
            raise Unreadable(message, hint)
        return result

    def plain(self, text: str) -> str:
        """Return a number that may have parts, such as a weight, in plain digits."""
        return plain(text, self.decimal, whole=False)

    def dimensions(self, cells: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str] | Unreadable]]:
        """Give each dimension that *cells* has, with what is wrong with it instead where something is."""
        for name in DIMENSIONS:
            if value := cells.get(name):
                try:
                    yield name, dimension(name, value)
                except Unreadable as fault:
                    yield name, fault


def _ordered(found: re.Match[str], dates: str) -> str:
    """Return a date as 31/01/2027 or 01/31/2027, with the time behind it, as ISO 8601 has it."""
    day, month = (found[1], found[2]) if dates == "day-first" else (found[2], found[1])
    hour, mark, rest = (found[4] or "").partition(":")
    return f"{found[3]}-{month:0>2}-{day:0>2}" + (f"T{hour:0>2}{mark}{rest}" if mark else "")


def _whole(name: str, of: Metric) -> bool:
    return of.whole or name in {"numerator", "denominator"}


def instant(text: str) -> datetime:
    """
    Read an ISO instant with offset, or a date, which stands for its last second (UTC).

    Raises:
        Unreadable: If it is neither.
    """
    return Cells(Layout()).instant(text)


def metric(text: str) -> Metric:
    """
    Return the metric of that id.

    Raises:
        Unreadable: If there is none; the nearest is suggested.
    """
    known = METRICS.get(text)
    if known:
        return known
    message = f"unknown metric '{text}'" if text else "the row names no metric"
    raise Unreadable(message, nearest(text, METRICS) or "see `cordiale readings metrics`")


def unknown_kind(kind: str) -> Unreadable:
    """Return what is wrong with a kind of subject that there is not."""
    hint = nearest(kind, SUBJECT_KINDS) or f"one of {', '.join(SUBJECT_KINDS)}"
    return Unreadable(f"unknown kind of subject '{kind}'", hint)


def nearest(text: str, names: Mapping[str, object] | tuple[str, ...]) -> str:
    """Return "did you mean 'x'?" for the name nearest to *text*, or "" when none is near."""
    close = get_close_matches(text.casefold().replace(" ", "_"), list(names), 1, 0.6)
    return f"did you mean '{close[0]}'?" if close else ""


def dimension(name: str, value: str) -> tuple[str, str]:
    """
    Return one further key of a reading.

    Raises:
        Unreadable: If it is an age band below 18, for audiences are adults, or no currency.
    """
    youngest = re.match(r"\D*(\d+)", value) if name == "age" else None
    if youngest and int(youngest[1]) < ADULT:
        message = f"the age band '{value}' is below {ADULT}"
        raise Unreadable(message, "Cordiale keeps figures of adults only: leave these rows out")
    if name == "currency" and not re.fullmatch("[A-Z]{3}", value):
        message = f"'{value}' is no currency"
        raise Unreadable(message, "write its three capital letters: GBP, EUR")
    return name, value


def figure(
    of: Metric,
    value: str,
    *,
    numerator: str = "",
    denominator: str = "",
    lower: str = "",
    upper: str = "",
    qualifier: str = "",
) -> Figure:
    """
    Put a figure together from its cells, as printed.

    Raises:
        Unreadable: If a cell is no figure, or if the cells contradict one another.
    """
    printed = parse(value, share=of.share)
    if not (numerator or denominator or lower or upper or qualifier):
        return printed.figure
    parts = [parse(cell).figure.value for cell in (numerator, denominator)]
    result = replace(printed.figure, numerator=parts[0], denominator=parts[1])
    bounds = [parse(cell, share=of.share).figure.value for cell in (lower, upper)]
    if bounds != [None, None]:
        result = replace(
            result,
            lower=result.lower if bounds[0] is None else bounds[0],
            upper=result.upper if bounds[1] is None else bounds[1],
            qualifier=result.qualifier if result.value is not None else Qualifier.BETWEEN,
        )
    if qualifier:
        result = _declared(result, qualifier)
    return _coherent(of, result, printed)


def _declared(result: Figure, text: str) -> Figure:
    try:
        word = Qualifier(text.casefold())
    except ValueError:
        message = f"unknown qualifier '{text}'"
        raise Unreadable(message, f"one of {', '.join(Qualifier)}") from None
    if result.qualifier not in {Qualifier.EXACT, word}:
        message = f"the value says '{result.qualifier}' and the qualifier column says '{word}'"
        raise Unreadable(message, "keep one of the two")
    if word is Qualifier.WEIGHTED and result.value is None:
        message = "a weighted figure without its share"
        raise Unreadable(message, "give the weighted share as the value")
    if word is Qualifier.OVER:
        return replace(result, lower=result.value if result.lower is None else result.lower, qualifier=word)
    if word is Qualifier.ALMOST:
        return replace(result, upper=result.value if result.upper is None else result.upper, qualifier=word)
    if word is Qualifier.UNDER and result.value is not None:
        return replace(result, value=None, lower=0.0, upper=result.value, qualifier=word)
    return replace(result, qualifier=word)


def _coherent(of: Metric, result: Figure, printed: Printed) -> Figure:
    top, bottom = result.numerator, result.denominator
    low, high = result.lower, result.upper
    if low is not None and high is not None and low > high:
        message = f"the lower bound {low:g} is above the upper bound {high:g}"
        raise Unreadable(message, "exchange the two")
    if result.value is not None and not (low or 0) <= result.value <= (high if high is not None else result.value):
        message = f"the value {result.value:g} lies outside its bounds"
        raise Unreadable(message, "correct the value, or its bounds")
    if top is None and bottom is None:
        return result
    if not of.share:
        message = f"'{of.id}' is a count and has no numerator or denominator"
        raise Unreadable(message, "leave both empty")
    if bottom is None or not bottom:
        message = "the denominator is not there or zero"
        raise Unreadable(message, "give how many were asked, or leave the row out")
    if top is None or (result.qualifier is Qualifier.WEIGHTED and top <= bottom):
        return result
    if top > bottom:
        message = f"the numerator {top:g} is larger than the denominator {bottom:g}"
        raise Unreadable(message, "exchange the two, or correct them")
    if result.missing:
        return replace(result, value=top / bottom)
    # A source may cut its last digit off instead of rounding it: a whole step of the last digit is allowed.
    if result.value is not None and abs(result.value - top / bottom) > max(printed.step, 1e-9) * (1 + 1e-9):
        message = f"the value {result.value:.4%} is not {top:,.10g} of {bottom:,.10g}, which is {top / bottom:.4%}"
        raise Unreadable(message, "correct the one that is wrong; a percentage sign may be one too many")
    return result
