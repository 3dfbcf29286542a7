"""Which entries may no longer change: those with a release that was ever claimed. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from campaigns.documents import schema
from campaigns.errors import Refused
from scheduler.releases.expansion import Planned

FROZEN = ("at", "zone", "fold", "repeat", "variant")


def faults(
    before: schema.Campaign | None,
    after: schema.Campaign,
    rows: Iterable[Mapping[str, Any]],
    wanted: Iterable[Planned],
) -> list[Refused]:
    """
    Return a refusal for each frozen entry whose time, zone, repeat or variant changed.

    So nothing goes out again because somebody edited a date: end the entry with `until:` and add another. An entry
    that was taken out and comes back is held to what its claimed releases were.
    """
    if before is None:
        return []
    claimed = [row for row in rows if row["fence"] > 0]
    frozen = {row["entry"] for row in claimed}
    entries = {entry.id: entry for entry in before.releases}
    again = {each.id: (each.wall, each.zone, each.variant) for each in wanted}
    found = []
    for entry in after.releases:
        old = entries.get(entry.id)
        if entry.id not in frozen:
            continue
        if old is None:
            mine = [row for row in claimed if row["entry"] == entry.id]
            if any(again.get(row["id"]) != (row["wall"], row["zone"], row["variant"]) for row in mine):
                message = f"Release entry {entry.id} went out before it was taken out, and would come back otherwise."
                found.append(Refused(message, "Add it under another id."))
            continue
        changed = [name for name in FROZEN if getattr(old, name) != getattr(entry, name)]
        if changed:
            message = f"Release entry {entry.id} has begun to go out, so its {' and '.join(changed)} cannot change."
            found.append(Refused(message, "End it with `until:` and add another entry."))
    return found
