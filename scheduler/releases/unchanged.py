"""
Whether applying a document again would change nothing, told without expanding or rendering it.

Every apply leaves a mark at its campaign: a hash of all that its releases were made from (the document, media,
templates, the words and rules of this version, the zone data), and how many of them stood. Where both are the same,
the releases are too. What somebody wrote into the database behind our back the mark cannot see: the gate stops it,
and `apply --afresh` looks at every release.
"""

import hashlib

from sqlalchemy import Connection, func, select

from campaigns.calendar import zone_data
from campaigns.documents import schema
from campaigns.plan import stored
from campaigns.settings import Settings
from content import media, render
from scheduler.releases.ledger import RELEASE
from scheduler.releases.plan import Kind, ReleaseChange
from scheduler.releases.states import State

VERSION = 1  #: counts changes of this floor that make other releases of the same document


def mark(connection: Connection, document: schema.Campaign, settings: Settings) -> str:
    """
    Return the mark of *document* and its releases as they stand in this transaction.

    Raises:
        CordialeError: If a media file or a template cannot be read.
    """
    return f"{_source(document, settings)}:{_standing(connection, document.campaign)}"


def unchanged(connection: Connection, document: schema.Campaign, settings: Settings) -> int | None:
    """Return how many releases stand, if nothing that they depend on changed since *document* was applied; or none."""
    known = stored.source(connection, document.campaign)
    if not known or known != mark(connection, document, settings):
        return None
    return _standing(connection, document.campaign)


def told(connection: Connection, campaign: str) -> list[ReleaseChange]:
    """Return the releases of *campaign* that a check had something to say about; they stay as they are."""
    columns = (RELEASE.c.id, RELEASE.c.entry, RELEASE.c.occurrence, RELEASE.c.locale, RELEASE.c.channel)
    when = (RELEASE.c.due_at, RELEASE.c.wall, RELEASE.c.zone)
    statement = select(*columns, *when, RELEASE.c.campaign, RELEASE.c.state, RELEASE.c.findings).where(
        RELEASE.c.campaign == campaign, RELEASE.c.findings != [], RELEASE.c.state != State.CANCELLED.value
    )
    return [ReleaseChange.of(Kind.KEPT, dict(row)) for row in connection.execute(statement).mappings()]


def _standing(connection: Connection, campaign: str) -> int:
    """Return how many releases of *campaign* are not cancelled."""
    statement = select(func.count()).where(RELEASE.c.campaign == campaign, RELEASE.c.state != State.CANCELLED.value)
    return connection.execute(statement).scalar_one()


def _source(document: schema.Campaign, settings: Settings) -> str:
    """Return the sha256, hex, of all that the releases of *document* are made from."""
    made_from = hashlib.sha256(f"{VERSION} {render.surroundings(settings)}".encode())
    made_from.update(document.model_dump_json().encode())
    named = [item for message in document.messages for item in message.media]
    for file, digest in media.digests(settings.media, named).items():
        made_from.update(f"{file} {digest}\n".encode())
    zones = {each.timezone for each in document.audiences} | {each.zone for each in document.releases if each.zone}
    for zone in sorted(zones | ({document.zone} if document.zone else set())):
        made_from.update(f"{zone} {zone_data.digest(zone)}\n".encode())
    return made_from.hexdigest()
