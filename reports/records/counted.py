"""
What channels themselves counted, brought into the readings: each count with its instant, each gap as no figure.

The scheduler asks channels by its timetable and keeps what they say in `measured`; here it becomes snapshots under the
kind of channel as their source. Bringing it in twice changes nothing.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select

from campaigns import clock
from campaigns.audit.log import Fact, append
from campaigns.models.campaign import Campaign
from campaigns.models.channel import Channel
from campaigns.store.engine import reading
from campaigns.store.tables import table
from reports.figures import Figure
from reports.intake.subjects import Sent, own, releases, unknown
from reports.metrics import METRICS
from reports.records import ledger
from reports.records.ledger import Imported, Receipt, imports
from reports.snapshot import Of, Row
from scheduler import roster
from scheduler.releases.models import Release
from scheduler.shown.models import Measured

CAMPAIGN = table(Campaign)
OVERLAP = timedelta(hours=1)  #: what was counted so long before the newest may have been written after it
_UNTIL = " until "


@dataclass(frozen=True)
class Gap:
    """A channel that could not say how often something happened, at some of the times it was asked."""

    channel: str
    gaps: int  #: times that it was asked and gave nothing
    asked: int  #: times that it was asked
    last: datetime
    why: str  #: the last time


def waiting(database: Engine, campaign: str) -> bool:
    """Return whether channels of *campaign* counted anything since the last time."""
    with reading(database) as connection:
        until, measured, release = _until(connection, campaign), table(Measured), table(Release)
        statement = select(measured.c.at).join(release, release.c.id == measured.c.release)
        statement = statement.where(release.c.campaign == campaign)
        if until is not None:
            statement = statement.where(measured.c.at > until)
        return connection.execute(statement.limit(1)).first() is not None


def bring_in(connection: Connection, campaign: str, by: str, at: datetime) -> Imported | None:
    """
    Bring in what the channels of *campaign* counted since the last time; None where there is nothing new.

    Raises:
        UnknownCampaign: If the database has no such campaign.
    """
    if connection.execute(select(CAMPAIGN.c.campaign).where(CAMPAIGN.c.campaign == campaign)).first() is None:
        raise unknown(connection, campaign)
    rows = list(_rows(connection, campaign, _until(connection, campaign)))
    if not rows:
        return None
    newest = max(each.at for each in rows)
    said = "\n".join(f"{each.of.subject} {each.of.metric} {clock.iso(each.at)} {each.figure.value}" for each in rows)
    digest = hashlib.sha256(f"{campaign}\n{said}".encode()).hexdigest()
    if connection.execute(select(imports.c.id).where(imports.c.id == digest)).first():
        return None
    receipt = Receipt(digest, f"{_name(campaign)}{clock.iso(newest)}", by, at)
    imported = ledger.import_rows(connection, rows, receipt)
    detail = {"file": receipt.file, "campaigns": [campaign]}
    append(connection, [Fact(by, "readings.import", digest, after=str(imported.added), detail=detail)], at)
    return imported


def _name(campaign: str) -> str:
    return f"counts of {campaign}'s channels{_UNTIL}"


def _until(connection: Connection, campaign: str) -> datetime | None:
    """Return the instant up to which counts are in."""
    named = imports.c.file.startswith(_name(campaign), autoescape=True)
    files = connection.scalars(select(imports.c.file).where(named)).all()
    return max((clock.parse_iso(each.rpartition(_UNTIL)[2]) for each in files), default=None)


def _rows(connection: Connection, campaign: str, until: datetime | None) -> Iterator[Row]:
    sent = {each.id: each for each in releases(connection, campaign)}
    kinds = {row.id: (row.kind, row.options) for row in connection.execute(select(table(Channel)))}
    for line, row in enumerate(_measured(connection, campaign, until), 1):
        release = sent[row["release"]]
        if release.channel not in kinds:
            continue
        kind, options = kinds[release.channel]
        for metric in _metrics(kind, options):
            value = row["counts"].get(metric)
            figure = Figure(float(value)) if isinstance(value, int) else Figure()
            yield Row(_of(campaign, kind, release, metric), row["at"], figure, line, 0)


def _metrics(kind: str, options: Any) -> tuple[str, ...]:
    return tuple(each for each in roster.capabilities(kind, options or {}).measures if each in METRICS)


def _of(campaign: str, kind: str, release: Sent, metric: str) -> Of:
    return Of(campaign, "release", release.id, metric, "", kind, **own(release))


def _measured(connection: Connection, campaign: str, until: datetime | None) -> list[dict[str, Any]]:
    measured, release = table(Measured), table(Release)
    statement = select(measured).join(release, release.c.id == measured.c.release).where(release.c.campaign == campaign)
    if until is not None:
        statement = statement.where(measured.c.at > until - OVERLAP)
    found = connection.execute(statement.order_by(measured.c.at, measured.c.release)).mappings()
    return [dict(row) for row in found]


def gaps(connection: Connection, campaign: str) -> tuple[Gap, ...]:
    """Return the channels of *campaign* that gave no count at some of the times they were asked."""
    measured, release = table(Measured), table(Release)
    columns = (release.c.channel, measured.c.at, measured.c.gap)
    statement = select(*columns).join(release, release.c.id == measured.c.release)
    asked: dict[str, int] = {}
    found: dict[str, Gap] = {}
    for row in connection.execute(statement.where(release.c.campaign == campaign).order_by(measured.c.at)):
        asked[row.channel] = asked.get(row.channel, 0) + 1
        if row.gap:
            before = found[row.channel].gaps if row.channel in found else 0
            found[row.channel] = Gap(row.channel, before + 1, 0, row.at, row.gap)
    return tuple(
        Gap(each.channel, each.gaps, asked[channel], each.last, each.why) for channel, each in sorted(found.items())
    )
