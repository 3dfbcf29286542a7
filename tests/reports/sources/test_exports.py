# ruff: noqa: E501 (headings and rows as platforms write them)
"""Exports of platforms, with the headings that they really have: totals of posts, matched to what was sent."""

import pytest

from reports.sources.linkedin_export import LinkedinExport
from reports.sources.meta_export import MetaExport
from reports.sources.x_export import XExport
from reports.sources.youtube_export import YoutubeExport
from tests.builders.readings import found

X = (
    "Post id,Date,Post text,Post Link,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,Replies,Reposts,"
    "Profile visits,Detail Expands,URL Clicks,Hashtag Clicks,Permalink Clicks\n"
)
X_ROW = (
    '{id},"Tue, Oct 13, 2026","Side by side, still",https://x.com/StopDaech/status/{id},12000,40,300,3,1,0,4,12,9,20,66'
    ",0,0\n"
)
OLD_X = (
    "Tweet id,Tweet permalink,Tweet text,time,impressions,engagements,engagement rate,retweets,replies,likes,"
    "user profile clicks,url clicks,hashtag clicks,detail expands,permalink clicks,media views,media engagements\n"
    '1834567890123456789,https://twitter.com/a/status/1834567890123456789,"Hello, all",2026-10-13 18:42 +0000,500.0,20.0,'
    "0.04,2,1,10,0,4,0,0,0,33,3\n"
)
FACEBOOK = (
    '"Post ID","Page ID","Page name",Title,Description,"Duration (sec)","Publish time","Caption type",Permalink,'
    '"Is crosspost","Is share","Post type",Languages,"Custom labels","Funded content status","Data comment",Date,Views,'
    'Reach,"Reactions, Comments and Shares",Reactions,Comments,Shares,"Total clicks","Other Clicks","Link Clicks",'
    '"Seconds viewed"\n'
    '1827720132094663,100045700821521,Example Page,Title,,0,"10/13/2026 18:12",N/A,'
    "https://www.facebook.com/example/posts/pfbidNEW1,0,0,Photos,,,,,{date},2700,2000,40,30,6,4,21,1,9,90\n"
)
INSTAGRAM = (
    "Post ID,Account ID,Account username,Account name,Description,Duration (sec),Publish time,Permalink,Post type,"
    "Data comment,Date,Views,Reach,Likes,Shares,Follows,Comments,Saves\n"
    '18182686576415017,17841403398239763,example,Example,"Caption, two lines\nhere",0,10/13/2026 06:08,'
    "https://www.instagram.com/p/DAbc123/,IG image,,Lifetime,160,45,5,3,1,2,4\n"
)
YOUTUBE = (
    "Content,Video title,Video publish time,Duration,Views,Watch time (hours),Subscribers,Impressions,"
    "Impressions click-through rate (%)\n"
    "Total,,,,620,230.5,12,9000,5.1\n"
    'abc123XYZ_-,"A title, with a comma","Oct 13, 2026",52,500,2.5,10,7000,5.4\n'
)
YOUTUBE_FR = (
    "Contenu,Titre de la vidéo,Heure de publication de la vidéo,Durée,Vues,Durée de visionnage (heures),"
    "Pourcentage moyen regardé (%)\n"
    'Total,,,,"44 531","62,1","62,3"\n'
    'abc123XYZ_-,Un titre,13 oct. 2026,52,"7\u202f646","2,5","86,9"\n'
)
LINKEDIN = (
    "Post title,Post link,Post type,Campaign name,Posted by,Created date,Campaign start date,Campaign end date,Audience,"
    "Impressions,Views (Excluding offsite video views),Offsite Views,Clicks,Click through rate (CTR),Likes,Comments,"
    "Reposts,Follows,Engagement rate,Content Type\n"
    "Side by side,https://www.linkedin.com/feed/update/urn:li:activity:7123456789012345678,Organic,,A Person,10/13/2026,"
    ",,All followers,900,,,12,0.0133,20,2,3,1,0.04,\n"
)
PERIOD = {"since": "2026-10-01", "at": "2026-10-31"}
SOURCES = {"x": XExport, "meta": MetaExport, "youtube": YoutubeExport, "linkedin": LinkedinExport}


def read(kind, text, **layout):
    return found(SOURCES[kind](), text, **{"always": PERIOD, **layout})


@pytest.mark.parametrize(
    ("kind", "text", "figures", "called"),
    [
        pytest.param(
            "x", X + X_ROW.format(id="1834567890123456789"),
            {"impressions": 12000, "likes": 40, "engagements": 300, "saves": 3, "comments": 4, "reshares": 12,
             "link_clicks": 66}, "x:1834567890123456789", id="x",
        ),
        pytest.param(
            "x", OLD_X, {"impressions": 500, "engagements": 20, "reshares": 2, "comments": 1, "likes": 10,
                         "link_clicks": 4}, "x:1834567890123456789", id="x-older",
        ),
        pytest.param(
            "meta", FACEBOOK.format(date="Lifetime"),
            {"views": 2700, "reach": 2000, "engagements": 40, "likes": 30, "comments": 6, "reshares": 4, "link_clicks": 9,
             "minutes_viewed": 1.5}, "100045700821521_1827720132094663", id="facebook",
        ),
        pytest.param(
            "meta",
            "Post ID,Permalink,Post Message,Type,Countries,Languages,Posted,Lifetime Post Total Reach,"
            "Lifetime Post Total Impressions,Lifetime Post Consumptions by type - link clicks\n"
            ",,,,,,,Lifetime: people,Lifetime: times,Lifetime: clicks\n"
            "100045700821521_18277,https://www.facebook.com/e/posts/18277,Hello,Photo,,,10/13/2026,2000,2700,9\n",
            {"reach": 2000, "impressions": 2700, "link_clicks": 9}, "facebook:18277", id="facebook-older",
        ),
        pytest.param(
            "meta", INSTAGRAM, {"views": 160, "reach": 45, "likes": 5, "reshares": 3, "comments": 2, "saves": 4},
            "instagram:DAbc123", id="instagram",
        ),
        pytest.param(
            "youtube", YOUTUBE, {"views": 500, "minutes_viewed": 150, "impressions": 7000}, "youtube:abc123XYZ_-",
            id="youtube",
        ),
        pytest.param("youtube", YOUTUBE_FR, {"views": 7646, "minutes_viewed": 150}, "youtube:abc123XYZ_-", id="youtube-fr"),
        pytest.param(
            "linkedin", LINKEDIN, {"impressions": 900, "likes": 20, "comments": 2, "reshares": 3},
            "linkedin:activity:7123456789012345678", id="linkedin",
        ),
    ],
)  # fmt: skip
def test_counts_become_metrics_under_the_posts_names(kind, text, figures, called):
    """Counts are read, percentages and totals are not; the post keeps every digit, and the name of its address."""
    seen = read(kind, text)
    assert seen.complaints == []
    assert {each.metric: each.figure.value for each in seen.snapshots} == figures
    assert {called in each.also for each in seen.snapshots} == {True}
    assert {each.at.isoformat() for each in seen.snapshots} == {"2026-10-31T23:59:59+00:00"}
    assert [name for name, source in SOURCES.items() if found(source(), text).recognised] == [kind]


@pytest.mark.parametrize(
    ("kind", "text", "layout", "says"),
    [
        pytest.param("x", X + X_ROW.format(id="1.83E+18"), {}, "'1.83E+18' was rounded by a spreadsheet", id="rounded"),
        pytest.param(
            "x", X + X_ROW.format(id="1834567890123456789").replace("1834567890123456789", "1834567890123450000", 1), {},
            "'1834567890123450000' is not that of the address", id="rounded-to-zeros",
        ),
        pytest.param("meta", FACEBOOK.format(date="10/13/2026"), {}, "of '10/13/2026' alone", id="one-day"),
        pytest.param("youtube", YOUTUBE, {"always": {"at": "2026-10-31"}}, "--always since=2027-01-01", id="no-period"),
        pytest.param("meta", INSTAGRAM, {"always": {}}, "--always at=2027-01-31", id="no-day"),
        pytest.param(
            "youtube", "Inhalt,Videotitel,Aufrufe\nabc,T,5\n", {}, "it looks for 'content' or 'contenu'", id="other-language"
        ),
        pytest.param("linkedin", LINKEDIN.replace("Post link", "Link"), {}, "looks for 'post link'", id="no-link"),
        pytest.param("x", X + X_ROW.format(id="1834567890123456789").replace("12000", "12k?"), {}, "not a figure", id="text"),
    ],
)  # fmt: skip
def test_what_would_be_wrong_is_refused_with_its_cure(kind, text, layout, says):
    """A rounded id, a part that looks like the whole, a day or a column that nobody named: each says what to do."""
    seen = read(kind, text, **layout)
    assert says in " ".join(str(each) for each in seen.complaints)
    assert not [each for each in seen.snapshots if each.metric == "impressions"]


def test_headings_of_another_language_are_declared():
    """What is not proven is declared once in a mapping: the post, and each figure."""
    columns = {"Inhalt": "subject", "Aufrufe": "views", "Videotitel": "-"}
    seen = read("youtube", "Inhalt;Videotitel;Aufrufe\nTotal;;9\nabc123XYZ_-;T;5\n", columns=columns)
    assert [(each.subject, each.metric, each.figure.value) for each in seen.snapshots] == [("abc123XYZ_-", "views", 5)]


def test_a_row_that_explains_above_the_heading_is_passed_over():
    """LinkedIn's sheet may be saved as CSV; lines keep their numbers."""
    wrong = LINKEDIN.replace("900", "many")
    seen = read("linkedin", '"A row that explains, with a comma",,,\n' + wrong)
    assert [str(each.where) for each in seen.complaints] == [f"f.csv:3:{wrong.splitlines()[1].index('many') + 1}"]


def test_the_name_of_a_file_of_x_is_its_period():
    """What X calls the file says which days its figures are of."""
    assert XExport().period("account_analytics_content_2026-04-27_2026-07-25.csv") == ("2026-04-27", "2026-07-25")
    assert XExport().period("export.csv") == ("", "")


def test_the_days_of_a_video_are_not_its_total():
    """YouTube's chart data has a row a day: two like days would count once, so that each is refused."""
    seen = read("youtube", "Date,Content,Video title,Views\n2026-10-13,abc123XYZ_-,T,10\n2026-10-14,abc123XYZ_-,T,10\n")
    assert seen.snapshots == []
    assert len(seen.complaints) == 2
