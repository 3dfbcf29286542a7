"""Releases that speak for a partner while another campaign says that the partner is silent. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from campaigns.clock import iso
from scheduler.releases.clashes.clash import Clash, Going, Kind, entry_of
from scheduler.releases.facts import Silence

HINT = "Move it, or write the blackout into its own campaign too, with an exception by name if it has to go."


def silenced(goings: Iterable[Going], blackouts: Iterable[Silence]) -> list[Clash]:
    """
    Return a clash for each entry with a release in a blackout of one of its partners that another campaign declares.

    A blackout of the same partner in its own campaign covers it already, exceptions included: nothing is told twice.
    """
    of: dict[str, list[Silence]] = defaultdict(list)
    for each in blackouts:
        of[each.partner].append(each)
    found: dict[tuple[str, str, str], tuple[Silence, list[Going]]] = {}
    for going in goings:
        if going.moves:
            for partner in going.partners:
                for blackout in _elsewhere(going, of.get(partner, ())):
                    key = (entry_of(going), blackout.campaign, blackout.id)
                    found.setdefault(key, (blackout, []))[1].append(going)
    return [_told(blackout, within) for blackout, within in found.values()]


def _elsewhere(going: Going, blackouts: Sequence[Silence]) -> list[Silence]:
    """Return those of one partner's *blackouts* that cover a release, none where its own campaign has one."""
    on = [each for each in blackouts if each.start <= going.due < each.end]
    return [] if any(each.campaign == going.campaign for each in on) else on


def _told(blackout: Silence, within: Sequence[Going]) -> Clash:
    first = min(within, key=lambda each: (each.due, each.id))
    more = len({each.due for each in within}) - 1
    also = f" (and {more} more)" if more else ""
    said = (
        f"{first.entry} of {first.campaign}, due {iso(first.due)}{also}, falls in blackout '{blackout.id}' of"
        f" {blackout.partner}, which {blackout.campaign} declares: {blackout.reason}"
    )
    ids = tuple(sorted(each.id for each in within))
    return Clash(Kind.BLACKOUT, first.due, said, HINT, (entry_of(first),), ids)
