"""
A CSV file of referrals: one row an item (`item`, `platform`, instants), or one a stated total (`period`, `measure`).

Every cell of every column, known or not, is looked at for a link: the item's own is digested, any other is refused.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from campaigns.errors import InvalidDocument
from reports.cells import sheet
from reports.errors import Unreadable
from reports.figures import Figure, parse
from reports.published.periods import Period, period
from reports.referrals.digests import digest_of, is_host, looks_like_link
from reports.snapshot import Fault
from reports.source import instant, nearest

WAYS = ("referral", "order", "measure")
#: Why a platform did not act, as article 7(3) of Regulation (EU) 2021/784 asks for.
REASONS = ("already_gone", "not_terrorist", "no_access", "cannot_comply", "manifest_error", "other_state", "other")
VERDICTS = ("upheld", "rejected", "open")
MEASURES = ("assessed", "referred", "removed", "refused", "complaints", "reinstated", "proceedings")
INSTANTS = ("uploaded_at", "noticed_at", "referred_at", "received_at", "removed_at", "reinstated_at")
ITEM_COLUMNS = (
    "item", "platform", "way", "as_of", *INSTANTS, "refused", "complaint", "proceedings", "campaign",
)  # fmt: skip
TOTAL_COLUMNS = ("source", "platform", "measure", "period", "as_of", "running", "total")
T = TypeVar("T")
NAME = 80  #: characters of a platform's or a source's name


@dataclass(frozen=True)
class Item:
    """One item at one platform, as known at an instant."""

    item: str
    platform: str
    way: str
    as_of: datetime
    at: Mapping[str, datetime]  #: those of INSTANTS that are known
    refused: str = ""
    complaint: str = ""
    proceedings: str = ""
    campaign: str = ""


@dataclass(frozen=True)
class StatedTotal:
    """A figure that somebody states of a period."""

    source: str
    platform: str
    measure: str
    period: Period
    as_of: str
    running: bool
    figure: Figure


@dataclass(frozen=True)
class Contents:
    """A file, understood."""

    file: str
    digest: str  #: sha256 of its bytes
    items: list[Item] = field(default_factory=list)
    totals: list[StatedTotal] = field(default_factory=list)
    digested: int = 0  #: links that were digested


class _Row:
    """One row: its cells by column."""

    def __init__(self, record: sheet.Record, headings: tuple[str, ...]) -> None:
        self.line, self.headings = record.line, headings
        self.cells = dict(zip(headings, record.cells, strict=True))

    def fault(self, column: str, message: str, hint: str) -> Fault:
        """Return what is wrong with a cell."""
        return Fault(self.line, self.headings.index(column) if column in self.headings else 0, message, hint)

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def understand(raw: bytes, name: str, now: datetime) -> Contents:
    """
    Read a file of referrals; *now* is the instant after which nothing can have happened.

    Raises:
        InvalidDocument: If anything in it is wrong: every fault with its place, and never with a link's text.
    """
    read = sheet.parse(raw, name)
    headings = tuple(cell.casefold().strip().replace(" ", "_") for cell in read.heading.cells)
    known = ITEM_COLUMNS if "item" in headings else TOTAL_COLUMNS
    faults = list(_columns(read.heading.line, headings, known))
    if faults:
        raise InvalidDocument(read.complaints(faults))
    contents = Contents(name, read.digest)
    digested = 0
    for record in read.records():
        if isinstance(record, Fault):
            faults.append(record)
            continue
        row = _Row(record, headings)
        links = list(_links(row))
        faults += links
        if links:
            continue
        try:
            if known is ITEM_COLUMNS:
                item, linked = _item(row, now)
                contents.items.append(item)
                digested += linked
            else:
                contents.totals.append(_total(row))
        except _Faulty as raised:
            faults.append(raised.fault)
    if faults:
        raise InvalidDocument(read.complaints(faults))
    return Contents(name, read.digest, contents.items, contents.totals, digested)


def _columns(line: int, headings: tuple[str, ...], known: tuple[str, ...]) -> Iterator[Fault]:
    for place, heading in enumerate(headings):
        if heading not in known:
            yield Fault(line, place, f"unknown column '{_safe(heading)}'", _known(heading, known))
    items = known is ITEM_COLUMNS
    for needed in ("item", "platform", "as_of") if items else ("source", "measure", "period", "as_of", "total"):
        if needed not in headings:
            yield Fault(line, 0, f"there is no column '{needed}'", f"known: {', '.join(known)}")


class _Faulty(Exception):
    def __init__(self, row: _Row, column: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.fault = row.fault(column, message, hint)


def _links(row: _Row) -> Iterator[Fault]:
    for column in row.headings:
        named = column in {"platform", "source"} and is_host(row[column])
        if column != "item" and not named and looks_like_link(row[column]):
            hint = (
                "leave it out: links and content are never kept; the column 'item' alone may hold a link, as a digest"
            )
            yield row.fault(column, f"the column '{column}' holds a link", hint)


def _item(row: _Row, now: datetime) -> tuple[Item, bool]:
    item, linked = _read(row, "item", digest_of)
    as_of = _read(row, "as_of", instant)
    at = {name: _read(row, name, instant) for name in INSTANTS if row[name]}
    for name, when in {**at, "as_of": as_of}.items():
        limit, what = (now, "is still to come") if name == "as_of" else (as_of, "is after the row's as_of")
        if when > limit and when.date() > limit.astimezone(UTC).date():
            raise _Faulty(row, name, f"{name} {what}", "correct one of the two instants")
    if "reinstated_at" in at and "removed_at" in at and at["reinstated_at"] < at["removed_at"]:
        raise _Faulty(row, "reinstated_at", "it came back before it was removed", "look whether the two are exchanged")
    made = Item(
        item,
        _name(row, "platform"),
        _word(row, "way", WAYS) or WAYS[0],
        as_of,
        at,
        _word(row, "refused", REASONS),
        _word(row, "complaint", VERDICTS),
        _word(row, "proceedings", VERDICTS),
        row["campaign"],
    )
    if made.refused and made.refused != "already_gone" and "removed_at" in at:
        raise _Faulty(row, "refused", "it was refused and removed", "keep one of the two")
    return made, linked


def _total(row: _Row) -> StatedTotal:
    running = row["running"].casefold()
    if running not in {"", "yes", "no"}:
        raise _Faulty(row, "running", f"'{_safe(running)}' is neither yes nor no", "yes: the total since the beginning")
    measure = _word(row, "measure", MEASURES)
    if not measure:
        raise _Faulty(row, "measure", "the row names no measure", f"one of {', '.join(MEASURES)}")
    as_of = _read(row, "as_of", instant).date().isoformat()
    printed = _read(row, "total", parse)
    return StatedTotal(
        _name(row, "source"), row["platform"].casefold(), measure, _read(row, "period", period), as_of,
        running == "yes", printed.figure,
    )  # fmt: skip


def _read(row: _Row, column: str, reader: Callable[[str], T]) -> T:
    try:
        return reader(row[column])
    except Unreadable as fault:
        raise _Faulty(row, column, fault.message, fault.hint) from None


def _name(row: _Row, column: str) -> str:
    name = " ".join(row[column].split()).casefold()
    if not name or len(name) > NAME:
        raise _Faulty(row, column, f"the row names no {column}", f"its name, at most {NAME} characters")
    return name


def _word(row: _Row, column: str, words: tuple[str, ...]) -> str:
    word = row[column].casefold().replace(" ", "_").replace("-", "_")
    if word and word not in words:
        raise _Faulty(
            row, column, f"'{_safe(word)}' is no {column}", nearest(word, words) or f"one of {', '.join(words)}"
        )
    return word


def _known(heading: str, known: tuple[str, ...]) -> str:
    return nearest(heading, known) or f"known: {', '.join(known)}; nothing else is kept"


def _safe(text: str) -> str:
    return "(a link)" if looks_like_link(text) else text[:NAME]
