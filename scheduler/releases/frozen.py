"""Which entries may no longer change: those with a release that was ever claimed. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from campaigns.documents import schema
from campaigns.errors import Refused
from scheduler.releases.expansion import Planned

FROZEN = ("at", "fold", "repeat", "variant")  #: besides the zone, which an entry need not name itself


def faults(
    before: schema.Campaign | None,
    after: schema.Campaign,
    rows: Iterable[Mapping[str, Any]],
    wanted: Iterable[Planned],
) -> list[Refused]:
    """
    Return a refusal for each frozen entry whose time, zone, repeat or variant changed.

    So nothing goes out again because somebody edited a date: the entry stays as it was, and another one is added. An
    entry that was taken out and comes back is held to what its claimed releases were.
    """
    if before is None:
        return []
    claimed: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["fence"] > 0:
            claimed.setdefault(row["entry"], []).append(row)
    if not claimed:
        return []
    entries = {entry.id: entry for entry in before.releases}
    asked: dict[str, list[Planned]] = {}
    for each in wanted:
        asked.setdefault(each.entry.id, []).append(each)
    held = [entry for entry in after.releases if entry.id in claimed]
    found = [_fault(entry, entries.get(entry.id), claimed[entry.id], asked.get(entry.id, [])) for entry in held]
    return [fault for fault in found if fault]


def _fault(
    entry: schema.ReleaseEntry,
    old: schema.ReleaseEntry | None,
    mine: Sequence[Mapping[str, Any]],
    asked: Sequence[Planned],
) -> Refused | None:
    """Return why a frozen *entry* may not be taken; *mine* are its claimed releases, *asked* all that it asks for."""
    if old is None:
        again = {each.id: (each.wall, each.zone, each.variant) for each in asked}
        if all(again.get(row["id"]) == (row["wall"], row["zone"], row["variant"]) for row in mine):
            return None
        message = f"Release entry {entry.id} went out before it was taken out, and would come back otherwise."
        return Refused(message, "Add it under another id.")
    undo = {name: getattr(old, name) for name in FROZEN if getattr(old, name) != getattr(entry, name)}
    if {each.zone for each in asked} - {row["zone"] for row in mine}:
        undo["zone"] = mine[0]["zone"]
    if not undo:
        return None
    message = f"Release entry {entry.id} has begun to go out, so its {' and '.join(undo)} cannot change."
    return Refused(message, _cure(undo, ends=old.repeat is not None))


def _cure(undo: Mapping[str, Any], *, ends: bool) -> str:
    """Say what to write again, and how to get what was meant."""
    back = [f"take {name}: out" if value is None else f"write {name}: {value}" for name, value in undo.items()]
    steps = [*back, "end it with `until:`", "add another entry"] if ends else [*back, "add another entry"]
    whole = f"{', '.join(steps[:-1])} and {steps[-1]}."
    return whole[0].upper() + whole[1:]
