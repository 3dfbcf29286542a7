"""
Periods as reports name them, and rates per day that compare unequal ones.

Read are years (2019), quarters (2013Q3), months (2014-03), days, runs of months (2014-01/02, 2014-12/2015-01) and of
days (2018-03-01/2019-02-01). Both ends count.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from reports.errors import Unreadable
from reports.figures import Figure
from reports.published.quotients import Quotient, change, divide

_QUARTER = re.compile(r"(\d{4})-?[qQtT]([1-4])")
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, order=True)
class Period:
    """From a first day to a last one, both in it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def touches(self, later: "Period") -> bool:
        """Whether *later* begins the day after this one ends."""
        return later.first == self.last + timedelta(days=1)


def period(text: str) -> Period:
    """
    Read a period.

    Raises:
        Unreadable: If it is none, or ends before it begins.
    """
    first, slash, last = text.strip().partition("/")
    try:
        begins = _one(first)
        ends = _one(_completed(last, first)) if slash else begins
    except ValueError:
        message = f"'{text}' is not a period"
        raise Unreadable(message, "write 2019, 2013Q3, 2014-03, 2014-01/02 or 2018-03-01/2019-02-01") from None
    if ends.last < begins.first:
        message = f"'{text}' ends before it begins"
        raise Unreadable(message, "exchange its two ends")
    return Period(begins.first, ends.last)


def of_days(first: date, days: int) -> Period:
    """Return the period of so many *days* from *first* on."""
    return Period(first, first + timedelta(days=days - 1))


def per_day(figure: Figure, over: Period) -> Quotient:
    """Return a count for each day of its period."""
    return divide(figure, Figure(float(over.days)))


@dataclass(frozen=True)
class Compared:
    """Two periods' counts: the change of the totals, and of the counts per day where the periods differ in length."""

    total: Quotient
    daily: Quotient
    unequal: bool  #: whether the periods differ in length, so that totals alone mislead


def compare(old: tuple[Figure, Period], new: tuple[Figure, Period]) -> Compared:
    """Return how a count changed from one period to another."""
    total = change(old[0], new[0])
    scale = old[1].days / new[1].days
    daily = Quotient(*((each + 1) * scale - 1 for each in (total.at_face, total.lower, total.upper)))
    return Compared(total, daily, old[1].days != new[1].days)


def _completed(last: str, first: str) -> str:
    """Return the end of a run, with the year that its beginning has already named."""
    return f"{first[:5]}{last}" if re.fullmatch(r"\d{2}", last) else last


def _one(text: str) -> Period:
    quarter = _QUARTER.fullmatch(text)
    if quarter:
        year, month = int(quarter[1]), 3 * int(quarter[2]) - 2
        return Period(date(year, month, 1), _end(year, month + 2))
    if re.fullmatch(r"\d{4}", text):
        return Period(date(int(text), 1, 1), date(int(text), 12, 31))
    month_of = _MONTH.fullmatch(text)
    if month_of:
        year, month = int(month_of[1]), int(month_of[2])
        return Period(date(year, month, 1), _end(year, month))
    day = date.fromisoformat(text)
    return Period(day, day)


def _end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
