"""
Meta: the content of a Facebook Page or an Instagram account, as Meta Business Suite and Page Insights export it.

    Post ID,Page ID,Page name,Title,Description,Duration (sec),Publish time,Caption type,Permalink,Is crosspost,
    Is share,Post type,Languages,Custom labels,Funded content status,Data comment,Date,Views,Reach,
    "Reactions, Comments and Shares",Reactions,Comments,Shares,Total clicks,Other Clicks,Link Clicks,…

    Post ID,Account ID,Account username,Account name,Description,Duration (sec),Publish time,Permalink,Post type,
    Data comment,Date,Views,Reach,Likes,Shares,Follows,Comments,Saves

    Post ID,Permalink,Post Message,Type,Countries,Languages,Posted,Lifetime Post Total Reach,…   (the older one)

Programs read it as UTF-8, with or without a mark; commas. `Date` says Lifetime where the figures are totals since
publication; the rows of a single day are refused. Where there is no Views, Impressions stand. Total clicks are clicks
anywhere in a post and not read; Reactions are likes. The file does not say when it was made. Source: headings and rows
as public programs that read these exports quote them in their tests, read November 2026; of the last kind the gist
janithl/7a0d2b630c18f1855dc2. Headings in other languages were not proven, and are declared with --column.
"""

from typing import ClassVar

from reports.intake.posts import Posts, Table


class MetaExport(Posts):
    """Meta's tables of posts on Facebook and Instagram."""

    id: ClassVar[str] = "meta"
    help: ClassVar[str] = (
        "Meta's export of content: Post ID with Page ID or Account ID, Permalink, and Views, Reach or Impressions"
    )
    table: ClassVar[Table] = Table(
        whose="Meta",
        marks=(
            frozenset({"post id", "page id"}),
            frozenset({"post id", "account id"}),
            frozenset({"post id", "post message", "posted"}),
        ),
        subject=("post id",),
        link=("permalink",),
        page=("page id",),
        scope=("date",),
        whole="lifetime",
        metrics={
            "reach": ("reach", "lifetime post total reach"),
            "views": ("views",),
            "impressions": ("impressions", "lifetime post total impressions"),
            "engagements": ("reactions, comments and shares",),
            "likes": ("reactions", "likes"),
            "comments": ("comments",),
            "reshares": ("shares",),
            "saves": ("saves",),
            "link_clicks": ("link clicks", "lifetime post consumptions by type - link clicks"),
            "minutes_viewed": ("seconds viewed",),
        },
        times={"seconds viewed": 1 / 60},
    )

    def named(self, name: str, page: str) -> tuple[str, ...]:
        """Return the post's id with its page's before it, as the Graph API has it, and its id in an address."""
        if not name.isdigit():
            return ()
        return (f"{page}_{name}", f"facebook:{name}") if page.isdigit() else ()
