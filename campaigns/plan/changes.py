"""What an apply would change, as data: `apply` writes from this list and `show` prints it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What happens to a noun."""

    CREATED = "created"  #: the document has it, the tables do not
    CHANGED = "changed"  #: both have it, and they differ
    RETIRED = "retired"  #: the tables have it, the document does not


#: The nouns of a campaign in the order in which they are shown and written: what is referred to comes first.
NOUNS = (
    *("campaign", "objective", "kpi", "causal link", "audience", "channel", "narrative", "messenger", "message"),
    *(
        "study",
        "pretest",
        "release",
        "blackout",
        "budget line",
        "spend approval",
        "adjustment",
        "learning",
        "carried learning",
    ),
)
#: The nouns that stand in one list of the document each, and under which key.
LISTS = {
    "causal link": "theory_of_change",
    "audience": "audiences",
    "channel": "channels",
    "narrative": "narratives",
    "messenger": "messengers",
    "message": "messages",
    "study": "studies",
    "pretest": "pretests",
    "release": "releases",
    "blackout": "blackouts",
    "budget line": "budget",
    "spend approval": "spend_approvals",
    "adjustment": "adjustments",
    "learning": "learning",
    "carried learning": "carries",
}


@dataclass(frozen=True)
class FieldChange:
    """One key that differs. Values are plain data, as in JSON; none where it is not set."""

    name: str  #: the key as written in YAML; "position" for its place in the list
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """One noun that differs."""

    kind: Kind
    noun: str  #: one of NOUNS
    id: str
    fields: tuple[FieldChange, ...] = ()  #: what differs, in the schema's order; only for `changed`


@dataclass(frozen=True)
class CampaignChanges:
    """All that an apply would change in one campaign's tables."""

    campaign: str
    before: int | None  #: the revision that was compared with, 0 for none; None: not known, for use at once
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def of(self, noun: str) -> dict[str, Change]:
        """Return the changes of *noun* by id."""
        return {change.id: change for change in self.changes if change.noun == noun}
