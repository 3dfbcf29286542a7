"""Accounts that would carry more releases than their pace allows. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.clock import iso
from scheduler.releases.clashes.clash import Account, Clash, Going, Kind, entry_of, listed

_LENGTHS = {
    "s": (timedelta(seconds=1), "second"),
    "m": (timedelta(minutes=1), "minute"),
    "h": (timedelta(hours=1), "hour"),
    "d": (timedelta(days=1), "day"),
}


@dataclass(frozen=True)
class Span:
    """Neighbouring places of a list of instants: every one of them stands in a window that holds too many."""

    first: int
    end: int  #: exclusive
    peak: int  #: where the fullest window begins
    most: int  #: how many stand in it


def pacing(goings: Iterable[Going], paces: Mapping[Account, Collection[str]]) -> list[Clash]:
    """
    Return a clash, an error, for each stretch of time in which an account carries more than a pace of its allows.

    *paces* are those of all channels on an account: each one holds for all that goes out there.
    """
    lanes: dict[Account, list[Going]] = defaultdict(list)
    for going in goings:
        if going.account in paces:
            lanes[going.account].append(going)
    found = []
    for account, lane in sorted(lanes.items()):
        lane.sort(key=lambda each: (each.due, each.name, each.id))
        for pace in sorted(paces[account]):
            most, length = int(pace.partition("/")[0]), _LENGTHS[pace[-1]][0]
            for span in crowded([each.due for each in lane], most, length):
                inside = lane[span.first : span.end]
                if any(each.moves for each in inside):
                    found.append(_told(pace, inside, lane[span.peak : span.peak + span.most]))
    return found


def crowded(instants: Sequence[datetime], most: int, length: timedelta) -> list[Span]:
    """
    Return where *instants*, in order, stand closer than *most* in any window of *length*, its end exclusive.

    Windows that share an instant are one span.
    """
    spans: list[Span] = []
    end = 0
    for first, at in enumerate(instants):
        while end < len(instants) and instants[end] - at < length:
            end += 1
        full = end - first
        if full <= most:
            continue
        if spans and first < spans[-1].end:
            last = spans[-1]
            peak, fullest = (first, full) if full > last.most else (last.peak, last.most)
            spans[-1] = Span(last.first, end, peak, fullest)
        else:
            spans.append(Span(first, end, first, full))
    return spans


def _told(pace: str, inside: Sequence[Going], peak: Sequence[Going]) -> Clash:
    unit = _LENGTHS[pace[-1]][1]
    kind, _, account = peak[0].account
    shared = len({each.campaign for each in peak}) > 1
    names = listed(f"{each.campaign}:{each.name}" if shared else each.name for each in peak)
    said = (
        f"{account} ({kind}) would carry {len(peak)} releases within one {unit} from {iso(peak[0].due)}, and its pace"
        f" is {pace}: {names}."
    )
    return Clash(
        Kind.PACE,
        inside[0].due,
        said,
        "Move some of them, or give the channel another pace.",
        tuple(sorted({entry_of(each) for each in inside})),
        tuple(sorted(each.id for each in inside)),
        "error",
    )
