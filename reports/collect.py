"""Bring a file of readings in: its kind, its subjects, then the rollup. All of it, or nothing."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from campaigns.audit.log import Fact, append
from campaigns.errors import Complaint, InvalidDocument, UsageError, Where
from campaigns.plan import stored
from reports.cells import formats
from reports.cells.layout import Layout
from reports.cells.sheet import Sheet
from reports.errors import UnknownCampaign
from reports.intake import seen
from reports.intake.headings import PERSONS
from reports.intake.subjects import Subjects, delivery_keys, releases, unknown
from reports.intake.visits import Visits
from reports.records import ledger
from reports.records.ledger import Receipt
from reports.records.rollup import Fall
from reports.snapshot import Fault, Faulty, Row, Snapshot
from reports.source import Source
from reports.sources.costs import Costs
from reports.sources.coverage import Coverage
from reports.sources.delivery_notices import DeliveryNotices
from reports.sources.linkedin_export import LinkedinExport
from reports.sources.matomo_csv import MatomoCsv
from reports.sources.meta_export import MetaExport
from reports.sources.notify_report import NotifyReport
from reports.sources.platform_csv import PlatformCsv
from reports.sources.readings_csv import ReadingsCsv
from reports.sources.survey import Survey
from reports.sources.utm_visits import UtmVisits
from reports.sources.x_export import XExport
from reports.sources.youtube_export import YoutubeExport

#: Every kind of file, in the order they are asked.
SOURCES: tuple[Source, ...] = (
    ReadingsCsv(), Survey(), XExport(), MetaExport(), YoutubeExport(), LinkedinExport(), UtmVisits(), MatomoCsv(),
    NotifyReport(), DeliveryNotices(), PlatformCsv(), Costs(), Coverage(),
)  # fmt: skip
KINDS = tuple(each.id for each in SOURCES)
EXAMPLE = "example data"  #: the note that marks a file of invented figures
MOST = 10_000  #: faults of one file that are listed; the others are counted


@dataclass(frozen=True)
class Outcome:
    """What came of one file."""

    file: str
    digest: str  #: sha256
    kind: str  #: one of KINDS
    campaigns: tuple[str, ...]
    figures: int  #: in the file
    added: int  #: that were new
    corrected: int  #: of those: other figures for an instant that had one
    falls: tuple[Fall, ...]  #: running totals that went down: kept, as corrections of the source; the first few
    fallen: int  #: how many did
    ignored: tuple[str, ...]  #: headings that were not read
    persons: tuple[str, ...]  #: those of them that name persons
    strangers: int  #: posts that are no release of the campaign and were left out, where that was asked for
    example: str | None


def import_file(
    connection: Connection,
    path: Path,
    campaign: str | None,
    by: str,
    at: datetime,
    *,
    layout: Layout | None = None,
    corrects: bool = False,
    skips: bool = False,
    step: Callable[[int], None] | None = None,
) -> Outcome:
    """
    Import the readings of *path* for *campaign*, or for the campaigns that its column `campaign` names.

    *layout* declares what is not seen from the headings; *corrects* lets another figure for a known instant in, as
    its next revision; *skips* leaves posts out that are no release; *step* is told how many figures went in.

    Raises:
        InvalidDocument: If anything in the file is wrong; every fault is listed and nothing is kept.
        UnknownCampaign: If *campaign* is not in the database.
        UsageError: If there is no such file.
    """
    layout = layout or Layout()
    with closing(_opened(path, layout)) as read:
        source = _source(read.sheet, layout)
        example = read.sheet.notes.get(EXAMPLE)
        intake = _Intake(connection, campaign, None if example is not None else at.astimezone(UTC), skips=skips)
        receipt = Receipt(
            read.sheet.digest, read.sheet.file, by, at, example or (EXAMPLE if example is not None else None)
        )
        try:
            rows = intake.rows(source.read(read.sheet, campaign or "", layout))
            with connection.begin_nested():
                imported = ledger.import_rows(
                    connection, rows, receipt, step, corrects=corrects, whole=_whole(source, read.sheet, layout)
                )
        except Faulty as refused:
            intake.faults += refused.faults
            raise InvalidDocument(_complaints(read.sheet, intake)) from None
        if not imported.added + imported.known:
            message = "the file has no figure: nothing stands below its heading, or every cell is empty"
            if intake.strangers:
                message = f"none of the file's {intake.strangers:,} rows is a release of the campaign"
            where = Where(read.sheet.file, read.sheet.heading.line or 1)
            raise InvalidDocument([Complaint(where, message, "export it again once there is something to read")])
        campaigns = tuple(sorted(intake.campaigns))
        if imported.added:
            detail = {"file": read.sheet.file, "campaigns": list(campaigns)}
            fact = Fact(by, "readings.import", read.sheet.digest, after=str(imported.added), detail=detail)
            append(connection, [fact], at)
        return Outcome(
            file=read.sheet.file,
            digest=read.sheet.digest,
            kind=source.id,
            campaigns=campaigns,
            figures=imported.added + imported.known,
            added=imported.added,
            corrected=imported.corrected,
            falls=tuple(intake.named(each) for each in imported.falls),
            fallen=imported.fallen,
            ignored=(ignored := source.ignored(read.sheet, layout)),
            persons=tuple(each for each in ignored if each.casefold() in PERSONS),
            strangers=intake.strangers,
            example=receipt.example,
        )


def _opened(path: Path, layout: Layout) -> formats.Opened:
    """Open the file; of a workbook the sheet that is named, else the first that is of a kind that is known."""
    read = formats.open_file(path, layout)
    names = [] if layout.sheet else getattr(read.sheet, "names", [])
    if len(names) < 2 or _known(read.sheet, layout):  # noqa: PLR2004 (a workbook of one sheet has no other)
        return read
    for name in names[1:]:
        try:
            other = formats.open_file(path, layout.model_copy(update={"sheet": name}))
        except InvalidDocument:  # a sheet without a table
            continue
        if _known(other.sheet, layout):
            read.close()
            return other
        other.close()
    return read


def _known(sheet: Sheet, layout: Layout) -> bool:
    return any(each.recognises(sheet, layout) for each in SOURCES if layout.kind in {"", each.id})


def _source(sheet: Sheet, layout: Layout) -> Source:
    if layout.kind and layout.kind not in KINDS:
        message = f"There is no kind of file '{layout.kind}'."
        raise UsageError(message, f"Choose from {', '.join(KINDS)}.")
    for each in SOURCES:
        if each.id == layout.kind or (not layout.kind and each.recognises(sheet, layout)):
            return each
    message = "the headings are of no kind of file that Cordiale reads"
    declare = "name its kind with --kind, what a heading means with --column, and a cell of every row with --always"
    hint = f"`cordiale readings sources` lists those that it does; {declare}"
    raise InvalidDocument([Complaint(Where(sheet.file, sheet.heading.line, 1), message, hint)])


def _whole(source: Source, sheet: Sheet, layout: Layout) -> bool:
    """Say whether the rows are events that are added up, so that the file must hold them all."""
    if isinstance(source, Visits):
        return source.dated(sheet, layout)
    return isinstance(source, Costs | Coverage | DeliveryNotices)


def _complaints(sheet: Sheet, intake: "_Intake") -> list[Complaint]:
    complaints = sheet.complaints(sorted(intake.faults)[:MOST])
    if intake.more:
        last = max(each.where.line for each in complaints)
        message = f"{intake.more:,} more faults follow, up to line {intake.last:,}"
        complaints.append(Complaint(Where(sheet.file, last + 1), message, "mend these first: most have one cause"))
    return complaints


class _Intake:
    """Rows on their way in: subjects get their ids; after the first fault nothing goes on, and faults are gathered."""

    def __init__(
        self, connection: Connection, campaign: str | None, now: datetime | None, *, skips: bool = False
    ) -> None:
        self.connection, self.campaign, self.now, self.skips = connection, campaign, now, skips
        self.known: dict[str, Subjects | None] = {}
        if campaign:
            self.known[campaign] = subjects(connection, campaign, skips=skips)
        self.campaigns: set[str] = set()
        self.faults: list[Fault] = []
        self.more = self.last = 0

    @property
    def strangers(self) -> int:
        """How many posts were left out."""
        return sum(len(each.strangers) for each in self.known.values() if each)

    def rows(self, found: Iterator[Snapshot | Fault]) -> Iterator[Row]:
        """Give the rows whose subject is known, as long as nothing is wrong."""
        for each in found:
            answer = each if isinstance(each, Fault) else self._resolved(each)
            if isinstance(answer, Row):
                if not self.faults:
                    yield answer
            elif answer is None or answer in self.faults[-1:]:  # an unknown post is one fault, not one a figure
                continue
            elif len(self.faults) < MOST:
                self.faults.append(answer)
            else:
                self.more += 1
                self.last = answer.line
        if self.faults:
            raise Faulty([])

    def named(self, fall: Fall) -> Fall:
        """Return *fall* with its release's name in the place of its id."""
        for known in self.known.values():
            for each in known.named.get(fall.subject, ()) if known and fall.subject_kind == "release" else ():
                return replace(fall, subject=each.name)
        return fall

    def _resolved(self, row: Snapshot) -> Row | Fault | None:
        if row.campaign not in self.campaigns:
            fault = self._campaign(row)
            if fault:
                return fault
        if self.now is not None and row.at > self.now and row.at.date() > self.now.date():
            return Fault(
                row.line, row.cell, f"the figure is of {row.at.date()}, which is still to come", "correct the date"
            )
        known = self.known[row.campaign]
        if known is None:  # said of its first row
            return Fault(row.line, row.cell, f"campaign '{row.campaign}' is not here either", "see the first such row")
        return known.resolve(row)

    def _campaign(self, row: Snapshot) -> Fault | None:
        """Look the row's campaign up, once; return what is wrong with it."""
        if self.campaign and row.campaign != self.campaign:
            message = f"the row is of campaign '{row.campaign}', and '{self.campaign}' was asked for"
            return Fault(row.line, row.cell, message, "leave --campaign out to import every campaign of the file")
        if row.campaign not in self.known:
            try:
                self.known[row.campaign] = subjects(self.connection, row.campaign, skips=self.skips)
            except UnknownCampaign as error:
                self.known[row.campaign] = None
                hint = error.hint if row.campaign else "name it with --campaign ID, or in a column 'campaign'"
                message = error.message.rstrip(".") if row.campaign else "the file does not say of which campaign it is"
                return Fault(row.line, row.cell, message, hint)
        if self.known[row.campaign] is not None:
            self.campaigns.add(row.campaign)
        return None


def subjects(connection: Connection, campaign: str, *, skips: bool = False) -> Subjects:
    """
    Return what readings of *campaign* may be of.

    Raises:
        UnknownCampaign: If the database has no such campaign.
    """
    document = stored.read(connection, campaign)
    if document is None:
        raise unknown(connection, campaign)
    found = Subjects(document, releases(connection, campaign))
    found.skips = skips
    found.keys = lambda: delivery_keys(connection, campaign)
    found.arrived = lambda: seen.arrived(connection, campaign)
    return found
