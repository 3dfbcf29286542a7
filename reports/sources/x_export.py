"""
X: the table of posts that its analytics export, of both generations.

    Post id,Date,Post text,Post Link,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,Replies,Reposts,
    Profile visits,Detail Expands,URL Clicks,Hashtag Clicks,Permalink Clicks

    Tweet id,Tweet permalink,Tweet text,time,impressions,engagements,engagement rate,retweets,replies,likes,
    user profile clicks,url clicks,hashtag clicks,detail expands,permalink clicks,…,media views,media engagements

UTF-8, commas. The first is named `account_analytics_content_2026-04-27_2026-07-25.csv` after its period, the end of
which the figures are of; elsewhere say both days. Ids have 19 digits. `Shares` (by the share menu, not reposts), media
views and rates are not read. Source: both headings and the file's name as several public programs that read these
exports quote them, read November 2026; X documents neither.
"""

import re
from typing import ClassVar

from reports.intake.posts import Posts, Table

_NAMED = re.compile(r"account_analytics_content_(\d{4}-\d{2}-\d{2})_(\d{4}-\d{2}-\d{2})")


class XExport(Posts):
    """X's table of posts."""

    id: ClassVar[str] = "x"
    help: ClassVar[str] = "X's export of posts: Post id, Post Link, Impressions (or Tweet id, Tweet permalink)"
    table: ClassVar[Table] = Table(
        whose="X",
        marks=(frozenset({"post text", "post link"}), frozenset({"tweet text", "tweet permalink"})),
        subject=("post id", "tweet id"),
        link=("post link", "tweet permalink"),
        metrics={
            "impressions": ("impressions",),
            "engagements": ("engagements",),
            "likes": ("likes",),
            "reshares": ("reposts", "retweets"),
            "comments": ("replies",),
            "saves": ("bookmarks",),
            "link_clicks": ("url clicks",),
        },
        period=True,
        id_in_link=True,
    )

    def named(self, name: str, page: str) -> tuple[str, ...]:
        """Return the one name of the post's address."""
        del page
        return (f"x:{name}",) if name.isdigit() else ()

    def period(self, file: str) -> tuple[str, str]:
        """Return the days in the file's name."""
        found = _NAMED.match(file)
        return (found[1], found[2]) if found else ("", "")
