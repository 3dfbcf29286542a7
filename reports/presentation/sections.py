"""The parts of a report beyond goals and tables, in words: waves and referrals."""

from collections.abc import Sequence
from datetime import date

from reports.assessment.evaluation import Evaluation
from reports.assessment.waves import SHOWN, Wave
from reports.presentation.grid import Cell, Grid
from reports.presentation.quoted import written
from reports.presentation.words import Words
from reports.referrals.indicators import Indicators, Series
from reports.statistics.proportions import Interval


def waves(found: Evaluation, words: Words) -> Grid | None:
    """Return the grid of waves: activity, output, outtake, outcome, what was changed."""
    if not any(each.first for each in found.waves):
        return None
    headings = ("wave", "activity", *SHOWN, "learning")
    rows = tuple(_wave(each, found, words) for each in found.waves)
    return Grid(
        words.say("waves"), tuple(words.say(each) for each in headings), rows, frozenset(), (words.say("no-sum"),)
    )


def _wave(wave: Wave, found: Evaluation, words: Words) -> tuple[Cell, ...]:
    if wave.first and wave.last:
        first, last = words.brief_day(wave.first), words.brief_day(wave.last)
        days = first if first == last else words.say("wave-days", first=first, last=last)
        channels = words.listing(map(words.quoted, wave.channels))
        done = words.say("wave-activity", n=wave.planned, released=words.number(wave.released), channels=channels)
    else:
        days, done = words.say("to-come"), words.say("none-sent")
    figures = [
        words.say("semicolon").join(
            f"{words.metric(metric)} {words.figure(gathered.figure, share=metric.share)}"
            for metric, gathered in wave.figures[stage]
        )
        for stage in SHOWN
    ]
    return (
        (wave.entry, days),
        done,
        *(each or words.say("no-figure") for each in figures),
        " ".join(written(each, found.document, words) for each in wave.adjusted),
    )


def learnt(found: Evaluation, words: Words) -> list[str]:
    """Return what was learnt, and what is done about it the next time."""
    document = found.document
    return [
        words.say(
            "learnt-row", found=written(each.found, document, words), next=written(each.next_time, document, words)
        )
        for each in document.learning
    ]


def referrals(found: Evaluation, words: Words) -> list[Grid]:
    """Return how soon platforms removed what was referred, and the indicators of article 7."""
    watch = found.referrals
    stated = [_stated(found.stated, words)] if found.stated else []
    if watch is None or not watch.whole.items:
        return stated
    headings = [
        words.say(each)
        for each in ("platform", "items", "referred", "removed", "still-online", "refused", "reinstated")
    ]
    headings += [words.say("within-hours", n=hours) for hours in watch.whole.speed["receipt"].within]
    headings += [words.say("median"), words.say("p90")]
    rows = tuple(_platform(each, words) for each in (*watch.platforms, watch.whole))
    speed = Grid(
        words.say("referrals"), tuple(headings), rows, frozenset(range(1, len(headings))), (words.say("referrals-how"),)
    )
    article = watch.article7
    counts = (
        ("a7-orders", article.removed_after_orders),
        ("a7-measures", article.removed_by_measures),
        ("a7-referrals", article.removed_after_referrals),
        ("a7-refused", sum(article.not_acted_on.values())),
        ("a7-complaints", sum(article.complaints.values())),
        ("a7-reinstated", article.reinstated_after_complaints),
        ("a7-proceedings", sum(article.proceedings.values())),
        ("a7-reinstated-proceedings", article.reinstated_after_proceedings),
    )
    rows_7 = tuple((words.say(key), words.number(count)) for key, count in counts)
    heads = (words.say("indicator"), words.say("count"))
    return [speed, Grid(words.say("article-7"), heads, rows_7, frozenset({1})), *stated]


def _stated(series: Sequence[Series], words: Words) -> Grid:
    """Return what others stated for everything that they refer, by period, each with the day of the statement."""
    headings = ("stated-by", "platform", "indicator", "period", "stated-added", "per-day", "stated-on")
    rows = []
    for each in series:
        for added, on in each.added:
            first, last = words.brief_day(added.period.first), words.brief_day(added.period.last)
            small = [words.say(key) for key, there in (("corrected", added.correction), ("gap", added.gap)) if there]
            rows.append(
                (
                    each.source,
                    each.platform or words.say("all-platforms"),
                    words.say(f"stated-{each.measure}"),
                    words.say("wave-days", first=first, last=last),
                    (words.decimal(added.added), words.say("semicolon").join(small)),
                    words.decimal(added.per_day),
                    words.brief_day(date.fromisoformat(on)),
                )
            )
    remarks = [words.say("stated-how")]
    if restated := sum(each.restated for each in series):
        remarks.append(words.say("restated", n=restated))
    return Grid(
        words.say("stated"), tuple(words.say(each) for each in headings), tuple(rows), frozenset({4, 5}), tuple(remarks)
    )


def _platform(one: Indicators, words: Words) -> tuple[Cell, ...]:
    speed = one.speed["receipt"]
    counts = (one.items, one.referred, one.removed, one.still_online, sum(one.refused.values()), one.reinstated)
    return (
        one.platform or words.say("all-platforms"),
        *(words.number(each) for each in counts),
        *(_share(each, words) for each in speed.within.values()),
        _span(speed.median, words),
        _span(speed.p90, words),
    )


def _share(interval: Interval | None, words: Words) -> Cell:
    if interval is None:
        return words.say("not-known-yet")
    ends = words.say("to", lower=words.percent(interval.lower), upper=words.percent(interval.upper))
    return words.percent(interval.estimate), ends


def _span(seconds: float | None, words: Words) -> str:
    if seconds is None:
        return words.say("not-reached")
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return words.say("minutes", m=words.number(minutes))
    return words.say("hours", h=words.number(hours), m=words.number(minutes))
