"""One post a row, one metric a column: headings are recognised or declared, and the rest is named."""

import pytest

from reports.figures import Figure, Qualifier
from reports.metrics import METRICS
from reports.sources.platform_csv import HEADINGS, KEYS, PlatformCsv
from tests.builders.readings import found


def read(text, columns=None):
    return found(PlatformCsv(), text, columns=columns or {})


def figures(seen):
    return {each.metric: each.figure for each in seen.snapshots}


def test_reads_an_english_export():
    """Headings of a platform become metrics; an empty cell says nothing; other columns are named as not read."""
    seen = read(
        "Post ID,Post text,Date,Impressions,Reach,Likes,Link clicks,Permalink\n"
        '114329873000000001,"Bonjour, hello",2026-10-31,"78,500","over 19,600",,1.2K,https://example.org/1\n'
    )
    assert not seen.complaints
    assert figures(seen) == {
        "impressions": Figure(78_500),
        "reach": Figure(19_600, 19_600, qualifier=Qualifier.OVER),
        "link_clicks": Figure(1200, 1150, 1250, Qualifier.ABOUT),
    }
    assert {each.subject for each in seen.snapshots} == {"114329873000000001"}
    assert seen.ignored == ("Post text", "Permalink")


def test_reads_a_french_export():
    """French headings, semicolons and French numbers are read the same way."""
    seen = read("Identifiant;Date;Portée;Mentions J\u2019aime;Vues;Pays\n42;2026-10-31;1 234;5;65;FR\n")
    assert figures(seen) == {"reach": Figure(1234), "likes": Figure(5), "views": Figure(65)}
    assert seen.snapshots[0].dimensions == (("country", "FR"),)


def test_a_heading_may_be_declared():
    """A declared heading is read; a declared dash is not."""
    seen = read("Post ID,Date,Total plays,Likes\n42,2026-10-31,7,8\n", {"Total plays": "views", "Likes": "-"})
    assert figures(seen) == {"views": Figure(7)}


@pytest.mark.parametrize(
    ("text", "columns", "says"),
    [
        pytest.param("Post ID,Likes\n42,7\n", {}, "no column that says when", id="no-date"),
        pytest.param("Post ID,Date,Views,Plays\n42,2026-10-31,7,8\n", {}, "both mean views", id="two-of-one"),
        pytest.param("Post ID,Date,Likes\n42,2026-10-31,7\n", {"Lykes": "likes"}, "no heading 'Lykes'", id="absent"),
        pytest.param("Post ID,Date,Likes\n42,2026-10-31,7\n", {"Likes": "viws"}, "did you mean 'views'?", id="unknown"),
        pytest.param("Post ID,Date,Likes\n42,31/10/2026,7\n", {}, "'31/10/2026' is not a date", id="date-of-two-minds"),
        pytest.param("Post ID,Date,Likes\n42,2026-10-31,-7\n", {}, "negative", id="negative"),
        pytest.param("Post ID,Date,Reach,Age\n42,2026-10-31,7,13-17\n", {}, "below 18", id="children"),
    ],
)
def test_refuses_what_it_cannot_read(text, columns, says):
    """Each fault is a complaint with its place."""
    seen = read(text, columns)
    assert not seen.snapshots
    assert says in str(seen.complaints[0])


def test_every_heading_means_something_that_exists():
    """The table of headings names metrics and keys only, and no heading has two meanings."""
    assert set(HEADINGS) <= set(METRICS) | set(KEYS)
    every = [heading for headings in HEADINGS.values() for heading in headings]
    assert len(every) == len(set(every))


def test_recognises_its_own_kind():
    """A sheet with a post and a metric is a platform's; a table of names is not."""
    assert read("Post ID,Likes\n").recognised
    assert not read("Name,Likes\n").recognised
    assert read("Name,Plays\n", {"Name": "subject"}).recognised
