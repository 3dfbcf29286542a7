"""What follows from a channel's answer, and from a lost one."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import clock
from scheduler.engine.breaker import LONGEST_PAUSE, Sign
from scheduler.engine.outcomes import LONGEST_ASKED, AfterLoss, after_loss, ending, looked_up, pause
from scheduler.publisher import Busy, Capabilities, HandedOver, OutcomeUnknown, Receipt, Refused, Unreachable
from scheduler.releases.states import Move

NOW = clock.now()
HOUR = timedelta(hours=1)
MASTODON = Capabilities(absorbs_key=HOUR, can_look_up=True)
MATRIX = Capabilities(absorbs_key=timedelta.max)
WORDPRESS = Capabilities(can_look_up=True)
SMTP = Capabilities()

ANSWERS = [
    pytest.param(Receipt("1"), SMTP, (Move.ACCEPT, "published", None), id="a receipt"),
    pytest.param(HandedOver("folder"), SMTP, (Move.HAND_OVER, "handed_over", None), id="handed over"),
    pytest.param(Refused("no"), MATRIX, (Move.FAIL, "refused", None), id="422"),
    pytest.param(Refused("no", credential=True), SMTP, (Move.RETRY, "refused", LONGEST_PAUSE), id="401"),
    pytest.param(Busy("later", 7), SMTP, (Move.RETRY, "busy", timedelta(seconds=7)), id="429 with Retry-After"),
    pytest.param(Busy("later"), SMTP, (Move.RETRY, "busy", timedelta(seconds=1)), id="429 without"),
    pytest.param(Unreachable("down"), SMTP, (Move.RETRY, "unreachable", timedelta(seconds=1)), id="connection refused"),
    pytest.param(OutcomeUnknown("cut"), SMTP, (Move.LOSE, "unknown", None), id="a lost answer, no memory"),
    pytest.param(OutcomeUnknown("cut"), WORDPRESS, (Move.LOSE, "unknown", None), id="a lost answer, look-up"),
    pytest.param(
        OutcomeUnknown("cut"), MATRIX, (Move.RETRY, "unknown", timedelta(seconds=1)), id="a lost answer, a lasting key"
    ),
    pytest.param(
        OutcomeUnknown("cut"), MASTODON, (Move.RETRY, "unknown", timedelta(seconds=1)), id="a lost answer, a fresh key"
    ),
]


@pytest.mark.parametrize(("answer", "can", "expected"), ANSWERS)
def test_each_answer_has_its_ending(answer, can: Capabilities, expected: tuple[Move, str, timedelta | None]):
    """The first attempt's answer decides move, outcome and pause; only 401 says that we are barred."""
    found = ending(answer, can, tries=1, key_since=NOW, now=NOW)
    wait = None if found.again_at is None else found.again_at - NOW

    assert (found.move, found.outcome, wait) == expected
    assert (found.sign is Sign.BARRED) == (isinstance(answer, Refused) and answer.credential)
    assert (found.busy_until is not None) == isinstance(answer, Busy)


AGES = [
    pytest.param(MASTODON, timedelta(minutes=29), AfterLoss.RESEND, id="within half the key's life"),
    pytest.param(MASTODON, timedelta(minutes=30), AfterLoss.LOOK_UP, id="half the key's life over"),
    pytest.param(Capabilities(absorbs_key=HOUR), timedelta(minutes=30), AfterLoss.ASK, id="over, and no look-up"),
    pytest.param(MATRIX, timedelta(days=900), AfterLoss.RESEND, id="a key that lasts"),
    pytest.param(WORDPRESS, timedelta(0), AfterLoss.LOOK_UP, id="look-up alone"),
    pytest.param(SMTP, timedelta(0), AfterLoss.ASK, id="neither"),
    pytest.param(MASTODON, None, AfterLoss.LOOK_UP, id="a key of unknown age"),
]


@pytest.mark.parametrize(("can", "age", "expected"), AGES)
def test_what_a_machine_may_do_about_a_lost_answer(can: Capabilities, age: timedelta | None, expected: AfterLoss):
    """A key is trusted for half its lifetime; then the channel is asked; then a person."""
    assert after_loss(can, None if age is None else NOW - age, NOW) is expected


@given(st.integers(0, 10**6), st.none() | st.floats())
def test_a_pause_is_always_an_instant(tries: int, asked: float | None):
    """No count of tries and no Retry-After makes a pause that is not one, or that never ends."""
    assert timedelta(seconds=1) <= pause(tries, asked) <= max(LONGEST_PAUSE, LONGEST_ASKED)


def test_pauses_double_up_to_five_minutes():
    """A channel that is down is tried ever less often."""
    assert [pause(n).total_seconds() for n in (1, 2, 3, 4, 9, 10, 99)] == [1, 2, 4, 8, 256, 300, 300]


@pytest.mark.parametrize(("asked", "tries", "expected"), [(90, 1, 90), (1, 9, 256), (1e12, 1, 7 * 86400)])
def test_a_channel_is_left_alone_as_long_as_it_asks(asked: float, tries: int, expected: float):
    """Retry-After is obeyed, never shortened by our own count; a week is the most anybody may ask."""
    assert pause(tries, asked).total_seconds() == expected


LOOK_UPS = [
    pytest.param(Receipt("1"), None, True, Move.ACCEPT, id="it is there, whenever that is seen"),
    pytest.param(None, "published", False, Move.ACCEPT, id="the journal knows better"),
    pytest.param(None, "begun", True, None, id="not there yet: it may still arrive"),
    pytest.param(None, "begun", False, Move.RETRY, id="not there, and it cannot arrive any more"),
]


@pytest.mark.parametrize(("found", "recorded", "early", "expected"), LOOK_UPS)
def test_a_look_up_that_finds_nothing_is_believed_late(found, recorded, early, expected):
    """What a server is still working on is not there yet: to send it again would publish it twice."""
    unknown = ending(OutcomeUnknown("cut"), WORDPRESS, tries=1, key_since=NOW, now=NOW)
    end = looked_up(found, unknown, recorded, early=early, now=NOW)

    assert (end.move if end else None) == expected
