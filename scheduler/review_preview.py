"""The preview page of a review: the same renderings as were booked, drawn as each channel will show them."""

from collections.abc import Sequence

from sqlalchemy import Connection

from campaigns.errors import Refused
from campaigns.plan import stored
from campaigns.settings import Settings
from content import preview
from scheduler.releases.conditions import BLACKOUT
from scheduler.releases.drafting import outgoing_of, request_of
from scheduler.releases.expansion import releases
from scheduler.releases.outgoing import words_digest
from scheduler.review import Item, leave


def page(connection: Connection, settings: Settings, campaign: str, found: Sequence[Item]) -> str:
    """
    Return one self-contained HTML page of *found*.

    Raises:
        Refused: If a template or a file changed since the releases were booked: the page would show other words.
    """
    document = stored.read(connection, campaign)
    if document is None:
        message = f"There is no campaign {campaign} in this database."
        raise Refused(message, "Apply its file first.")
    wanted = {item.id: item for item in found}
    shown = []
    for planned in releases(document):
        item = wanted.get(planned.id)
        if item is None:
            continue
        request = request_of(planned, document, settings)
        exceptions = tuple(leave(each) for each in item.outgoing.waivers if each["check"] == BLACKOUT)
        one = preview.prepare(planned.name, request, digest=item.digest, leave=exceptions)
        if words_digest(outgoing_of(planned, document, one.rendering)) != words_digest(item.outgoing):
            message = (
                f"Release {planned.name} would now read otherwise than it was booked: a template or a file changed."
            )
            raise Refused(message, "Apply the campaign again, then make the bundle.")
        shown.append(one)
    return preview.html(shown, document.title.get("en-GB", campaign), settings.media)
