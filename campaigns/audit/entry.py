"""One event as it is verified: its leaf, and the words beside it. Read from the table, written to a bundle and back."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Text, select, type_coerce

from campaigns.audit import leaf
from campaigns.audit.merkle import leaf_hash
from campaigns.audit.tree import EVENT

_HIDDEN = tuple(f"{name}_salt" for name in leaf.FIELDS)
_RAW = [type_coerce(EVENT.c[name], Text).label(name) for name in ("at", "detail")] + [
    EVENT.c[name] for name in ("seq", "act", "campaign", "subject", "before", "after", "actor", "why", *_HIDDEN, "leaf")
]
CHUNK = 10_000  #: rows read at a time


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a log that is to be verified. Nothing about it is to be believed."""

    number: int  #: that it gives itself
    leaf: bytes
    said: Mapping[str, Any]  #: what the leaf says; empty where it cannot be read
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)  #: field -> (salt in hex, value), not erased
    claimed: str = ""  #: the hash that the table has for it, hex

    @property
    def hash(self) -> bytes:
        """The hash of the leaf."""
        return leaf_hash(self.leaf)

    @property
    def name(self) -> str:
        """What people call it: `release.accept of r1`."""
        return f"{self.said.get('act', 'unreadable')} of {self.said.get('subject', 'nothing')}"

    @property
    def erased(self) -> int:
        """How many of its fields have lost their words."""
        committed = (name for name in leaf.FIELDS if str(self.said.get(name)).startswith(leaf.MARK))
        return sum(1 for name in committed if name not in self.words)

    def unfit(self) -> str:
        """Return the first field whose words are not those that the leaf commits to; "" when all fit."""
        for name, (salt, value) in self.words.items():
            try:
                fits = leaf.commitment(bytes.fromhex(salt), value) == self.said.get(name)
            except ValueError:
                fits = False
            if not fits:
                return name
        return ""


def of_table(connection: Connection) -> Iterator[Entry]:
    """Yield the events of the table in the order of their numbers."""
    found = after = select(*_RAW).order_by(EVENT.c.seq).limit(CHUNK)
    while True:
        rows = connection.execute(after).mappings().all()
        for row in rows:
            yield _of_row(dict(row))
        if len(rows) < CHUNK:
            return
        after = found.where(EVENT.c.seq > rows[-1]["seq"])


def _of_row(row: dict[str, Any]) -> Entry:
    words = {name: (row[f"{name}_salt"], row[name]) for name in leaf.FIELDS if row[f"{name}_salt"] is not None}
    try:
        hidden = {name: leaf.shown(name, row[name], row[f"{name}_salt"]) for name in leaf.FIELDS}
        made = leaf.encode(row["seq"], row["at"], row, hidden)
    except (ValueError, TypeError, AttributeError):  # no salt, no hex, no text: it was not written by us
        return Entry(row["seq"], b"", {"act": row["act"], "subject": row["subject"]}, {}, str(row["leaf"]))
    said = {name: row[name] for name in ("at", "act", "campaign", "subject", "before", "after")} | hidden
    return Entry(row["seq"], made, said, words, str(row["leaf"]))


def of_lines(leaves: Iterator[bytes], words: Mapping[int, Mapping[str, tuple[str, str]]]) -> Iterator[Entry]:
    """Yield the events of a bundle in the order of its lines."""
    for line in leaves:
        try:
            said = json.loads(line)
            number = said["n"]
            if not isinstance(said, dict) or type(number) is not int:
                raise TypeError  # noqa: TRY301 (one answer for every way to be no leaf)
        except (ValueError, KeyError, TypeError, RecursionError):
            yield Entry(0, line, {})
        else:
            yield Entry(number, line, said, words.get(number, {}))


def words_line(entry: Entry) -> bytes:
    """Return the line of a bundle that holds the words of *entry*; empty where there are none."""
    if not entry.words:
        return b""
    held = {name: list(pair) for name, pair in entry.words.items()}
    return json.dumps({"n": entry.number, **held}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def words_of(line: bytes) -> tuple[int, dict[str, tuple[str, str]]]:
    """
    Return the number of an event and its words, as `words_line` wrote them.

    Raises:
        ValueError, TypeError, KeyError: If the line is none.
    """
    held = json.loads(line)
    number = held.pop("n")
    found = {name: (str(salt), str(value)) for name, (salt, value) in held.items() if name in leaf.FIELDS}
    if type(number) is not int or len(found) != len(held):
        raise ValueError
    return number, found
