"""Releases as their neighbours see them: what a test says of one is in the arguments."""

from datetime import UTC, datetime, timedelta
from typing import Any

from content.sameness import plain
from scheduler.releases.clashes.clash import Going

START = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
YOUNG = ("young-fr", "in France")
FAMILIES = ("families", "in both")
MASTODON = ("mastodon", "https://social.example", "@facts")
FEED = ("feed", "", "Facts")


def going(entry: str = "r1", minutes: float = 0, **changes: Any) -> Going:
    """Return a release of *entry*, so many *minutes* after `START`; its message is `m` and the entry's number."""
    locale, account = changes.get("locale", "en-GB"), changes.get("account", MASTODON)
    name = f"{entry}/{locale}/{account[0]}"
    campaign = changes.get("campaign", "voices")
    values: dict[str, Any] = {
        "id": f"{campaign}:{name}@{minutes}",
        "campaign": campaign,
        "entry": entry,
        "name": name,
        "message": f"m{entry[1:]}",
        "due": START + timedelta(minutes=minutes),
        "audiences": (YOUNG,),
        "locale": locale,
        "account": account,
        "partners": ("uk", "fr"),
        **changes,
    }
    return Going(**{**values, "words": plain(values.get("words", ""))})
