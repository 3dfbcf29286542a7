"""
The grid as an iCalendar file (RFC 5545) that diaries take in: one event a release and a blackout.

Instants are in UTC, which every program reads alike; the wall time and its zone stand in the description. A newer
file replaces what an older one put into a diary: the UID is the release's own and stays, SEQUENCE counts what happened
to it, and DTSTAMP is when the file was made, which decides between equal sequences (RFC 5546). Texts carry no markup:
some programs take a description for HTML, so that < and > are written as single quotation marks that point the same
way; programs differ over an escaped backslash, so that it is written as the sign that looks like it; and each begins
with a word of ours, so that no list made from a diary begins a formula.
"""

import re
import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from campaigns.clock import iso
from scheduler.grid.lines import Band, Grid, Line
from scheduler.releases.clashes.clash import listed
from scheduler.releases.identity import NAMESPACE
from scheduler.releases.states import State

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT = "-//Cordiale//Calendar//EN"
#: What a diary is told of a release's state; all others are confirmed.
_STATUS = {
    State.DRAFT: "TENTATIVE",
    State.REFUSED: "TENTATIVE",
    State.FAILED: "TENTATIVE",
    State.CANCELLED: "CANCELLED",
    State.EXPIRED: "CANCELLED",
}
_WORDS = {
    State.DRAFT: "Not yet cleared",
    State.SCHEDULED: "Cleared",
    State.CLAIMED: "Cleared",
    State.SENDING: "Leaving",
}
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]{2,}")
_ALIKE = str.maketrans({"<": "\u2039", ">": "\u203a", "\\": "\u29f5"})


def diary(grid: Grid, now: datetime) -> str:
    """Return *grid* as the text of an .ics file, lines ending in CRLF; *now* is when it is made."""
    from icalendar import Calendar

    name = listed(frame.title for frame in grid.campaigns) or "Cordiale"
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", plain(f"Calendar of {name}"))
    for band in grid.bands:
        calendar.add_component(_blackout(band, now))
    for line in grid.lines:
        calendar.add_component(_release(line, now))
    return str(calendar.to_ical().decode())


def plain(text: str) -> str:
    """
    Return *text* without characters that cannot be seen, and with none that programs read otherwise.

    Blanks stand alone and between words: a folded line of nothing but blanks is lost in some programs.
    """
    seen = _INVISIBLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_ALIKE)
    return _BLANKS.sub(" ", seen).strip()


def _release(line: Line, now: datetime) -> "Event":
    state = _WORDS.get(line.state, str(line.state).replace("_", " ").capitalize())
    said = [
        f"Release {line.name} of {line.campaign}",
        f"When: {line.wall[:16].replace('T', ' ')} {line.zone} ({iso(line.due)})",
        f"Lead: {line.lead}",
        f"Message: {line.message}, to {listed(line.audiences)}",
        f"Clearance: {line.clearance}",
        f"Embargo: {line.embargo}" if line.embargo else "",
        f"Marking: {line.marking}" if line.marking else "",
        *(f"Risk: {risk}" for risk in line.risks),
    ]
    event = _event(line.id, now, line.revision, line.changed)
    event.add("dtstart", line.due)
    event.add("summary", plain(f"{state}: {' '.join(line.headline.split())} ({line.locale}, {line.channel})"))
    event.add("description", plain("\n".join(filter(None, said))))
    event.add("location", plain(f"Channel {line.channel}: {line.kind} {line.account}"))
    event.add("categories", [line.campaign])
    event.add("status", _STATUS.get(line.state, "CONFIRMED"))
    if line.marking or line.embargo.startswith("Under"):
        event.add("class", "CONFIDENTIAL")
    if line.url and line.url.startswith(("https://", "http://")):
        event.add("url", plain(line.url).replace("\n", " "))
    return event


def _blackout(band: Band, now: datetime) -> "Event":
    said = [
        f"Blackout {band.id} of {band.campaign}: {band.who} says nothing.",
        f"From {band.start[:16].replace('T', ' ')} to {band.end[:16].replace('T', ' ')} {band.zone}",
        f"Reason: {band.reason}",
        *(f"Exception: {each}" for each in band.exceptions),
    ]
    event = _event(blackout_uid(band.campaign, band.id), now, band.revision, band.changed)
    event.add("dtstart", band.starts)
    event.add("dtend", band.ends)
    event.add("summary", plain(f"Blackout of {band.who}: {' '.join(band.reason.split())}"))
    event.add("description", plain("\n".join(said)))
    event.add("categories", [band.campaign])
    event.add("status", "CONFIRMED")
    return event


def blackout_uid(campaign: str, blackout: str) -> str:
    """Return the UID of a blackout: declared by its place in the campaign, as a release's id is."""
    return str(uuid.uuid5(NAMESPACE, f"{campaign}/blackout/{blackout}"))


def _event(uid: str, now: datetime, revision: int, changed: datetime) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("last-modified", changed.replace(microsecond=0))
    event.add("sequence", revision)
    event.add("transp", "TRANSPARENT")  # nobody is busy because something is published
    return event
