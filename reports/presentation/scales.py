"""Where an axis has its marks: at round numbers, and at days that people count by."""

import math
from collections.abc import Iterator
from datetime import date, timedelta

MOST = 5  #: steps of an axis of numbers
DAYS = 6  #: marks of an axis of days
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_EVERY_DAYS = (1, 2, 3, 7, 14)
_EVERY_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)


def marks(low: float, high: float) -> list[float]:
    """Return the round numbers from *low* to *high*, at equal steps, six at most."""
    rough = (high - low) / MOST
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in _ROUND if each * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{count * step:.12g}") for count in range(first, last + 1)]


def day_marks(first: date, last: date) -> list[date]:
    """Return days from *first* to *last*, six at most: at steps of days or weeks, or the first of months and years."""
    for every in _EVERY_DAYS:
        if (last - first).days // every < DAYS:
            return [first + timedelta(days=each) for each in range(0, (last - first).days + 1, every)]
    for every in _EVERY_MONTHS:
        found = list(_months(first, last, every))
        if len(found) <= DAYS:
            break
    return found if len(found) > 1 else [first, last]


def _months(first: date, last: date, every: int) -> Iterator[date]:
    """Give the firsts of months whose number, counted from year 0, *every* divides."""
    start = first.year * 12 + first.month - 1 + (first.day > 1)
    start += -start % every
    for month in range(start, last.year * 12 + last.month, every):
        yield date(month // 12, month % 12 + 1, 1)
