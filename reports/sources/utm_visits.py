"""
Visits by the tags of links, as any web analytics can give them: one row a day and link, or totals of a period.

    date,utm_source,utm_medium,utm_campaign,utm_content,visits
    2027-01-31,fr-mastodon,mastodon,raqqa-voices,lost-ground-a-fr-FR,412

The tags are those that a release's link carries. Other programs' names for them are declared: --column 'Session
source=utm_source' --column 'Sessions=site_visits'.
"""

from typing import ClassVar

from reports.intake.visits import Columns, Visits

_VISITS = ("visits", "sessions", "visites", "site_visits")


class UtmVisits(Visits):
    """Visits by utm tags."""

    id: ClassVar[str] = "visits"
    help: ClassVar[str] = "visits by the tags of links: utm_source, utm_campaign, utm_content, visits, perhaps date"
    columns: ClassVar[Columns] = Columns(
        tuple(frozenset({tag, visits}) for tag in ("utm_source", "utm_campaign", "utm_content") for visits in _VISITS),
        {
            **{name: name for name in ("utm_source", "utm_campaign", "utm_content")},
            **dict.fromkeys(("landing page", "landing_page", "link", "url"), "link"),
            **dict.fromkeys(("date", "day", "jour"), "at"),
            **dict.fromkeys(_VISITS, "site_visits"),
        },
    )
