"""
What holds of a document that the schema refused: the checks that look at nothing but its sound keys.

A check that comes upon a key with a fault in it ends there, so that nothing is told that goes away by itself once that
fault is mended. One fault in `objectives` hides nothing about releases; one in `messages` hides what depends on them.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import Any, cast

from pydantic import ValidationError

from campaigns.documents.faults import Fault
from campaigns.documents.references import Check
from campaigns.documents.schema import Campaign

#: What stands where a required key could not be read; no check ever sees it.
_STAND_IN: dict[str, Any] = {
    "campaign": "x",
    "partners": ["x"],
    "starts": "2000-01-01",
    "audiences": [{"id": "x", "locales": ["en-GB"], "timezone": "UTC"}],
    "channels": [{"id": "x", "kind": "x", "issuer": "x", "account": "x", "locales": ["en-GB"]}],
    "messages": [{"id": "x", "audiences": ["x"], "wording": {}}],
    "releases": [{"id": "x", "message": "x", "channels": ["x"], "at": "2000-01-01T00:00"}],
}


class _Unread(Exception):
    """A check asked for a key that could not be read."""


class _Partly:
    """A document of which some keys could not be read; to ask for one of those ends the check that asks."""

    def __init__(self, document: Campaign, unread: Collection[str]) -> None:
        self._document = document
        self._unread = unread

    def __getattr__(self, key: str) -> Any:
        if key in self._unread:
            raise _Unread
        return getattr(self._document, key)


def faults(data: dict[str, Any], unread: Collection[str], checks: Iterable[Check]) -> list[Fault]:
    """Return what *checks* say of *data* without its keys *unread*."""
    stands_in = {key: value for key, value in _STAND_IN.items() if key in unread}
    sound = {key: value for key, value in data.items() if key in Campaign.model_fields and key not in unread}
    try:
        document = Campaign.model_validate({**sound, **stands_in}, by_alias=True, by_name=False)
    except ValidationError:
        return []  # what is wrong lies between keys, and no key of its own can be left out
    partly = cast("Campaign", _Partly(document, unread))
    found: list[Fault] = []
    for look in checks:
        with suppress(_Unread):
            found.extend(look(partly))
    return found
