"""
One answer share a row, as survey institutes give results.

    Fieldwork end,Audience,Measure,Base,Count,Share
    2027-01-31,young-fr,Recall,1200,216,18%

A measure is a metric's id or its name in English or French. The base (n) goes with each share, so that shares can be
pooled and intervals given. A row without an audience, or with `all`, is of the whole campaign.

A weighted row says so by a weighted share or weighted counts, and by how much less its answers say than their number:
an effective base, a design effect, or the sum of the squared weights. Base and count stay those before weighting.

    Fieldwork end,Audience,Measure,Base,Count,Weighted base,Weighted count,Design effect
    2027-01-31,young-fr,Recall,1200,216,1200,204.5,1.31
"""

from collections.abc import Iterator
from typing import ClassVar

from reports.cells.layout import Layout
from reports.cells.sheet import Record, Sheet
from reports.errors import Unreadable
from reports.figures import Figure
from reports.intake.headings import badly_headed, cells_of, faults_of, meanings, unread
from reports.intake.weights import WEIGHTS, weighed
from reports.measures import Metric, Rate
from reports.metrics import EFFECTIVE, METRICS, base_of
from reports.snapshot import Fault, Snapshot
from reports.source import DIMENSIONS, Cells, nearest

HEADINGS: dict[str, tuple[str, ...]] = {
    "at": ("at", "date", "fieldwork end", "end of fieldwork", "fin de terrain", "terrain"),
    "audience": ("audience", "segment", "group", "target group", "cible", "groupe"),
    "metric": ("metric", "measure", "indicator", "kpi", "mesure", "indicateur"),
    "denominator": ("base", "n", "sample", "sample size", "respondents", "effectif", "échantillon", "répondants"),
    "numerator": ("count", "yes", "answers", "number", "oui", "nombre", "réponses"),
    "value": ("share", "%", "percent", "per cent", "percentage", "result", "part", "pourcentage", "résultat"),
    "lower": ("lower", "ci low", "lower bound", "borne inférieure"),
    "upper": ("upper", "ci high", "upper bound", "borne supérieure"),
    "campaign": ("campaign", "campagne"),
    "weighted": ("weighted share", "weighted %", "weighted result", "part pondérée", "pourcentage pondéré"),
    "weighted_numerator": ("weighted count", "weighted yes", "weighted answers", "oui pondéré", "nombre pondéré"),
    "weighted_denominator": ("weighted base", "weighted n", "weighted sample", "base pondérée", "effectif pondéré"),
    "effective": ("effective base", "effective n", "effective sample size", "base efficace", "effectif efficace"),
    "design_effect": ("design effect", "deff", "weighting effect", "effet de plan"),
    "weights_squared": ("sum of squared weights", "squared weights", "somme des carrés des poids"),
}
EVERYBODY = frozenset({"", "all", "total", "everyone", "ensemble", "tous"})
_OTHERS = tuple(name for name in DIMENSIONS if name != "audience")
_KNOWN = {name: name for name in _OTHERS} | {
    heading: meaning for meaning, headings in HEADINGS.items() for heading in headings
}
_MEASURES: dict[str, Metric] = {
    name.casefold().replace("\u2019", "'"): metric
    for metric in METRICS.values()
    if isinstance(metric, Rate)
    for name in (metric.id, metric.id.removesuffix("_rate"), metric.en, metric.fr)
}
FIGURES = ("numerator", "denominator", "lower", "upper")


class Survey:
    """Results of a survey: one share of answers a row."""

    id: ClassVar[str] = "survey"
    help: ClassVar[str] = "one answer share a row: a date, an audience, a measure, the base, and a count or a share"

    def recognises(self, sheet: Sheet, layout: Layout) -> bool:
        """Take a table that has a measure, a base, and a count or a share."""
        found = {*meanings(sheet, layout, _KNOWN), *layout.always}
        return {"metric", "denominator"} <= found and bool(found & {"numerator", "value", "weighted"})

    def ignored(self, sheet: Sheet, layout: Layout) -> tuple[str, ...]:
        """Return the headings that mean nothing."""
        return unread(sheet, meanings(sheet, layout, _KNOWN))

    def read(self, sheet: Sheet, campaign: str, layout: Layout) -> Iterator[Snapshot | Fault]:
        """Give a snapshot a row, and a fault for each cell that is wrong."""
        found = meanings(sheet, layout, _KNOWN)
        faults = badly_headed(sheet, layout, found, (*HEADINGS, *_OTHERS), {"at": "when the fieldwork ended"})
        yield from faults
        if faults:
            return
        cells, source = Cells(layout), layout.source or sheet.notes.get("source") or self.id
        for record in sheet.records():
            if isinstance(record, Fault):
                yield record
            else:
                yield from _row(record, found, cells, (campaign, source))


def _row(record: Record, found: list[str], cells: Cells, default: tuple[str, str]) -> Iterator[Snapshot | Fault]:
    said = cells_of(record, found, cells.always)
    wrong: list[tuple[str, Unreadable]] = []
    at = of = value = effective = None
    try:
        at = cells.instant(said.get("at", ""))
    except Unreadable as fault:
        wrong.append(("at", fault))
    try:
        of = _measure(said["metric"])
        others = {name: said[name] for name in FIGURES if said.get(name)}
        given = {name: said[name] for name in WEIGHTS if said.get(name)}
        value, effective = weighed(cells, of, said.get("value", ""), others, given)
        if value.denominator is None and not value.missing:
            message = "the row does not say how many were asked"
            raise Unreadable(message, "give the base of each share")  # noqa: TRY301 (listed like the others)
    except Unreadable as fault:
        wrong.append(("metric" if of is None else "value" if "value" in found else "numerator", fault))
    said_of = said.get("audience", "")
    pairs = list(cells.dimensions({name: said[name] for name in _OTHERS if said.get(name)}))
    wrong += [(name, pair) for name, pair in pairs if isinstance(pair, Unreadable)]
    yield from faults_of(record, found, wrong)
    if at is None or of is None or value is None or wrong:
        return
    split = tuple(pair for _, pair in pairs if not isinstance(pair, Unreadable))
    everybody = said_of.casefold() in EVERYBODY
    kind, subject = ("campaign", "") if everybody else ("audience", said_of)
    place = found.index("audience") if "audience" in found else 0
    named = (said.get("campaign") or default[0], said.get("source") or default[1])
    yield Snapshot(*named, kind, subject, of.id, split, at, value, record.line, place)
    if effective is not None:
        asked = ("question", base_of(of.id, dict(split)))
        beside = tuple(sorted((*(pair for pair in split if pair[0] != "question"), asked)))
        yield Snapshot(*named, kind, subject, EFFECTIVE, beside, at, Figure(effective), record.line, place)


def _measure(text: str) -> Metric:
    known = _MEASURES.get(text.casefold().replace("\u2019", "'").replace(" rate", ""))
    if known:
        return known
    message = f"unknown measure '{text}'" if text else "the row names no measure"
    raise Unreadable(message, nearest(text, tuple(_MEASURES)) or "see the rates of `cordiale readings metrics`")
