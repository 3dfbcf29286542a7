"""
What came of messages that were handed to a mail server or a gateway: how many arrived, and how many failed and how.

A message is a part of a release to one address of a list. What is told of it last counts. As long as nothing final is
known of a release, it has no figure: that is a gap, and no zero.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from reports.figures import Figure
from reports.snapshot import Snapshot

DELIVERED, PERMANENT, TEMPORARY, TECHNICAL = (
    "deliveries", "permanent_failures", "temporary_failures", "technical_failures",
)  # fmt: skip
ON_ITS_WAY = ""


class Told(NamedTuple):
    """What was told of one message."""

    at: datetime
    release: str
    message: str  #: what tells it from the release's others; never an address
    outcome: str  #: one of the metrics above, or ON_ITS_WAY
    line: int
    cell: int


class Outcomes:
    """Counts what was told, by release and day, in whatever order it comes."""

    def __init__(self, counted: tuple[str, ...]) -> None:
        self.counted = counted  #: the outcomes that whoever tells it can tell
        self.told: list[Told] = []

    def snapshots(self, campaign: str, source: str, also: str = "") -> Iterator[Snapshot]:
        """Give what was known of each release at the end of each day on which something was told; *also*: a prefix."""
        state: dict[str, dict[str, str]] = {}
        newest: dict[tuple[str, str], tuple[Told, Counter[str]]] = {}
        for each in sorted(self.told):
            messages = state.setdefault(each.release, {})
            messages[each.message] = each.outcome
            newest[each.release, each.at.date().isoformat()] = each, Counter(messages.values())
        for each, counts in newest.values():
            known = sum(counts[name] for name in self.counted)
            named = (f"{also}{each.release}",) if also else ()
            for name in self.counted:
                figure = Figure(float(counts[name])) if known else Figure()
                yield Snapshot(
                    campaign, source, "release", each.release, name, (), each.at, figure, each.line, each.cell, named
                )
