"""
One press item a row, as media monitoring gives it: counted by day, never kept. No names of journalists are read.

    Published,Outlet,Headline,URL,Tone,Key message
    2027-01-31,Le Quotidien,…,https://…,positive,yes

The file holds every item since the campaign began, for its counts are running totals. An item that is there twice, by
its address, is a fault.
"""

import hashlib
from collections.abc import Iterator
from typing import ClassVar

from reports.cells.layout import Layout
from reports.cells.sheet import Record, Sheet
from reports.errors import Unreadable
from reports.intake.headings import badly_headed, cells_of, faults_of, meanings, unread
from reports.intake.running import Running, Tally
from reports.snapshot import Fault, Snapshot
from reports.source import Cells

HEADINGS: dict[str, tuple[str, ...]] = {
    "at": ("date", "at", "published", "publication date", "date de publication", "publié le"),
    "outlet": ("outlet", "publication", "media", "medium", "newspaper", "média", "titre de presse"),
    "title": ("headline", "title", "titre", "gros titre"),
    "url": ("url", "link", "lien"),
    "tone": ("tone", "sentiment", "tonality", "tonalité", "ton"),
    "carries": ("key message", "message carried", "message present", "message clé", "message porté"),
    "audience": ("audience", "cible"),
    "country": ("country", "pays"),
    "language": ("language", "langue"),
    "campaign": ("campaign", "campagne"),
}
TONES = {
    "coverage_positive": frozenset({"positive", "favourable", "favorable", "positif", "positive tone", "+"}),
    "coverage_negative": frozenset(
        {"negative", "unfavourable", "unfavorable", "négatif", "défavorable", "critical", "-"}
    ),
    "": frozenset({"", "neutral", "neutre", "mixed", "mitigé", "balanced", "0", "factual"}),
}
YES = frozenset({"yes", "y", "oui", "true", "1", "x"})
NO = frozenset({"", "no", "n", "non", "false", "0"})
_KNOWN = {heading: meaning for meaning, headings in HEADINGS.items() for heading in headings}


class Coverage:
    """Media monitoring: one press item a row."""

    id: ClassVar[str] = "coverage"
    help: ClassVar[str] = "one press item a row, all since the campaign began: a date, an outlet or headline, a tone"

    def recognises(self, sheet: Sheet, layout: Layout) -> bool:
        """Take a table of outlets or headlines that says something of tone or message."""
        found = set(meanings(sheet, layout, _KNOWN))
        return bool(found & {"outlet", "title"}) and bool(found & {"tone", "carries"})

    def ignored(self, sheet: Sheet, layout: Layout) -> tuple[str, ...]:
        """Return the headings that mean nothing."""
        return unread(sheet, meanings(sheet, layout, _KNOWN))

    def read(self, sheet: Sheet, campaign: str, layout: Layout) -> Iterator[Snapshot | Fault]:
        """Give running totals by day once every row is read, and a fault for each cell that is wrong."""
        found = meanings(sheet, layout, _KNOWN)
        faults = badly_headed(sheet, layout, found, tuple(HEADINGS), {"at": "when the items were published"})
        yield from faults
        if faults:
            return
        source = layout.source or sheet.notes.get("source") or self.id
        reader = _Items(found, Cells(layout), (campaign, source))
        for record in sheet.records():
            if isinstance(record, Fault):
                yield record
            else:
                yield from reader.read(record)
        yield from reader.running.snapshots()


class _Items:
    def __init__(self, found: list[str], cells: Cells, default: tuple[str, str]) -> None:
        self.found, self.cells, self.default = found, cells, default
        self.running = Running()
        self.seen: dict[bytes, int] = {}  # what an item's address digests to -> its line

    def read(self, record: Record) -> Iterator[Fault]:
        said = cells_of(record, self.found, self.cells.always)
        wrong: list[tuple[str, Unreadable]] = []
        at = None
        try:
            at = self.cells.instant(said.get("at", "")[:10])
        except Unreadable as fault:
            wrong.append(("at", fault))
        tone, carries = said.get("tone", "").casefold(), said.get("carries", "").casefold()
        counted = next((metric for metric, words in TONES.items() if tone in words), None)
        if counted is None:
            unknown = Unreadable(f"unknown tone '{said['tone']}'", "write positive, neutral or negative")
            wrong.append(("tone", unknown))
        if carries not in YES | NO:
            wrong.append(("carries", Unreadable(f"'{said['carries']}' is neither yes nor no", "write yes or no")))
        if url := said.get("url", ""):
            first = self.seen.setdefault(hashlib.blake2b(url.encode(), digest_size=12).digest(), record.line)
            if first != record.line:
                wrong.append(("url", Unreadable(f"the item is on line {first} already", "leave one of the two out")))
        yield from faults_of(record, self.found, wrong)
        if at is None or wrong:
            return
        split = tuple((name, said[name]) for name in ("country", "language") if said.get(name))
        audience = said.get("audience", "")
        subject = ("audience", audience) if audience else ("campaign", "")
        named = (said.get("campaign") or self.default[0], said.get("source") or self.default[1])
        counts = {
            "coverage_items": 1,
            "coverage_with_message": int(carries in YES),
            "coverage_positive": int(counted == "coverage_positive"),
            "coverage_negative": int(counted == "coverage_negative"),
        }
        present = {"coverage_items"} | ({"coverage_with_message"} if "carries" in self.found else set())
        present |= {"coverage_positive", "coverage_negative"} if "tone" in self.found else set()
        place = self.found.index("at") if "at" in self.found else 0
        for metric in sorted(present):
            self.running.add(Tally(*named, *subject, metric, split), at, counts[metric], record.line, place)
