"""Spans before real elections in which a government says little or nothing, as blackouts of a campaign document."""

from datetime import datetime
from typing import Any, NamedTuple

import pytest

from campaigns.clock import parse_iso

LONDON, PARIS = "Europe/London", "Europe/Paris"


class Election(NamedTuple):
    """A blackout, and the instants at its edges, worked out by hand."""

    blackout: dict[str, Any]
    first: datetime  #: its first minute
    after: datetime  #: the first minute that is outside again


def _election(name: str, partner: str, zone: str, start: str, end: str, first: str, after: str) -> Election:
    span = {"from": start, "to": end, "zone": zone, "reason": "the period before an election"}
    return Election({"id": name, "partner": partner, **span}, parse_iso(first), parse_iso(after))


# UK: Cabinet Office, general election guidance 2019 and 2024, local elections guidance 2022; to the end of polling day.
# France: code électoral, article L49, first round of 2022: from the midnight before the eve until the last polls close.
ELECTIONS = [
    pytest.param(_election(*row), id=row[0])
    for row in (
        (
            *("uk-general-2019", "uk", LONDON, "2019-11-06T00:01", "2019-12-13T00:00"),
            *("2019-11-06T00:01:00Z", "2019-12-13T00:00:00Z"),
        ),
        (
            *("uk-general-2024", "uk", LONDON, "2024-05-25T00:01", "2024-07-05T00:00"),
            *("2024-05-24T23:01:00Z", "2024-07-04T23:00:00Z"),
        ),
        (
            *("uk-local-2022", "uk", LONDON, "2022-04-14T00:00", "2022-05-06T00:00"),
            *("2022-04-13T23:00:00Z", "2022-05-05T23:00:00Z"),
        ),
        (
            *("fr-president-2022", "fr", PARIS, "2022-04-09T00:00", "2022-04-10T20:00"),
            *("2022-04-08T22:00:00Z", "2022-04-10T18:00:00Z"),
        ),
    )
]
