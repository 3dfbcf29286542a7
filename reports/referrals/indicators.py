"""
How fast and how surely platforms remove what is referred to them. Pure: items in, indicators out.

The clock runs from receipt (from sending, where receipt is not known), as an order's hour does, and apart from that
from upload. What is still online counts for as long as it was watched. An item that was gone before it was received has
no time, and is counted as that.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.published.cumulative import Added, Total, differences
from reports.referrals.file import MEASURES, Item, StatedTotal
from reports.statistics.proportions import Interval
from reports.statistics.survival import Curve, Waited, kaplan_meier

HOUR = 3600.0
HOURS = (1, 2)
CLOCKS = {"receipt": ("received_at", "referred_at"), "upload": ("uploaded_at",)}


@dataclass(frozen=True)
class Speed:
    """How soon, by one clock. Times in seconds."""

    timed: int  #: items with a start
    within: Mapping[int, Interval | None]  #: hours -> share removed within them; None if nobody watched so long
    median: float | None  #: None where fewer than half were removed
    p90: float | None


@dataclass(frozen=True)
class Indicators:
    """One platform, or all together."""

    platform: str  #: "" for all
    items: int
    noticed: int
    referred: int
    received: int
    removed: int
    gone_before: int  #: when it was received
    still_online: int  #: neither removed, gone nor refused
    refused: Mapping[str, int]  #: why -> how many
    reinstated: int
    speed: Mapping[str, Speed]  #: clock -> how soon


@dataclass(frozen=True)
class Article7:
    """What article 7(3) of Regulation (EU) 2021/784 asks a provider for each year, as far as the items say it."""

    removed_after_orders: int
    removed_by_measures: int
    removed_after_referrals: int  #: not asked for there; said apart, so that it is not counted as an order
    not_acted_on: Mapping[str, int]  #: orders: why -> how many
    complaints: Mapping[str, int]  #: outcome -> how many
    reinstated_after_complaints: int
    proceedings: Mapping[str, int]
    reinstated_after_proceedings: int


@dataclass(frozen=True)
class Watch:
    """Everything that is known of referrals, as of an instant."""

    as_of: datetime | None
    whole: Indicators
    platforms: tuple[Indicators, ...]
    article7: Article7


def known_at(states: Iterable[Item], as_of: datetime | None = None) -> list[Item]:
    """Return the newest state of each item that was known at *as_of*."""
    newest: dict[tuple[str, str, str, str], Item] = {}
    for each in sorted(states, key=lambda item: item.as_of):
        if as_of is None or each.as_of <= as_of:
            newest[each.campaign, each.item, each.platform, each.way] = each
    return list(newest.values())


def watch(
    states: Iterable[Item],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    as_of: datetime | None = None,
) -> Watch:
    """Return the indicators of what was referred (or noticed) from *since* to before *until*, as known at *as_of*."""
    known = [each for each in known_at(states, as_of) if _within(each, since, until)]
    names = sorted({each.platform for each in known})
    return Watch(
        max((each.as_of for each in known), default=None),
        _indicators("", known),
        tuple(_indicators(name, [each for each in known if each.platform == name]) for name in names),
        article_7(known),
    )


def _within(each: Item, since: datetime | None, until: datetime | None) -> bool:
    when = next((each.at[name] for name in ("referred_at", "received_at", "noticed_at") if name in each.at), each.as_of)
    return (since is None or when >= since) and (until is None or when < until)


def _gone_before(each: Item) -> bool:
    start = each.at.get("received_at", each.at.get("referred_at"))
    removed = each.at.get("removed_at")
    return each.refused == "already_gone" or (removed is not None and start is not None and removed < start)


def _indicators(platform: str, known: Sequence[Item]) -> Indicators:
    gone = [each for each in known if _gone_before(each)]
    removed = [each for each in known if "removed_at" in each.at and not _gone_before(each)]
    refused = Counter(each.refused for each in known if each.refused and not _gone_before(each))
    return Indicators(
        platform,
        len(known),
        sum("noticed_at" in each.at for each in known),
        sum("referred_at" in each.at for each in known),
        sum("received_at" in each.at for each in known),
        len(removed),
        len(gone),
        len(known) - len(removed) - len(gone) - sum(refused.values()),
        dict(sorted(refused.items())),
        sum("reinstated_at" in each.at for each in known),
        {clock: _speed(known, starts) for clock, starts in CLOCKS.items()},
    )


def _speed(known: Sequence[Item], starts: tuple[str, ...]) -> Speed:
    curve = curve_of(known, starts)
    within = {hours: curve.by(hours * HOUR) for hours in HOURS}
    return Speed(curve.cases, within, curve.quantile(0.5), curve.quantile(0.9))


def curve_of(known: Sequence[Item], starts: tuple[str, ...]) -> Curve:
    """Return the curve of the times from the first of *starts* that is known to removal; the rest was still online."""
    cases = []
    for each in known:
        start = next((each.at[name] for name in starts if name in each.at), None)
        if start is None or _gone_before(each):
            continue
        end = each.at.get("removed_at", each.as_of)
        if end >= start:
            cases.append(Waited((end - start).total_seconds(), "removed_at" in each.at))
    return kaplan_meier(cases)


def article_7(known: Sequence[Item]) -> Article7:
    """Return the indicators of article 7(3), by what was done: orders, specific measures, and referrals apart."""
    removed = Counter(each.way for each in known if "removed_at" in each.at and not _gone_before(each))
    back = [each for each in known if "reinstated_at" in each.at]
    return Article7(
        removed["order"],
        removed["measure"],
        removed["referral"],
        dict(sorted(Counter(each.refused for each in known if each.way == "order" and each.refused).items())),
        dict(sorted(Counter(each.complaint for each in known if each.complaint).items())),
        sum(each.complaint == "upheld" for each in back),
        dict(sorted(Counter(each.proceedings for each in known if each.proceedings).items())),
        sum(each.proceedings == "upheld" and each.complaint != "upheld" for each in back),
    )


@dataclass(frozen=True)
class Series:
    """One measure of one source: what each period added, and the day of each statement."""

    source: str
    platform: str
    measure: str
    added: tuple[tuple[Added, str], ...]  #: with the day it was stated
    restated: int  #: earlier statements of the same period that said something else


def by_period(stated: Iterable[StatedTotal], as_of: str | None = None) -> list[Series]:
    """
    Return what each period added, as stated by the day *as_of*; running totals are differenced exactly.

    Figures of which only bounds are known are left out of a difference: a bound less a bound is no number.
    """
    groups: dict[tuple[str, str, str, bool], list[StatedTotal]] = {}
    for each in stated:
        if (as_of is None or each.as_of <= as_of) and each.figure.value is not None:
            groups.setdefault((each.source, each.platform, each.measure, each.running), []).append(each)
    made = []
    for (source, platform, measure, running), rows in sorted(groups.items(), key=lambda pair: _order(pair[0])):
        newest: dict[object, StatedTotal] = {}
        for each in sorted(rows, key=lambda row: row.as_of):
            newest[each.period] = each
        restated = sum(1 for each in rows if each.figure != newest[each.period].figure)
        chosen = sorted(newest.values(), key=lambda row: row.period)
        if running:
            found = differences([Total(each.period, each.figure.value or 0.0) for each in chosen])
            found = found[1:] if found else found  # what came before the first statement is not the first period's
        else:
            found = [Added(each.period, each.figure.value or 0.0, correction=False, gap=False) for each in chosen]
        days = {each.period: each.as_of for each in chosen}
        made.append(Series(source, platform, measure, tuple((each, days[each.period]) for each in found), restated))
    return made


def _order(key: tuple[str, str, str, bool]) -> tuple[str, str, int, bool]:
    return key[0], key[1], MEASURES.index(key[2]), key[3]
