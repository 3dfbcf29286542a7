"""Which entries may no longer change: those with a release that was ever claimed. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from campaigns.documents import schema
from campaigns.errors import Refused

FROZEN = ("at", "zone", "fold", "repeat", "variant")


def faults(before: schema.Campaign | None, after: schema.Campaign, rows: Iterable[Mapping[str, Any]]) -> list[Refused]:
    """
    Return a refusal for each frozen entry whose time, zone, repeat or variant changed.

    So nothing goes out again because somebody edited a date: end the entry with `until:` and add another.
    """
    if before is None:
        return []
    claimed = {row["entry"] for row in rows if row["fence"] > 0}
    entries = {entry.id: entry for entry in before.releases}
    found = []
    for entry in after.releases:
        old = entries.get(entry.id)
        if old is None or entry.id not in claimed:
            continue
        changed = [name for name in FROZEN if getattr(old, name) != getattr(entry, name)]
        if changed:
            message = f"Release entry {entry.id} has begun to go out, so its {' and '.join(changed)} cannot change."
            found.append(Refused(message, "End it with `until:` and add another entry."))
    return found
