"""Which version of the trust files was in force when: an event whenever it is another one than last time."""

from datetime import datetime

from sqlalchemy import Connection, select

from campaigns.audit.log import EVENT, Fact, append, settle
from campaigns.signoff.trust import Trust

ACT = "trust.version"
SUBJECT = "trust"


def note_trust(connection: Connection, trust: Trust, at: datetime) -> None:
    """Log the version and the digest of *trust*, unless the log already ends with them."""
    settle(connection)
    now = f"{trust.version} {trust.digest}"
    of_trust = select(EVENT.c.after).where(EVENT.c.subject == SUBJECT, EVENT.c.act == ACT)
    last = connection.execute(of_trust.order_by(EVENT.c.seq.desc()).limit(1)).scalar()
    if last != now:
        partners = dict.fromkeys(trust.partners, 0)
        for partner in trust.roles.values():
            partners[partner] += 1
        append(connection, [Fact("engine", ACT, SUBJECT, before=last, after=now, detail={"keys": partners})], at)
