"""Surveys, press items and bookings: each kind is seen from its headings, and becomes figures with their counts."""

import pytest

from reports.figures import Figure
from reports.sources.costs import Costs
from reports.sources.coverage import Coverage
from reports.sources.platform_csv import PlatformCsv
from reports.sources.survey import Survey
from tests.builders.readings import found

SURVEY = "Fieldwork end,Audience,Measure,Base,Count,Share\n"
PRESS = "Published,Outlet,Headline,URL,Tone,Key message\n"
BOOKS = "Booking date,Amount,Currency,Channel,Supplier\n"


def figures(seen):
    return [(each.metric, each.subject_kind, each.subject, each.figure.value) for each in seen.snapshots]


def test_a_survey_gives_shares_with_their_base():
    """A count of a base, a share, or both; measures by name in English or French; a row of all is the campaign's."""
    seen = found(
        Survey(),
        SURVEY + "2026-10-31,young-fr,Recall,1200,216,18%\n2026-10-31,All,Notoriété,1000,,36%\n"
        "2026-10-31,young-uk,trust_rate,\u0665\u0660\u0660,100,\n",
    )
    assert not seen.complaints
    assert [each.figure for each in seen.snapshots] == [
        Figure(0.18, numerator=216, denominator=1200),
        Figure(0.36, denominator=1000),
        Figure(0.2, numerator=100, denominator=500),
    ]
    assert [each.subject for each in seen.snapshots] == ["young-fr", "", "young-uk"]


def test_press_items_are_counted_by_day():
    """Items, those that carry the message, and their tone are running totals, whatever the order of the rows."""
    seen = found(
        Coverage(),
        PRESS + "2026-10-13,B,t2,https://example.org/2,neutral,no\n2026-10-12,A,t1,https://example.org/1,positif,oui\n"
        "2026-10-13,C,t3,https://example.org/3,negative,yes\n",
    )
    assert not seen.complaints
    totals = {(each.metric, each.at.day): each.figure.value for each in seen.snapshots}
    assert (totals["coverage_items", 12], totals["coverage_items", 13]) == (1, 3)
    assert (totals["coverage_with_message", 12], totals["coverage_with_message", 13]) == (1, 2)
    assert (totals["coverage_positive", 13], totals["coverage_negative", 13]) == (1, 1)


def test_bookings_are_added_by_day_and_currency():
    """Pounds and euros stay apart, a credit note is taken off, and suppliers are not read."""
    seen = found(
        Costs(),
        BOOKS + '2026-10-12,"12,500.00",GBP,uk-partners,Somebody Ltd\n2026-10-12,(500.00),GBP,uk-partners,x\n'
        "2026-10-13,99.50,EUR,,x\n",
    )
    assert not seen.complaints
    assert figures(seen) == [("spend", "channel", "uk-partners", 12_000), ("spend", "campaign", "", 99.5)]
    assert [each.dimensions for each in seen.snapshots] == [(("currency", "GBP"),), (("currency", "EUR"),)]
    assert seen.ignored == ("Supplier",)


@pytest.mark.parametrize(
    ("source", "text", "says"),
    [
        pytest.param(Survey(), SURVEY + "2026-10-31,x,Recal,10,1,\n", "unknown measure 'Recal'", id="measure"),
        pytest.param(Survey(), SURVEY + "2026-10-31,x,Recall,,,18%\n", "how many were asked", id="no-base"),
        pytest.param(
            Survey(), SURVEY + "2026-10-31,x,Recall,10,11,\n", "larger than the denominator", id="more-than-all"
        ),
        pytest.param(Coverage(), PRESS + "2026-10-13,B,t,u,cheerful,no\n", "unknown tone 'cheerful'", id="tone"),
        pytest.param(Coverage(), PRESS + "2026-10-13,B,t,u,,maybe\n", "neither yes nor no", id="maybe"),
        pytest.param(
            Coverage(),
            PRESS + "2026-10-13,B,t,u,,\n2026-10-14,B,t,u,,\n",
            "f.csv:3:16 the item is on line 2",
            id="twice",
        ),
        pytest.param(Costs(), BOOKS + "2026-10-12,5,pounds,,\n", "'pounds' is no currency", id="currency"),
        pytest.param(Costs(), BOOKS + "2026-10-12,five,GBP,,\n", "'five' is not a figure", id="amount"),
        pytest.param(Costs(), BOOKS + "2026-10-12,-5,GBP,,\n", "below zero", id="a-refund-of-nothing"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(source, text, says):
    """Each fault is a complaint with a place and a cure."""
    seen = found(source, text)
    assert says in str(seen.complaints[0])
    assert seen.complaints[0].hint


def test_each_kind_is_seen_from_its_headings():
    """No file is taken for one of another kind."""
    for text, kind in ((SURVEY, Survey), (PRESS, Coverage), (BOOKS, Costs), ("Post ID,Date,Likes\n", PlatformCsv)):
        seen = [each for each in (Survey, Coverage, Costs, PlatformCsv) if found(each(), text).recognised]
        assert seen == [kind]
