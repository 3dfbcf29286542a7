"""
One figure from several series, by the metric's own rules.

A scope names an audience, a channel, a locale or a message, or nothing for the campaign. Where a source gives a
figure of exactly that scope, it is the answer. Otherwise parts are added where the metric has a sum, pooled where it
is a rate with its counts, and given as bounds where people may be counted twice: never a sum of reach.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import itemgetter

from reports.figures import Figure, Qualifier, between
from reports.measures import Count, Metric, Over, People, Rate, pool, total
from reports.metrics import METRICS
from reports.records.blocks import Block
from reports.records.reach import together

SMALL = 10  #: cells of fewer people are suppressed

#: Dimension -> the one value that a figure is of; several audiences stand together as a tuple.
Scope = Mapping[str, str | tuple[str, ...]]
_OVER = {
    "audience": Over.AUDIENCES, "channel": Over.CHANNELS, "locale": Over.LOCALES, "message": Over.MESSAGES,
    "currency": Over.CURRENCIES,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Series:
    """The newest snapshot of one subject, metric, split and source."""

    subject_kind: str
    subject: str
    metric: str
    source: str
    own: Mapping[str, str]  #: what the subject says by itself: a release's channel, locale, message, its one audience
    split: Mapping[str, str]  #: the reading's dimensions
    figure: Figure
    at: datetime
    served: frozenset[str] = frozenset()  #: the audiences of a release that has several

    @property
    def many(self) -> int:
        """How many figures it is."""
        return 1

    def within(self, scope: Scope) -> bool:
        """Whether the figure is of *scope*."""
        return all(self._is(name, value) for name, value in scope.items())

    def _is(self, name: str, value: str | tuple[str, ...]) -> bool:
        mine = self.split.get(name, self.own.get(name))
        if isinstance(value, str):
            return mine == value
        return mine in value if mine is not None else bool(self.served) and self.served.issubset(value)

    def level(self, scope: Scope) -> str:
        """Return what its subject is beyond *scope*: "" for a figure of the scope itself."""
        if self.subject_kind == "release":
            return "release"
        return "+".join(sorted(set(self.own) - _fixed(scope)))


def _fixed(scope: Scope) -> set[str]:
    """Return what *scope* names one value of: figures of it may still differ in everything else."""
    return {name for name, value in scope.items() if isinstance(value, str)}


#: What there is to gather from: series one by one, and blocks of many.
Known = Series | Block


@dataclass(frozen=True)
class Gathered:
    """A figure for a scope, and how it came about."""

    figure: Figure = field(default_factory=Figure)
    parts: int = 0  #: subjects that have a figure
    level: str = ""  #: "" given by a source for just this scope; else what the parts are
    oldest: datetime | None = None
    newest: datetime | None = None
    notes: tuple[str, ...] = ()  #: audiences-missing | currencies | estimate | pooled | small | sources-differ
    sources: tuple[str, ...] = ()
    estimate: float | None = None  #: of people that several figures stand for, if contacts are independent


def gather(metric: Metric, series: Iterable[Known], scope: Scope, size: int | None = None) -> Gathered:
    """Return the figure of *metric* for *scope*; *size* is how many people its audiences have, where known."""
    levels: dict[str, list[Known]] = defaultdict(list)
    for each in within((each for each in series if each.metric == metric.id), scope):
        levels[each.level(scope)].append(each)
    if not levels:
        return Gathered()
    if "" in levels:
        return _hide_small(metric, _at_level(metric, levels[""], scope, "", size))
    # Sources may break the same thing down in several ways; the one that accounts for most is taken, never their sum.
    candidates = [_at_level(metric, found, scope, level, size) for level, found in sorted(levels.items())]
    return _hide_small(metric, max(candidates, key=lambda each: _weight(metric, each.figure)))


def within(found: Iterable[Known], scope: Scope) -> Iterator[Known]:
    """Give what of *found* is of *scope*."""
    for each in found:
        if isinstance(each, Block):
            part = each.within(scope)
            if part.many:
                yield part
        elif each.within(scope):
            yield each


def subjects(found: Iterable[Known]) -> set[str]:
    """Return the ids of what *found* is about."""
    return {name for each in found for name in (each.subjects if isinstance(each, Block) else (each.subject,))}


def _weight(metric: Metric, figure: Figure) -> float:
    return (figure.denominator or 0.0) if metric.share else figure.span[0]


def _at_level(metric: Metric, found: list[Known], scope: Scope, level: str, size: int | None) -> Gathered:
    places: dict[tuple[str, str], list[Series]] = defaultdict(list)
    blocks: list[Block] = []
    for each in found:
        if isinstance(each, Block):
            blocks.append(each)
        else:
            places[each.subject_kind, each.subject].append(each)
    notes: set[str] = set()
    estimate: float | None = None
    named = [(subject, _of_one(metric, place, scope, notes)) for (_, subject), place in places.items()]
    parts = len(places) + sum(block.many for block in blocks)
    if level == "":
        figure = _agreed([each for _, each in named], notes)
    else:
        owns = [place[0].own for place in places.values()]
        over = {
            what
            for name, what in _OVER.items()
            if len({own.get(name) for own in owns}.union(*(block.words(name) for block in blocks))) > 1
        }
        if level == "release" and parts > 1:  # whom a release is credited to does not split its figure
            over = over - {Over.AUDIENCES} | {Over.RELEASES}
        figures = _with_blocks(metric, over, named, blocks)
        figure = combine(metric, over, figures, size, notes)
        estimate = None if "audience" in scope and "audience" not in _fixed(scope) else _people(metric, figures, size)
    if level != "release":
        figure = _of_several(metric, found, scope, figure, size, notes)
    return Gathered(
        figure=figure,
        parts=parts,
        level=level,
        oldest=min(each.oldest if isinstance(each, Block) else each.at for each in found),
        newest=max(each.at for each in found),
        notes=tuple(sorted(notes)),
        sources=tuple(sorted(set().union(*(_sources(each) for each in found)))),
        estimate=estimate,
    )


def _of_several(
    metric: Metric, found: list[Known], scope: Scope, figure: Figure, size: int | None, notes: set[str]
) -> Figure:
    """Return *figure*, of some of several audiences, as one of all of them: a bound, or none where it is a rate."""
    named = scope.get("audience", "")
    if isinstance(named, str):
        return figure
    if isinstance(metric, Rate) and figure.denominator:
        notes.add("pooled")
    if set(named) <= {
        each.split.get("audience", each.own.get("audience")) for each in found if isinstance(each, Series)
    }:
        return figure
    notes.add("audiences-missing")
    if isinstance(metric, Rate) or figure.missing:
        return Figure()
    return between(figure.span[0], math.inf if isinstance(metric, Count) or size is None else size)


def _sources(each: Known) -> set[str]:
    return {word or "" for word in each.words("source")} if isinstance(each, Block) else {each.source}


def _with_blocks(metric: Metric, over: set[Over], named: list[tuple[str, Figure]], blocks: list[Block]) -> list[Figure]:
    """Return the figures to combine: a block's sum where that is what it comes to, else each of its figures."""
    alone = [figure for _, figure in named]
    if metric.share:
        sums = all(figure.missing or (figure.numerator is not None and figure.denominator) for figure in alone)
    else:
        sums = isinstance(metric, Count) and over <= metric.additive
    wholes = [block.whole() for block in blocks] if sums else [None]
    found = [whole for whole in wholes if whole is not None]
    if len(found) == len(blocks):
        return [*alone, *found]
    every = [*named, *(pair for block in blocks for pair in block.figures())]
    return [figure for _, figure in sorted(every, key=itemgetter(0))]


def _people(metric: Metric, figures: list[Figure], size: int | None) -> float | None:
    """Return how many people several figures stand for if whom one reaches says nothing of another (Sainsbury)."""
    if not isinstance(metric, People) or metric.stock or size is None:
        return None
    fits = all(figure.span[0] <= size for figure in figures)
    return together(figures, size).estimate if fits and len(figures) > 1 else None


def _of_one(metric: Metric, found: list[Series], scope: Scope, notes: set[str]) -> Figure:
    """Return one subject's figure from its splits and sources."""
    sources: dict[str, dict[tuple[str, ...], list[Figure]]] = defaultdict(lambda: defaultdict(list))
    for each in found:
        keys = tuple(sorted(set(each.split) - _fixed(scope)))
        sources[each.source][keys].append(each.figure)
    answers = []
    for ways in sources.values():
        if () in ways:
            answers.append(_agreed(ways[()], notes))
            continue
        sums = []
        for keys, figures in ways.items():
            over = {_OVER.get(key, Over.BREAKDOWN) for key in keys} if len(figures) > 1 else set()
            sums.append(combine(metric, over, figures, None, notes))
        answers.append(max(sums, key=lambda figure: _weight(metric, figure)))
    return _agreed(answers, notes)


def _agreed(figures: list[Figure], notes: set[str]) -> Figure:
    """Return the one figure that several sources give, or the bounds that hold them all."""
    if len(set(figures)) == 1:
        return figures[0]
    spans = [figure.span for figure in figures]
    lower, upper = min(low for low, _ in spans), max(high for _, high in spans)
    if lower == upper:
        return figures[0]
    notes.add("sources-differ")
    return between(lower, upper)


def combine(metric: Metric, over: set[Over], figures: list[Figure], size: int | None, notes: set[str]) -> Figure:
    """Return the sum, the pooled rate, or the bounds of *figures*; bounds are noted as an estimate."""
    given = [figure for figure in figures if not figure.missing]
    if len(given) <= 1:
        return given[0] if given else Figure()
    spans = [figure.span for figure in given]
    if isinstance(metric, Rate):
        if all(figure.denominator and (figure.numerator is not None or _is_weighted(figure)) for figure in given):
            return pool(metric, given)
        notes.add("estimate")
        return between(min(low for low, _ in spans), max(high for _, high in spans))
    if isinstance(metric, Count) and over <= metric.additive:
        return total(metric, over, given)
    if Over.CURRENCIES in over:
        notes.add("currencies")
        return Figure()
    notes.add("estimate")
    lower = max(low for low, _ in spans)
    highest = math.fsum(high for _, high in spans)
    return between(lower, max(lower, min(highest, math.inf if size is None else size)))


def _is_weighted(figure: Figure) -> bool:
    return figure.qualifier is Qualifier.WEIGHTED and figure.value is not None


def _hide_small(metric: Metric, found: Gathered) -> Gathered:
    """Suppress a cell of one to nine people."""
    figure = found.figure
    if metric.share:
        small = metric.people and any(0 < (count or 0) < SMALL for count in (figure.numerator, figure.denominator))
        hidden = Figure()
    else:
        highest = figure.span[1]
        small = metric.people and not figure.missing and 0 < highest < SMALL
        hidden = Figure(lower=0.0, upper=float(SMALL), qualifier=Qualifier.UNDER)
    if not small:
        return found
    return Gathered(
        hidden, found.parts, found.level, found.oldest, found.newest, (*found.notes, "small"), found.sources
    )


def with_rates(series: list[Series]) -> list[Series]:
    """Return *series* with the rates that their own counts give: clicks and showings of one release give its rate."""
    counted: dict[tuple[object, ...], dict[str, Series]] = defaultdict(dict)
    for each in series:
        split = tuple(sorted(each.split.items()))
        counted[each.subject_kind, each.subject, each.source, split][each.metric] = each
    derived = []
    for found in counted.values():
        for rate in METRICS.values():
            top, bottom = found.get(rate.numerator or ""), found.get(rate.denominator or "")
            if rate.id in found or top is None or bottom is None:
                continue
            above, below = top.figure.span, bottom.figure.span
            exact = above[0] == above[1] and below[0] == below[1]
            if exact and below[0] > 0 and above[0] <= below[0]:
                figure = Figure(above[0] / below[0], numerator=above[0], denominator=below[0])
                at = min(top.at, bottom.at)
                derived.append(replace(top, metric=rate.id, figure=figure, at=at))
    return [*series, *derived]
