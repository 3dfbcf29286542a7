"""
One post a row, one metric a column, as platforms export it.

    Post ID,Date,Impressions,Reach,Likes,Link clicks
    114329873,2027-01-31,"78,500","19,600",312,1.2K

A post is named by the id or address that its channel gave, by its release's name or by its release's id. Headings
are known by the metrics' ids and names in English and French, and by what platforms call them; others are declared
(`Total plays` = views), and what is left is listed as not read. An empty cell says nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar

from reports.cells.layout import Layout
from reports.cells.sheet import Sheet
from reports.errors import Unreadable
from reports.intake.headings import declared_badly, lacking, meanings, meant_twice
from reports.measures import Metric
from reports.metrics import METRICS
from reports.snapshot import SUBJECT_KINDS, Fault, Snapshot
from reports.source import DIMENSIONS, Cells, unknown_kind

#: What the other columns are called.
HEADINGS: dict[str, tuple[str, ...]] = {
    "subject": (
        "release", "post id", "post", "id", "status id", "message id", "video id", "permalink", "post url", "url",
        "identifiant", "identifiant de la publication", "publication", "lien permanent",
    ),
    "at": ("at", "date", "day", "as of", "snapshot", "collected at", "jour", "relevé le"),
    "campaign": ("campaign", "campagne"),
    "country": ("country", "pays"),
    "age": ("age", "age range", "âge", "tranche d'âge"),
    "reach": (
        "accounts reached", "people reached", "unique viewers", "portée", "comptes touchés", "personnes touchées",
    ),
    "impressions": ("impression count", "times shown", "affichages"),
    "views": ("video views", "view count", "plays", "lectures", "vues de vidéo"),
    "video_completions": ("completions", "complete views", "lectures complètes"),
    "minutes_viewed": ("watch time (minutes)", "minutes watched", "durée de visionnage (minutes)"),
    "followers": ("subscribers", "abonnements"),
    "deliveries": ("delivered", "remis"),
    "unique_opens": ("opens", "unique opens", "ouvertures uniques"),
    "attendance": ("attendees",),
    "view_through_rate": ("vtr",),
    "engagements": ("interactions", "total engagements", "engagement"),
    "likes": ("favourites", "favorites", "reactions", "j'aime", "mentions j'aime", "favoris", "réactions"),
    "reshares": ("shares", "reposts", "retweets", "boosts", "reblogs", "republications"),
    "comments": ("replies", "réponses"),
    "saves": ("bookmarks", "signets"),
    "link_clicks": ("clicks", "url clicks", "clics", "clics sur un lien"),
    "site_visits": ("visits", "sessions", "visites"),
    "helpline_calls": ("calls", "appels"),
    "reports_made": ("signalements",),
    "sign_ups": ("registrations", "inscriptions"),
    "partner_reuses": ("reprises",),
    "unsubscribes": ("désabonnements",),
    "click_through_rate": ("ctr",),
}  # fmt: skip
NEAR = 1.3  #: how far from a hundredfold a rate may be and still be taken for one
KEYS = ("subject", "subject_kind", "at", "campaign", "source", *DIMENSIONS)

_MEANINGS: dict[str, str] = (
    {name: name for name in KEYS}
    | {heading: meaning for meaning, headings in HEADINGS.items() for heading in headings}
    | {
        heading.casefold().replace("\u2019", "'"): metric.id
        for metric in METRICS.values()
        for heading in (metric.id, metric.id.replace("_", " "), metric.en, metric.fr)
    }
)


class PlatformCsv:
    """A platform's export: one post a row, one metric a column."""

    id: ClassVar[str] = "platform"
    help: ClassVar[str] = "one post a row: a post's id or address, a date, and a column for each metric"

    def recognises(self, sheet: Sheet, layout: Layout) -> bool:
        """Take a table that has a post column and at least one metric."""
        found = set(_meanings(sheet, layout)) | set(layout.always)
        return "subject" in found and bool(found & set(METRICS))

    def ignored(self, sheet: Sheet, layout: Layout) -> tuple[str, ...]:
        """Return the headings that mean nothing."""
        found = _meanings(sheet, layout)
        return tuple(name for name, meaning in zip(sheet.heading.cells, found, strict=True) if name and not meaning)

    def read(self, sheet: Sheet, campaign: str, layout: Layout) -> Iterator[Snapshot | Fault]:
        """Give a snapshot for each cell that holds a figure, and a fault for each that is wrong."""
        found = _meanings(sheet, layout)
        faults = [
            *declared_badly(sheet, layout, (*METRICS, *KEYS)),
            *meant_twice(sheet, found),
            *lacking(sheet, found, {"at": "when the figures are of"}, layout),
        ]
        yield from faults
        if faults:
            return
        cells, always = Cells(layout), {name: layout.always[name] for name in KEYS if name in layout.always}
        source = layout.source or sheet.notes.get("source") or self.id
        metrics = [
            (place, METRICS[name], sheet.heading.cells[place]) for place, name in enumerate(found) if name in METRICS
        ]
        rates = [(place, metric) for place, metric, _ in metrics if metric.share]
        keys = [(place, name) for place, name in enumerate(found) if name in KEYS]
        place_of = {name: place for place, name in keys}
        split = [name for name in DIMENSIONS if name in place_of or name in always]
        for record in sheet.records():
            if isinstance(record, Fault):
                yield record
                continue
            said = always | {name: record.cells[place] for place, name in keys if record.cells[place]}
            at, kind, dimensions, wrong = _keys(cells, said, split)
            for name, fault in wrong:
                yield Fault(record.line, place_of.get(name, 0), fault.message, fault.hint)
            subject, line = said.get("subject", ""), record.line
            place, named = place_of.get("subject", 0), (said.get("campaign", campaign), said.get("source", source))
            values: dict[str, float | None] = {}
            for position, metric, heading in metrics:
                text = record.cells[position]
                if not text:
                    continue
                try:
                    value = cells.figure(metric, heading, text)
                except Unreadable as fault:
                    yield Fault(line, position, fault.message, fault.hint)
                    continue
                values[metric.id] = value.value
                if at is not None and not wrong and not value.missing:
                    yield Snapshot(*named, kind, subject, metric.id, dimensions, at, value, line, place)
            yield from _hundredfold(rates, values, line)


def _hundredfold(rates: list[tuple[int, Metric]], values: Mapping[str, float | None], line: int) -> Iterator[Fault]:
    """
    Give a fault for each rate that is a hundred times what the counts of its row give, or a hundredth.

    Platforms define their rates in their own ways, so that a rate may differ from its counts; a hundredfold is a
    percentage sign too many or too few.
    """
    for position, rate in rates:
        printed, top, bottom = (values.get(name or "") for name in (rate.id, rate.numerator, rate.denominator))
        if not printed or not top or not bottom:
            continue
        times = printed * bottom / top
        if any(1 / NEAR < times / odd < NEAR for odd in (100, 1 / 100)):
            message = f"the row says {printed:.4%}, and {top:,.10g} of {bottom:,.10g} are {top / bottom:.4%}"
            sign = "a percentage sign may be one too many"
            cure = sign if times > 1 else f"where the column is per cent, declare --percent '{rate.id}'"
            yield Fault(line, position, message, f"{cure}, or correct the one that is wrong")


def _keys(
    cells: Cells, said: Mapping[str, str], split: list[str]
) -> tuple[datetime | None, str, tuple[tuple[str, str], ...], list[tuple[str, Unreadable]]]:
    """Return a row's instant, kind of subject and dimensions, and what is wrong with them."""
    wrong: list[tuple[str, Unreadable]] = []
    at = None
    try:
        at = cells.instant(said.get("at", ""))
    except Unreadable as fault:
        wrong.append(("at", fault))
    kind = said.get("subject_kind", "release")
    if kind not in SUBJECT_KINDS:
        wrong.append(("subject_kind", unknown_kind(kind)))
    dimensions: tuple[tuple[str, str], ...] = ()
    if split:
        pairs = list(cells.dimensions(said))
        wrong += [(name, pair) for name, pair in pairs if isinstance(pair, Unreadable)]
        dimensions = tuple(pair for _, pair in pairs if not isinstance(pair, Unreadable))
    return at, kind, dimensions, wrong


def _meanings(sheet: Sheet, layout: Layout) -> list[str]:
    """Return what each heading means; of several that name the post, the first one that is not declared otherwise."""
    found = meanings(sheet, layout, _MEANINGS)
    if found.count("subject") > 1 and "subject" not in layout.columns.values():
        first = found.index("subject")  # an export often gives both the id and the address of a post
        found = [meaning if meaning != "subject" or place == first else "" for place, meaning in enumerate(found)]
    return found
