"""
What GOV.UK Notify makes of a text message, and what it counts.

It writes typographic signs as plain ones and takes invisible characters out; any other character goes as it is,
since September 2026 (alphagov/notifications-utils 1443, notifications-api 4937; before, it became a question mark).
It counts 918 characters of the outcome, whatever the alphabet.
"""

#: What it sends instead, read on 2026-11-26.
REPLACED: dict[str, str] = {
    **dict.fromkeys("\u2011\u2013\u2014\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u201a", "'"),
    **dict.fromkeys("\u201c\u201d\u201e", '"'),
    **dict.fromkeys("\u180e\u200b\u200c\u2060\ufeff\u2028\u2029", ""),
    **dict.fromkeys("\xa0\u202f\t", " "),
    "\u2026": "...",
}
_TABLE = str.maketrans(REPLACED)


def sent(text: str) -> str:
    """Return *text* as Notify sends it."""
    return text if text.isascii() and "\t" not in text else text.translate(_TABLE)


def length(text: str) -> int:
    """Return how many characters of *text* Notify counts."""
    return len(sent(text))
