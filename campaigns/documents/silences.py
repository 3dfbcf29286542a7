"""When a document's releases may not go out, or had better not: blackouts, embargo, quiet hours, the night."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from campaigns.calendar.wall_time import WallTimeFold, WallTimeGap, resolve, wall_of
from campaigns.calendar.windows import QUIET_FROM, QUIET_TO, bounds, in_hours
from campaigns.documents.faults import Fault, Loc
from campaigns.documents.schema import Campaign, ReleaseEntry

Going = Sequence[tuple[str, datetime]]  #: the wall times at which an entry goes out, each with its instant


class Silences:
    """The silences of one document, worked out once for all its entries."""

    def __init__(self, document: Campaign) -> None:
        self.faults = list(_waivers(document))  #: what is wrong with the silences themselves
        self._blackouts = [
            (bounds(blackout), blackout, {name for each in blackout.exceptions for name in each.releases})
            for blackout in document.blackouts
        ]
        self._quiet = {channel.id: channel.quiet for channel in document.channels if channel.quiet}
        self._embargo = document.handling.embargo if document.handling else None
        self._public: datetime | None = None
        if self._embargo is not None:
            try:
                self._public = resolve(self._embargo.until, self._embargo.zone, self._embargo.fold)
            except (WallTimeGap, WallTimeFold) as error:
                self.faults.append(Fault(("handling", "embargo", "until"), error.message, error.hint))

    def check(self, entry: ReleaseEntry, loc: Loc, zone: str, going: Going, readers: Sequence[str]) -> list[Fault]:
        """
        Return what keeps *entry* from going out as planned, or speaks against it.

        Its wall times are of *zone*; *readers* are the zones in which its audiences live.
        """
        found: list[Fault] = []
        if self._blackouts:
            found += self._silenced(entry, loc, going)
        if self._embargo is not None or entry.under_embargo:
            found += self._embargoed(entry, loc, going)
        if self._quiet:
            found += self._hushed(entry, loc, zone, going)
        if asleep := [other for other in readers if _any_in(going, zone, other, QUIET_FROM, QUIET_TO)]:
            hint = f"move it to between {QUIET_TO} and {QUIET_FROM} there"
            found.append(Fault((*loc, "at"), f"goes out at night in {', '.join(asleep)}", hint, "warning"))
        return found

    def _silenced(self, entry: ReleaseEntry, loc: Loc, going: Going) -> Iterator[Fault]:
        """Warn of occurrences that a blackout will keep back; not of those that somebody allowed by name."""
        covered = []
        for wall, at in going:
            for (start, end), blackout, excepted in self._blackouts:
                if start <= at < end and entry.id not in excepted:
                    covered.append((wall, blackout))
                    break
        if covered:
            wall, blackout = covered[0]
            said = f"{wall[:16]}{more(covered)} falls in blackout '{blackout.id}' of {blackout.partner}"
            hint = "it waits until the blackout is over and may then be late; move it, or have it excepted by name"
            yield Fault((*loc, "at"), f"{said}: {blackout.reason}", hint, "warning")

    def _embargoed(self, entry: ReleaseEntry, loc: Loc, going: Going) -> Iterator[Fault]:
        """Find occurrences that would be public before the embargo ends."""
        place = (*loc, "under_embargo")
        if self._embargo is None:
            if entry.under_embargo:
                hint = "add it: handling: {embargo: {until: …, zone: …}}, or remove under_embargo"
                yield Fault(place, "under_embargo is said, and there is no embargo", hint, "warning")
            return
        public = self._public
        if public is None:
            return  # said once, at the embargo itself
        ends = f"{self._embargo.until[:16]} {self._embargo.zone}"
        early = [(wall, at) for wall, at in going if at < public]
        if early and not entry.under_embargo:
            said = f"{early[0][0][:16]}{more(early)} is before the embargo ends ({ends})"
            yield Fault((*loc, "at"), said, "move it, or write under_embargo: true if its readers keep the embargo")
        if entry.under_embargo and going and not early:
            said = f"under_embargo is said, and the embargo is over by then ({ends})"
            yield Fault(place, said, "remove it, or move the release", "warning")

    def _hushed(self, entry: ReleaseEntry, loc: Loc, zone: str, going: Going) -> Iterator[Fault]:
        """Find occurrences in the hours in which a channel says nothing."""
        for number, name in enumerate(entry.channels):
            hours = self._quiet.get(name)
            if hours is None:
                continue
            inside = [each for each in going if _any_in([each], zone, hours.zone, hours.start, hours.end)]
            if inside:
                said = f"{inside[0][0][:16]}{more(inside)} falls in the quiet hours of '{name}'"
                span = f"({hours.start} to {hours.end} {hours.zone})"
                hint = "move the release, or send it on another channel"
                yield Fault((*loc, "channels", number), f"{said} {span}", hint)


def _waivers(document: Campaign) -> Iterator[Fault]:
    """Find messages that would waive a blackout as if it were a check: only an exception by name opens one."""
    for m, message in enumerate(document.messages):
        for w, waiver in enumerate(message.waive):
            if waiver.check == "blackout":
                hint = "at the blackout write exceptions: [{releases: […], authorised_by: …, because: …}]"
                yield Fault(("messages", m, "waive", w, "check"), "a blackout cannot be waived by a message", hint)


def _any_in(going: Going, zone: str, other: str, start: str, end: str) -> bool:
    """Return whether clocks in *other* ever show a time from *start* to *end* when the entry goes out."""
    # Where they hang beside those of the entry, they show its wall time: nothing to work out.
    return any(in_hours(wall if other == zone else wall_of(at, other), start, end) for wall, at in going)


def more(found: Sequence[object]) -> str:
    """Return ` (and 2 more)` where *found* holds more than the one that is named."""
    return f" (and {len(found) - 1} more)" if len(found) > 1 else ""
