"""
When credentials end: a credential alone says that of itself, `expires = 2027-03-01`, and it is told so long before.

Every capital hears of it in time, and nobody learns of it from a release that did not go out.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.settings import Settings
from campaigns.store.glance import Ask
from scheduler import credentials
from scheduler.errors import CredentialFault

AHEAD = timedelta(days=30)  #: a credential that ends within so long is told
#: Credentials of channels on which something is scheduled; the index `release_lane` answers for each.
_IN_USE = """
SELECT c.id, c.credential FROM channel c WHERE c.credential IS NOT NULL
   AND EXISTS (SELECT 1 FROM release r WHERE r.state = 'scheduled' AND r.channel = c.id) ORDER BY c.id
"""


@dataclass(frozen=True)
class End:
    """One credential that is over, or soon will be, or does not say readably when."""

    name: str
    channels: tuple[str, ...]  #: that use it, sorted
    last: date | None  #: the last day on which it holds; None where `expires` is no day
    days: int = 0  #: until then; below nought it is over


def ends(users: Mapping[str, Collection[str]], settings: Settings, today: date) -> Iterator[End]:
    """Yield those of the credentials in *users* (name -> channels) that end within `AHEAD`, or cannot say when."""
    for name, channels in sorted(users.items()):
        try:
            until = credentials.find(name, settings).get("expires")
        except CredentialFault:  # whoever needs it says so
            continue
        if until is None:
            continue
        used = tuple(sorted(channels))
        try:
            last = date.fromisoformat(until)
        except ValueError:
            yield End(name, used, None)
            continue
        if last - today <= AHEAD:
            yield End(name, used, last, (last - today).days)


def in_use(ask: Ask) -> dict[str, list[str]]:
    """Return credential -> channels of all channels on which something is scheduled."""
    found: dict[str, list[str]] = {}
    for row in ask(_IN_USE, {}):
        found.setdefault(row["credential"], []).append(row["id"])
    return found
