"""A blackout is a partner's: what one campaign says of it is told to the others."""

from datetime import timedelta

import pytest

from scheduler.releases.clashes.clash import Going
from scheduler.releases.clashes.silence import silenced
from scheduler.releases.facts import Silence
from tests.builders.goings import START, going


def blackout(campaign: str = "ports", partner: str = "fr", start: int = -60, end: int = 60) -> Silence:
    """Return a blackout from so many minutes before START to so many after it."""
    span = (START + timedelta(minutes=start), START + timedelta(minutes=end))
    return Silence(campaign, "reserve", partner, *span, "réserve électorale")


@pytest.mark.parametrize(
    ("goings", "blackouts", "told"),
    [
        pytest.param([going()], [blackout()], 1, id="inside, declared elsewhere"),
        pytest.param([going()], [blackout(start=0)], 1, id="at its first instant"),
        pytest.param([going()], [blackout(end=0)], 0, id="at its end, which is exclusive"),
        pytest.param([going()], [blackout("voices")], 0, id="its own campaign's: told by the document"),
        pytest.param([going()], [blackout(), blackout("voices")], 0, id="declared in both: exceptions are its own"),
        pytest.param([going()], [blackout(), blackout("voices", "uk")], 1, id="its own is another partner's"),
        pytest.param([going(partners=("uk",))], [blackout()], 0, id="it does not speak for that partner"),
        pytest.param([going(moves=False)], [blackout()], 0, id="it does not move"),
        pytest.param([going(), going(locale="ar")], [blackout()], 1, id="once for all locales"),
        pytest.param([going("r1"), going("r2")], [blackout()], 2, id="each entry"),
        pytest.param([going()], [blackout(), blackout("sea")], 2, id="two campaigns say so"),
    ],
)
def test_silent_partners(goings: list[Going], blackouts: list[Silence], told: int):
    """A release that speaks for a silent partner is told, unless its own campaign has the blackout as well."""
    assert len(silenced(goings, blackouts)) == told


def test_it_says_who_is_silent_and_why():
    """Entry, campaign, instant, partner, where it is declared, and the reason."""
    [clash] = silenced([going(), going("r1", 10)], [blackout()])

    assert clash.message == (
        "r1 of voices, due 2027-01-12T12:00:00Z (and 1 more), falls in blackout 'reserve' of fr, which ports"
        " declares: réserve électorale"
    )
