"""
What is wrong with corrections: release entries that supersede an earlier one.

A correction is a release like any other, signed by all; it goes out once, later than what it corrects, on channels
where that went out. So the register can say of each release which one corrects it, and no chain runs in a circle.
"""

from collections.abc import Iterator, Mapping

from campaigns.calendar.recurrence import BadRule, expand
from campaigns.calendar.wall_time import NoZone, WallTimeFold, WallTimeGap, resolve, zone_for
from campaigns.documents.faults import Fault, Loc, one_of, refers
from campaigns.documents.schema import Campaign, ReleaseEntry

_SHOWN = 4  #: occurrences that a hint lists


def check(document: Campaign) -> Iterator[Fault]:
    """Yield what is wrong with the corrections in *document*."""
    entries: Mapping[str, ReleaseEntry] = {}
    for number, entry in enumerate(document.releases):
        if entry.supersedes is None:
            continue
        entries = entries or {each.id: each for each in document.releases}
        loc: Loc = ("releases", number, "supersedes")
        name, _, occurrence = entry.supersedes.partition("@")
        unknown = list(refers(name, entries, loc, "release entry"))
        yield from unknown
        if not unknown:
            yield from _once(entry, loc)
            yield from _correction(document, entry, entries[name], occurrence, loc)


def _once(entry: ReleaseEntry, loc: Loc) -> Iterator[Fault]:
    if entry.repeat is not None:
        yield Fault(loc, "a correction goes out once, and this release repeats", "remove repeat:, or supersedes:")


def _correction(
    document: Campaign, entry: ReleaseEntry, earlier: ReleaseEntry, occurrence: str, loc: Loc
) -> Iterator[Fault]:
    """Yield what is wrong between *entry* and the *earlier* one that it corrects."""
    if earlier is entry:
        yield Fault(loc, "a release cannot correct itself", "name the entry that went out before")
        return
    walls, faults = _occurrences(document, earlier, occurrence, loc)
    yield from faults
    for place, channel in enumerate(entry.channels):
        if channel not in earlier.channels:
            said = f"'{earlier.id}' does not go out on channel '{channel}', so there is nothing to correct there"
            hint = f"it goes out on {one_of(earlier.channels)}; send the news elsewhere with an entry of its own"
            yield Fault(("releases", loc[1], "channels", place), said, hint)
    if left := [each for each in earlier.channels if each not in entry.channels]:
        said = f"'{earlier.id}' stays uncorrected on {one_of(left)}"
        yield Fault(loc, said, "add the channel to this entry, or correct it there with another", "warning")
    if walls and not _later(document, entry, earlier, walls[0]):
        said = f"it goes out at {entry.at[:16]}, which is not after what it corrects ({walls[0][:16]})"
        yield Fault(("releases", loc[1], "at"), said, "move it, or let the earlier entry be the correction")


def _occurrences(document: Campaign, earlier: ReleaseEntry, occurrence: str, loc: Loc) -> tuple[list[str], list[Fault]]:
    """Return the wall time of what is corrected, and what is wrong with how it is named."""
    ends = document.ends.isoformat() if document.ends else None
    try:
        known = {
            each.recurrence_id: each.wall
            for each in expand(earlier.at, earlier.repeat, earlier.until, ends, earlier.exdate)
        }
    except BadRule:
        return [], []  # said already
    if occurrence in known:
        return [known[occurrence]], []
    if earlier.repeat is None:
        hint = f"write supersedes: {earlier.id}"
        return [], [Fault(loc, f"'{earlier.id}' does not repeat, so it has no occurrence '{occurrence}'", hint)]
    names = one_of((f"{earlier.id}@{each}" for each in known), _SHOWN)
    said = f"'{earlier.id}' repeats, and '{occurrence}' is none of its occurrences"
    return [], [Fault(loc, said if occurrence else f"'{earlier.id}' repeats: say which occurrence", f"write {names}")]


def _later(document: Campaign, entry: ReleaseEntry, earlier: ReleaseEntry, wall: str) -> bool:
    """Return whether *entry* goes out after *wall*, the wall time of *earlier*; what cannot be told is not doubted."""
    audiences = {audience.id: audience for audience in document.audiences}
    readers = {message.id: message.audiences for message in document.messages}
    instants = []
    for each, at in ((earlier, wall), (entry, entry.at)):
        there = [audiences[name] for name in readers.get(each.message, ()) if name in audiences]
        try:
            instants.append(resolve(at, zone_for(each, document, there), each.fold))
        except (NoZone, WallTimeGap, WallTimeFold):
            return True  # said already
    return instants[0] < instants[1]
