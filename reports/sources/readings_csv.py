"""
One figure a row, for surveys, press offices and platforms without an export of their own.

    at,subject_kind,subject,metric,value,numerator,denominator,audience
    2027-01-31,audience,young-fr,recall_rate,18%,216,1200,
    2027-01-31,release,launch/fr-FR/fr-mastodon,reach,"over 19,600",,,

Required: at, subject_kind, subject, metric, value. May be there: campaign, source, numerator, denominator, lower,
upper, qualifier, and the dimensions of `reports.source`. Any other column is an error, for a misspelt dimension
would make another figure.
"""

from collections.abc import Mapping
from typing import ClassVar

from campaigns.errors import Complaint
from reports.errors import Unreadable
from reports.sheet import Record, Sheet
from reports.snapshot import SUBJECT_KINDS, Snapshot
from reports.source import DIMENSIONS, Found, dimension, figure, instant, metric, nearest

REQUIRED = ("at", "subject_kind", "subject", "metric", "value")
FIGURES = ("numerator", "denominator", "lower", "upper", "qualifier")
OPTIONAL = ("campaign", "source", *FIGURES, *DIMENSIONS)


class ReadingsCsv:
    """A file with one figure a row."""

    id: ClassVar[str] = "readings"
    help: ClassVar[str] = f"one figure a row: {', '.join(REQUIRED)}"

    def recognises(self, sheet: Sheet, columns: Mapping[str, str]) -> bool:
        """Take a sheet that has both a metric and a value column."""
        return {"metric", "value"} <= set(_names(sheet, columns))

    def read(self, sheet: Sheet, campaign: str, columns: Mapping[str, str]) -> Found:
        """Return a snapshot a row, and a complaint for each cell that is wrong."""
        names = _names(sheet, columns)
        found = Found()
        for name in REQUIRED:
            if name not in names:
                message = f"there is no column '{name}'"
                hint = f"this file needs {', '.join(REQUIRED)}"
                found.complaints.append(Complaint(sheet.where(sheet.heading, 0), message, hint))
        for position, name in enumerate(names):
            if name and name not in REQUIRED and name not in OPTIONAL:
                message = f"unknown column '{sheet.heading.cells[position]}'"
                hint = nearest(name, (*REQUIRED, *OPTIONAL)) or f"columns may be {', '.join(OPTIONAL)}"
                found.complaints.append(Complaint(sheet.where(sheet.heading, position), message, hint))
        if not found.complaints:
            for record in sheet.records:
                _Row(sheet, names, record, found).read(campaign, sheet.notes.get("source") or self.id)
        return found


def _names(sheet: Sheet, columns: Mapping[str, str]) -> list[str]:
    return [columns.get(name, name).casefold().replace(" ", "_") for name in sheet.heading.cells]


class _Row:
    """One row on its way to a snapshot: each cell is read on its own, so that each one that is wrong is listed."""

    def __init__(self, sheet: Sheet, names: list[str], record: Record, found: Found) -> None:
        self.sheet, self.names, self.record, self.found = sheet, names, record, found
        self.cells = dict(zip(names, record.cells, strict=True))

    def complain(self, column: str, fault: Unreadable) -> None:
        where = self.sheet.where(self.record, self.names.index(column))
        self.found.complaints.append(Complaint(where, fault.message, fault.hint))

    def read(self, campaign: str, source: str) -> None:
        before = len(self.found.complaints)
        at = of = split = None
        try:
            at = instant(self.cells["at"])
        except Unreadable as fault:
            self.complain("at", fault)
        kind = self.cells["subject_kind"]
        if kind not in SUBJECT_KINDS:
            hint = nearest(kind, SUBJECT_KINDS) or f"one of {', '.join(SUBJECT_KINDS)}"
            self.complain("subject_kind", Unreadable(f"unknown kind of subject '{kind}'", hint))
        try:
            of = metric(self.cells["metric"])
        except Unreadable as fault:
            self.complain("metric", fault)
        if of:
            try:
                value = figure(of, self.cells["value"], **{name: self.cells.get(name, "") for name in FIGURES})
            except Unreadable as fault:
                self.complain("value", fault)
        split = self.dimensions()
        if at and of and len(self.found.complaints) == before:
            where = self.sheet.where(self.record, self.names.index("subject"))
            self.found.snapshots.append(
                Snapshot(
                    self.cells.get("campaign") or campaign,
                    self.cells.get("source") or source,
                    kind,
                    self.cells["subject"],
                    of.id,
                    split,
                    at,
                    value,
                    where,
                )
            )

    def dimensions(self) -> tuple[tuple[str, str], ...]:
        keys = []
        for name in DIMENSIONS:
            if self.cells.get(name):
                try:
                    keys.append(dimension(name, self.cells[name]))
                except Unreadable as fault:
                    self.complain(name, fault)
        return tuple(keys)
