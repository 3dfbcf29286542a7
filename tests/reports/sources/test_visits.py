"""Visits by the tags that links carry: of one release, of a message, of a channel; added up once."""

import pytest

from content.link import tagged
from reports.errors import Stranger
from reports.intake.tagged import Link, Tagged, tags_of, written
from reports.sources.matomo_csv import MatomoCsv
from reports.sources.utm_visits import UtmVisits
from tests.builders.readings import found

DATED = "date,utm_source,utm_medium,utm_campaign,utm_content,visits\n"
LINKS = (
    Link("r1", "lost-ground", "a", "fr-FR", "fr-social"),
    Link("r2", "lost-ground", "a", "en-GB", "uk-social"),
    Link("r3", "lost-ground", "a", "en-GB", "uk-social"),
    Link("r4", "lost-ground", "b", "en-GB", "uk-social"),
)


@pytest.mark.parametrize(
    ("tags", "answer"),
    [
        pytest.param(
            tags_of(tagged("https://example.org/?a=1", "fr-social", "mastodon", "raqqa", "lost-ground-a-fr-FR")),
            ("message", "lost-ground", (("channel", "fr-social"), ("locale", "fr-FR"), ("variant", "a"))), id="beside",
        ),
        pytest.param(
            {"utm_content": "lost-ground-a-en-GB", "utm_source": "uk-social"},
            ("message", "lost-ground", (("channel", "uk-social"), ("locale", "en-GB"), ("variant", "a"))), id="repeats",
        ),
        pytest.param({"utm_source": "uk-social"}, ("channel", "uk-social", ()), id="source-alone"),
        pytest.param({"label": "raqqa"}, ("campaign", "raqqa", ()), id="a-label-that-is-the-campaign"),
    ],
)  # fmt: skip
def test_where_links_are_shared_all_visits_are_of_messages(tags, answer):
    """Visits of one file are all of releases or all of messages, for a message's own figure hides its releases'."""
    assert Tagged("raqqa", LINKS).subject(written(tags)) == answer


@pytest.mark.parametrize(
    ("tags", "answer"),
    [
        pytest.param(
            tags_of(tagged("https://example.org/?a=1", "fr-social", "mastodon", "raqqa", "lost-ground-a-fr-FR")),
            "r1", id="as-we-tag",
        ),
        pytest.param({"utm_content": "lost-ground-a-fr-fr"}, "r1", id="content-in-small-letters"),
        pytest.param({"label": "lost-ground-b-en-GB"}, "r4", id="a-label-that-is-a-content"),
    ],
)  # fmt: skip
def test_tags_lead_to_what_was_sent(tags, answer):
    """Tags that make one release are of it."""
    links = [each for each in LINKS if each.id != "r3"]
    assert Tagged("raqqa", links).subject(written(tags)) == ("release", answer, ())


@pytest.mark.parametrize(
    "tags", [{"utm_campaign": "other"}, {"utm_source": "x"}, {"utm_content": "x"}, {"label": "Others"}], ids=str
)
def test_tags_of_nobody_are_strangers(tags):
    """Tags of another campaign, channel or message lead nowhere, and say what tags are."""
    with pytest.raises(Stranger, match="no link of the campaign is tagged"):
        Tagged("raqqa", LINKS).subject(written(tags))


def test_days_become_running_totals():
    """A row counts its day; rows of one link on one day add up, whatever page they led to."""
    text = DATED + (
        "2026-10-13,fr-social,x,raqqa,lost-ground-a-fr-FR,5\n2026-10-12,fr-social,x,raqqa,lost-ground-a-fr-FR,3\n"
        "2026-10-12,fr-social,x,raqqa,lost-ground-a-fr-FR,1\n"
    )
    seen = found(UtmVisits(), text)
    assert seen.recognised
    assert seen.ignored == ("utm_medium",)
    assert [(each.subject_kind, each.at.date().isoformat(), each.figure.value) for each in seen.snapshots] == [
        ("link", "2026-10-12", 4),
        ("link", "2026-10-13", 9),
    ]


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        pytest.param("Label,Unique visitors,Visits\nlost-ground-a-fr-fr,9,12\n", "label=lost-ground-a-fr-fr", id="en"),
        pytest.param("Nom,Visiteurs uniques,Visites\nfr-social,9,12\n", "label=fr-social", id="fr"),
        pytest.param(
            "label,nb_visits,nb_hits,metadata_url\n/page?utm,12,30,https://example.org/p?utm_source=fr-social&b=1\n",
            "utm_source=fr-social", id="pages",
        ),
    ],
)  # fmt: skip
def test_reads_what_matomo_exports(text, subject):
    """Visits are read in each of its headings, with both ends of their period; other columns are not."""
    seen = found(MatomoCsv(), text, always={"since": "2026-10-01", "at": "2026-10-31"})
    (each,) = seen.snapshots
    assert (each.subject, each.metric, each.figure.value) == (subject, "site_visits", 12)
    assert each.since is not None
    assert each.since.isoformat() == "2026-10-01T00:00:00+00:00"
    assert seen.recognised
    assert not found(UtmVisits(), text).recognised


@pytest.mark.parametrize(
    ("text", "layout", "says"),
    [
        pytest.param("Label,Visits\nx,12\n", {}, "--always since=2027-01-31", id="no-period"),
        pytest.param("Label,Visits\nx,12\n", {"always": {"since": "soon", "at": "2026-10-31"}}, "not a day", id="day"),
        pytest.param(
            "Label,Visits\nx,12\n", {"always": {"since": "2026-11-01", "at": "2026-10-31"}}, "exchange the", id="two"
        ),
        pytest.param("Bezeichnung,Besuche\nx,12\n", {}, "'label', 'nom', 'metadata_url'", id="other-language"),
        pytest.param("date,label,nb_visits\n2026-10-12,x,many\n", {}, "'many' is not a figure", id="no-figure"),
    ],
)
def test_refuses_what_it_cannot_read(text, layout, says):
    """What is lacking is said, with the headings that were looked for."""
    seen = found(MatomoCsv(), text, **layout)
    assert says in " ".join(str(each) for each in seen.complaints)
    assert not seen.snapshots
