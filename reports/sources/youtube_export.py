"""
YouTube: `Table data.csv`, which YouTube Studio exports in advanced mode, by content; in English and French.

    Content,Video title,Video publish time,Duration,Views,Watch time (hours),Subscribers,Impressions,
    Impressions click-through rate (%)
    Total,,,,620,230.5,12,9000,5.1

    Contenu,Titre de la vidéo,Heure de publication de la vidéo,Durée,Vues,Durée de visionnage (heures),…

UTF-8, commas. The row of totals is not a video. Figures are of the chosen period, by days of the Pacific zone: choose
all of the videos' life, and say its first and last day. Impressions click-through is the share of thumbnails shown that
became views, not clicks on a link: it is not read, nor are engaged views and subscribers won. Source: both headings as
public programs that read these exports quote them in their tests, read November 2026; French ones in which two agree.
"""

from typing import ClassVar

from reports.intake.posts import Posts, Table


class YoutubeExport(Posts):
    """YouTube Studio's table of videos."""

    id: ClassVar[str] = "youtube"
    help: ClassVar[str] = "YouTube Studio's Table data.csv: Content, Video title, Views (or Contenu, Vues)"
    table: ClassVar[Table] = Table(
        whose="YouTube",
        marks=(frozenset({"content", "video title"}), frozenset({"contenu", "titre de la vidéo"})),
        subject=("content", "contenu"),
        metrics={
            "views": ("views", "vues"),
            "minutes_viewed": ("watch time (hours)", "durée de visionnage (heures)"),
            "impressions": ("impressions",),
            "reach": ("unique viewers", "spectateurs uniques"),
            "likes": ("likes", "j'aime"),
            "comments": ("comments added", "commentaires ajoutés"),
            "reshares": ("shares", "partages"),
        },
        times={"watch time (hours)": 60.0, "durée de visionnage (heures)": 60.0},
        scope=("date",),  # of `Chart data.csv`, where a row is one day
        period=True,
    )

    def named(self, name: str, page: str) -> tuple[str, ...]:
        """Return the one name of the video's addresses."""
        del page
        return (f"youtube:{name}",)
