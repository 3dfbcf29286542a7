"""A message that goes out as a thread of three parts, on any channel that posts threads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from campaigns.documents import schema
from tests.builders import campaigns

PARTS = 3
PLACES = ("Raqqa", "Manbij", "Tabqa", "Kobani", "Hajin", "Baghuz")
#: The least that each kind, or the network that it is for, has to be told for three parts.
SENTENCES = {"mastodon": 26, "bluesky": 16, "telegram": 240, "webhook": 14}


def message(kind: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return message `m<number>` with as many sentences as make three parts on a channel of *kind*."""
    told = (f"Daesh lost {PLACES[n % 6]}, {number} years ago, and left it." for n in range(SENTENCES[kind]))
    return campaigns.message(number, wording={"en-GB": " ".join(told)}, thread=True, **changes)


def channel(kind: str = "webhook", **changes: Any) -> dict[str, Any]:
    """Return a channel of *kind*; what a webhook takes is for X, so that three short parts are three parts."""
    options = {**({"network": "x"} if kind == "webhook" else {}), **changes.pop("options", {})}
    return campaigns.channel(kind, options=options, **changes)


def campaign(
    at: datetime, on: Mapping[str, Any], n: int = 1, entries: Mapping[str, Any] | None = None, **changes: Any
) -> schema.Campaign:
    """Return a campaign of *n* threads on the channel *on*, due at *at* and sent however late."""
    messages = [message(on["kind"], number) for number in range(1, n + 1)]
    how = {"if_late": {"after": "30d", "then": "send"}, **(entries or {})}
    return campaigns.campaign(n, at=at, channels=[on], entries=how, messages=messages, **changes)
