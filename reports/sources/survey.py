"""
One answer share a row, as survey institutes give results.

    Fieldwork end,Audience,Measure,Base,Count,Share
    2027-01-31,young-fr,Recall,1200,216,18%

A measure is a metric's id or its name in English or French. The base (n) goes with each share, so that shares can be
pooled and intervals given. A row without an audience, or with `all`, is of the whole campaign.
"""

from collections.abc import Iterator
from typing import ClassVar

from reports.errors import Unreadable
from reports.layout import Layout
from reports.measures import Metric, Rate
from reports.metrics import METRICS
from reports.sheet import Record, Sheet
from reports.snapshot import Fault, Snapshot
from reports.source import DIMENSIONS, Cells, cells_of, declared_badly, lacking, meanings, meant_twice, nearest

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
        return {"metric", "denominator"} <= found and bool(found & {"numerator", "value"})

    def ignored(self, sheet: Sheet, layout: Layout) -> tuple[str, ...]:
        """Return the headings that mean nothing."""
        found = meanings(sheet, layout, _KNOWN)
        return tuple(name for name, meaning in zip(sheet.heading.cells, found, strict=True) if name and not meaning)

    def read(self, sheet: Sheet, campaign: str, layout: Layout) -> Iterator[Snapshot | Fault]:
        """Give a snapshot a row, and a fault for each cell that is wrong."""
        found = meanings(sheet, layout, _KNOWN)
        faults = [
            *declared_badly(sheet, layout, (*HEADINGS, *_OTHERS)),
            *meant_twice(sheet, found),
            *lacking(sheet, found, {"at": "when the fieldwork ended"}, layout),
        ]
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
    at = of = value = None
    try:
        at = cells.instant(said.get("at", ""))
    except Unreadable as fault:
        wrong.append(("at", fault))
    try:
        of = _measure(said["metric"])
        others = {name: said[name] for name in FIGURES if said.get(name)}
        value = cells.figure(of, "value", said.get("value", ""), **others)
        if value.denominator is None and not value.missing:
            message = "the row does not say how many were asked"
            raise Unreadable(message, "give the base of each share")  # noqa: TRY301 (listed like the others)
    except Unreadable as fault:
        wrong.append(("metric" if of is None else "value" if "value" in found else "numerator", fault))
    said_of = said.get("audience", "")
    pairs = list(cells.dimensions({name: said[name] for name in _OTHERS if said.get(name)}))
    wrong += [(name, pair) for name, pair in pairs if isinstance(pair, Unreadable)]
    for name, each in wrong:
        yield Fault(record.line, found.index(name) if name in found else 0, each.message, each.hint)
    if at is None or of is None or value is None or wrong:
        return
    split = tuple(pair for _, pair in pairs if not isinstance(pair, Unreadable))
    everybody = said_of.casefold() in EVERYBODY
    kind, subject = ("campaign", "") if everybody else ("audience", said_of)
    place = found.index("audience") if "audience" in found else 0
    named = (said.get("campaign") or default[0], said.get("source") or default[1])
    yield Snapshot(*named, kind, subject, of.id, split, at, value, record.line, place)


def _measure(text: str) -> Metric:
    known = _MEASURES.get(text.casefold().replace("\u2019", "'").replace(" rate", ""))
    if known:
        return known
    message = f"unknown measure '{text}'" if text else "the row names no measure"
    raise Unreadable(message, nearest(text, tuple(_MEASURES)) or "see the rates of `cordiale readings metrics`")
