"""What a stretch of days added: running totals less what they were before it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from reports.figures import Figure, Qualifier, between
from reports.measures import Count
from reports.metrics import METRICS
from reports.records.series import Series


@dataclass(frozen=True)
class Window:
    """The days that a report is of, both in it; None is from the start, or to the newest figure."""

    since: date | None = None
    until: date | None = None

    @property
    def whole(self) -> bool:
        """Whether it is everything there is."""
        return self.since is None and self.until is None


def added(after: Iterable[Series], before: Iterable[Series], since: date) -> list[Series]:
    """
    Return *after* less *before*, which is what stood on the day before *since*.

    Counts are differenced, and fall where their source corrected them. People and levels have no difference: they stay
    as they are. What was not heard of since then has no figure: that is not zero.
    """
    earlier = {_key(each): each.figure for each in before}
    made = []
    for each in after:
        if each.at.date() < since:
            continue
        old = earlier.get(_key(each))
        if isinstance(METRICS[each.metric], Count) and old is not None and not old.missing:
            each = replace(each, figure=_less(each.figure, old))  # noqa: PLW2901 (the same series, of fewer days)
        made.append(each)
    return made


def _key(each: Series) -> tuple[object, ...]:
    return each.subject_kind, each.subject, each.metric, each.source, tuple(sorted(each.split.items()))


def _less(new: Figure, old: Figure) -> Figure:
    if new.missing:
        return new
    (low, high), (least, most) = new.span, old.span
    if low == high and least == most:
        rounded = Qualifier.ABOUT in {new.qualifier, old.qualifier}
        return Figure(low - least, qualifier=Qualifier.ABOUT if rounded else Qualifier.EXACT)
    return between(max(0.0, low - most), high - least)
