"""The page: one file, a section a week, real tables with headings, and nothing that only colour says."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from scheduler.grid.lines import Band, Grid, Mark
from scheduler.grid.page import day_words, page, summary, weeks
from tests.scheduler.grid.conftest import NOW
from tests.scheduler.grid.test_diary import made_line

Read = Callable[..., Grid]
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
VOID = {"meta", "br", "img", "input", "hr", "link", "wbr"}


class Page(HTMLParser):
    """A page as a tree is read: elements with their attributes, text, and where an end tag fits no start tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.torn: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.torn.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for each, attributes in self.elements if each == tag]

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


@pytest.fixture
def drawn(grid: Grid) -> Page:
    """Give the page of both campaigns."""
    return Page(page(grid, "Calendar of the workspace", NOW))


def test_the_page_is_whole(drawn: Page):
    """Every element that is opened is closed, in order, and ids are said once."""
    ids = [attributes["id"] for _, attributes in drawn.elements if "id" in attributes]

    assert (drawn.torn, drawn.open) == ([], [])
    assert len(ids) == len(set(ids))
    named = {attributes["aria-labelledby"] for _, attributes in drawn.elements if "aria-labelledby" in attributes}
    linked = {str(attributes["href"]).removeprefix("#") for attributes in drawn.all("a")}
    assert named | linked <= set(ids)


def test_the_page_needs_nothing_else(drawn: Page):
    """No script, no picture, no style sheet from elsewhere; its policy says so."""
    assert not {tag for tag, _ in drawn.elements} & {"script", "link", "img", "object", "embed", "form", "iframe"}
    policies = [attributes["content"] for attributes in drawn.all("meta") if attributes.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_a_section_a_week(drawn: Page):
    """Weeks begin on Monday, are counted as in a diary, and what lies between is said to be empty."""
    assert [each["id"] for each in drawn.all("section") if each.get("class") == "week"] == [
        "week-2027-01-11",
        "week-2027-01-18",
        "week-2027-01-25",
        "week-2027-02-22",
    ]
    assert "11 to 17 January 2027 Week 2" in drawn.words
    assert "Nothing from 1 to 21 February 2027." in drawn.words


def test_tables_have_headings(drawn: Page):
    """Each table has a caption, a heading for each column, and one for each day and each row."""
    scopes = [attributes.get("scope") for attributes in drawn.all("th")]

    assert len(drawn.all("caption")) == len(drawn.all("table")) == 3
    assert scopes.count("col") == 3 * 8
    assert scopes.count("row") == 13
    assert scopes.count("rowgroup") == 5
    assert None not in scopes


def test_each_headline_has_language_and_direction(drawn: Page):
    """Arabic stands from right to left, whatever the page does."""
    said = {(each.get("lang"), each.get("dir")) for each in drawn.all("span") if each.get("class") == "headline"}

    assert said == {("ar", "rtl"), ("fr-FR", "ltr"), ("en-GB", "ltr")}


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("18:30 Europe/Paris 17:30 UTC", id="wall time, zone, and UTC"),
        pytest.param("00:30 Europe/Paris 23:30 UTC on 14 January", id="another day in UTC"),
        pytest.param("Signed by uk; awaits fr", id="clearance"),
        pytest.param("Under embargo until 2027-01-13 18:30 Europe/Paris", id="embargo"),
        pytest.param("Near safe-crossing:opening: the same audience.", id="clash"),
        pytest.param("Blackout: French Government says nothing from Friday 22 January 2027, 00:00", id="blackout"),
        pytest.param("Exception: Directeur du SIG allows families: public safety", id="exception"),
        pytest.param("Friday 29 January 2027 KPI of raqqa-voices due: reach", id="a day to remember"),
        pytest.param("OFFICIAL-SENSITIVE Calendar of the workspace", id="marking at the top"),
        pytest.param("13 releases, 1 blackout, 2 clashes; 4 await fr.", id="summary"),
        pytest.param("As it stood on Tuesday 5 January 2027, 09:00 UTC.", id="when it was made"),
        pytest.param("1 clash of this week in full", id="clashes in full"),
    ],
)
def test_what_matters_is_said_in_words(drawn: Page, words: str):
    """Nothing is left to colour or place alone."""
    assert words in drawn.words


def test_what_people_wrote_stays_text():
    """No name, headline, reason or marking becomes an element or an attribute."""
    line = made_line(
        headline=EVIL, lead=EVIL, account=EVIL, kind=EVIL, risks=(EVIL,), audiences=(EVIL,), entry=EVIL, embargo=EVIL
    )
    band = Band("v", "b", "fr", EVIL, line.wall, line.wall, EVIL, line.due, line.due, EVIL, (EVIL,), 1, NOW)
    evil = Grid((), (line,), (band,), (Mark("v", date(2027, 1, 12), EVIL),), (), EVIL)
    drawn = Page(page(evil, EVIL, NOW))

    assert not {tag for tag, _ in drawn.elements} & {"script", "img"}
    assert not [name for _, attributes in drawn.elements for name in attributes if name.startswith("on")]
    assert drawn.words.count("alert(1)") >= 10
    assert (drawn.torn, drawn.open) == ([], [])


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` (WCAG 2)."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("dress", [0, 1], ids=["light", "dark"])
def test_every_text_can_be_read(dress: int):
    """All colours of text keep 4.5:1 against both grounds, by day and by night."""
    style = files("scheduler.grid").joinpath("page.css").read_text("utf-8")
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style.split(":root")[1 + dress]))
    ratios = {
        (text, ground): (max(pair) + 0.05) / (min(pair) + 0.05)
        for text in ("ink", "soft", "link", "stop", "waits", "fine", "gone")
        for ground in ("ground", "paper")
        for pair in [(luminance(colours[text]), luminance(colours[ground]))]
    }

    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


def test_a_blackout_stands_in_every_week_that_it_covers():
    """A blackout is told in each week shown that it touches, and makes no week of its own between its ends."""
    band = Band("v", "b", "fr", "FR", "2027-01-13T00:00:00", "2027-02-03T00:00:00", "UTC", NOW, NOW, "r", (), 1, NOW)
    made = weeks(Grid((), (made_line(wall="2027-01-20T09:00:00"),), (band,), (), ()))

    assert [(each.title, len(each.bands)) for each in made] == [
        ("11 to 17 January 2027", 1),
        ("18 to 24 January 2027", 1),
        ("1 to 7 February 2027", 1),
    ]


@pytest.mark.parametrize(
    ("first", "title"),
    [
        pytest.param("2027-03-31", "29 March to 4 April 2027", id="over a month"),
        pytest.param("2026-12-31", "28 December 2026 to 3 January 2027", id="over a year"),
        pytest.param("2027-01-12", "11 to 17 January 2027", id="within a month"),
    ],
)
def test_a_week_has_its_days_as_title(first: str, title: str):
    """Month and year are said twice only where they differ."""
    assert [each.title for each in weeks(Grid((), (made_line(wall=f"{first}T09:00:00"),), (), (), ()))] == [title]


def test_an_empty_grid_says_so():
    """Nobody wonders whether the page is broken."""
    empty = Grid((), (), (), (), ())

    assert "Nothing goes out in these days." in Page(page(empty, "Calendar", NOW)).words
    assert summary(empty) == "no releases, no blackouts, no clashes; no signature is awaited."


def test_seconds_are_shown_where_there_are_any():
    """Releases eight seconds apart are told apart."""
    line = made_line(wall="2027-01-12T18:30:08")
    to_the_second = replace(line, due=line.due.replace(second=8))

    assert "18:30:08 Europe/Paris 17:30:08 UTC" in Page(page(Grid((), (to_the_second,), (), (), ()), "C", NOW)).words


def test_days_are_written_out():
    """A date that nobody reads the other way round."""
    assert day_words(date(2027, 2, 1)) == "Monday 1 February 2027"
