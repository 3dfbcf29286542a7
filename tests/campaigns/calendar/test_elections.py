"""Blackouts before real elections, to the minute."""

from datetime import timedelta

import pytest

from campaigns.calendar.windows import blackout_over, bounds
from campaigns.documents.schema import Blackout
from tests.builders.elections import ELECTIONS

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("election", ELECTIONS)
def test_a_period_before_an_election_is_kept_to_the_minute(election):
    """The minute before is free, the first and the last are not, the minute after is: by its own country's clocks."""
    blackout = Blackout.model_validate(election.blackout)
    minutes = (election.first - MINUTE, election.first, election.after - MINUTE, election.after)

    assert bounds(blackout) == (election.first, election.after)
    assert [blackout_over(at, [blackout]) for at in minutes] == [None, blackout, blackout, None]
