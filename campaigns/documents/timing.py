"""When a document's releases go out, as far as the document alone can say: zones, clocks, rules, windows."""

from collections.abc import Iterator
from typing import NamedTuple

from campaigns.calendar.recurrence import BadExdate, BadRule, Occurrence, expand
from campaigns.calendar.wall_time import NoZone, WallTimeFold, WallTimeGap, resolve, zone_for
from campaigns.documents.faults import Fault, Loc
from campaigns.documents.occasions import Occasions
from campaigns.documents.schema import Audience, Campaign, ReleaseEntry
from campaigns.documents.silences import Going, Silences


def check(document: Campaign) -> list[Fault]:
    """Return what is wrong with the times in *document*."""
    silences, occasions, frame = Silences(document), Occasions(document), _Frame(document)
    found = [*silences.faults, *occasions.faults]
    for number, entry in enumerate(document.releases):
        loc: Loc = ("releases", number)
        readers = frame.readers(entry)
        faults, zone, going = _once(entry, frame, readers) or _times(entry, loc, frame, readers)
        found += faults
        if going:
            found += silences.check(entry, loc, zone, going, readers.zones)
            found += occasions.check(loc, going, readers.audiences)
    return found


class _Readers(NamedTuple):
    """Whom a message reaches."""

    audiences: list[Audience]
    zones: list[str]  #: in which they live, sorted


class _Frame:
    """What all entries of a document are held against, worked out once."""

    def __init__(self, document: Campaign) -> None:
        self.document = document
        self.starts = document.starts.isoformat()  # ISO days, as they compare with wall times
        self.ends = document.ends.isoformat() if document.ends else None
        self._messages = {message.id: tuple(message.audiences) for message in document.messages}
        self._audiences = {audience.id: audience for audience in document.audiences}
        self._readers: dict[tuple[str, ...], _Readers] = {}

    def readers(self, entry: ReleaseEntry) -> _Readers:
        """Return whom *entry* reaches, as far as they are known."""
        names = self._messages.get(entry.message, ())
        if names not in self._readers:
            found = [self._audiences[name] for name in names if name in self._audiences]
            self._readers[names] = _Readers(found, sorted({each.timezone for each in found}))
        return self._readers[names]


def _times(entry: ReleaseEntry, loc: Loc, frame: _Frame, readers: _Readers) -> tuple[list[Fault], str, Going]:
    """Return what is wrong with the times of *entry*, its zone, and when it goes out as far as that can be said."""
    found = list(_ends(entry, loc, frame))
    if _over_before_it_began(entry, frame):
        return found, "", ()  # whatever the rule says, it gives nothing
    try:
        occurrences = expand(entry.at, entry.repeat, entry.until, frame.ends, entry.exdate)
    except BadRule as error:
        return [*found, Fault((*loc, *_place(entry, error)), error.message, error.hint)], "", ()
    found += _span(entry, loc, frame, occurrences)
    if not (entry.zone or frame.document.zone or readers.zones):
        return found, "", ()  # the message or its audiences are unknown, which is said already
    try:
        zone = zone_for(entry, frame.document, readers.audiences)
    except NoZone as error:
        return [*found, Fault((*loc, "at"), error.message, error.hint)], "", ()
    going = []
    for each in occurrences:
        try:
            going.append((each.wall, resolve(each.wall, zone, entry.fold)))
        except (WallTimeGap, WallTimeFold) as error:
            found.append(Fault((*loc, "repeat" if each.number else "at"), error.message, error.hint))
    for key, wall in (("not_before", entry.not_before), ("not_after", entry.not_after)):
        if wall is not None:
            try:
                resolve(wall, zone, entry.fold)
            except (WallTimeGap, WallTimeFold) as error:
                found.append(Fault((*loc, key), error.message, error.hint))
    return found, zone, going


def _once(entry: ReleaseEntry, frame: _Frame, readers: _Readers) -> tuple[list[Fault], str, Going] | None:
    """Return what `_times` does for an *entry* with nothing but `at`, as most; none where it needs a closer look."""
    if entry.repeat or entry.until or entry.exdate or entry.not_before or entry.not_after:
        return None
    if not frame.starts <= entry.at[:10] <= (frame.ends or entry.at):
        return None
    zone = entry.zone or frame.document.zone or (readers.zones[0] if len(readers.zones) == 1 else None)
    if zone is None:
        return None
    try:
        return [], zone, [(entry.at, resolve(entry.at, zone, entry.fold))]
    except (WallTimeGap, WallTimeFold):
        return None


def _over_before_it_began(entry: ReleaseEntry, frame: _Frame) -> bool:
    """Return whether *entry* is to end before it begins, which `_ends` has said."""
    return (entry.until is not None and entry.until < entry.at) or (
        frame.ends is not None and frame.ends < entry.at[:10]
    )


def _place(entry: ReleaseEntry, error: BadRule) -> Loc:
    """Return the key at which a rule is wrong."""
    if not isinstance(error, BadExdate):
        return ("repeat",)
    return ("exdate", entry.exdate.index(error.wall)) if error.wall else ("exdate",)


def _ends(entry: ReleaseEntry, loc: Loc, frame: _Frame) -> Iterator[Fault]:
    """Find ends that come before their beginnings."""
    if entry.until is not None and entry.repeat is None:
        yield Fault((*loc, "until"), "until ends a repeat, and this release has none", "remove it, or add repeat:")
    elif entry.until is not None and entry.until < entry.at:
        yield Fault((*loc, "until"), f"until comes before at ({entry.at[:16]})", "move one of them")
    if entry.not_before is not None and entry.at < entry.not_before:
        said = f"at ({entry.at[:16]}) comes before not_before ({entry.not_before[:16]})"
        yield Fault((*loc, "at"), said, "move one of them")
    if entry.not_after is not None and entry.not_after <= entry.at:
        said = f"not_after comes before at ({entry.at[:16]}), so it would never go out"
        yield Fault((*loc, "not_after"), said, "move one of them")
    if frame.ends and frame.ends < entry.at[:10]:
        said = f"{entry.at[:16]} is after the campaign ends ({frame.ends})"
        yield Fault((*loc, "at"), said, "move the release, or ends:")
    elif entry.at[:10] < frame.starts:
        said = f"{entry.at[:16]} is before the campaign starts ({frame.starts})"
        yield Fault((*loc, "at"), said, "move the release, or starts:")


def _span(entry: ReleaseEntry, loc: Loc, frame: _Frame, occurrences: list[Occurrence]) -> Iterator[Fault]:
    """Find repeats that run on after the campaign, or after they may go out."""
    if entry.repeat is None:
        return
    last = occurrences[-1].wall
    if frame.ends and last[:10] > frame.ends:
        over = sum(each.wall[:10] > frame.ends for each in occurrences)
        total = len(occurrences)
        said = f"{over} of {total} occurrences come after the campaign ends ({frame.ends}); the last is {last[:16]}"
        yield Fault((*loc, "repeat"), said, "lower COUNT, add until:, or move ends:")
    if entry.not_after and entry.at < entry.not_after <= last:
        said = f"not_after ({entry.not_after[:16]}) comes before the last occurrence ({last[:16]})"
        yield Fault((*loc, "not_after"), said, "move it, or end the repeat with until:")
