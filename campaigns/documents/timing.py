"""When a document's releases go out, as far as the document alone can say: zones, clocks, rules, windows."""

from collections.abc import Iterator
from datetime import datetime

from campaigns.calendar.recurrence import BadRule, Occurrence, expand
from campaigns.calendar.wall_time import NoZone, WallTimeFold, WallTimeGap, resolve, zone_for
from campaigns.calendar.windows import blackout_over, quiet
from campaigns.documents.faults import Fault, Loc
from campaigns.documents.schema import Audience, Campaign, ReleaseEntry


def check(document: Campaign) -> list[Fault]:
    """Return what is wrong with the times in *document*."""
    audiences = {audience.id: audience for audience in document.audiences}
    messages = {message.id: message.audiences for message in document.messages}
    found: list[Fault] = []
    for number, entry in enumerate(document.releases):
        reached = [audiences[name] for name in messages.get(entry.message, ()) if name in audiences]
        found += _entry(entry, ("releases", number), document, reached)
    return found


def _entry(entry: ReleaseEntry, loc: Loc, document: Campaign, reached: list[Audience]) -> Iterator[Fault]:
    yield from _ends(entry, loc, document)
    try:
        occurrences = expand(entry.at, entry.repeat, entry.until, document.ends.isoformat() if document.ends else None)
    except BadRule as error:
        yield Fault((*loc, "repeat"), error.message, error.hint)
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
    yield from _silenced(going, (*loc, "at"), document)
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


def _silenced(going: list[tuple[str, datetime]], loc: Loc, document: Campaign) -> Iterator[Fault]:
    """Warn of occurrences that a blackout will keep back."""
    covered = [(wall, blackout) for wall, at in going if (blackout := blackout_over(at, document.blackouts))]
    if covered:
        wall, blackout = covered[0]
        more = f" (and {len(covered) - 1} more)" if len(covered) > 1 else ""
        said = f"{wall[:16]}{more} falls in blackout '{blackout.id}' of {blackout.partner}: {blackout.reason}"
        yield Fault(loc, said, "it waits until the blackout is over and may then be late; move it", "warning")
