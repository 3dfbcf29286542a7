"""
The releases that may be claimed now, as the words of one statement: what is due, not held, and whose channel has room.

What is held and overdue comes first in `release_due` and is stepped over there, row by row, in each claim: a hold costs
what it holds back that is due (0.7 ms for a thousand), never what is to come. Beside a channel without
room the others are asked one by one, so that it costs nothing however much of it is due; where there are too many for
that (`FEW`, `MOST_LANES`), it is walked through. The same words serve SQLite and
PostgreSQL. States stand in them as literals, or the partial indexes `release_due` and
`release_lane` would not serve; on PostgreSQL each part skips what another claimer has locked.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, text

from campaigns.clock import instant_text

#: The words of a statement's end; `{lock}` is empty on SQLite, where a writer is alone. What holds everything is asked
#: apart from the rest: it depends on no row, so both databases ask it once, however much is due.
_PART = """SELECT r.id, r.next_at FROM release r
    WHERE r.state = 'scheduled' AND r.next_at <= :now AND {which}
      AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.lifted_at IS NULL AND h.scope = 'all')
      AND NOT EXISTS (
        SELECT 1 FROM hold h WHERE h.lifted_at IS NULL AND (
            (h.scope = 'campaign' AND h.target = r.campaign)
            OR (h.scope = 'channel' AND h.target = r.channel)
            OR (h.scope = 'partner' AND h.target = r.issuer)))
    ORDER BY r.next_at, r.id LIMIT {limit} {lock}"""
_WHOLE = """
WITH {parts},
pick AS (SELECT id FROM ({together}) AS found ORDER BY next_at, id LIMIT :limit)
{then}
"""
#: The channels that something is scheduled on, and whether any of it is due; of those apart nobody asks.
#: `release_lane` is asked once for each channel, not read.
_CHANNELS = text("""
WITH RECURSIVE found(channel, number) AS (
    SELECT MIN(channel), 1 FROM release WHERE state = 'scheduled'
    UNION ALL
    SELECT (SELECT MIN(r.channel) FROM release r WHERE r.state = 'scheduled' AND r.channel > found.channel), number + 1
    FROM found WHERE found.channel IS NOT NULL AND number <= :most)
SELECT channel, CASE WHEN channel NOT IN :apart THEN (
    SELECT MIN(r.next_at) FROM release r WHERE r.state = 'scheduled' AND r.channel = found.channel) END <= :now AS due
FROM found WHERE channel IS NOT NULL
""").bindparams(bindparam("apart", expanding=True))
_SHARE = "SELECT r.channel, COUNT(*) FROM release r WHERE r.id IN (SELECT id FROM pick) GROUP BY r.channel"
MOST_LANES = 200  #: channels of their own in one statement; those left over are served by the next claim
FEW = 50  #: other channels that are asked one by one; of more of them the oldest are looked for in `release_due`


def lanes(
    connection: Connection, now: datetime, limit: int, closed: Collection[str], limited: Mapping[str, int]
) -> tuple[dict[str, int], bool]:
    """
    Return the channels to ask one by one and how many to take of each, and whether all others are asked together.

    Where none is *closed* or *limited*, all are asked together; else those of which something is due, if they are few.
    """
    apart = [*closed, *limited]
    if not apart:
        return {}, True
    said = {"apart": apart, "now": instant_text(now), "most": MOST_LANES}
    known = connection.execute(_CHANNELS, said).all()
    rest = [row.channel for row in known if row.due]
    if len(known) > MOST_LANES or len(rest) > FEW:
        return dict(limited), True
    found = {**dict.fromkeys(rest, limit), **limited}
    return (_shares(connection, now, limit, found) if len(found) > 1 else found), False


def _shares(connection: Connection, now: datetime, limit: int, most: Mapping[str, int]) -> dict[str, int]:
    """
    Return how many of the oldest *limit* releases are of each channel in *most*.

    Who then takes so many of each locks no more than it takes; where others have locked some, it takes the next.
    """
    words, values = statement(_SHARE, limit=limit, now=now, lanes=most, others=False, locks=False, values={})
    return {channel: number for channel, number in connection.execute(words, values)}  # noqa: C416 (rows are no pairs)


def statement(
    then: str,
    *,
    limit: int,
    now: datetime,
    closed: Collection[str] = (),
    lanes: Mapping[str, int] | None = None,
    others: bool = True,
    locks: bool,
    values: Mapping[str, Any],
) -> tuple[TextClause, dict[str, Any]]:
    """
    Return the statement that ends in *then* (it reads the ids in `pick`), and its parameters.

    Shapes: of the channels in *lanes* at most so many each, of those in *closed* none, of all others the oldest (none
    without *others*), and *limit* in all; *locks* says whether rows are locked as they are picked.
    """
    lanes = lanes or {}
    lock = "FOR UPDATE OF r SKIP LOCKED" if locks else ""
    bound: dict[str, Any] = {**values, "now": instant_text(now), "limit": limit}
    apart = sorted({*closed, *lanes}, key=str) if others else []
    which = "r.channel NOT IN :apart" if apart else "1 = 1"
    parts = [f"lane AS ({_PART.format(which=which, limit=':limit', lock=lock)})"] if others else []
    if apart:
        bound["apart"] = apart
    for number, (channel, most) in enumerate(sorted(lanes.items(), key=lambda lane: str(lane[0]))):
        where, size = f"r.channel = :channel_{number}", f":most_{number}"
        parts.append(f"lane_{number} AS ({_PART.format(which=where, limit=size, lock=lock)})")
        bound |= {f"channel_{number}": channel, f"most_{number}": min(most, limit)}
    names = [part.partition(" ")[0] for part in parts]
    together = " UNION ALL ".join(f"SELECT id, next_at FROM {name}" for name in names)  # noqa: S608 (names of our own)
    words = text(_WHOLE.format(parts=",\n".join(parts), together=together, then=then))
    return (words.bindparams(bindparam("apart", expanding=True)) if apart else words), bound
