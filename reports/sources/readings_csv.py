"""
One figure a row, for surveys, press offices and platforms without an export of their own.

    at,subject_kind,subject,metric,value,numerator,denominator,audience
    2027-01-31,audience,young-fr,recall_rate,18%,216,1200,
    2027-01-31,release,launch/fr-FR/fr-mastodon,reach,"over 19,600",,,

Required: at, subject_kind, subject, metric, value. May be there: campaign, source, numerator, denominator, lower,
upper, qualifier, and the dimensions of `reports.source`. Any other column is an error, for a misspelt dimension
would make another figure.
"""

from collections.abc import Iterator
from typing import ClassVar

from reports.cells.layout import Layout
from reports.cells.sheet import Record, Sheet
from reports.errors import Unreadable
from reports.intake.headings import cells_of
from reports.measures import Metric
from reports.metrics import METRICS
from reports.snapshot import SUBJECT_KINDS, Fault, Snapshot
from reports.source import DIMENSIONS, Cells, metric, nearest, unknown_kind

REQUIRED = ("at", "subject_kind", "subject", "metric", "value")
FIGURES = ("numerator", "denominator", "lower", "upper", "qualifier")
#: Columns that tell persons apart.
PERSONS = frozenset(
    {"user", "user_id", "username", "user_name", "name", "handle", "email", "e-mail", "phone", "ip", "ip_address",
     "device_id", "person"}
)  # fmt: skip
OPTIONAL = ("campaign", "source", *FIGURES, *DIMENSIONS)


class ReadingsCsv:
    """A file with one figure a row."""

    id: ClassVar[str] = "readings"
    help: ClassVar[str] = f"one figure a row: {', '.join(REQUIRED)}"

    def recognises(self, sheet: Sheet, layout: Layout) -> bool:
        """Take a table that has both a metric and a value column."""
        return {"metric", "value"} <= {*_names(sheet, layout), *layout.always}

    def ignored(self, sheet: Sheet, layout: Layout) -> tuple[str, ...]:
        """Return the headings that were declared to mean nothing: any other one is an error."""
        return tuple(name for name in sheet.heading.cells if layout.columns.get(name) == "-")

    def read(self, sheet: Sheet, campaign: str, layout: Layout) -> Iterator[Snapshot | Fault]:
        """Give a snapshot a row, and a fault for each cell that is wrong."""
        names = _names(sheet, layout)
        faults = list(_headings(sheet, names, layout))
        yield from faults
        if faults:
            return
        source = layout.source or sheet.notes.get("source") or self.id
        reader = _Rows(names, Cells(layout), (campaign, source))
        for record in sheet.records():
            if isinstance(record, Fault):
                yield record
            else:
                yield from reader.read(record)


def _names(sheet: Sheet, layout: Layout) -> list[str]:
    found = [layout.columns.get(name, name).casefold().replace(" ", "_") for name in sheet.heading.cells]
    return ["" if name == "-" else name for name in found]


def _headings(sheet: Sheet, names: list[str], layout: Layout) -> Iterator[Fault]:
    line = sheet.heading.line
    for name in REQUIRED:
        if name not in names and name not in layout.always:
            yield Fault(line, 0, f"there is no column '{name}'", f"this file needs {', '.join(REQUIRED)}")
    for position, name in enumerate(names):
        if name and name not in REQUIRED and name not in OPTIONAL:
            message = f"unknown column '{sheet.heading.cells[position]}'"
            hint = nearest(name, (*REQUIRED, *OPTIONAL)) or f"columns may be {', '.join(OPTIONAL)}"
            if name in PERSONS:
                hint = "Cordiale keeps nothing about single persons: leave the column out"
            yield Fault(line, position, message, hint)


class _Rows:
    """Rows on their way to snapshots: each cell is read on its own, so that each one that is wrong is listed."""

    def __init__(self, names: list[str], cells: Cells, default: tuple[str, str]) -> None:
        self.names, self.cells = names, cells
        self.campaign, self.source = default
        self.place = {name: position for position, name in enumerate(names)}
        given = {*names, *cells.always}
        self.figures = tuple(name for name in FIGURES if name in given)
        self.splits = any(name in given for name in DIMENSIONS)

    def read(self, record: Record) -> Iterator[Snapshot | Fault]:
        said = cells_of(record, self.names, self.cells.always)
        wrong: list[tuple[str, Unreadable]] = []
        at = of = value = None
        try:
            at = self.cells.instant(said["at"])
        except Unreadable as fault:
            wrong.append(("at", fault))
        kind = said["subject_kind"]
        if kind not in SUBJECT_KINDS:
            wrong.append(("subject_kind", unknown_kind(kind)))
        of = METRICS.get(said["metric"])
        try:
            of = of or metric(said["metric"])
            value = self.cells.figure(of, "value", said["value"], **self._others(said))
            _said_in(of, said)
        except Unreadable as fault:
            wrong.append(("value" if of else "metric", fault))
        split: tuple[tuple[str, str], ...] = ()
        if self.splits:
            pairs = list(self.cells.dimensions(said))
            wrong += [(name, pair) for name, pair in pairs if isinstance(pair, Unreadable)]
            split = tuple(pair for _, pair in pairs if not isinstance(pair, Unreadable))
        for name, each in wrong:
            yield Fault(record.line, self.place.get(name, 0), each.message, each.hint)
        if at is not None and of is not None and value is not None and not wrong:
            campaign, source = said.get("campaign") or self.campaign, said.get("source") or self.source
            place = self.place.get("subject", 0)
            yield Snapshot(campaign, source, kind, said["subject"], of.id, split, at, value, record.line, place)

    def _others(self, said: dict[str, str]) -> dict[str, str]:
        return {name: said[name] for name in self.figures if said[name]}


def _said_in(of: Metric, said: dict[str, str]) -> None:
    if of.unit == "money" and not said.get("currency"):
        message = f"'{of.id}' is money, and the row does not say in which currency"
        raise Unreadable(message, "add a column 'currency': GBP, EUR")
