"""
LinkedIn: the sheet `All posts` of what a Page's content analytics export.

    (a row that explains)
    Post title,Post link,Post type,Campaign name,Posted by,Created date,Campaign start date,Campaign end date,Audience,
    Impressions,Views (Excluding offsite video views),Offsite Views,Clicks,Click through rate (CTR),Likes,Comments,
    Reposts,Follows,Engagement rate,Content Type

The workbook has several sheets, and is of Excel 97: save it as .xlsx first. Figures are of the chosen period. Clicks
are clicks on the post, its page's name and logo alike, so that they are no link clicks and not read; `Posted by` names
a person and is left out. A post is known by its address: an activity and the share behind it have different numbers,
and only the one that `resolve --url` recorded is found. Source: the columns in order, and the row above, in
github.com/jakemaz66/Non-Profit-Language-Processing, which reads such a workbook; `Views` alone in later ones; read
November 2026.
"""

from typing import ClassVar

from reports.intake.posts import Posts, Table


class LinkedinExport(Posts):
    """LinkedIn's table of a Page's posts."""

    id: ClassVar[str] = "linkedin"
    help: ClassVar[str] = "LinkedIn's export of content, sheet All posts: Post title, Post link, Impressions"
    table: ClassVar[Table] = Table(
        whose="LinkedIn",
        marks=(frozenset({"post title", "post link"}),),
        subject=(),
        link=("post link",),
        metrics={
            "impressions": ("impressions",),
            "views": ("views", "views (excluding offsite video views)"),
            "likes": ("likes",),
            "comments": ("comments",),
            "reshares": ("reposts",),
        },
        period=True,
    )
