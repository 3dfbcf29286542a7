"""When a document's releases go out, as far as the document alone can say: zones, clocks, rules, windows."""

from collections.abc import Iterator
from datetime import datetime

from campaigns.calendar.recurrence import BadRule, Occurrence, expand
from campaigns.calendar.wall_time import NoZone, WallTimeFold, WallTimeGap, resolve, zone_for
from campaigns.calendar.windows import blackout_over, quiet, within
from campaigns.documents.faults import Fault, Loc
from campaigns.documents.schema import Audience, Blackout, Campaign, ReleaseEntry


def check(document: Campaign) -> list[Fault]:
    """Return what is wrong with the times in *document*."""
    audiences = {audience.id: audience for audience in document.audiences}
    messages = {message.id: message.audiences for message in document.messages}
    found = list(_embargo(document))
    for number, entry in enumerate(document.releases):
        reached = [audiences[name] for name in messages.get(entry.message, ()) if name in audiences]
        found += _entry(entry, ("releases", number), document, reached)
    return found


def _embargo(document: Campaign) -> Iterator[Fault]:
    """Find an embargo that ends at a time that does not exist, or occurs twice."""
    embargo = document.handling.embargo if document.handling else None
    if embargo is not None:
        try:
            resolve(embargo.until, embargo.zone, embargo.fold)
        except (WallTimeGap, WallTimeFold) as error:
            yield Fault(("handling", "embargo", "until"), error.message, error.hint)


def _entry(entry: ReleaseEntry, loc: Loc, document: Campaign, reached: list[Audience]) -> Iterator[Fault]:
    yield from _ends(entry, loc, document)
    try:
        ends = document.ends.isoformat() if document.ends else None
        occurrences = expand(entry.at, entry.repeat, entry.until, ends, entry.exdate)
    except BadRule as error:
        yield Fault((*loc, "exdate" if error.message.startswith("exdate") else "repeat"), error.message, error.hint)
        return
    yield from _span(entry, loc, document, occurrences)
    if not (entry.zone or document.zone or reached):
        return  # the message or its audiences are unknown, which is said already
    try:
        zone = zone_for(entry, document, reached)
    except NoZone as error:
        yield Fault((*loc, "at"), error.message, error.hint)
        return
    instants = []
    for key, wall in _times(entry, occurrences):
        try:
            instants.append((wall, resolve(wall, zone, entry.fold)))
        except (WallTimeGap, WallTimeFold) as error:
            yield Fault((*loc, key), error.message, error.hint)
    going = instants[: len(occurrences)]
    yield from _silenced(going, entry, loc, document)
    yield from _embargoed(going, entry, loc, document)
    yield from _hushed(going, entry, loc, document)
    asleep = sorted({each.timezone for each in reached if going and quiet(going[0][1], each.timezone)})
    if asleep:
        said = f"goes out at night in {', '.join(asleep)}"
        yield Fault((*loc, "at"), said, "move it to between 07:00 and 22:00 there", "warning")


def _ends(entry: ReleaseEntry, loc: Loc, document: Campaign) -> Iterator[Fault]:
    """Find ends that come before their beginnings."""
    if entry.until is not None and entry.repeat is None:
        yield Fault((*loc, "until"), "until ends a repeat, and this release has none", "remove it, or add repeat:")
    elif entry.until is not None and entry.until < entry.at:
        yield Fault((*loc, "until"), f"until comes before at ({entry.at[:16]})", "move one of them")
    if entry.not_before is not None and entry.at < entry.not_before:
        said = f"at ({entry.at[:16]}) comes before not_before ({entry.not_before[:16]})"
        yield Fault((*loc, "at"), said, "move one of them")
    if entry.not_after is not None and entry.not_after <= entry.at:
        yield Fault(
            (*loc, "not_after"),
            f"not_after comes before at ({entry.at[:16]}), so it would never go out",
            "move one of them",
        )
    if document.ends and document.ends.isoformat() < entry.at[:10]:
        yield Fault(
            (*loc, "at"), f"{entry.at[:16]} is after the campaign ends ({document.ends})", "move the release, or ends:"
        )
    elif entry.at[:10] < document.starts.isoformat():
        yield Fault(
            (*loc, "at"),
            f"{entry.at[:16]} is before the campaign starts ({document.starts})",
            "move the release, or starts:",
        )


def _span(entry: ReleaseEntry, loc: Loc, document: Campaign, occurrences: list[Occurrence]) -> Iterator[Fault]:
    """Find repeats that run on after the campaign, or after they may go out."""
    last = occurrences[-1].wall
    if len(occurrences) > 1 and document.ends and last[:10] > document.ends.isoformat():
        over = sum(each.wall[:10] > document.ends.isoformat() for each in occurrences)
        total = len(occurrences)
        said = f"{over} of {total} occurrences come after the campaign ends ({document.ends}); the last is {last[:16]}"
        yield Fault((*loc, "repeat"), said, "lower COUNT, add until:, or move ends:")
    if len(occurrences) > 1 and entry.not_after and entry.at < entry.not_after <= last:
        said = f"not_after ({entry.not_after[:16]}) comes before the last occurrence ({last[:16]})"
        yield Fault((*loc, "not_after"), said, "move it, or end the repeat with until:")


def _times(entry: ReleaseEntry, occurrences: list[Occurrence]) -> Iterator[tuple[str, str]]:
    """Yield each wall time of *entry* with the key that says it, occurrences first."""
    for number, occurrence in enumerate(occurrences):
        yield "repeat" if number else "at", occurrence.wall
    if entry.not_after:
        yield "not_after", entry.not_after


def _silenced(going: list[tuple[str, datetime]], entry: ReleaseEntry, loc: Loc, document: Campaign) -> Iterator[Fault]:
    """Warn of occurrences that a blackout will keep back; not of those that somebody allowed by name."""
    standing = [each for each in document.blackouts if not excepted(entry, each)]
    covered = [(wall, blackout) for wall, at in going if (blackout := blackout_over(at, standing))]
    if covered:
        wall, blackout = covered[0]
        more = f" (and {len(covered) - 1} more)" if len(covered) > 1 else ""
        said = f"{wall[:16]}{more} falls in blackout '{blackout.id}' of {blackout.partner}: {blackout.reason}"
        hint = "it waits until the blackout is over and may then be late; move it, or have it excepted by name"
        yield Fault((*loc, "at"), said, hint, "warning")


def excepted(entry: ReleaseEntry, blackout: Blackout) -> bool:
    """Return whether somebody took it upon themselves that *entry* goes out in *blackout*."""
    return any(entry.id in exception.releases for exception in blackout.exceptions)


def _embargoed(going: list[tuple[str, datetime]], entry: ReleaseEntry, loc: Loc, document: Campaign) -> Iterator[Fault]:
    """Find occurrences that would be public before the embargo ends."""
    embargo = document.handling.embargo if document.handling else None
    if embargo is None:
        return
    try:
        until = resolve(embargo.until, embargo.zone, embargo.fold)
    except (WallTimeGap, WallTimeFold):
        return  # said once, at the embargo itself
    early = [wall for wall, at in going if at < until]
    if early and not entry.under_embargo:
        said = f"{early[0][:16]} is before the embargo ends ({embargo.until[:16]} {embargo.zone})"
        yield Fault((*loc, "at"), said, "move it, or write under_embargo: true if its readers keep the embargo")
    if entry.under_embargo and not early:
        said = f"under_embargo is said, and the embargo is over by then ({embargo.until[:16]} {embargo.zone})"
        yield Fault((*loc, "under_embargo"), said, "remove it, or move the release", "warning")


def _hushed(going: list[tuple[str, datetime]], entry: ReleaseEntry, loc: Loc, document: Campaign) -> Iterator[Fault]:
    """Find occurrences in the hours in which a channel says nothing."""
    channels = {channel.id: channel for channel in document.channels}
    for number, name in enumerate(entry.channels):
        hours = channels[name].quiet if name in channels else None
        if hours is None:
            continue
        if inside := [wall for wall, at in going if within(at, hours.start, hours.end, hours.zone)]:
            said = f"{inside[0][:16]} falls in the quiet hours of '{name}' ({hours.start} to {hours.end} {hours.zone})"
            yield Fault((*loc, "channels", number), said, "move the release, or send it on another channel")
