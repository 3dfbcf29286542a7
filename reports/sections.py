"""The parts of a report beyond goals and tables, in words: waves, claims, referrals."""

from reports.evaluation import Evaluation
from reports.findings import Finding
from reports.grid import Cell, Grid
from reports.illustrations import subject_name
from reports.referrals.indicators import Indicators
from reports.statistics.claim import Claim
from reports.statistics.proportions import Interval
from reports.waves import SHOWN, Wave
from reports.words import Words

POINTS = 100


def waves(found: Evaluation, words: Words) -> Grid | None:
    """Return the grid of waves: activity, output, outtake, outcome, what was changed."""
    if not any(each.first for each in found.waves):
        return None
    headings = ("wave", "activity", *SHOWN, "learning")
    rows = tuple(_wave(each, words) for each in found.waves)
    return Grid(
        words.say("waves"), tuple(words.say(each) for each in headings), rows, frozenset(), (words.say("no-sum"),)
    )


def _wave(wave: Wave, words: Words) -> tuple[Cell, ...]:
    if wave.first and wave.last:
        first, last = words.brief_day(wave.first), words.brief_day(wave.last)
        days = first if first == last else words.say("wave-days", first=first, last=last)
        channels = words.listing(wave.channels)
        done = words.say("wave-activity", n=wave.planned, released=words.number(wave.released), channels=channels)
    else:
        days, done = words.say("to-come"), words.say("none")
    figures = [
        words.say("semicolon").join(
            f"{words.metric(metric)} {words.figure(gathered.figure, share=metric.share)}"
            for metric, gathered in wave.figures[stage]
        )
        for stage in SHOWN
    ]
    return (
        f"{wave.entry}, {days}",
        done,
        *(each or words.say("no-figure") for each in figures),
        " ".join(wave.adjusted),
    )


def claims(found: Evaluation, words: Words) -> Grid | None:
    """Return every claim with what it rests on, its interval, its n, and what it cannot show."""
    if not found.findings:
        return None
    headings = tuple(words.say(each) for each in ("claim", "claim-kind", "difference", "asked", "cannot"))
    rows = tuple(_claim(each, found, words) for each in found.findings)
    return Grid(words.say("claims"), headings, rows, frozenset({2, 3}))


def _claim(finding: Finding, found: Evaluation, words: Words) -> tuple[Cell, ...]:
    claim = finding.claim
    name = subject_name(finding.subject_kind, finding.subject, found, words)
    if finding.where:
        name = f"{name} ({finding.where})"
    groups = list(claim.n) or ["a", "b"]
    title = words.say(
        f"claim-{claim.what}", metric=words.metric(finding.metric), name=name, first=groups[0], second=groups[-1]
    )
    kind = words.say(f"kind-{claim.kind}")
    cannot = words.listing(words.say(f"cannot-{each}") for each in claim.cannot)
    if claim.suppressed:
        return title, kind, words.say("suppressed"), words.say("suppressed"), cannot
    asked = [words.say("asked-of", name=_group(each, words), count=words.number(n)) for each, n in claim.n.items()]
    return title, kind, _difference(claim, words), words.say("semicolon").join(asked), cannot


def _difference(claim: Claim, words: Words) -> tuple[str, str]:
    said = words.say("points", value=words.decimal((claim.estimate or 0.0) * POINTS))
    lower, upper = (words.decimal((each or 0.0) * POINTS) for each in (claim.lower, claim.upper))
    small = [words.say("points-interval", lower=lower, upper=upper, level=words.percent(claim.level))]
    if "always_valid_p" in claim.detail:
        any_time, once = (words.decimal(claim.detail[each], 3) for each in ("always_valid_p", "p"))
        small.append(words.say("peeking", p=any_time, once=once))
    return said, words.say("semicolon").join(small)


def _group(name: str, words: Words) -> str:
    key = f"group-{name}"
    return words.say(key) if key in words.sentences else name


def referrals(found: Evaluation, words: Words) -> list[Grid]:
    """Return how soon platforms removed what was referred, and the indicators of article 7."""
    watch = found.referrals
    if watch is None or not watch.whole.items:
        return []
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
    return [speed, Grid(words.say("article-7"), heads, rows_7, frozenset({1}))]


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
