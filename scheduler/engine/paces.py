"""What an account may still carry: the pace of its channels, counted over all that went out there, or may have."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, bindparam, text

from campaigns.clock import instant_text
from campaigns.documents.fields import rate_window
from campaigns.store.damaged import UNREADABLE
from scheduler.releases.models import SETTLED

LOG = structlog.get_logger()

#: The partial indexes `release_said`, `release_lease` and `release_settled` answer, one for each part.
CARRIED = text(f"""
SELECT (SELECT COUNT(*) FROM release WHERE published_at IS NOT NULL AND channel IN :ids AND published_at > :since)
     + (SELECT COUNT(*) FROM release WHERE state IN ('claimed', 'sending', 'retracting')
          AND published_at IS NULL AND channel IN :ids)
     + (SELECT COUNT(*) FROM release WHERE {SETTLED} AND state IN ('uncertain', 'handed_over')
          AND channel IN :ids AND key_since > :since)
""").bindparams(bindparam("ids", expanding=True))  # noqa: S608 (our own words)


@dataclass(frozen=True)
class Account:
    """One account, whatever channels call it, and every pace that is written for it."""

    channels: tuple[str, ...]  #: sorted
    paces: tuple[str, ...]

    @property
    def lead(self) -> str:
        """The channel whose row in `channel_state` is locked by whoever counts for the account."""
        return self.channels[0]


def accounts(channels: Iterable[Mapping[str, Any]]) -> dict[str, Account]:
    """Return the account with a pace of each channel in *channels*; every pace on an account holds for all there."""
    found: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in channels:
        found[row["kind"], row["server"] or "", row["account"]].append(row)
    made = {}
    for rows in found.values():
        written = tuple(sorted({row["pace"] for row in rows if row["pace"] is not None}, key=str))
        if written:
            account = Account(tuple(sorted((row["id"] for row in rows), key=str)), written)
            made.update(dict.fromkeys(account.channels, account))
    return made


def left(connection: Connection, account: Account, now: datetime) -> int:
    """Return how many more releases *account* may carry at *now*; none, where a pace of its cannot be read."""
    allowed = []
    for pace in account.paces:
        try:
            most, window = rate_window(pace)
        except UNREADABLE:
            LOG.error("an account has no readable pace and publishes nothing", channels=account.channels, pace=pace)
            return 0
        values = {"ids": list(account.channels), "since": instant_text(now - window)}
        allowed.append(max(0, most - int(connection.execute(CARRIED, values).scalar_one())))
    return min(allowed)
