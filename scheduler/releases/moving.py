"""How a release moves from one instant to another, in words. Pure."""

from datetime import datetime

from campaigns.calendar.wall_time import wall_of
from scheduler.releases.plan import Kind, ReleaseChange, Standing


def moved(change: ReleaseChange) -> str:
    """
    Return how *change* moves its release, in its zone and in UTC; "" where it does not.

    Where wall time and zone stay and the instant does not, either another `fold` was chosen (the old instant still
    shows that wall time), or the clocks of that zone now follow other rules.
    """
    old = change.before
    if change.kind is not Kind.CHANGED or old is None or old.due == change.due:
        return ""
    there = f"{_wall(change.wall)} {change.zone}"
    if (old.wall, old.zone) == (change.wall, change.zone):
        instants = f"{_utc(old.wall, old.due)} -> {_utc(change.wall, change.due)}"
        if wall_of(old.due, old.zone) == old.wall:
            return f"moves to the other {there}, which occurs twice ({instants})"
        return f"moves because the time zone data changed: {there} is another instant now ({instants})"
    if old.zone == change.zone:
        return f"moves {_wall(old.wall)} -> {there} ({_utc(change.wall, change.due)})"
    return f"moves {_said(old)} -> {there} ({_utc(change.wall, change.due)})"


def _said(old: Standing) -> str:
    return f"{_wall(old.wall)} {old.zone} ({_utc(old.wall, old.due)})"


def _wall(wall: str) -> str:
    return wall.removesuffix(":00") if wall.count(":") > 1 else wall


def _utc(wall: str, due: datetime) -> str:
    """Return *due* in UTC: the time alone where the day is that of *wall*."""
    text = _wall(wall_of(due, "UTC"))
    return f"{text[11:] if text[:10] == wall[:10] else text} UTC"
