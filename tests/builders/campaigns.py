"""Small campaign documents for tests of the scheduler: what they ask for is in the arguments."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from campaigns.documents import schema

UK = {"name": {"en-GB": "UK Government", "fr-FR": "Gouvernement britannique"}, "help": {"en-GB": "0800 011 3764, 24/7"}}
FR = {"name": {"en-GB": "French Government", "fr-FR": "Gouvernement français"}}
PARTNERS = {"uk": UK, "fr": FR}
STARTS = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)  #: where a test chooses no instant of its own
_ONES = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def wall(instant: datetime) -> str:
    """Return *instant* as wall time in UTC, whole seconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def in_words(number: int) -> str:
    """Return the digits of *number* in words, so that no two numbers read the same: 74 is `seven four`."""
    return " ".join(_ONES[int(digit)] for digit in str(number))


def channel(kind: str = "outbox", **changes: Any) -> dict[str, Any]:
    """Return a channel of *kind* that the United Kingdom issues in English."""
    return {"id": f"uk-{kind}", "kind": kind, "issuer": "uk", "account": "@facts", "locales": ["en-GB"], **changes}


def message(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return message `m<number>`, whose words no other number's message has."""
    words = f"Daesh has lost {in_words(number)} of its villages."
    return {"id": f"m{number}", "audiences": ["readers"], "wording": {"en-GB": words}, **changes}


def entry(number: int = 1, at: datetime = STARTS, **changes: Any) -> dict[str, Any]:
    """Return release entry `r<number>`, which sends message `m<number>` on the outbox."""
    return {"id": f"r{number}", "message": f"m{number}", "channels": ["uk-outbox"], "at": wall(at), **changes}


def adjustment(number: int = 1) -> dict[str, Any]:
    """Return adjustment `a<number>`: the reason that a campaign which has begun gives for a change."""
    return {"id": f"a{number}", "on": "2027-01-12", "by": "amina", "because": f"Reason {number} of the test."}


def campaign(
    n: int = 1,
    *,
    name: str = "voices",
    at: datetime = STARTS,
    apart: timedelta = timedelta(0),
    channels: Sequence[Mapping[str, Any]] = (),
    entries: Mapping[str, Any] | None = None,
    partners: Mapping[str, Any] | None = None,
    **changes: Any,
) -> schema.Campaign:
    """
    Return a campaign of *n* messages and as many releases, due from *at* on, *apart* from each other.

    It starts on the day of the first of them, so that until then it may change without an adjustment.

    *entries* changes every release entry, *changes* the document itself.
    """
    known = [dict(each) for each in channels] or [channel()]
    more = {"channels": [each["id"] for each in known], **(entries or {})}
    data: dict[str, Any] = {
        "campaign": name,
        "title": {"en-GB": "Voices"},
        "partners": dict(PARTNERS if partners is None else partners),
        "starts": wall(at)[:10],
        "audiences": [{"id": "readers", "locales": ["en-GB"], "timezone": "UTC"}],
        "channels": known,
        "messages": [message(number) for number in range(1, n + 1)],
        "releases": [entry(number, at + (number - 1) * apart, **more) for number in range(1, n + 1)],
    }
    return schema.Campaign.model_validate({**data, **changes})
