"""The waves of a campaign: what was done, what the audience met, what it made of it, and what was learnt."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from campaigns.documents import schema
from reports.assessment.tables import WENT_OUT
from reports.intake.subjects import Sent
from reports.measures import Metric
from reports.metrics import METRICS
from reports.records.blocks import Block
from reports.records.series import Gathered, Known, gather

#: What a cell of the grid has room for, by stage: the first of these that have a figure.
SHOWN = {
    "output": ("reach", "impressions", "views", "deliveries", "coverage_items"),
    "outtake": ("engagements", "comments", "reshares", "positive_comment_rate"),
    "outcome": ("link_clicks", "click_through_rate", "sign_ups"),
}
MOST = 3


@dataclass(frozen=True)
class Wave:
    """One entry of the document's releases, as it went out."""

    entry: str
    first: date | None  #: None: nothing of it went out yet
    last: date | None
    released: int
    planned: int
    channels: tuple[str, ...]
    figures: dict[str, tuple[tuple[Metric, Gathered], ...]]  #: stage -> its figures
    adjusted: tuple[str, ...]  #: what was changed while it ran or before the next one, and why


def waves(document: schema.Campaign, sent: Sequence[Sent], series: Sequence[Known]) -> tuple[Wave, ...]:
    """Return the waves in the order in which they went out; those still to come are last."""
    entries: dict[str, list[Sent]] = defaultdict(list)
    for one in sent:
        entries[one.entry].append(one)
    made = [_wave(each.id, entries[each.id], series) for each in document.releases]
    made = sorted((each for each in made if each.planned), key=lambda each: (each.first or date.max, each.entry))
    found = []
    for place, each in enumerate(made):
        later = [other.first for other in made[place + 1 :] if other.first]
        ends = later[0] if later else date.max
        mine = tuple(one.because for one in document.adjustments if each.first and each.first <= one.on < ends)
        found.append(
            Wave(each.entry, each.first, each.last, each.released, each.planned, each.channels, each.figures, mine)
        )
    return tuple(found)


def of_entry(entry: str, sent: Sequence[Sent], series: Sequence[Known]) -> list[Known]:
    """Return the figures of the releases of one entry."""
    mine = {each.id for each in sent if each.entry == entry}
    own: list[Known] = []
    for each in series:
        if isinstance(each, Block):
            part = each.within({"entry": entry})
            own += [part] if part.many else []
        elif each.subject_kind == "release" and each.subject in mine:
            own.append(each)
    return own


def _wave(entry: str, mine: Sequence[Sent], series: Sequence[Known]) -> Wave:
    out = [each for each in mine if each.state in WENT_OUT]
    days = sorted(each.published_at.date() for each in out if each.published_at)
    own = of_entry(entry, mine, series)
    figures = {}
    for stage, names in SHOWN.items():
        found = [(METRICS[name], gather(METRICS[name], own, {})) for name in names]
        figures[stage] = tuple(pair for pair in found if pair[1].parts)[:MOST]
    channels = tuple(dict.fromkeys(each.channel for each in out))
    return Wave(
        entry, days[0] if days else None, days[-1] if days else None, len(out), len(mine), channels, figures, ()
    )
