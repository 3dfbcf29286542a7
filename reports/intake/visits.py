"""
Visits by the tags of the links that led there: what the tables of web analytics have in common.

With a column of days each row counts that day, and the file holds every day since the campaign began; without one, a
row is a total between two days that are said: `--always since=2027-01-01 --always at=2027-01-31`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from reports.cells.layout import Layout
from reports.cells.sheet import Record, Sheet
from reports.errors import Unreadable
from reports.intake.headings import declared_badly, lacking, meanings, meant_twice, unread
from reports.intake.running import Running, Tally
from reports.intake.tagged import LABEL, TAGS, tags_of, written
from reports.metrics import METRICS
from reports.snapshot import Fault, Snapshot
from reports.source import Cells

KEYS = (*TAGS, LABEL, "link", "at")
METRIC = METRICS["site_visits"]


@dataclass(frozen=True)
class Columns:
    """What the headings of one table mean, in lower case, and which of them tell whose it is."""

    marks: tuple[frozenset[str], ...]
    known: Mapping[str, str]


class Visits:
    """What the sources of visits have in common; each declares its columns."""

    id: ClassVar[str] = ""
    help: ClassVar[str] = ""
    columns: ClassVar[Columns]

    def recognises(self, sheet: Sheet, layout: Layout) -> bool:
        """Take a table with these headings, whatever order they are in."""
        del layout
        present = {cell.casefold() for cell in sheet.heading.cells}
        return any(marks <= present for marks in self.columns.marks)

    def ignored(self, sheet: Sheet, layout: Layout) -> tuple[str, ...]:
        """Return the headings that are not read."""
        return unread(sheet, meanings(sheet, layout, self.columns.known))

    def dated(self, sheet: Sheet, layout: Layout) -> bool:
        """Say whether each row is of a day."""
        return "at" in meanings(sheet, layout, self.columns.known)

    def read(self, sheet: Sheet, campaign: str, layout: Layout) -> Iterator[Snapshot | Fault]:
        """Give totals by link once every row is read, and a fault for each cell that is wrong."""
        found, cells = meanings(sheet, layout, self.columns.known), Cells(layout)
        dated = "at" in found
        faults = [
            *declared_badly(sheet, layout, (METRIC.id, *KEYS)), *meant_twice(sheet, found),
            *lacking(sheet, found, {METRIC.id: "how many visits there were"}, layout),
            *_undated(sheet, layout, dated=dated),
        ]  # fmt: skip
        if not set(found) & {*TAGS, LABEL, "link"}:
            sought = ", ".join(f"'{name}'" for name, meaning in self.columns.known.items() if meaning in KEYS[:-1])
            hint = f"it looks for {sought}; declare one: --column 'HEADING=utm_content'"
            faults.append(Fault(sheet.heading.line, 0, "no column says by which link the visits came", hint))
        yield from faults
        if faults:
            return
        try:
            since = None if dated else cells.first_of(layout.always["since"])
            at = None if dated else layout.always["at"]
            if since is not None and at is not None and since > cells.instant(at):
                message = f"the visits count from {since.date()} on, and are of {at}"
                raise Unreadable(message, "exchange the two days")  # noqa: TRY301 (listed like the others)
        except Unreadable as fault:
            yield Fault(sheet.heading.line, 0, f"--always: {fault.message}", fault.hint)
            return
        running = Running()
        named = (layout.always.get("campaign", campaign), layout.source or sheet.notes.get("source") or self.id)
        for record in sheet.records():
            if isinstance(record, Fault):
                yield record
            else:
                yield from _row(record, found, cells, at, (running, named))
        for each in running.snapshots():
            yield each._replace(since=since)


def _undated(sheet: Sheet, layout: Layout, *, dated: bool) -> Iterator[Fault]:
    for name, words in (("since", "from which day on"), ("at", "up to which day")):
        if not dated and not layout.always.get(name):
            hint = f"declare it as it was chosen for the export: --always {name}=2027-01-31; or export a column of days"
            yield Fault(sheet.heading.line, 0, f"the file does not say {words} its visits count", hint)


def _row(
    record: Record, found: list[str], cells: Cells, at: str | None, into: tuple[Running, tuple[str, str]]
) -> Iterator[Fault]:
    said = {name: cell for name, cell in zip(found, record.cells, strict=True) if name and cell}
    tags = tags_of(said.get("link", "")) or tags_of(said.get(LABEL, ""))
    if not tags and any(name in said for name in (*TAGS, LABEL)):  # an empty tag is none of ours: a part, not a sum
        tags = {name: said.get(name, "") for name in (*TAGS, LABEL) if name in found}
    place = next((found.index(name) for name in KEYS if name in found), 0)
    text = said.get(METRIC.id, "")
    if not text:
        return
    try:
        figure = cells.figure(METRIC, METRIC.id, text)
        when = cells.instant(said.get("at", "") if at is None else at)
        if not tags:
            message = "the row does not say by which link the visits came"
            raise Unreadable(message, "leave the row out")  # noqa: TRY301 (listed like the others)
    except Unreadable as fault:
        yield Fault(record.line, found.index(METRIC.id), fault.message, fault.hint)
        return
    running, named = into
    if figure.value is not None:
        running.add(Tally(*named, "link", written(tags), METRIC.id, ()), when, figure.value, record.line, place)
