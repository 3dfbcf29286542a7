"""An account carries no more than its pace in any window of that length, whatever the channels on it are called."""

from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.releases.clashes.clash import Going
from scheduler.releases.clashes.pacing import crowded, pacing
from tests.builders.goings import FEED, MASTODON, START, going

HOUR = 60  #: minutes


def run(*minutes: float, **changes: object) -> list[Going]:
    return [going(f"r{number}", at, **changes) for number, at in enumerate(minutes)]


@pytest.mark.parametrize(
    ("goings", "paces", "counts"),
    [
        pytest.param(run(0, 1, 2), {MASTODON: {"3/h"}}, [], id="just what it allows"),
        pytest.param(run(0, 1, 2, 3), {MASTODON: {"3/h"}}, [4], id="one too many"),
        pytest.param(run(0, 1, 2, 60), {MASTODON: {"3/h"}}, [], id="the fourth a whole hour after the first"),
        pytest.param(run(0, 1, 2, 59), {MASTODON: {"3/h"}}, [4], id="the fourth a minute earlier"),
        pytest.param(
            run(0, 23 * HOUR, 25 * HOUR), {MASTODON: {"1/d"}}, [2], id="a window may begin at any hour, not at midnight"
        ),
        pytest.param(run(0, 1, 2, 300, 301, 302), {MASTODON: {"2/h"}}, [3, 3], id="two stretches"),
        pytest.param(run(0, 1, 2), {}, [], id="no pace"),
        pytest.param(run(0), {MASTODON: {"0/d"}}, [1], id="nothing allowed"),
        pytest.param(run(0, 1), {MASTODON: {"9/d", "1/h"}}, [2], id="two channels, two paces: the stricter"),
        pytest.param(
            [*run(0, 1), *run(2, 3, campaign="ports")], {MASTODON: {"3/h"}}, [4], id="campaigns share an account"
        ),
        pytest.param([*run(0, 1), *run(2, 3, account=FEED)], {MASTODON: {"3/h"}}, [], id="other accounts do not count"),
        pytest.param(run(0, 1, 2, 3, moves=False), {MASTODON: {"3/h"}}, [], id="nothing moves"),
        pytest.param(
            [*run(0, 1, 2, moves=False), going("r9", 3)], {MASTODON: {"3/h"}}, [4], id="one joins what was full"
        ),
        pytest.param(
            [*run(0, 1, 2, 3, moves=False), going("r9", 300)], {MASTODON: {"3/h"}}, [], id="one joins elsewhere"
        ),
    ],
)
def test_too_many_on_one_account(goings: list[Going], paces: dict, counts: list[int]):
    """More than the pace in any window is told; it needs one release that moves among those in such a window."""
    found = pacing(goings, paces)

    assert [int(each.message.split("carry ")[1].split()[0]) for each in found] == counts
    assert {each.severity for each in found} <= {"error"}


def test_a_refusal_names_the_releases_and_the_cap():
    """Whoever reads it knows what to move."""
    [clash] = pacing(run(0, 1, 2, 3), {MASTODON: {"3/h"}})

    assert clash.refusal.message == (
        "@facts (mastodon) would carry 4 releases within one hour from 2027-01-12T12:00:00Z, and its pace is 3/h:"
        " r0/en-GB/mastodon, r1/en-GB/mastodon, r2/en-GB/mastodon and r3/en-GB/mastodon."
    )
    assert len(clash.releases) == 4


@given(st.lists(st.integers(0, 600), max_size=30), st.integers(0, 5), st.integers(1, 120))
def test_it_is_what_counting_every_window_finds(minutes: list[int], most: int, length: int):
    """The spans hold exactly the instants of windows that hold too many, and their peak is the fullest of these."""
    instants = [START + timedelta(minutes=each) for each in sorted(minutes)]
    windows = [
        {place for place, each in enumerate(instants) if first <= each < first + timedelta(minutes=length)}
        for first in instants
    ]
    too_full = [window for window in windows if len(window) > most]
    spans = crowded(instants, most, timedelta(minutes=length))

    assert {place for span in spans for place in range(span.first, span.end)} == set().union(*too_full)
    assert all(one.end <= other.first for one, other in combinations(spans, 2))
    assert max((span.most for span in spans), default=0) == max(map(len, too_full), default=0)
    for span in spans:
        inside = [window for window in too_full if min(window) >= span.first and max(window) < span.end]
        assert span.most == max(map(len, inside))
        assert instants[span.peak + span.most - 1] - instants[span.peak] < timedelta(minutes=length)
