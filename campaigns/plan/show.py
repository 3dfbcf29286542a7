"""A list of changes as lines to read: plain data that a terminal, a page or a file dresses as it likes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from campaigns.plan.changes import CampaignChanges, Change, Kind

SIGNS = {Kind.CREATED: "+", Kind.CHANGED: "~", Kind.RETIRED: "-"}
LONGEST = 72  #: characters of a value; longer ones are cut with …


@dataclass(frozen=True)
class Line:
    """One line of a plan."""

    sign: str  #: + created, ~ changed, - retired, or "" for what belongs to the line above
    text: str
    depth: int = 0  #: steps in from the left

    def __str__(self) -> str:
        return f"{'  ' * self.depth}{self.sign} {self.text}" if self.sign else f"{'  ' * self.depth}{self.text}"


def lines(changes: CampaignChanges) -> list[Line]:
    """Return *changes* as lines: the campaign, each noun, and under a changed one each key with before and after."""
    if not changes:
        return [Line("", f"campaign {changes.campaign}: nothing to change")]
    counts = [f"{_count(changes, kind)} {kind}" for kind in Kind if _count(changes, kind)]
    found = [Line("", f"campaign {changes.campaign}: {', '.join(counts)}")]
    for change in changes.changes:
        found += _change(change)
    return found


def _count(changes: CampaignChanges, kind: Kind) -> int:
    return sum(change.kind is kind for change in changes.changes)


def _change(change: Change) -> Iterator[Line]:
    yield Line(SIGNS[change.kind], f"{change.noun} {change.id}", 1)
    for field in change.fields:
        for name, before, after in _leaves(field.name, field.before, field.after):
            yield Line("", f"{name}: {shown(before)} → {shown(after)}", 2)


def _leaves(name: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """Go down where both sides are mappings, so that one changed locale is one line."""
    if not (isinstance(before, dict) and isinstance(after, dict) and before and after):
        yield name, _place(name, before), _place(name, after)
        return
    differing = [
        key for key in dict.fromkeys([*before, *after]) if json.dumps(before.get(key)) != json.dumps(after.get(key))
    ]
    if not differing:
        yield name, list(before), list(after)  # the same in another order
    for key in differing:
        yield from _leaves(f"{name}.{key}", before.get(key), after.get(key))


def _place(name: str, value: Any) -> Any:
    """Count places in a list from 1, as people do."""
    return value + 1 if name == "position" and isinstance(value, int) else value


def shown(value: Any) -> str:
    """Return *value* on one line of at most 72 characters; what is not set is `(none)`."""
    if value is None or value in ({}, [], ""):
        return "(none)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"
