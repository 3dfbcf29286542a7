"""Indicators of referrals as plain rows: for a terminal, for JSON, and for the tables of a report."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from campaigns import clock
from reports.referrals.indicators import Indicators, Series, Speed, Watch
from reports.statistics.proportions import Interval

ALL = "all"


def as_plain(found: Watch, series: list[Series]) -> dict[str, Any]:
    """Return everything with stable keys. Times are in seconds, shares 0 to 1."""
    return {
        "as_of": clock.iso(found.as_of) if found.as_of else None,
        "all": _plain(found.whole),
        "platforms": [_plain(each) for each in found.platforms],
        "article_7": asdict(found.article7),
        "stated": stated_plain(series),
    }


def stated_plain(series: Iterable[Series]) -> list[dict[str, Any]]:
    """Return what sources state by period, with stable keys."""
    return [
        {
            "source": each.source,
            "platform": each.platform or ALL,
            "measure": each.measure,
            "restated": each.restated,
            "periods": [
                {
                    "first": added.period.first.isoformat(),
                    "last": added.period.last.isoformat(),
                    "days": added.period.days,
                    "added": added.added,
                    "per_day": added.per_day,
                    "correction": added.correction,
                    "gap": added.gap,
                    "as_of": stated,
                }
                for added, stated in each.added
            ],
        }
        for each in series
    ]


def _plain(one: Indicators) -> dict[str, Any]:
    row = {key: value for key, value in asdict(one).items() if key != "speed"}
    speed = {
        clock: {
            "timed": each.timed,
            "within_hours": {str(hours): asdict(share) if share else None for hours, share in each.within.items()},
            "median": each.median,
            "p90": each.p90,
        }
        for clock, each in one.speed.items()
    }
    return {**row, "platform": one.platform or ALL, "speed": speed}


def platform_rows(found: Watch) -> list[tuple[str, ...]]:
    """Return a row a platform and one for all of them, by the clock of receipt."""
    return [_row(each) for each in (*found.platforms, found.whole)]


def _row(one: Indicators) -> tuple[str, ...]:
    speed: Speed = one.speed["receipt"]
    counts = (one.items, one.referred, one.removed, one.still_online)
    shares = [_share(speed.within[hours]) for hours in sorted(speed.within)]
    return (one.platform or ALL, *(f"{each:,}" for each in counts), *shares, span(speed.median), span(speed.p90))


def _share(interval: Interval | None) -> str:
    if interval is None:
        return "not known yet"
    return f"{interval.estimate:.0%} ({interval.lower:.0%} to {interval.upper:.0%})"


def span(seconds: float | None) -> str:
    """Return a time as hours and minutes; where too few were removed, that."""
    if seconds is None:
        return "not reached"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"  # noqa: PLR2004 (an hour)


def series_rows(series: list[Series]) -> list[tuple[str, ...]]:
    """Return a row a period of what sources state."""
    return [
        (
            each.source,
            each.platform or ALL,
            each.measure,
            f"{added.period.first} to {added.period.last}",
            f"{added.added:,.10g}" + (" (corrected)" if added.correction else ""),
            f"{added.per_day:,.1f}",
            stated,
        )
        for each in series
        for added, stated in each.added
    ]
