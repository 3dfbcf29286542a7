"""
What of a thread is out: the first so many parts, as the attempts say, and the send journal where it knows of more.

Reads only. A release of one part is never asked about.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from campaigns.errors import CordialeError
from scheduler.releases.identity import idempotency_key, part_key
from scheduler.releases.journal import Journal
from scheduler.releases.ledger import ATTEMPT, CHUNK
from scheduler.releases.outgoing import Outgoing, parse

_OVER = frozenset({"published", "retracting", "retracted", "expired"})  #: states in which nobody has to ask


@dataclass(frozen=True)
class Out:
    """What of one thread is out: the first so many parts."""

    ids: tuple[str, ...]  #: their remote ids; "" where nobody knows
    total: int

    def __str__(self) -> str:
        """Say how many of how many."""
        return said(len(self.ids), self.total)


def said(out: int, total: int) -> str:
    """Return a sentence: `2 of 3 parts are out.`."""
    return f"{out} of {total} parts {'is' if out == 1 else 'are'} out."


def out(
    connection: Connection, threads: Mapping[str, tuple[str, Outgoing]], journal: Journal | None = None
) -> dict[str, Out]:
    """Return what is out of each of *threads* (release -> digest, outgoing), by attempts and *journal*."""
    if not threads:
        return {}
    found: dict[str, dict[int, str]] = {each: {} for each in threads}
    ids = list(threads)
    for start in range(0, len(ids), CHUNK):
        chunk = ATTEMPT.c.release.in_(ids[start : start + CHUNK])
        columns = (ATTEMPT.c.release, ATTEMPT.c.part, ATTEMPT.c.key, ATTEMPT.c.remote_id)
        statement = select(*columns).where(chunk, ATTEMPT.c.act == "publish", ATTEMPT.c.outcome == "published")
        for release, part, key, remote_id in connection.execute(statement):
            if key == part_key(idempotency_key(release, threads[release][0]), part):  # of these bytes, no earlier ones
                found[release][part] = remote_id or ""
    result = {}
    for release, (digest, outgoing) in threads.items():
        known = found[release]
        table = tuple(known.get(part, "") for part in range(max(known) + 1)) if known else ()
        noted = journal.parts(release, digest) if journal is not None else ()
        longer, other = (table, noted) if len(table) >= len(noted) else (noted, table)
        named = tuple(each or (other[n] if n < len(other) else "") for n, each in enumerate(longer))
        result[release] = Out(named, len(outgoing.parts))
    return result


def begun(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the releases of *rows* of which a part is out: they do not end by themselves."""
    ids = [row["id"] for row in rows if row["tries"] and row.get("state") not in _OVER]
    found: set[str] = set()
    for start in range(0, len(ids), CHUNK):
        chunk = ATTEMPT.c.release.in_(ids[start : start + CHUNK])
        sent = (ATTEMPT.c.act == "publish", ATTEMPT.c.outcome == "published")
        found |= set(connection.scalars(select(ATTEMPT.c.release).where(chunk, *sent)))
    return found


def of_row(connection: Connection, row: Mapping[str, Any], journal: Journal | None = None) -> Out | None:
    """Return what of one release is out; None where it has but one part, or cannot be read."""
    try:
        outgoing = parse(row["outgoing"])
    except CordialeError:
        return None
    if len(outgoing.parts) == 1:
        return None
    return out(connection, {row["id"]: (row["digest"], outgoing)}, journal)[row["id"]]


def listed(connection: Connection, row: Mapping[str, Any], journal: Journal) -> list[dict[str, Any]]:
    """Return the parts of a thread as they stand: part (from 1), outcome of its last attempt, remote_id, detail."""
    found = of_row(connection, row, journal)
    if found is None:
        return []
    columns = (ATTEMPT.c.part, ATTEMPT.c.outcome, ATTEMPT.c.remote_id, ATTEMPT.c.detail)
    mine = (ATTEMPT.c.release == row["id"], ATTEMPT.c.act == "publish")
    last = {each.part: each for each in connection.execute(select(*columns).where(*mine).order_by(ATTEMPT.c.id))}
    parts = []
    for part in range(found.total):
        tried = last.get(part)
        known = found.ids[part] if part < len(found.ids) else ""
        outcome = "published" if part < len(found.ids) else "not sent" if tried is None else tried.outcome or "sending"
        detail = "" if tried is None or tried.outcome is None else tried.detail
        parts.append({"part": part + 1, "outcome": outcome, "remote_id": known or None, "detail": detail})
    return parts


def room(outgoing: Outgoing, number: int) -> str:
    """Return how much of its room one part takes (`256 of 300 graphemes`), by the limits known without its server."""
    from content import limits
    from content.measure import measure
    from content.preview.prepared import count

    kind = str(outgoing.options.get("network", outgoing.kind))
    field = "caption" if outgoing.media and not number and limits.of(kind, "caption") else "text"
    return count(measure(kind, outgoing.parts[number].text, field))
