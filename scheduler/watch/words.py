"""An alert in words (mail) and as data (webhook). Every text has passed the redaction before it gets here. Pure."""

from datetime import datetime
from typing import Any

from campaigns.clock import iso
from scheduler.watch.decide import Notice

SHOWN = 40  #: troubles that a mail tells one by one


def subject(notice: Notice, place: str) -> str:
    """Return the mail's subject: how much is new, or that all is well again."""
    first = next(iter((*notice.new, *notice.still)), None)
    if first is None:
        number = len(notice.over)
        return f"[Cordiale {place}] Over: {number} trouble{'s' if number > 1 else ''}"
    more = len(notice.new) + len(notice.still) - 1
    return f"[Cordiale {place}] {_short(first.what)}{f' (and {more} more)' if more else ''}"


def text(notice: Notice, place: str, at: datetime) -> str:
    """Return the mail's text."""
    lines = [f"This is the publishing daemon of {place}, at {iso(at)}.", ""]
    for title, troubles in (("New", notice.new), ("Still so", notice.still)):
        if troubles:
            lines += [f"{title}:", ""]
            for each in troubles[:SHOWN]:
                lines += [f"* {each.what}", f"  Whose: {each.whose}", f"  What to do: {each.hint}", ""]
            if len(troubles) > SHOWN:
                lines += [f"  … and {len(troubles) - SHOWN} more. See all: cordiale status", ""]
    if notice.over:
        lines += ["Over:", ""]
        lines += [f"* (since {iso(each.since)}) {each.what}" for each in notice.over[:SHOWN]]
        lines += [""]
    lines += ["See everything: cordiale status"]
    return "\n".join(lines) + "\n"


def data(notice: Notice, place: str, at: datetime) -> dict[str, Any]:
    """Return the webhook's body, laid out as Standard Webhooks advise: type, timestamp, data. Its keys are stable."""
    return {
        "type": "cordiale.alert" if notice.new or notice.still else "cordiale.alert.over",
        "timestamp": iso(at),
        "data": {
            "place": place,
            "new": [_trouble(each) for each in notice.new],
            "still": [_trouble(each) for each in notice.still],
            "over": [
                {"key": key, "what": each.what, "since": iso(each.since)}
                for key, each in zip(notice.over_keys, notice.over, strict=True)
            ],
        },
    }


def _trouble(each: Any) -> dict[str, Any]:
    return {"key": each.key, "whose": each.whose, "what": each.what, "hint": each.hint, "number": each.number}


def _short(sentence: str) -> str:
    first = sentence.partition(":")[0].partition(". ")[0]
    return first if len(first) <= 90 else f"{first[:89]}…"  # noqa: PLR2004 (what a list of mails shows)
