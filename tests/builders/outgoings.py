"""What goes out, put together field by field: a text on an account of the United Kingdom that both partners sign."""

from dataclasses import replace
from typing import Any

from scheduler.releases.outgoing import Outgoing, OutgoingPart


def outgoing(text: str = "One.", **changes: Any) -> Outgoing:
    """Return a release that says *text*, with *changes* to its other fields."""
    plain = Outgoing(
        release="r",
        campaign="voices",
        name="r1/ar/uk-outbox",
        message="m1",
        audiences=("readers",),
        locale="ar",
        variant="a",
        parts=(OutgoingPart(text=text, html=None, headline=None, link=None),),
        media=(),
        facets=(),
        language="ar",
        direction="rtl",
        visibility="public",
        content_warning=None,
        reply_to=None,
        supersedes=None,
        channel="uk-outbox",
        kind="outbox",
        server=None,
        account="@facts",
        credential=None,
        options={},
        issuer="uk",
        partners=("uk", "fr"),
        due="2027-01-12T12:00:00Z",
        not_after=None,
        if_late={"after": 900, "then": "ask"},
        waivers=(),
    )
    return replace(plain, **changes)
