"""Which troubles are told: each once, grown ones again, and the end of each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.watch.decide import Memory, failed, may_speak, news, sent
from scheduler.watch.troubles import Trouble

NOW = datetime(2027, 1, 12, 18, 30, tzinfo=UTC)
GAP, DAY = timedelta(minutes=5), timedelta(days=1)
DISK = Trouble("disk", "this machine", "The disk is nearly full.", "Make room.")
FAILED = Trouble("state/failed/voices/uk", "uk", "3 releases are failed.", "Retry.", number=3)


def told(*troubles: Trouble, at: datetime = NOW) -> Memory:
    notice = news(Memory(), troubles, at, remind=DAY)
    assert notice is not None
    return sent(Memory(), notice, at)


def keys(notice: object) -> tuple[list[str], list[str], list[str]]:
    return (
        [each.key for each in notice.new],
        [each.key for each in notice.still],
        list(notice.over_keys),
    )


def test_what_was_told_is_not_told_again():
    """A trouble that stands is one message, however often it is looked at."""
    assert news(told(DISK, FAILED), [DISK, FAILED], NOW + GAP, remind=DAY) is None


def test_what_is_new_is_told_at_once():
    """A second trouble is told for itself; the first one is not repeated with it."""
    assert keys(news(told(DISK), [DISK, FAILED], NOW + GAP, remind=DAY)) == ([FAILED.key], [], [])


def test_what_is_over_is_told_once():
    """People hear that they need do nothing any more, and hear it once."""
    memory = told(DISK, FAILED)
    notice = news(memory, [FAILED], NOW + GAP, remind=DAY)
    after = sent(memory, notice, NOW + GAP)

    assert keys(notice) == ([], [], ["disk"])
    assert news(after, [FAILED], NOW + 2 * GAP, remind=DAY) is None


@pytest.mark.parametrize(("number", "again"), [(3, False), (5, False), (6, True), (1, False)])
def test_what_has_doubled_is_told_again(number: int, again: bool):
    """Three failed releases that become six are news; one more is not."""
    notice = news(told(FAILED), [replace(FAILED, number=number)], NOW + GAP, remind=DAY)

    assert (notice is not None) == again


def test_what_stands_for_long_is_told_again():
    """A reminder a day, since people forget; `since` stays the first day."""
    memory = told(DISK)
    notice = news(memory, [DISK], NOW + DAY, remind=DAY)
    after = sent(memory, notice, NOW + DAY)

    assert keys(notice) == ([], ["disk"], [])
    assert (after.told["disk"].since, after.told["disk"].at) == (NOW, NOW + DAY)


@pytest.mark.parametrize(("after", "may"), [(0, False), (299, False), (300, True), (-3600, True)])
def test_messages_keep_their_distance(after: int, may: bool):
    """One message within the gap, sent or tried; a clock that went back does not silence it for ever."""
    at = NOW + timedelta(seconds=after)

    assert may_speak(told(DISK), at, gap=GAP) == may
    assert may_speak(failed(Memory(), "no", NOW), at, gap=GAP) == may


def test_what_did_not_leave_is_still_to_be_told():
    """A failed message forgets nothing, and says since when it fails."""
    memory = failed(failed(Memory(), "refused", NOW), "still refused", NOW + GAP)

    assert keys(news(memory, [DISK], NOW + GAP, remind=DAY)) == (["disk"], [], [])
    assert (memory.fault, memory.fault_since) == ("still refused", NOW)


def test_a_repetition_has_the_same_id():
    """A receiver can tell the same news from other news."""
    first, again = (news(Memory(), [DISK], NOW + each, remind=DAY) for each in (GAP, 2 * GAP))
    other = news(Memory(), [DISK, FAILED], NOW, remind=DAY)

    assert first.id == again.id != other.id
