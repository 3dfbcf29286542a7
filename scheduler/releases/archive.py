"""
What this database published, as a check compares with it: the newest texts, read once for a plan that renders anything.

Findings are made when a release is drafted: what is published later is not in them.
"""

import json
from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from content.check import Context
from content.sameness import Archive, Said, body
from scheduler.releases.evidence import SAID
from scheduler.releases.identity import release_name
from scheduler.releases.ledger import RELEASE

MOST = 2_000  #: different texts looked back at

_NAMED = ("campaign", "entry", "occurrence", "message", "locale", "channel", "outgoing")


def context(connection: Connection) -> Context:
    """Return what checks may know beside a rendering, as the tables stand."""
    return Context(published=Archive(_said(connection)))


def _said(connection: Connection) -> Iterator[Said]:
    """Yield the newest texts that are out, or may be: the same bytes once, damaged ones never."""
    each = (
        select(func.max(RELEASE.c.id).label("id"))
        .where(RELEASE.c.state.in_(SAID))
        .group_by(RELEASE.c.bytes_digest)
        .subquery()
    )
    statement = (
        select(*(RELEASE.c[name] for name in _NAMED))
        .join(each, each.c.id == RELEASE.c.id)
        .order_by(RELEASE.c.published_at.desc(), RELEASE.c.id)
        .limit(MOST)
    )
    for row in connection.execute(statement).mappings():
        try:
            texts = [part["text"] for part in json.loads(row["outgoing"])["parts"]]
            text = "\n".join(body(text, row["locale"]) for text in texts)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        name = release_name(row["entry"], row["occurrence"], row["locale"], row["channel"])
        yield Said(name, (row["campaign"], row["message"]), text)
