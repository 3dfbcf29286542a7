"""What the AT Protocol lays down about a post: the key of its record, and what people read of it. Pure."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from campaigns import clock
from content import cards
from scheduler.publisher import Delivery, Refused, Words, alt_place

if TYPE_CHECKING:
    from scheduler.transport.web import Answer

POST = "app.bsky.feed.post"
#: What an AppView counts of a post: metric -> its name in `app.bsky.feed.defs#postView`.
COUNTS = {"likes": "likeCount", "reshares": "repostCount", "comments": "replyCount"}
_SORTED = "234567abcdefghijklmnopqrstuvwxyz"  #: the digits of a record key (TID)


def record_key(delivery: Delivery) -> str:
    """
    Return the key of a release's record, a TID: microseconds of its due instant, filled up from its own key.

    The same for every attempt; thirty bits of the key tell releases of one second apart.
    """
    number = int.from_bytes(hashlib.sha256(delivery.piece_key.encode()).digest()[:8], "big")
    second = int(clock.parse_iso(delivery.outgoing.due).timestamp())
    value = ((second * 1_000_000 + number % 1_000_000) << 10) | (number >> 32) % 1024
    return "".join(_SORTED[(value >> shift) & 31] for shift in range(60, -1, -5))


def key_of(remote_id: str, did: str) -> str:
    """
    Return the key of a record of the account *did*.

    Raises:
        Refused: If *remote_id* is none of its posts.
    """
    own = f"at://{did}/{POST}/"
    if not remote_id.startswith(own):
        message = f"'{remote_id}' is no post of this account."
        raise Refused(message, "Take it down on the account, and say so with `cordiale resolve`.")
    return remote_id.removeprefix(own)


def told(answer: "Answer") -> dict[str, Any]:
    """Return the error of an answer: `error`, its name, and `message`, its words; nothing where the body has none."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def signed_words(delivery: Delivery) -> Words:
    """Return what was signed: the text, where its links lead, and the alternative texts."""
    alts = {alt_place(number): item.alt for number, item in enumerate(delivery.listed, 1)}
    shown = card(delivery)
    return {"text": delivery.piece.text, "links": _links(delivery.facets), **_card(shown), **alts}


def card(delivery: Delivery) -> dict[str, str] | None:
    """Return the card of a piece's link as the network takes it; None where it has no title, or files stand there."""
    out, part = delivery.outgoing, delivery.piece
    title = cards.title(out.kind, out.options, part.headline, part.link)
    if title is None or part.link is None or delivery.listed:
        return None
    return {"uri": part.link, "title": title, "description": ""}


def _card(shown: Any) -> Words:
    return {"card": "\n".join(str(shown.get(name) or "") for name in ("title", "description", "uri"))} if shown else {}


def shown_words(record: dict[str, Any]) -> Words:
    """Return the same of a record's value as it is now."""
    embed = record.get("embed")
    embed = embed if isinstance(embed, dict) else {}
    found = embed.get("images") if isinstance(embed.get("images"), list) else [embed] if "alt" in embed else []
    alts = {alt_place(number): str(each.get("alt") or "") for number, each in enumerate(found or (), 1)}
    facets, text = record.get("facets"), str(record.get("text") or "")
    shown = embed.get("external") if isinstance(embed.get("external"), dict) else None
    return {"text": text, "links": _links(facets if isinstance(facets, list) else ()), **_card(shown), **alts}


def _links(facets: Any) -> str:
    """Return where links lead, a line each: a text may stay as it is while its link goes elsewhere."""
    features = (feature for facet in facets for feature in facet.get("features", ()))
    return "\n".join(str(each["uri"]) for each in features if "uri" in each)
