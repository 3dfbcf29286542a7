"""What changed for each partner since it last signed something about a release."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection

from campaigns.clock import iso
from scheduler.releases import earlier
from scheduler.releases.outgoing import Outgoing
from scheduler.review.differences import Difference, between
from scheduler.review.docket import Item


@dataclass(frozen=True)
class Change:
    """One partner's last word about other bytes than the present ones, and how these differ."""

    partner: str
    person: str
    answer: str  #: approve | refuse | withdraw
    at: datetime
    digest: str  #: of what the partner spoke about
    differences: tuple[Difference, ...] | None  #: none where that form is not kept

    def as_data(self) -> dict[str, object]:
        """Return it with stable keys."""
        listed = None if self.differences is None else [asdict(each) for each in self.differences]
        return {
            "partner": self.partner,
            "person": self.person,
            "decision": self.answer,
            "at": iso(self.at),
            "digest": self.digest,
            "differences": listed,
        }


def since(connection: Connection, found: Sequence[Item]) -> dict[str, list[Change]]:
    """Return release -> what changed for each of its partners since the form that it last decided on."""
    wanted = {word.digest for item in found for word in item.words.values() if word.digest != item.digest}
    forms = earlier.read(connection, wanted) if wanted else {}
    return {item.id: of(item, forms) for item in found}


def of(item: Item, forms: Mapping[str, Outgoing]) -> list[Change]:
    """Return what changed for each partner of *item*; *forms* are the earlier ones that are known, by digest."""
    found = []
    for partner, word in sorted(item.words.items()):
        if word.digest != item.digest:
            form = forms.get(word.digest)
            differences = tuple(between(form, item.outgoing)) if form and form.release == item.id else None
            found.append(Change(partner, word.person, word.answer, word.at, word.digest, differences))
    return found
