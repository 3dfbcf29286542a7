"""
One post a row, one metric a column, as platforms export it.

    Post ID,Date,Impressions,Reach,Likes,Link clicks
    114329873,2027-01-31,"78,500","19,600",312,1.2K

A post is named by the id or address that its channel gave, by its release's name or by its release's id. Headings
are known by the metrics' ids and names in English and French, and by what platforms call them; others are declared
(`Total plays` = views), and what is left is listed as not read. An empty cell says nothing.
"""

from collections.abc import Mapping
from typing import ClassVar

from campaigns.errors import Complaint
from reports.errors import Unreadable
from reports.metrics import METRICS
from reports.sheet import Record, Sheet
from reports.snapshot import Snapshot
from reports.source import DIMENSIONS, Found, dimension, figure, instant, nearest

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
KEYS = ("subject", "at", "campaign", *DIMENSIONS)

_MEANINGS: dict[str, str] = {
    heading: meaning for meaning, headings in HEADINGS.items() for heading in headings
} | {
    heading.casefold().replace("\u2019", "'"): metric.id
    for metric in METRICS.values()
    for heading in (metric.id, metric.id.replace("_", " "), metric.en, metric.fr)
}  # fmt: skip


class PlatformCsv:
    """A platform's export: one post a row, one metric a column."""

    id: ClassVar[str] = "platform"
    help: ClassVar[str] = "one post a row: a post's id or address, a date, and a column for each metric"

    def recognises(self, sheet: Sheet, columns: Mapping[str, str]) -> bool:
        """Take a sheet that has a post column and at least one metric."""
        meanings = set(_meanings(sheet, columns))
        return "subject" in meanings and bool(meanings & set(METRICS))

    def read(self, sheet: Sheet, campaign: str, columns: Mapping[str, str]) -> Found:
        """Return a snapshot for each cell that holds a figure, and a complaint for each that is wrong."""
        meanings = _meanings(sheet, columns)
        complaints = list(_declared_badly(sheet, columns))
        for position, meaning in enumerate(meanings):
            if meaning and meaning in meanings[:position]:
                message = f"the headings '{sheet.heading.cells[meanings.index(meaning)]}' and "
                message += f"'{sheet.heading.cells[position]}' both mean {meaning}"
                hint = f"leave one out, or declare it: --column '{sheet.heading.cells[position]}=-'"
                complaints.append(Complaint(sheet.where(sheet.heading, position), message, hint))
        if "at" not in meanings:
            message = "there is no column that says when the figures are of"
            hint = "add a column 'Date', or declare one: --column 'HEADING=at'"
            complaints.append(Complaint(sheet.where(sheet.heading, 0), message, hint))
        if complaints:
            return Found(complaints=complaints)
        ignored = tuple(sheet.heading.cells[place] for place, meaning in enumerate(meanings) if not meaning)
        found = Found(ignored=tuple(name for name in ignored if name))
        source = sheet.notes.get("source") or self.id
        for record in sheet.records:
            _read_row(sheet, meanings, record, (campaign, source), found)
        return found


def _meanings(sheet: Sheet, columns: Mapping[str, str]) -> list[str]:
    """Return what each heading means: a key, a metric, a dimension, or "" for a column that is not read."""
    declared = {heading.casefold(): meaning for heading, meaning in columns.items()}
    meanings = []
    for cell in sheet.heading.cells:
        heading = cell.casefold().replace("\u2019", "'")
        meaning = declared.get(cell.casefold()) or _MEANINGS.get(heading) or (heading if heading in KEYS else "")
        meanings.append("" if meaning == "-" else meaning)
    if meanings.count("subject") > 1 and "subject" not in declared.values():
        first = meanings.index("subject")  # an export often gives both the id and the address of a post
        meanings = [m if m != "subject" or place == first else "" for place, m in enumerate(meanings)]
    return meanings


def _declared_badly(sheet: Sheet, columns: Mapping[str, str]) -> list[Complaint]:
    complaints = []
    present = {cell.casefold() for cell in sheet.heading.cells}
    for heading, meaning in columns.items():
        if heading.casefold() not in present:
            message = f"there is no heading '{heading}' to declare"
            hint = nearest(heading, sheet.heading.cells) or "see the file's first row"
            complaints.append(Complaint(sheet.where(sheet.heading, 0), message, hint))
        elif meaning not in METRICS and meaning not in KEYS and meaning != "-":
            message = f"'{heading}' is declared to mean '{meaning}', which is neither a metric nor a key"
            hint = nearest(meaning, (*METRICS, *KEYS)) or "see `cordiale readings metrics`"
            complaints.append(Complaint(sheet.where(sheet.heading, 0), message, hint))
    return complaints


def _read_row(sheet: Sheet, meanings: list[str], record: Record, default: tuple[str, str], found: Found) -> None:
    cells = dict(zip(meanings, record.cells, strict=True))

    def complain(meaning: str, fault: Unreadable) -> None:
        where = sheet.where(record, meanings.index(meaning))
        found.complaints.append(Complaint(where, fault.message, fault.hint))

    at = None
    keys = []
    before = len(found.complaints)
    try:
        at = instant(cells["at"])
    except Unreadable as fault:
        complain("at", fault)
    for name in DIMENSIONS:
        if cells.get(name):
            try:
                keys.append(dimension(name, cells[name]))
            except Unreadable as fault:
                complain(name, fault)
    sound = len(found.complaints) == before
    for position, meaning in enumerate(meanings):
        if meaning not in METRICS:
            continue
        try:
            value = figure(METRICS[meaning], record.cells[position])
        except Unreadable as fault:
            complain(meaning, fault)
            continue
        if at and sound and not value.missing:
            campaign = cells.get("campaign") or default[0]
            where = sheet.where(record, meanings.index("subject"))
            found.snapshots.append(
                Snapshot(campaign, default[1], "release", cells["subject"], meaning, tuple(keys), at, value, where)
            )
