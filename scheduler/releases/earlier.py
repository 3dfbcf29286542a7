"""
Earlier forms: what releases said when somebody last decided on them. The only writer of `earlier_form`.

An edit replaces what goes out. Where a partner had approved or refused the old form, it is kept, so that the partner
is shown what changed since, and not the whole again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from campaigns.errors import NotTrusted
from campaigns.signoff import approvals
from campaigns.store.tables import table
from scheduler.releases.ledger import CHUNK, RELEASE
from scheduler.releases.models import EarlierForm
from scheduler.releases.outgoing import Outgoing, digest, parse

EARLIER = table(EarlierForm)


def keep(connection: Connection, ids: Sequence[str], at: datetime) -> None:
    """Keep the present form of each release of *ids* that somebody decided on. Call before it is replaced."""
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        decided = approvals.decided(connection, chunk)
        columns = (RELEASE.c.id, RELEASE.c.digest, RELEASE.c.outgoing)
        found = connection.execute(select(*columns).where(RELEASE.c.id.in_(chunk))).all()
        forms = {row.digest: row for row in found if row.digest in decided.get(row.id, ())}
        known = set(connection.scalars(select(EARLIER.c.digest).where(EARLIER.c.digest.in_(list(forms)))))
        new = [
            {"digest": each, "release": row.id, "outgoing": row.outgoing, "kept_at": at}
            for each, row in forms.items()
            if each not in known
        ]
        if new:
            connection.execute(insert(EARLIER), new)


def read(connection: Connection, digests: Iterable[str]) -> dict[str, Outgoing]:
    """Return digest -> form, of those that are kept and whole; one that was tampered with is left out."""
    wanted, found = sorted(set(digests)), {}
    for start in range(0, len(wanted), CHUNK):
        statement = select(EARLIER.c.digest, EARLIER.c.outgoing).where(
            EARLIER.c.digest.in_(wanted[start : start + CHUNK])
        )
        for its_digest, form in connection.execute(statement):
            if digest(form.encode()) == its_digest:
                try:
                    found[its_digest] = parse(form)
                except NotTrusted:  # written by an older version, in a form that is no longer read
                    continue
    return found
