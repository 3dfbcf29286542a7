"""What a clash is, and a release as its neighbours see it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from campaigns.clock import iso
from campaigns.errors import Refused

Account = tuple[str, str, str]  #: kind, server ("" for none) and account: one, whatever channels call it
#: An audience's id, and in words who they are: the same in two campaigns where both are equal.
Audience = tuple[str, str]
#: With how many others a release or a text is told to clash: those nearest in time. A crowd is told by its neighbours.
CROWD = 8
NAMED = 6  #: names in one sentence


class Kind(StrEnum):
    """What two or more releases do to one another."""

    PACE = "pace"  #: an account carries more than its pace allows
    BLACKOUT = "blackout"  #: a partner is silent then, as another campaign says
    AUDIENCE = "audience"  #: different messages reach the same people too soon after one another
    WORDS = "words"  #: different messages say nearly the same


@dataclass(frozen=True, slots=True)
class Going:
    """A release as its neighbours see it: nothing of it that they do not look at."""

    id: str
    campaign: str
    entry: str
    name: str
    message: str
    due: datetime  #: or when it was published
    audiences: tuple[Audience, ...]
    locale: str
    account: Account
    partners: tuple[str, ...]  #: for whom it speaks, the issuer among them
    words: str = ""  #: what it says, as `sameness.plain` brings it down to words; "" takes no part
    moves: bool = True  #: it is new, changed or moved: only such releases make a clash worth telling


@dataclass(frozen=True)
class Clash:
    """One clash: told once for all locales, channels and occurrences that it repeats in."""

    kind: Kind
    at: datetime  #: of the first release in it
    message: str
    hint: str
    entries: tuple[str, ...]  #: as `campaign:entry`, sorted
    releases: tuple[str, ...]  #: ids, sorted
    severity: Literal["warning", "error"] = "warning"
    share: int | None = None  #: per cent of the words that two texts share

    @property
    def refusal(self) -> Refused:
        """The clash as a reason not to apply a plan."""
        return Refused(self.message, self.hint)


def in_order(clashes: Iterable[Clash]) -> tuple[Clash, ...]:
    """Return *clashes* as people read them: what stops a plan first, then by kind and time."""
    kinds = list(Kind)
    return tuple(
        sorted(clashes, key=lambda each: (each.severity, kinds.index(each.kind), each.at, each.entries, each.message))
    )


def entry_of(going: Going) -> str:
    """Return the entry of a release by the name that is its own in the whole workspace."""
    return f"{going.campaign}:{going.entry}"


def called(*names: str) -> tuple[str, ...]:
    """Return entries as `campaign:entry` by shorter names, where all are of one campaign."""
    campaigns = {name.partition(":")[0] for name in names}
    return tuple(name.partition(":")[2] for name in names) if len(campaigns) == 1 else names


def listed(names: Iterable[str], most: int = NAMED) -> str:
    """Return `a`, `a and b`, `a, b and 3 more`."""
    every = list(names)
    shown = every[:most] if len(every) <= most else every[: most - 1]
    if more := len(every) - len(shown):
        shown.append(f"{more} more")
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def lasting(span: timedelta) -> str:
    """Return `40 seconds`, `90 minutes`, `4 hours`, `28 days`: whole units, rounded down."""
    units = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
    seconds = int(span.total_seconds())
    size, unit = next(each for each in units if seconds >= 2 * each[0] or seconds == each[0] or each[0] == 1)
    return f"{seconds // size:,} {unit}{'' if seconds // size == 1 else 's'}"


def apart(one: datetime, other: datetime) -> str:
    """Return `at the same instant, 2027-…`, or `8 seconds apart, first at 2027-…`."""
    first = iso(min(one, other))
    return f"at the same instant, {first}" if one == other else f"{lasting(abs(one - other))} apart, first at {first}"
