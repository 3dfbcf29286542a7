"""Occurrences that are left out (RFC 5545 EXDATE), and a reading of the rules that shares nothing with ours."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from campaigns.calendar.recurrence import BadExdate, BadRule, Occurrence, expand

AT = "2027-01-19T18:30:00"  # a Tuesday
WEEKLY = "FREQ=WEEKLY;COUNT=4"
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@pytest.mark.parametrize(
    ("rule", "exdate", "left"),
    [
        pytest.param(WEEKLY, ["2027-01-26T18:30:00"], [("01-19", 0), ("02-02", 2), ("02-09", 3)], id="one-inside"),
        pytest.param(WEEKLY, [AT], [("01-26", 1), ("02-02", 2), ("02-09", 3)], id="the-first"),
        pytest.param(WEEKLY, ["2027-02-09T18:30:00"], [("01-19", 0), ("01-26", 1), ("02-02", 2)], id="the-last"),
        pytest.param(WEEKLY, [AT, AT], [("01-26", 1), ("02-02", 2), ("02-09", 3)], id="said-twice"),
        pytest.param(
            WEEKLY, ["2027-02-09T18:30:00", AT, "2027-01-26T18:30:00"], [("02-02", 2)], id="all-but-one-in-any-order"
        ),
        pytest.param(
            "FREQ=DAILY;UNTIL=20270122", ["2027-01-20T18:30:00"], [("01-19", 0), ("01-21", 2), ("01-22", 3)], id="until"
        ),
    ],
)
def test_what_is_left_out_still_counts(rule, exdate, left):
    """COUNT counts what is left out (RFC 5545 3.3.10), and each occurrence keeps its place, and so its variant."""
    assert expand(AT, rule, exdate=exdate) == [
        Occurrence(f"2027{day.replace('-', '')}T183000", f"2027-{day}T18:30:00", number) for day, number in left
    ]
    assert [each.number for each in expand(AT, rule, exdate=exdate)] == [number for _, number in left]


@pytest.mark.parametrize(
    ("rule", "exdate", "said", "hint"),
    [
        pytest.param(
            WEEKLY,
            ["2027-01-26T18:00:00"],
            "exdate 2027-01-26T18:00 is not an occurrence of FREQ=WEEKLY;COUNT=4.",
            "Occurrences around it are 2027-01-19T18:30, 2027-01-26T18:30, 2027-02-02T18:30, 2027-02-09T18:30.",
            id="another-hour",
        ),
        pytest.param(
            "FREQ=WEEKLY;COUNT=20",
            ["2027-03-10T18:30:00"],
            "exdate 2027-03-10T18:30 is not an occurrence of FREQ=WEEKLY;COUNT=20.",
            "Occurrences around it are … 2027-03-02T18:30, 2027-03-09T18:30, 2027-03-16T18:30, 2027-03-23T18:30 …",
            id="a-day-off-in-a-long-repeat",
        ),
        pytest.param(
            "FREQ=WEEKLY;COUNT=20",
            ["2028-01-01T00:00:00"],
            "exdate 2028-01-01T00:00 is not an occurrence of FREQ=WEEKLY;COUNT=20.",
            "Occurrences around it are … 2027-05-11T18:30, 2027-05-18T18:30, 2027-05-25T18:30, 2027-06-01T18:30.",
            id="after-the-last",
        ),
        pytest.param(
            WEEKLY,
            ["2026-01-01T00:00:00", AT],
            "exdate 2026-01-01T00:00 is not an occurrence of FREQ=WEEKLY;COUNT=4.",
            "Occurrences around it are 2027-01-19T18:30, 2027-01-26T18:30, 2027-02-02T18:30, 2027-02-09T18:30.",
            id="before-the-first",
        ),
        pytest.param(
            "FREQ=WEEKLY;COUNT=2",
            [AT, "2027-01-26T18:30:00"],
            "exdate leaves out every occurrence.",
            "Remove the release entry instead.",
            id="all-of-them",
        ),
        pytest.param(
            None,
            [AT],
            "exdate leaves out occurrences of a repeat, and this release has none.",
            "Remove exdate, or add repeat:.",
            id="no-repeat",
        ),
    ],
)
def test_what_cannot_be_left_out(rule, exdate, said, hint):
    """What is no occurrence is refused with those around it; nothing is left out by a slip of the pen."""
    with pytest.raises(BadExdate) as refused:
        expand(AT, rule, exdate=exdate)

    assert (refused.value.message, refused.value.hint) == (said, hint)


# The oracle: RFC 5545 read day by day. It knows no library, no arithmetic of weeks and months, and no shortcut.


def by_hand(start: datetime, parts: dict[str, str], horizon: date) -> Iterator[datetime]:
    """Yield what a rule of FREQ, INTERVAL, BYDAY, COUNT and UNTIL gives, by asking every day up to *horizon*."""
    day, given_so_far = start.date(), 0
    last = datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%S") if "UNTIL" in parts else None  # noqa: DTZ007 (wall time)
    while day <= horizon:
        moment = datetime.combine(day, start.time())
        if (last and moment > last) or given_so_far == int(parts.get("COUNT", 10**9)):
            return
        if asked(day, start.date(), parts):
            yield moment
            given_so_far += 1
        day += timedelta(days=1)


def asked(day: date, first: date, parts: dict[str, str]) -> bool:
    """Return whether the rule names *day*."""
    days = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    interval = int(parts.get("INTERVAL", 1))
    match parts["FREQ"]:
        case "DAILY":
            on = (day - first).days % interval == 0
            return on and (not days or WEEKDAYS[day.weekday()] in days)
        case "WEEKLY":  # weeks begin on Monday unless WKST says otherwise
            weeks = (monday(day) - monday(first)).days // 7
            return weeks % interval == 0 and WEEKDAYS[day.weekday()] in (days or [WEEKDAYS[first.weekday()]])
        case "MONTHLY":
            months = (day.year - first.year) * 12 + day.month - first.month
            return months % interval == 0 and (in_month(day, days) if days else day.day == first.day)
        case _:
            return (day.year - first.year) % interval == 0 and (day.month, day.day) == (first.month, first.day)


def monday(day: date) -> date:
    while day.weekday():
        day -= timedelta(days=1)
    return day


def in_month(day: date, days: list[str]) -> bool:
    """Return whether *day* is one of `MO` (each), `1MO` (the first) or `-1MO` (the last of its month)."""
    same = [day.replace(day=1) + timedelta(days=step) for step in range(31)]
    same = [each for each in same if each.month == day.month and each.weekday() == day.weekday()]
    name = WEEKDAYS[day.weekday()]
    return any(each in {name, f"{same.index(day) + 1}{name}", f"{same.index(day) - len(same)}{name}"} for each in days)


@st.composite
def rules(draw: st.DrawFn) -> tuple[datetime, dict[str, str], list[int]]:
    """Return a start, the parts of a rule, and which of its occurrences are left out."""
    start = draw(st.datetimes(datetime(2026, 1, 1), datetime(2040, 12, 31))).replace(microsecond=0)  # noqa: DTZ001 (wall time)
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": freq}
    if draw(st.booleans()):
        parts["INTERVAL"] = str(draw(st.integers(1, 5)))
    if freq != "YEARLY" and draw(st.booleans()):
        more = draw(st.lists(st.sampled_from(WEEKDAYS), max_size=3))
        first = WEEKDAYS[start.weekday()]
        if freq == "MONTHLY" and draw(st.booleans()):
            first = f"{(start.day - 1) // 7 + 1}{first}"
            more = [draw(st.sampled_from(["1", "2", "3", "-1", ""])) + each for each in more]
        parts["BYDAY"] = ",".join(dict.fromkeys([first, *more]))
    if draw(st.booleans()):
        parts["COUNT"] = str(draw(st.integers(1, 30)))
    else:
        parts["UNTIL"] = (start + timedelta(days=draw(st.integers(0, 900)))).strftime("%Y%m%dT%H%M%S")
    return start, parts, draw(st.lists(st.integers(0, 29), max_size=4))


@given(rules())
@settings(deadline=None, max_examples=400)
def test_rules_give_what_asking_every_day_gives(rule):
    """FREQ, INTERVAL, BYDAY, COUNT, UNTIL and EXDATE give what a reading day by day gives, in the same order."""
    start, parts, dropped = rule
    horizon = date(start.year + 200, 1, 1) if parts["FREQ"] == "YEARLY" else date(start.year + 40, 1, 1)
    expected = list(by_hand(start, parts, horizon))
    assume("COUNT" not in parts or len(expected) == int(parts["COUNT"]))  # beyond the horizon the oracle knows nothing
    walls = [each.isoformat() for each in expected]
    exdate = [walls[place] for place in set(dropped) if place < len(walls)]
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    if len(exdate) == len(walls):
        with pytest.raises(BadRule):
            expand(start.isoformat(), text, exdate=exdate)
        return

    found = expand(start.isoformat(), text, exdate=exdate)

    assert [each.wall for each in found] == [wall for wall in walls if wall not in exdate]
    assert [walls[each.number] for each in found] == [each.wall for each in found]
