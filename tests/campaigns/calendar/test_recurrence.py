"""Recurrence rules on wall time."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.calendar.recurrence import CAP, BadRule, Occurrence, expand

AT = "2027-01-19T18:30:00"  # a Tuesday


@pytest.mark.parametrize(
    ("rule", "until", "ends", "expected"),
    [
        pytest.param("FREQ=WEEKLY;COUNT=3", None, None, ["01-19T18:30", "01-26T18:30", "02-02T18:30"], id="weekly"),
        pytest.param("freq=daily;count=2", None, None, ["01-19T18:30", "01-20T18:30"], id="lower-case"),
        pytest.param("RRULE:FREQ=DAILY;COUNT=2", None, None, ["01-19T18:30", "01-20T18:30"], id="with-its-name"),
        pytest.param("FREQ=DAILY;UNTIL=20270120", None, None, ["01-19T18:30", "01-20T18:30"], id="until-is-all-day"),
        pytest.param("FREQ=DAILY;UNTIL=20270120T120000", None, None, ["01-19T18:30"], id="until-an-hour"),
        pytest.param("FREQ=DAILY", "2027-01-20T18:30:00", None, ["01-19T18:30", "01-20T18:30"], id="until-inclusive"),
        pytest.param("FREQ=DAILY", None, "2027-01-20", ["01-19T18:30", "01-20T18:30"], id="to-the-campaign's-end"),
        pytest.param(
            "FREQ=DAILY;COUNT=9", "2027-01-20T18:30:00", None, ["01-19T18:30", "01-20T18:30"], id="the-sooner"
        ),
        pytest.param(
            "FREQ=WEEKLY;COUNT=3",
            None,
            "2027-01-20",
            ["01-19T18:30", "01-26T18:30", "02-02T18:30"],
            id="count-is-not-cut",
        ),
        pytest.param("FREQ=MONTHLY;BYDAY=3TU;COUNT=2", None, None, ["01-19T18:30", "02-16T18:30"], id="third-tuesday"),
        pytest.param(
            "FREQ=MONTHLY;BYDAY=3TU,MO;COUNT=4",
            None,
            None,
            ["01-19T18:30", "01-25T18:30", "02-01T18:30", "02-08T18:30"],
            id="third-tuesday-and-each-monday",
        ),
        pytest.param(
            "FREQ=YEARLY;BYDAY=3TU,-53MO,MO;COUNT=3",
            None,
            None,
            ["01-19T18:30", "01-25T18:30", "02-01T18:30"],
            id="third-tuesday-of-the-year-and-each-monday",
        ),
        pytest.param(
            "FREQ=DAILY;BYHOUR=18,20;COUNT=3",
            None,
            None,
            ["01-19T18:30", "01-19T20:30", "01-20T18:30"],
            id="twice-a-day",
        ),
        pytest.param(
            "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3",
            None,
            None,
            ["01-19T18:30", "01-21T18:30", "01-26T18:30"],
            id="two-weekdays",
        ),
    ],
)
def test_rules_we_take(rule, until, ends, expected):
    """The rule counts from `at`; the sooner of its ends holds; the campaign's end bounds only a rule without one."""
    assert [each.wall for each in expand(AT, rule, until, ends)] == [f"2027-{wall}:00" for wall in expected]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        pytest.param("every week", "'EVERY WEEK' is not a part", id="prose"),
        pytest.param("", "'' is not a part", id="empty"),
        pytest.param("COUNT=4", "has no FREQ", id="no-frequency"),
        pytest.param("FREQ=HOURLY;COUNT=4", "FREQ is HOURLY", id="too-often"),
        pytest.param("FREQ=SECONDLY", "FREQ is SECONDLY", id="far-too-often"),
        pytest.param("FREQ=DAILY;COUNT=0", "COUNT is 0", id="none"),
        pytest.param("FREQ=DAILY;COUNT=10001", "COUNT is 10001", id="too-many"),
        pytest.param("FREQ=DAILY;INTERVAL=-1;COUNT=2", "INTERVAL is -1", id="backwards"),
        pytest.param("FREQ=DAILY;COUNT=2;UNTIL=20270301", "both COUNT and UNTIL", id="two-ends"),
        pytest.param("FREQ=DAILY;COUNT=2;COUNT=3", "says COUNT twice", id="said-twice"),
        pytest.param("FREQ=DAILY;UNTIL=20270301T000000Z", "UNTIL is 20270301T000000Z", id="until-in-utc"),
        pytest.param("FREQ=DAILY;UNTIL=20270230", "UNTIL is 20270230", id="until-no-day"),
        pytest.param("FREQ=WEEKLY;BYDAY=XX;COUNT=2", "BYDAY is XX", id="no-weekday"),
        pytest.param("FREQ=WEEKLY;WKST=XX;COUNT=2", "is not a recurrence rule", id="no-week-start"),
        pytest.param("FREQ=DAILY;BYHOUR=18,25;COUNT=2", "BYHOUR is 18,25", id="no-hour"),
        pytest.param("FREQ=WEEKLY;BYDAY=WE;COUNT=2", "is not an occurrence of", id="at-on-another-weekday"),
        pytest.param("FREQ=DAILY;BYHOUR=9;COUNT=2", "the first one would be 2027-01-20T09:30", id="at-another-hour"),
        pytest.param("FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2;COUNT=1", "is not an occurrence of", id="31-february"),
        pytest.param("FREQ=WEEKLY;BYDAY=1TU;COUNT=2", "WEEKLY counts no weekdays", id="the-first-tuesday-of-a-week"),
        pytest.param("FREQ=MONTHLY;BYDAY=3TU,0MO;COUNT=2", "BYDAY is 3TU,0MO", id="the-noughth-monday"),
        pytest.param("FREQ=MONTHLY;BYMONTHDAY=19,0;COUNT=2", "BYMONTHDAY is 19,0", id="the-noughth-of-a-month"),
        pytest.param("FREQ=MONTHLY;BYMONTHDAY=19,-32;COUNT=2", "BYMONTHDAY is 19,-32", id="32-before-its-end"),
        pytest.param("FREQ=YEARLY;BYMONTH=1,13;COUNT=2", "BYMONTH is 1,13", id="the-thirteenth-month"),
        pytest.param("FREQ=DAILY;BYHOUR=18,-1;COUNT=2", "BYHOUR is 18,-1", id="an-hour-before-midnight"),
        pytest.param("FREQ=DAILY;BYMINUTE=30,60;COUNT=2", "BYMINUTE is 30,60", id="no-minute"),
        pytest.param("FREQ=DAILY;BYHOUR=6PM;COUNT=2", "BYHOUR is 6PM", id="no-number"),
        pytest.param("FREQ=DAILY", "never ends", id="without-end"),
        pytest.param("FREQ=YEARLY;COUNT=2000", "gives only 373 of 2000", id="beyond-the-calendar"),
        pytest.param("FREQ=DAILY;UNTIL=21990101", "more than 10,000", id="more-than-the-cap"),
        pytest.param("FREQ=DAILY;BYEASTER=0;COUNT=2", "'BYEASTER=0' is not a part", id="not-in-the-standard"),
    ],
)
def test_rules_we_refuse(rule, said):
    """A rule that cannot be read, has no end or does not start at `at` is refused in plain words with a cure."""
    with pytest.raises(BadRule) as refused:
        expand(AT, rule)

    assert said in refused.value.message
    assert refused.value.hint


def test_a_single_release_has_no_recurrence_id():
    """Without a rule there is one occurrence, and its place in the campaign is its whole name."""
    assert expand(AT) == [Occurrence("", AT)]


def test_occurrences_are_named_by_their_wall_time():
    """A RECURRENCE-ID is wall time: a change of the zone's rules renames nothing."""
    assert expand(AT, "FREQ=WEEKLY;COUNT=2")[1] == Occurrence("20270126T183000", "2027-01-26T18:30:00")


@given(
    at=st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31)),  # noqa: DTZ001 (wall time)
    unit=st.sampled_from([("DAILY", 1), ("WEEKLY", 7)]),
    interval=st.integers(1, 60),
    count=st.integers(1, 200),
)
@settings(deadline=None)
def test_plain_rules_are_plain_arithmetic(at, unit, interval, count):
    """Daily and weekly rules are steps of whole days from `at`, whatever the calendar's cycle does inside."""
    at = at.replace(microsecond=0)
    walls = [each.wall for each in expand(at.isoformat(), f"FREQ={unit[0]};INTERVAL={interval};COUNT={count}")]

    assert walls == [(at + timedelta(days=unit[1] * interval * step)).isoformat() for step in range(count)]


@given(
    st.text(max_size=40)
    | st.from_regex(
        r"FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;(COUNT|UNTIL|BYDAY|BYSETPOS|BYHOUR|BYMONTHDAY)=[0-9A-Z,+-]{0,9}){0,4}",
        fullmatch=True,
    )
)
@settings(deadline=None)
def test_no_text_is_more_than_a_bad_rule(rule):
    """Whatever stands in `repeat`, the answer is occurrences from `at` on, or a BadRule."""
    try:
        occurrences = expand(AT, rule, ends="2027-04-30")
    except BadRule:
        return
    walls = [each.wall for each in occurrences]

    assert walls[0] == AT
    assert walls == sorted(set(walls))
    assert len(walls) <= CAP
