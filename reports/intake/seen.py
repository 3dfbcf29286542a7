"""Since when anybody can have seen a release: before that, and of what never left, there is nothing to measure."""

from datetime import datetime, time, timedelta

from sqlalchemy import Connection, or_, select

from campaigns.calendar.wall_time import clocks_of
from campaigns.clock import iso
from campaigns.store.tables import table
from reports.errors import Unreadable
from reports.metrics import METRICS
from scheduler.releases.models import Attempt, Release
from scheduler.releases.states import State

#: States in which nothing is out, unless an attempt says otherwise.
UNSEEN = frozenset(
    {State.DRAFT, State.SCHEDULED, State.CLAIMED, State.REFUSED, State.EXPIRED, State.CANCELLED, State.FAILED}
)
#: Outcomes of an attempt after which something may be out; so it may be where none is written yet.
ARRIVED = ("published", "handed_over", "unknown")
_LAST_SECOND = timedelta(seconds=1)


def arrived(connection: Connection, campaign: str) -> frozenset[str]:
    """Return the releases of *campaign* of which an attempt may have arrived, whatever state they are in by now."""
    attempt, release = table(Attempt), table(Release)
    statement = select(attempt.c.release).join(release, release.c.id == attempt.c.release)
    may_be_out = or_(attempt.c.outcome.is_(None), attempt.c.outcome.in_(ARRIVED))
    return frozenset(connection.scalars(statement.where(release.c.campaign == campaign, may_be_out)))


def of_an_audience(metric: str) -> bool:
    """Return whether only what was shown has such a figure: costs, levels and surveys may be older than a release."""
    known = METRICS.get(metric)
    return known is not None and known.stage != "input" and not known.stock and known.denominator != "respondents"


def not_out(name: str, state: str, due: datetime | None) -> Unreadable:
    """Return what is wrong with a figure of a release that never left."""
    when = f", due {iso(due)}" if due else ""
    message = f"nobody can have seen '{name}': it is {state}{when}"
    return Unreadable(
        message,
        "name the release that went out, or leave the row out; what was posted by hand, once it is handed over, is"
        f" recorded with `cordiale resolve {name} --published --url URL`",
    )


def minute(began: datetime) -> datetime:
    """Return the minute in which something went out: exports know no seconds."""
    return began.replace(second=0, microsecond=0)


def same_day(at: datetime, began: datetime, zone: str) -> bool:
    """Return whether *at* is a day without a time, which ends in UTC, and the day of publication in *zone* or later."""
    whole = (at + _LAST_SECOND).timetz().replace(tzinfo=None) == time()
    return whole and at.date() >= began.astimezone(clocks_of(zone)).date()


def before_it(name: str, at: datetime, began: datetime) -> Unreadable:
    """Return what is wrong with a figure that is older than its release."""
    message = f"the figure is of {iso(at)}, and '{name}' went out on {iso(began)}"
    return Unreadable(message, "correct when it is of (column 'at', or the export's date), its zone, or the release")
