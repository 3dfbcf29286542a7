"""The breaker of a channel, sign by sign."""

from datetime import timedelta

import pytest

from campaigns import clock
from scheduler.engine.breaker import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    SILENCES,
    Health,
    Seen,
    Sign,
    after,
    half_open,
    shut_until,
)

NOW = clock.now()
SECOND = timedelta(seconds=1)
YES, SILENT, BARRED = Seen(Sign.ANSWERED), Seen(Sign.SILENT, "cut"), Seen(Sign.BARRED, "401")
OPEN = Health(failures=SILENCES, trips=1, open_until=NOW + FIRST_PAUSE, why="cut")
TRIED = NOW + FIRST_PAUSE  #: its pause is over

SIGNS = [
    pytest.param(Health(), [SILENT] * (SILENCES - 1), NOW, None, id="a few silences change nothing"),
    pytest.param(Health(), [SILENT] * SILENCES, NOW, FIRST_PAUSE, id="five in a row open it"),
    pytest.param(Health(), [*[SILENT] * 4, YES, *[SILENT] * 4], NOW, None, id="an answer between them starts anew"),
    pytest.param(Health(), [BARRED], NOW, LONGEST_PAUSE, id="one barred login opens it for long"),
    pytest.param(OPEN, [SILENT] * 60, NOW, FIRST_PAUSE, id="those that were on their way do not count twice"),
    pytest.param(OPEN, [YES], NOW, None, id="one of those that answers closes it"),
    pytest.param(OPEN, [SILENT], TRIED, 2 * FIRST_PAUSE, id="a try that stays silent opens it for twice as long"),
    pytest.param(OPEN, [YES], TRIED, None, id="a try that is answered closes it"),
    pytest.param(
        Health(9, 40, TRIED, None, "cut"), [SILENT], TRIED, LONGEST_PAUSE, id="no pause is longer than five minutes"
    ),
]


@pytest.mark.parametrize(("before", "signs", "now", "pause"), SIGNS)
def test_signs_open_and_close_it(before: Health, signs: list[Seen], now, pause: timedelta | None):
    """The table of its moves: how long it is open after these signs, from the instant of the last."""
    found = after(before, signs, now)

    assert found.open_until == (None if pause is None else now + pause)


def test_a_busy_channel_waits_as_long_as_it_asked():
    """429 is an answer: the breaker stays closed, and nothing is sent before the last instant it named."""
    long, short = Seen(Sign.BUSY, "429", NOW + 9 * SECOND), Seen(Sign.BUSY, "429", NOW + 2 * SECOND)
    found = after(Health(failures=4), [long, short, YES], NOW)

    assert (found.failures, found.open_until) == (0, None)
    assert shut_until(found, NOW + 8 * SECOND) == NOW + 9 * SECOND
    assert shut_until(found, NOW + 9 * SECOND) is None


def test_it_is_half_open_once_its_pause_is_over():
    """From then until an answer it is neither open nor closed."""
    assert not half_open(OPEN, NOW)
    assert half_open(OPEN, TRIED)
    assert not half_open(Health(), TRIED)
