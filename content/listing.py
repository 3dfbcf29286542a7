"""The table of limits as people and programs read it: limits, kinds of file, and what servers declared."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from campaigns.settings import Settings
from content import servers
from content.formats import FORMATS
from content.limits import KINDS, LIMITS, STALE_AFTER

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDTH = 200  #: columns in a pipe
_ROOM = 170  #: columns from which on sources stand in the table
OTHER_KINDS = tuple(kind for kind in FORMATS if kind not in KINDS)  #: of which only the kinds of file are known

_SHORT = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    "image/gif": "GIF",
    "video/mp4": "MP4",
    "video/quicktime": "MOV",
}
#: What a server's declared limit is counted in.
_UNITS = {
    "text": "Mastodon characters",
    "link": "Mastodon characters",
    "alt": "characters",
    "media": "files",
    "image": "octets",
    "video": "octets",
    "image_pixels": "pixels",
    "video_pixels": "pixels",
}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    kind: str
    field: str
    value: int | tuple[str, ...]  #: a number, or the MIME types of files
    unit: str
    source: str
    checked_on: date
    firmness: str

    def stale(self, today: date) -> bool:
        """Say whether it should be read again."""
        return today - self.checked_on > STALE_AFTER

    def facts(self, today: date) -> dict[str, Any]:
        """Return the row for a program, with keys that stay."""
        return {**vars(self), "checked_on": self.checked_on.isoformat(), "stale": self.stale(today)}


def rows(settings: Settings) -> list[Row]:
    """
    Return all rows: limits with the kinds of file after them, kind by kind, then each server's own.

    Raises:
        InvalidDocument: If what servers declared cannot be read.
    """
    return [*_of_kinds(), *_of_servers(settings)]


def table(shown: Sequence[Row], today: date, width: int) -> "RenderableType":
    """
    Return *shown* as a table *width* columns wide; a kind is named once.

    Where sources have no room in the table they are numbered in it, and listed below.
    """
    from rich.console import Group
    from rich.markup import escape
    from rich.table import Table

    wide = width >= _ROOM
    made = Table(box=None, pad_edge=False, header_style="bold")
    for name, side in (("Kind", "left"), ("Field", "left"), ("Limit", "right"), ("Unit", "left"), ("Kept", "left")):
        made.add_column(name, no_wrap=True, justify="right" if side == "right" else "left")
    made.add_column("Read on", no_wrap=True)
    made.add_column("Source", justify="left" if wide else "right", overflow="fold")
    numbers = {source: number for number, source in enumerate(dict.fromkeys(row.source for row in shown), 1)}
    for kind, group in groupby(shown, key=lambda row: row.kind):
        named = kind
        for row in group:
            figure = f"{row.value:,}" if isinstance(row.value, int) else ""
            unit = row.unit if isinstance(row.value, int) else _listed(row.value)
            read = f"{row.checked_on.isoformat()}{', old' if row.stale(today) else ''}"
            source = escape(row.source) if wide else str(numbers[row.source])
            made.add_row(named, row.field, figure, escape(unit), row.firmness, read, source)
            named = ""
    if wide:
        return made
    listed = Table(box=None, pad_edge=False, show_header=False)
    listed.add_column(justify="right", no_wrap=True)
    listed.add_column(overflow="fold")
    for source, number in numbers.items():
        listed.add_row(str(number), escape(source))
    return Group(made, "", "Sources", listed)


def _listed(types: Sequence[str]) -> str:
    return " ".join(_SHORT.get(each, each) for each in types) or "none"


def _of_kinds() -> Iterator[Row]:
    for kind in (*KINDS, *OTHER_KINDS):
        for limit in LIMITS:
            if limit.kind == kind:
                yield Row(**vars(limit))
        if found := FORMATS.get(kind):
            yield Row(kind, "files", found.types, "kinds of file", found.source, found.checked_on, found.firmness)


def _of_servers(settings: Settings) -> Iterable[Row]:
    for each in servers.load(settings).values():
        for name, value in each.limits.items():
            yield Row("mastodon", name, value, _UNITS[name], f"{each.server} itself", each.asked_on, "hard")
