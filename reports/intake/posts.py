"""
A platform's own table of posts, as its analytics give it: one post a row, known by the headings of that platform.

The figures are totals: since publication, or over the period that was chosen for the export. Both ends are said, never
guessed: `--always at=DATE` is the last day they count, `--always since=DATE` the first, unless the file's own name has
them. A post that went out before the first day is refused, for its figures would be a part that looks like the whole.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from reports.cells.layout import Layout
from reports.cells.sheet import Record, Sheet
from reports.errors import Unreadable
from reports.figures import Figure
from reports.intake.headings import declared_badly, meanings, meant_twice, unread
from reports.intake.posted import key
from reports.metrics import METRICS
from reports.snapshot import Fault, Snapshot
from reports.source import Cells

#: What a spreadsheet makes of a long id: 1.83E+18.
_ROUNDED = re.compile(r"\d+(?:[.,]\d+)?[eE]\+\d+")
WHOLE_FILE = "import the file as the platform gave it: a spreadsheet that saves it keeps 15 digits of an id"
KEYS = ("subject", "link", "page", "at", "scope")


@dataclass(frozen=True)
class Table:
    """What the columns of one platform's export mean. Headings in lower case."""

    whose: str  #: in a sentence: "X"
    marks: tuple[frozenset[str], ...]  #: any of these sets of headings tells whose table it is
    subject: tuple[str, ...]  #: headings of a post's id
    link: tuple[str, ...] = ()  #: headings of its address
    metrics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: metric -> its headings
    times: Mapping[str, float] = field(default_factory=dict)  #: heading -> what makes its unit the metric's
    page: tuple[str, ...] = ()  #: headings of the account's id
    scope: tuple[str, ...] = ()  #: headings of what a row covers
    whole: str = ""  #: what such a cell says of figures since publication, in lower case
    period: bool = False  #: whether the figures are of a chosen period
    id_in_link: bool = False  #: whether an address holds the id that is beside it

    @property
    def meanings(self) -> dict[str, str]:
        """Every heading with what it means."""
        keys = {"subject": self.subject, "link": self.link, "page": self.page, "scope": self.scope}
        return {heading: name for name, found in {**keys, **self.metrics}.items() for heading in found}

    @property
    def sought(self) -> str:
        """The headings that name a post, for people."""
        return " or ".join(f"'{name}'" for name in (*self.subject, *self.link))


class Posts:
    """What the sources of platform exports have in common; each declares its table."""

    id: ClassVar[str] = ""
    help: ClassVar[str] = ""
    table: ClassVar[Table]

    def recognises(self, sheet: Sheet, layout: Layout) -> bool:
        """Take a table with the headings that this platform alone gives."""
        del layout
        present = {_plain(cell) for cell in sheet.heading.cells}
        return any(marks <= present for marks in self.table.marks)

    def ignored(self, sheet: Sheet, layout: Layout) -> tuple[str, ...]:
        """Return the headings that are not read."""
        return unread(sheet, self._meanings(sheet, layout))

    def named(self, name: str, page: str) -> tuple[str, ...]:
        """Return what else a post of that id may be called."""
        del name, page
        return ()

    def period(self, file: str) -> tuple[str, str]:
        """Return the first and the last day that the file's own name says; "" where it does not."""
        del file
        return "", ""

    def read(self, sheet: Sheet, campaign: str, layout: Layout) -> Iterator[Snapshot | Fault]:
        """Give a snapshot for each cell that holds a figure, and a fault for each that is wrong."""
        found, cells = self._meanings(sheet, layout), Cells(layout)
        first, last = self.period(sheet.file)
        said = {"since": layout.always.get("since") or first, "at": layout.always.get("at") or last}
        faults = [
            *declared_badly(sheet, layout, (*METRICS, *KEYS)), *meant_twice(sheet, found),
            *self._lacking(sheet, found, said),
        ]  # fmt: skip
        yield from faults
        if faults:
            return
        try:
            since = cells.first_of(said["since"]) if said["since"] else None
            at = cells.instant(said["at"]) if said["at"] else None
        except Unreadable as fault:
            yield Fault(sheet.heading.line, 0, f"--always: {fault.message}", fault.hint)
            return
        rows = _Rows(self, sheet, found, cells, since, at)
        named = (layout.always.get("campaign", campaign), layout.source or sheet.notes.get("source") or self.id)
        for record in sheet.records():
            if isinstance(record, Fault):
                yield record
            else:
                yield from rows.read(record, named)

    def _meanings(self, sheet: Sheet, layout: Layout) -> list[str]:
        return meanings(sheet, layout, self.table.meanings)

    def _lacking(self, sheet: Sheet, found: list[str], said: Mapping[str, str]) -> Iterator[Fault]:
        line, table = sheet.heading.line, self.table
        if "subject" not in found and "link" not in found:
            hint = f"it looks for {table.sought}; declare another with --column 'HEADING=subject'"
            yield Fault(line, 0, f"no column of this export of {table.whose} names the post", hint)
        if not set(found) & set(METRICS):
            sought = ", ".join(f"'{heading}'" for headings in table.metrics.values() for heading in headings)
            hint = f"it looks for {sought}; declare one with --column 'HEADING=METRIC'"
            yield Fault(line, 0, f"no column of this export of {table.whose} is a figure that is known", hint)
        if not said["at"] and "at" not in found:
            message = "the file does not say up to which day its figures count"
            yield Fault(line, 0, message, "declare it: --always at=2027-01-31 (the day of the export, or its last day)")
        if table.period and not said["since"]:
            message = "the file does not say from which day on its figures count"
            hint = "declare the first day that was chosen for the export: --always since=2027-01-01"
            yield Fault(line, 0, message, hint)


class _Rows:
    def __init__(
        self, source: Posts, sheet: Sheet, found: list[str], cells: Cells, since: datetime | None, at: datetime | None
    ) -> None:
        self.source, self.table, self.cells, self.since, self.at = source, source.table, cells, since, at
        self.place = {name: found.index(name) for name in KEYS if name in found}
        headed = [
            (place, METRICS[name], sheet.heading.cells[place]) for place, name in enumerate(found) if name in METRICS
        ]
        self.metrics = [(place, of, said, source.table.times.get(_plain(said))) for place, of, said in headed]

    def read(self, record: Record, named: tuple[str, str]) -> Iterator[Snapshot | Fault]:
        said = {name: record.cells[place] for name, place in self.place.items()}
        name, link = said.get("subject", ""), said.get("link", "")
        if name.casefold() == "total" or (not name and not link and self._words(record)):
            return  # the sum of the rows, or a row that explains the columns
        place = self.place.get("subject", self.place.get("link", 0))
        try:
            also = self._also(name, link, said.get("page", ""))
            self._covers(said)
            at = self.cells.instant(said["at"]) if said.get("at") else self.at
            if at is None:
                at = self.cells.instant("")
            if self.since is not None and self.since > at:
                message = f"the figures count from {self.since.date()} on, and are of {at.date()}"
                raise Unreadable(message, "exchange the two days of --always")  # noqa: TRY301 (listed like the others)
        except Unreadable as fault:
            yield Fault(record.line, place, fault.message, fault.hint)
            return
        for position, metric, heading, times in self.metrics:
            text = record.cells[position]
            if not text:
                continue
            try:
                figure = self.cells.figure(metric, heading, text)
            except Unreadable as fault:
                yield Fault(record.line, position, fault.message, fault.hint)
                continue
            if not figure.missing:
                yield Snapshot(
                    *named, "release", name or link, metric.id, (), at, _times(figure, times), record.line, place, also,
                    self.since,
                )  # fmt: skip

    def _also(self, name: str, link: str, page: str) -> tuple[str, ...]:
        for text in (name, page):
            if _ROUNDED.fullmatch(text):
                message = f"the id '{text}' was rounded by a spreadsheet"
                raise Unreadable(message, WHOLE_FILE)
        others = self.source.named(name, page) if name else ()
        addressed = key(link) if link else ""
        if self.table.id_in_link and others and addressed and addressed not in others:
            message = f"the id '{name}' is not that of the address '{link}'"
            raise Unreadable(message, WHOLE_FILE)
        return tuple(dict.fromkeys(each for each in (*others, link, addressed) if each and each != name))

    def _covers(self, said: Mapping[str, str]) -> None:
        scope = said.get("scope", "")
        if scope and scope.casefold() != self.table.whole:
            message = f"the row is of '{scope}' alone, and not of all the time since publication"
            whole = f", which say '{self.table.whole.capitalize()}' there" if self.table.whole else ", without days"
            raise Unreadable(message, f"export the posts' totals{whole}")

    def _words(self, record: Record) -> bool:
        """Whether no figure of the row is one."""
        return not any(letter.isdigit() for place, *_ in self.metrics for letter in record.cells[place][:1])


def _times(figure: Figure, times: float | None) -> Figure:
    if times is None:
        return figure
    value, lower, upper = (
        None if each is None else round(each * times, 6) for each in (figure.value, figure.lower, figure.upper)
    )
    return replace(figure, value=value, lower=lower, upper=upper)


def _plain(heading: str) -> str:
    return heading.casefold().replace("\u2019", "'")
