"""
The contract of a source: a kind of CSV file that readings come in, and how it becomes snapshots.

A source reads text and complains with places. It knows metrics and dimensions; whether a subject exists is for
`collect` to say.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from difflib import get_close_matches
from typing import ClassVar, Protocol

from campaigns.errors import Complaint
from reports.errors import Unreadable
from reports.figures import Figure, Printed, Qualifier, parse
from reports.metrics import METRICS, Metric
from reports.sheet import Sheet
from reports.snapshot import Snapshot

#: What a figure may be split by. Groups of people only: a column that could hold a person is not among them.
DIMENSIONS = (
    "age", "audience", "channel", "country", "device", "gender", "language",
    "locale", "message", "panel", "placement", "question", "region", "variant",
)  # fmt: skip
ADULT = 18


@dataclass(frozen=True)
class Found:
    """What a source made of a sheet."""

    snapshots: list[Snapshot] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    ignored: tuple[str, ...] = ()  #: headings that are no figures and were not read


class Source(Protocol):
    """One file of `reports.sources`."""

    id: ClassVar[str]  #: the reading's source, unless the file's note `# source:` says another
    help: ClassVar[str]  #: the columns it needs, in plain words

    def recognises(self, sheet: Sheet, columns: Mapping[str, str]) -> bool:
        """Say whether the sheet's headings are of this kind; *columns* declares headings: heading -> meaning."""
        ...

    def read(self, sheet: Sheet, campaign: str, columns: Mapping[str, str]) -> Found:
        """Return snapshots and complaints; *campaign* stands where the file names none."""
        ...


def instant(text: str) -> datetime:
    """
    Read when a figure is of: an ISO instant with offset, or a date, which stands for its last second (UTC).

    Raises:
        Unreadable: If it is neither.
    """
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return datetime.combine(datetime.fromisoformat(text), time(23, 59, 59), UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        message = f"'{text}' is not a date" if text else "the row has no date"
        raise Unreadable(message, "write 2027-01-31, or 2027-01-31T18:00:00Z") from None
    if found.tzinfo is None:
        message = f"'{text}' does not say in which time zone"
        raise Unreadable(
            message, f"add the offset, as in {found.isoformat(timespec='seconds')}Z, or give the date alone"
        )
    return found.astimezone(UTC)


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


def nearest(text: str, names: Mapping[str, object] | tuple[str, ...]) -> str:
    """Return "did you mean 'x'?" for the name nearest to *text*, or "" when none is near."""
    close = get_close_matches(text.casefold().replace(" ", "_"), list(names), 1, 0.6)
    return f"did you mean '{close[0]}'?" if close else ""


def dimension(name: str, value: str) -> tuple[str, str]:
    """
    Return one further key of a reading.

    Raises:
        Unreadable: If it is an age band below 18: audiences are adults.
    """
    youngest = re.match(r"\D*(\d+)", value) if name == "age" else None
    if youngest and int(youngest[1]) < ADULT:
        message = f"the age band '{value}' is below {ADULT}"
        raise Unreadable(message, "Cordiale keeps figures of adults only: leave these rows out")
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
    if top is None:
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
