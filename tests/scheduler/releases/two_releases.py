"""A campaign of two releases two days from now, which has not begun: to be changed at will."""

from datetime import timedelta
from itertools import count
from typing import Any

from campaigns import clock
from campaigns.documents import schema
from scheduler.releases import booking
from tests.builders import campaigns

HOUR = timedelta(hours=1)
DUE = (clock.now() + 48 * HOUR).replace(microsecond=0)
OTHER_WORDS = {"wording": {"en-GB": "Daesh lost other villages as well."}}
_REASONS = count(1)


def document(n: int = 2, **changes: Any) -> schema.Campaign:
    return campaigns.campaign(n, at=DUE, apart=HOUR, **changes)


def midway(**changes: Any) -> schema.Campaign:
    """Return the document with *changes* and a reason for them, as a campaign that has begun must give."""
    return document(**changes, adjustments=[campaigns.adjustment(next(_REASONS))])


def entries(**of_the_first: Any) -> list[dict[str, Any]]:
    return [{**campaigns.entry(1, DUE), **of_the_first}, campaigns.entry(2, DUE + HOUR)]


def kinds(plan: booking.Plan) -> dict[str, str]:
    return {each.name.partition("/")[0]: each.kind.value for each in plan.releases}
