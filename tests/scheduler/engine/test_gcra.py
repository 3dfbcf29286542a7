"""The rate of a channel: whatever asks, in whatever order and by whatever clock, it lets out no more than it says."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import clock
from scheduler.engine import gcra
from scheduler.engine.gcra import Rate

NOW = clock.now()
SECOND = timedelta(seconds=1)

WRITTEN = [
    pytest.param("30/h", Rate(timedelta(minutes=2), 1), id="slower than one a second: one at a time"),
    pytest.param("1/s", Rate(SECOND, 1), id="one a second"),
    pytest.param("20/s", Rate(timedelta(milliseconds=50), 20), id="a second's worth at once"),
    pytest.param("300/s", Rate(timedelta(microseconds=3334), 299), id="rounded down, never up"),
    pytest.param("4/d", Rate(timedelta(hours=6), 1), id="a day"),
]


@pytest.mark.parametrize(("written", "rate"), WRITTEN)
def test_a_rate_has_an_interval_and_a_burst(written: str, rate: Rate):
    """What a rate gives in one second may go out together; no interval is rounded so that more goes out."""
    assert gcra.read(written) == rate


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["30/h", "2/s", "7/s", "300/s", "4/d"]),
    st.lists(st.tuples(st.integers(-5_000_000, 5_000_000), st.integers(0, 400)), min_size=1, max_size=40),
)
def test_no_order_and_no_clock_lets_out_more(written: str, asks: list[tuple[int, int]]):
    """Over all claims, the number let out is at most rate times the time between the readings, and a burst."""
    rate, theoretical, out, readings = gcra.read(written), None, 0, []
    for microseconds, wanted in asks:
        now = NOW + timedelta(microseconds=microseconds)
        taken = min(wanted, gcra.allowance(rate, theoretical, now))
        if taken:
            theoretical = gcra.spend(rate, theoretical, now, taken)
            out += taken
            readings.append(now)
    span = max(readings) - min(readings) if readings else timedelta(0)

    assert out <= span // rate.interval + rate.burst


@given(st.sampled_from(["30/h", "2/s", "7/s"]), st.integers(1, 30))
def test_it_is_free_when_it_says(written: str, tokens: int):
    """`free_at` is the first instant at which one more may go."""
    rate = gcra.read(written)
    free = gcra.free_at(rate, gcra.spend(rate, None, NOW, tokens))

    assert gcra.allowance(rate, gcra.spend(rate, None, NOW, tokens), free) == 1
    assert gcra.allowance(rate, gcra.spend(rate, None, NOW, tokens), free - timedelta(microseconds=1)) == 0
