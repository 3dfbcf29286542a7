"""What stands in the way of a release: state, lateness, checks, blackouts, embargo, clashes. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from campaigns.calendar.wall_time import span
from campaigns.calendar.windows import blackout_over
from campaigns.clock import iso
from campaigns.documents import schema
from scheduler.releases.clashes.clash import Clash, Kind, called, listed
from scheduler.releases.conditions import BLACKOUT
from scheduler.releases.outgoing import Outgoing
from scheduler.releases.states import NEEDS_A_PERSON, State

#: States in which a clash can still be mended, or a release be late.
OPEN = frozenset({State.DRAFT, State.SCHEDULED})
WAITING = OPEN | {State.REFUSED}  #: nothing has left, and something may


def risks(
    row: Mapping[str, Any],
    outgoing: Outgoing | None,
    document: schema.Campaign,
    clashes: Iterable[Clash],
    now: datetime,
) -> Iterator[str]:
    """Yield what stands in the way of release *row*, in sentences; *outgoing* is none where its bytes are damaged."""
    state = State(row["state"])
    if outgoing is None:
        yield "Its stored bytes are damaged: apply the campaign again."
    if state in NEEDS_A_PERSON and row["reason"]:
        yield row["reason"]
    if state in OPEN and row["due_at"] < now:
        yield f"Late: it was due at {iso(row['due_at'])}."
    if state in WAITING:
        for finding in row["findings"]:
            if finding["severity"] == "block" and not finding.get("waived"):
                yield f"Check {finding['check']} blocks it: {finding['message']}"
        if blackout := blackout_over(row["due_at"], document.blackouts):
            yield _silent(blackout, outgoing)
    yield from _clashing(f"{row['campaign']}:{row['entry']}", clashes)


def _silent(blackout: schema.Blackout, outgoing: Outgoing | None) -> str:
    for waiver in outgoing.waivers if outgoing else ():
        if waiver["check"] == BLACKOUT and waiver.get("blackout") == blackout.id:
            return f"In blackout {blackout.id} of {blackout.partner}, allowed by {waiver.get('authorised_by')}."
    return f"In blackout {blackout.id} of {blackout.partner}: it waits until that is over."


def _clashing(own: str, clashes: Iterable[Clash]) -> Iterator[str]:
    """Yield the clashes of entry *own*, one sentence a kind; in full they are told elsewhere."""
    of: dict[Kind, list[Clash]] = defaultdict(list)
    for each in clashes:
        of[each.kind].append(each)
    for kind, found in of.items():
        others = sorted({name for each in found for name in each.entries if name != own})
        names = listed([called(own, name)[1] for name in others], 4)
        if kind is Kind.PACE:
            yield "Its account would carry more than its pace allows."
        elif kind is Kind.BLACKOUT:
            yield f"In a blackout that another campaign has: {found[0].message.rpartition(', which ')[2]}"
        elif kind is Kind.AUDIENCE:
            yield f"Near {names}: the same audience."
        else:
            yield f"Nearly the words of {names} ({max(each.share or 0 for each in found)} % shared)."


def lifts(document: schema.Campaign) -> tuple[schema.Embargo, datetime] | None:
    """Return the embargo of a campaign and the instant at which it surely is over."""
    embargo = document.handling.embargo if document.handling else None
    return (embargo, span(embargo.until, embargo.zone)[1]) if embargo else None


def embargoed(lifting: tuple[schema.Embargo, datetime] | None, due: datetime, *, trusted: bool) -> str:
    """Return what an embargo means for a release due then; *trusted*: its readers keep the embargo. "" without one."""
    if lifting is None:
        return ""
    embargo, at = lifting
    if due >= at:
        return "Over by then"
    until = f"until {shown(embargo.until)} {embargo.zone}"
    return f"Under embargo {until}" if trusted else f"Public before the embargo ends ({until})"


def shown(wall: str) -> str:
    """Return wall time as people write it: `2027-01-12 18:30`."""
    return wall[:16].replace("T", " ")
