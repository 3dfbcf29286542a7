"""Bring a file of readings in: its kind, its subjects, then the rollup. All of it, or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, select

from campaigns.errors import Complaint, InvalidDocument, Where
from campaigns.models.campaign import Campaign
from campaigns.plan import stored
from campaigns.store.tables import table
from reports import rollup, sheet
from reports.errors import UnknownCampaign
from reports.rollup import Receipt
from reports.snapshot import Snapshot
from reports.source import Source
from reports.sources.platform_csv import PlatformCsv
from reports.sources.readings_csv import ReadingsCsv
from reports.subjects import Subjects, releases

#: Every kind of file, in the order they are asked.
SOURCES: tuple[Source, ...] = (ReadingsCsv(), PlatformCsv())
EXAMPLE = "example data"  #: the note that marks a file of invented figures


@dataclass(frozen=True)
class Outcome:
    """What came of one file."""

    file: str
    digest: str  #: sha256
    campaigns: tuple[str, ...]
    figures: int  #: in the file
    added: int  #: that were new
    ignored: tuple[str, ...]  #: headings that were not read
    example: str | None


def import_file(
    connection: Connection,
    path: Path,
    campaign: str | None,
    by: str,
    at: datetime,
    *,
    columns: Mapping[str, str] | None = None,
    step: Callable[[int], None] | None = None,
) -> Outcome:
    """
    Import the readings of *path* for *campaign*, or for the campaigns that its column `campaign` names.

    *columns* declares headings (heading -> metric or key); *step* is told how many figures went in.

    Raises:
        InvalidDocument: If anything in the file is wrong; every fault is listed and nothing is kept.
        UnknownCampaign: If *campaign* is not in the database.
        UsageError: If there is no such file.
    """
    read = sheet.read(path)
    source = _source(read, columns or {})
    found = source.read(read, campaign or "", columns or {})
    complaints = list(found.complaints)
    example = read.notes.get(EXAMPLE)
    if example is None:
        complaints += [_future(row) for row in found.snapshots if row.at.date() > at.astimezone(UTC).date()]
    rows = _resolve(connection, found.snapshots, campaign, complaints)
    if complaints:
        raise InvalidDocument(complaints)
    receipt = Receipt(read.digest, read.file, by, at, example or (EXAMPLE if example is not None else None))
    imported = rollup.import_rows(connection, rows, receipt, step)
    campaigns = tuple(sorted({row.campaign for row in rows}))
    return Outcome(read.file, read.digest, campaigns, len(rows), imported.added, found.ignored, receipt.example)


def _source(read: sheet.Sheet, columns: Mapping[str, str]) -> Source:
    for each in SOURCES:
        if each.recognises(read, columns):
            return each
    kinds = "; or ".join(each.help for each in SOURCES)
    message = "the headings are of no kind of file that Cordiale reads"
    raise InvalidDocument([Complaint(Where(read.file, read.heading.line, 1), message, f"it reads {kinds}")])


def _future(row: Snapshot) -> Complaint:
    return Complaint(row.where, f"the figure is of {row.at.date()}, which is still to come", "correct the date")


def _resolve(
    connection: Connection, rows: list[Snapshot], campaign: str | None, complaints: list[Complaint]
) -> list[Snapshot]:
    known: dict[str, Subjects | None] = {}
    if campaign:
        known[campaign] = subjects(connection, campaign)
    resolved = []
    for row in rows:
        if campaign and row.campaign != campaign:
            message = f"the row is of campaign '{row.campaign}', and '{campaign}' was asked for"
            complaints.append(
                Complaint(row.where, message, "leave --campaign out to import every campaign of the file")
            )
            continue
        if row.campaign not in known:
            try:
                known[row.campaign] = subjects(connection, row.campaign)
            except UnknownCampaign as fault:
                known[row.campaign] = None
                hint = fault.hint if row.campaign else "name it with --campaign ID, or in a column 'campaign'"
                message = fault.message.rstrip(".") if row.campaign else "the file does not say of which campaign it is"
                complaints.append(Complaint(row.where, message, hint))
        known_here = known[row.campaign]
        answer = known_here.resolve(row) if known_here else None
        if isinstance(answer, Complaint):
            complaints.append(answer)
        elif answer:
            resolved.append(answer)
    return resolved


def subjects(connection: Connection, campaign: str) -> Subjects:
    """
    Return what readings of *campaign* may be of.

    Raises:
        UnknownCampaign: If the database has no such campaign.
    """
    document = stored.read(connection, campaign)
    if document is None:
        raise unknown(connection, campaign)
    return Subjects(document, releases(connection, campaign))


def unknown(connection: Connection, campaign: str) -> UnknownCampaign:
    """Return the error for a campaign that is not there, which names those that are."""
    campaigns = table(Campaign)
    return UnknownCampaign(
        campaign, list(connection.execute(select(campaigns.c.campaign).order_by("campaign")).scalars())
    )
