"""Tests for campaigns.example: tokens become dates, wall times and instants."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import clock, example
from campaigns.errors import InvalidDocument, UsageError

WINTER = datetime(2027, 1, 12, 17, 30, tzinfo=UTC)

CASES = [
    # text, filled
    pytest.param('starts: "@{date}"', "starts: 2027-01-12", id="date"),
    pytest.param('ends: "@{date+90d}"', "ends: 2027-04-12", id="days later"),
    pytest.param('starts: "@{date-17d}"', "starts: 2026-12-26", id="days earlier, across a year"),
    pytest.param('at: "@{date-16d at 18:30}"', "at: 2026-12-27T18:30:00", id="wall time"),
    pytest.param("@{date+60d at 18:30:05 Europe/Paris in UTC},x", "2027-03-13T17:30:05Z,x", id="instant, winter"),
    pytest.param("@{date+90d at 18:30:05 Europe/Paris in UTC},x", "2027-04-12T16:30:05Z,x", id="instant, summer"),
    pytest.param('at: "@{start in Europe/Paris}"', "at: 2027-01-12T18:30:00", id="start in Paris"),
    pytest.param('at: "@{start+40s in Europe/London}"', "at: 2027-01-12T17:30:40", id="seconds later in London"),
    pytest.param('server: "@{smtp}"', "server: 127.0.0.1:25", id="substitution"),
    pytest.param("url: https://h/@{smtp}/x", "url: https://h/127.0.0.1:25/x", id="inside a longer text"),
    pytest.param('say: "at @{date} then"', 'say: "at 2027-01-12 then"', id="quotes stay around more than a token"),
    pytest.param("mail: a@example.org {{ name }}", "mail: a@example.org {{ name }}", id="nothing to fill"),
]


@pytest.mark.parametrize(("text", "filled"), CASES)
def test_fill(text, filled):
    """Every token becomes what a person would have written, and nothing else changes."""
    assert example.fill(text, WINTER, {"smtp": "127.0.0.1:25"}) == filled


@pytest.mark.parametrize("token", ["starts", "date+3h", "start+4s", "date at 18:30 Europe/Paris", "ftp"])
def test_an_unknown_token_is_refused_with_its_place(token):
    """A slip in a template is found at its line, not published as it stands."""
    with pytest.raises(InvalidDocument) as caught:
        example.fill(f"one\ntwo: @{{{token}}}\n", WINTER, {}, file="campaign.yaml")

    assert str(caught.value).startswith(f"campaign.yaml:2: unknown token @{{{token}}}")


@pytest.mark.parametrize(
    ("instant", "zone"),
    [
        pytest.param("2027-10-31T00:30:00Z", "Europe/Paris", id="first passing"),
        pytest.param("2027-10-31T01:30:00Z", "Europe/Paris", id="second passing"),
        pytest.param("2027-10-31T01:59:59Z", "Europe/London", id="last second of the hour"),
    ],
)
def test_an_hour_that_occurs_twice_is_refused(instant, zone):
    """Wall time alone could not say which of the two was meant."""
    with pytest.raises(UsageError, match="twice"):
        example.fill(f"@{{start in {zone}}}", clock.parse_iso(instant), {})


def test_the_instant_that_is_refused_is_told():
    """An example may start well before the hour that is shown twice and still fall into it."""
    with pytest.raises(UsageError) as caught:
        example.fill("@{start+7200s in Europe/London}", clock.parse_iso("2027-10-30T22:30:00Z"), {})

    assert caught.value.message.startswith("2027-10-31T00:30:00Z, at the start or soon after it, falls in the hour")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1)), st.integers(0, 3600), st.integers(-12, 12))  # noqa: DTZ001 (hypothesis wants naive bounds)
def test_the_start_is_the_instant_whatever_its_offset(start, later, hours):
    """The same instant written with another offset gives the same wall time."""
    instant = start.replace(tzinfo=UTC, microsecond=0)
    elsewhere = instant.astimezone(timezone(timedelta(hours=hours)))
    token = f"@{{start+{later}s in UTC}} @{{date}}"

    filled = example.fill(token, instant, {})

    assert filled == example.fill(token, elsewhere, {})
    assert datetime.fromisoformat(filled.split()[0] + "Z") == instant + timedelta(seconds=later)


def test_an_unknown_example_is_answered_with_those_there_are():
    """The error carries the cure."""
    with pytest.raises(UsageError, match="no example 'maximal'") as caught:
        example.files("maximal", WINTER, {})

    assert caught.value.hint == f"Choose one of: {', '.join(example.names())}."
    assert example.names() == ["channel-ports", "daesh-lost-ground", "minimal", "terror-content-online"]
