"""
Matomo: the CSV of a report on campaigns or pages, with translated column names (English, French) or without.

    Label,Unique visitors,Visits,Actions,…                              (UTF-16, as its export makes it)
    label,nb_uniq_visitors,nb_visits,nb_actions,…,metadata_segment      (UTF-8, by the API with convertToUnicode=0)
    label,nb_visits,nb_hits,…,metadata_url                              (pages; the address carries the tags)

A label may be the content, the source or the name of a campaign: whichever of the links' tags it is; Matomo's reports
of contents and sources come with its plugin Marketing Campaigns Reporting. Unique pageviews are visits that saw the
page. Visitors, actions, rates and times are not read. An export of several days has the column date, and a row counts
its day. Source: core/DataTable/Renderer/Csv.php (UTF-16LE with a mark; the prefix of metadata; the column of dates) and
lang/en.json, lang/fr.json of matomo-org/matomo, Reports/ of matomo-org/plugin-MarketingCampaignsReporting, November
2026.
"""

from typing import ClassVar

from reports.intake.visits import Columns, Visits


class MatomoCsv(Visits):
    """Matomo's reports on campaigns and pages."""

    id: ClassVar[str] = "matomo"
    help: ClassVar[str] = "Matomo's CSV on campaigns or pages: Label and Visits (or label, nb_visits; Nom, Visites)"
    columns: ClassVar[Columns] = Columns(
        (
            frozenset({"label", "nb_visits"}), frozenset({"label", "visits"}), frozenset({"nom", "visites"}),
            frozenset({"label", "unique pageviews"}), frozenset({"nom", "vues de page uniques"}),
        ),
        {
            **dict.fromkeys(("label", "nom"), "label"),
            **dict.fromkeys(("metadata_url", "metadata: url"), "link"),
            "date": "at",
            **dict.fromkeys(
                ("nb_visits", "visits", "visites", "unique pageviews", "vues de page uniques"), "site_visits"
            ),
        },
    )  # fmt: skip
