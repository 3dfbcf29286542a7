"""The .ics file reads the same in two other parsers, and a newer one replaces what an older one put into a diary."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import ics
import pytest
import vobject
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from scheduler.grid.diary import blackout_uid, diary, plain
from scheduler.grid.lines import Grid, Line
from scheduler.releases.states import State
from tests.builders.workspaces import Workspace
from tests.scheduler.grid.conftest import NOW, crossing

Read = Callable[..., Grid]
EVIL = '=HYPERLINK("https://evil.example")\r\nBEGIN:VALARM\nATTACH:x\\, <script>alert(1)</script>\x00\u2028,;:\\n'


def made_line(**changes: Any) -> Line:
    values: dict[str, Any] = {
        "id": "12e9dd9e-0009-5327-913e-574bf230bf4f",
        "campaign": "voices",
        "name": "r1/en-GB/uk-outbox",
        "entry": "r1",
        "message": "m1",
        "headline": "Daesh has lost ground",
        "locale": "en-GB",
        "audiences": ("readers",),
        "channel": "uk-outbox",
        "kind": "outbox",
        "account": "@facts",
        "issuer": "uk",
        "lead": "UK Government",
        "wall": "2027-01-12T18:30:00",
        "zone": "Europe/Paris",
        "due": datetime(2027, 1, 12, 17, 30, tzinfo=UTC),
        "not_after": None,
        "state": State.SCHEDULED,
        "reason": "",
        "signed": {"uk": "amina", "fr": "benoit"},
        "awaited": (),
        "refused": {},
        "unread": False,
        "embargo": "",
        "risks": (),
        "marking": "",
        "url": None,
        "revision": 3,
        "changed": NOW,
    }
    return Line(**{**values, **changes})


def of(*lines: Line) -> str:
    return diary(Grid((), lines, (), (), ()), NOW)


def as_icalendar(text: str) -> dict[str, tuple[Any, ...]]:
    found = {}
    for event in Calendar.from_ical(text).walk("VEVENT"):
        end = event["DTEND"].dt if "DTEND" in event else event["DTSTART"].dt
        found[str(event["UID"])] = (event["DTSTART"].dt, end, str(event["SUMMARY"]), str(event["DESCRIPTION"]))
    return found


def as_ics(text: str) -> dict[str, tuple[Any, ...]]:
    return {
        event.uid: (event.begin.datetime, event.end.datetime, event.name, event.description)
        for event in ics.Calendar(text).events
    }


def as_vobject(text: str) -> dict[str, tuple[Any, ...]]:
    found = {}
    for event in vobject.readOne(text).vevent_list:
        end = event.dtend.value if hasattr(event, "dtend") else event.dtstart.value
        found[event.uid.value] = (event.dtstart.value, end, event.summary.value, event.description.value)
    return found


def test_two_other_parsers_read_what_was_written(booked: Workspace, grid_of: Read):
    """Every event, with its instants, title and description, comes out of ics and vobject as out of icalendar."""
    text = diary(grid_of(booked), NOW)
    ours = as_icalendar(text)

    assert len(ours) == 14
    assert as_ics(text) == ours
    assert as_vobject(text) == ours


def test_an_event_is_a_release_or_a_blackout(booked: Workspace, grid_of: Read):
    """UIDs are the ids of releases, and made from campaign and id for blackouts."""
    grid = grid_of(booked)

    assert as_icalendar(diary(grid, NOW)).keys() == {
        *(each.id for each in grid.lines),
        blackout_uid("raqqa-voices", "fr-reserve"),
    }


def test_the_same_grid_gives_the_same_file(booked: Workspace, grid_of: Read):
    """Nothing in the file is by chance."""
    assert diary(grid_of(booked), NOW) == diary(grid_of(booked), NOW)


def test_a_newer_file_replaces_the_older(booked: Workspace, grid_of: Read):
    """A release that moved keeps its UID, and its sequence, stamp and last change grow; a withdrawn one says so."""
    older = Calendar.from_ical(diary(grid_of(booked), NOW))
    moved = crossing().releases[0].model_copy(update={"at": "2027-01-14T20:00:00"})
    booked.apply(crossing(releases=[moved.model_dump(mode="json")]), now=NOW + timedelta(hours=1))
    newer = Calendar.from_ical(diary(grid_of(booked), NOW + timedelta(hours=2)))
    before, after = ({str(each["UID"]): each for each in one.walk("VEVENT")} for one in (older, newer))
    ids = {(row["entry"], row["locale"]): row["id"] for row in _rows(booked)}
    opening, reminder = ids["opening", "ar"], ids["reminder", "ar"]

    assert before.keys() == after.keys()
    assert after[opening]["DTSTART"].dt == datetime(2027, 1, 14, 19, 0, tzinfo=UTC)
    for name in (opening, reminder):
        assert int(after[name]["SEQUENCE"]) > int(before[name]["SEQUENCE"])
        assert after[name]["DTSTAMP"].dt > before[name]["DTSTAMP"].dt
        assert after[name]["LAST-MODIFIED"].dt > before[name]["LAST-MODIFIED"].dt
    assert (str(before[reminder]["STATUS"]), str(after[reminder]["STATUS"])) == ("TENTATIVE", "CANCELLED")


def _rows(workspace: Workspace) -> list[dict[str, Any]]:
    from sqlalchemy import select

    from scheduler.releases.ledger import RELEASE

    with workspace.transaction() as connection:
        return [dict(row) for row in connection.execute(select(RELEASE)).mappings()]


@pytest.mark.parametrize("state", State)
def test_a_state_in_the_words_of_a_diary(state: State):
    """Only what will not go out is cancelled; only what may still be stopped by nobody but a hold is confirmed."""
    status = str(Calendar.from_ical(of(made_line(state=state))).walk("VEVENT")[0]["STATUS"])

    if state in {State.CANCELLED, State.EXPIRED}:
        assert status == "CANCELLED"
    else:
        assert status == ("TENTATIVE" if state in {State.DRAFT, State.REFUSED, State.FAILED} else "CONFIRMED")


def test_what_people_wrote_stays_text():
    """A headline starts no property, alarm, formula or markup, in any parser, and nothing of it is lost but that."""
    line = made_line(headline=EVIL, lead=EVIL, account=EVIL, risks=(EVIL,), audiences=(EVIL,), marking=EVIL)
    text = of(line)

    assert as_ics(text) == as_icalendar(text) == as_vobject(text)
    assert [each.name for each in Calendar.from_ical(text).walk()] == ["VCALENDAR", "VEVENT"]
    unfolded = text.replace("\r\n ", "")
    assert re.findall(r"(?m)^(ATTACH|BEGIN:VALARM)", unfolded) == []
    assert "<" not in text
    [(_, _, title, _)] = as_ics(text).values()
    assert title.startswith("Cleared: =HYPERLINK(")
    assert "\u2039script\u203aalert(1)" in title


def test_lines_are_folded_and_end_as_the_standard_says(booked: Workspace, grid_of: Read):
    """No line is longer than 75 octets, none is torn inside a letter, and each ends in CRLF."""
    text = diary(grid_of(booked), NOW)

    assert text.replace("\r\n", "").count("\n") == text.replace("\r\n", "").count("\r") == 0
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "تنظيم داعش" in text.replace("\r\n ", "")


@pytest.mark.parametrize(
    ("changes", "secret"),
    [
        pytest.param({}, False, id="nothing says so"),
        pytest.param({"marking": "OFFICIAL-SENSITIVE"}, True, id="marked"),
        pytest.param({"embargo": "Under embargo until 2027-01-13 18:30 Europe/Paris"}, True, id="under embargo"),
        pytest.param({"embargo": "Over by then"}, False, id="after the embargo"),
    ],
)
def test_what_is_marked_is_confidential_in_a_diary(changes: dict[str, Any], *, secret: bool):
    """A diary that others can look into is told what to hide from them."""
    assert ("CLASS:CONFIDENTIAL" in of(made_line(**changes))) == secret


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        pytest.param("https://social.example/@facts/1", True, id="a web address"),
        pytest.param("javascript:alert(1)", False, id="a script"),
        pytest.param("feed/entry-1.xml", False, id="a file"),
        pytest.param(None, False, id="none"),
    ],
)
def test_only_web_addresses_become_links(url: str | None, *, kept: bool):
    """What a diary makes clickable leads to the web."""
    assert ("URL:" in of(made_line(url=url))) == kept


TEXT = st.text(max_size=60)


@example(headline="", reason="00000\n\n\n𐀀𐀀𐀀𐀀 ", seconds=0)  # a blank that would have a folded line to itself
@example(headline="", reason=f"x{' ' * 200}y", seconds=0)  # lines of blanks alone
@given(TEXT, TEXT, st.integers(0, 14 * 366 * 86400))
def test_any_text_at_any_instant_reads_the_same_everywhere(headline: str, reason: str, seconds: int):
    """Three parsers agree on whatever people write."""
    line = made_line(headline=f"x{headline}", risks=(reason,), due=NOW + timedelta(seconds=seconds))
    text = of(line)
    [ours] = as_icalendar(text).values()

    assert as_vobject(text) == as_icalendar(text)
    assert as_ics(text) == as_icalendar(text)
    assert ours[0] == line.due
    assert " ".join(plain(line.headline).split()) in " ".join(ours[2].split())


def test_an_empty_grid_is_a_calendar_too():
    """A file without events is valid, and says who made it."""
    text = diary(Grid((), (), (), (), ()), NOW)

    assert as_icalendar(text) == {}
    assert "PRODID:-//Cordiale//Calendar//EN" in text


def test_seconds_are_kept():
    """An instant is written to the second."""
    line = replace(made_line(), due=datetime(2027, 1, 12, 17, 30, 8, tzinfo=UTC))

    assert "DTSTART:20270112T173008Z" in of(line)
