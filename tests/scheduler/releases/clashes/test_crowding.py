"""Different messages to one audience within the gap: told once a pair of entries, and never beyond the gap."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.releases.clashes.clash import CROWD, Going
from scheduler.releases.clashes.crowding import crowding
from tests.builders.goings import FAMILIES, FEED, YOUNG, going

GAP = timedelta(hours=4)


def pairs(goings: Sequence[Going], gap: timedelta = GAP) -> list[tuple[str, ...]]:
    return sorted(each.entries for each in crowding(goings, gap))


@pytest.mark.parametrize(
    ("goings", "expected"),
    [
        pytest.param([going("r1"), going("r2", 239)], [("voices:r1", "voices:r2")], id="a minute short of the gap"),
        pytest.param([going("r1"), going("r2", 240)], [], id="a whole gap apart"),
        pytest.param([going("r1"), going("r2")], [("voices:r1", "voices:r2")], id="at the same instant"),
        pytest.param([going("r1"), going("r2", 8, message="m1")], [], id="the same message"),
        pytest.param([going("r1"), going("r2", 8, audiences=(FAMILIES,))], [], id="other people"),
        pytest.param(
            [going("r1", audiences=(YOUNG, FAMILIES)), going("r2", 8, audiences=(FAMILIES,))],
            [("voices:r1", "voices:r2")],
            id="one audience of several",
        ),
        pytest.param(
            [going("r1", locale=locale) for locale in ("fr-FR", "ar")]
            + [going("r2", 8, locale=locale, account=FEED) for locale in ("fr-FR", "ar")],
            [("voices:r1", "voices:r2")],
            id="once for all locales and channels",
        ),
        pytest.param(
            [going("r1", day * 1440) for day in range(3)] + [going("r2", day * 1440 + 5) for day in range(3)],
            [("voices:r1", "voices:r2")],
            id="once for all occurrences",
        ),
        pytest.param(
            [going("r1"), going("r1", 8, campaign="ports")], [("ports:r1", "voices:r1")], id="across campaigns"
        ),
        pytest.param(
            [going("r1"), going("r2", 8, campaign="ports", audiences=(("young-fr", "elsewhere"),))],
            [],
            id="the same id for other people",
        ),
        pytest.param([going("r1", moves=False), going("r2", 8, moves=False)], [], id="nothing moves"),
        pytest.param([going("r1", moves=False), going("r2", 8)], [("voices:r1", "voices:r2")], id="one of them moves"),
        pytest.param([going("r1"), going("r1", 8, message="m9")], [], id="an entry that sent another message before"),
        pytest.param([going("r1")], [], id="alone"),
    ],
)
def test_who_crowds_whom(goings: list[Going], expected: list[tuple[str, ...]]):
    """Different messages, the same people, less than the gap apart, and one of them moves."""
    assert pairs(goings) == expected


def test_a_clash_is_told_in_words():
    """It names both entries, the audience, how near, when first, how often, and the gap."""
    goings = [going("r1"), going("r2", 90), going("r1", 1440), going("r2", 1441)]
    [clash] = crowding(goings, GAP)

    assert clash.message == (
        "r1 and r2 reach young-fr 1 minute apart, first at 2027-01-13T12:00:00Z (and 1 more time);"
        " the gap between messages is 4 hours."
    )
    assert set(clash.releases) == {each.id for each in goings}
    assert clash.severity == "warning"


def test_no_gap_asks_for_nothing():
    """With `clash_gap = 0` releases may share an instant."""
    assert pairs([going("r1"), going("r2")], timedelta(0)) == []


MOMENTS = st.lists(
    st.builds(
        going,
        st.sampled_from(["r1", "r2", "r3", "r4"]),
        st.integers(0, 1200),
        audiences=st.sampled_from([(YOUNG,), (FAMILIES,), (YOUNG, FAMILIES)]),
        campaign=st.sampled_from(["voices", "ports"]),
        moves=st.booleans(),
    ),
    max_size=CROWD,
)


def clash_by_hand(one: Going, other: Going) -> bool:
    return (
        (one.campaign, one.message) != (other.campaign, other.message)
        and bool(set(one.audiences) & set(other.audiences))
        and abs(one.due - other.due) < GAP
        and (one.moves or other.moves)
    )


@given(MOMENTS)
def test_every_pair_and_no_other_is_told(goings: list[Going]):
    """Where no crowd stands, what is told is what comparing everything with everything finds."""
    by_hand = {
        tuple(sorted((f"{one.campaign}:{one.entry}", f"{other.campaign}:{other.entry}")))
        for one, other in combinations(goings, 2)
        if clash_by_hand(one, other)
    }

    assert pairs(goings) == sorted(by_hand)


@given(MOMENTS, st.randoms())
def test_the_order_of_reading_changes_nothing(goings: list[Going], chance):
    """Whoever is read first, the same clashes come out, word for word."""
    mixed = list(goings)
    chance.shuffle(mixed)

    assert {(each.message, each.releases) for each in crowding(mixed, GAP)} == {
        (each.message, each.releases) for each in crowding(goings, GAP)
    }


def test_in_a_crowd_everybody_is_told_and_nobody_of_all():
    """A thousand messages at once give some clashes each, not half a million."""
    found = crowding([going(f"r{number}") for number in range(1000)], GAP)

    assert len(found) < 1000 * CROWD
    assert {entry for each in found for entry in each.entries} == {f"voices:r{number}" for number in range(1000)}
