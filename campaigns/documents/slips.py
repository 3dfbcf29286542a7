"""
Keys that people write for others, and keys that would aim at people: what unknown keys were meant to say.

Names that are only misspelt are not here; `faults.nearest` finds those.
"""

import re
from collections.abc import Collection

#: What people write -> the keys they mean; the first that is known at the place counts.
_MEANT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("text", "texts", "body", "copy", "content", "words", "caption"), ("wording",)),
    **dict.fromkeys(("date", "day", "time", "when", "datetime", "due", "scheduled", "publish_at"), ("at", "on", "by")),
    **dict.fromkeys(("deadline", "end_date"), ("by", "ends", "to")),
    **dict.fromkeys(("start", "begin", "begins", "since", "start_date"), ("from", "starts")),
    **dict.fromkeys(("end", "finish", "finishes"), ("to", "ends", "until")),
    **dict.fromkeys(("lang", "langs", "language", "languages", "locale"), ("locales", "locale")),
    **dict.fromkeys(("timezone", "time_zone", "tz", "zone"), ("timezone", "zone")),
    **dict.fromkeys(("type", "platform", "network", "medium", "category"), ("kind",)),
    **dict.fromkeys(("reason", "why", "rationale", "justification", "note"), ("because", "reason", "why")),
    **dict.fromkeys(("subject", "title", "heading"), ("headline", "title")),
    **dict.fromkeys(("name",), ("title",)),
    **dict.fromkeys(("url", "uri", "landing_page", "website"), ("link", "server")),
    **dict.fromkeys(("image", "images", "picture", "pictures", "photo", "video", "attachments"), ("media",)),
    **dict.fromkeys(("path", "src", "filename"), ("file",)),
    **dict.fromkeys(("alt_text", "description", "caption_text"), ("alt", "insight", "because")),
    **dict.fromkeys(("goal", "goals", "aims"), ("objectives", "target")),
    **dict.fromkeys(("indicators", "metrics", "measures"), ("kpis", "metric")),
    **dict.fromkeys(("posts", "post", "publications"), ("messages", "message")),
    **dict.fromkeys(("schedule", "calendar", "publish"), ("releases", "at")),
    **dict.fromkeys(("rrule", "recurrence", "recurring", "frequency"), ("repeat",)),
    **dict.fromkeys(("password", "token", "secret", "api_key", "key"), ("credential",)),
    **dict.fromkeys(("governments", "signatories", "countries"), ("partners",)),
    **dict.fromkeys(("owner", "publisher", "government", "partner"), ("issuer",)),
    **dict.fromkeys(("placeholders", "variables", "data", "figures"), ("values",)),
    **dict.fromkeys(("age", "age_range", "age_band"), ("ages",)),
    **dict.fromkeys(("embargo", "risks", "questions", "lines_to_take", "press"), ("handling",)),
    **dict.fromkeys(("to", "target", "targets", "audience", "for"), ("audiences", "audience")),
    **dict.fromkeys(("message",), ("messages",)),
    **dict.fromkeys(("channel", "on", "where", "accounts"), ("channels",)),
}

#: What to write instead of a key that would aim at people.
AGGREGATE = (
    "take it out, and write where they live (countries, regions), what they read (locales), how old they are (ages), "
    "and in insight what research says of them as a whole"
)
_AGGREGATES = "audiences are aggregates of places, languages and adult ages"
_LISTS = re.compile(
    "(account|address|contact|cookie|device|email|follower|friend|handle|id|individual|list|mail|member|mobile|name|"
    "people|person|phone|profile|recipient|subscriber|telephone|user|username)(s|es)?"
)
_TRAITS = re.compile(
    "(belief|biometric|caste|conviction|criminal|disabilit|disabled|ethnic|ethnicit|faith|gender|genetic|health|illness|"
    "lifestyle|nationalit|opinion|orientation|origin|political|politic|race|racial|religion|religious|sex|sexual|"
    "sexualit|tribe|union)(s|es|y|ies)?"
)
_PASTIMES = re.compile("(behaviour|behavior|browsing|hobb|interest|keyword|like|purchase|search|tracking)(s|es|y|ies)?")
_WORD = re.compile(r"[^\W_]+")


def meant(key: str, known: Collection[str]) -> str:
    """Return which of the keys *known* is meant by *key*, or nothing; spelling aside."""
    written = key.casefold().replace("-", "_").replace(" ", "_")
    return next((each for each in _MEANT.get(written, ()) if each in known), "")


def about_people(key: str) -> str:
    """Return why *key* has no place in an audience, or nothing: it would list people, or pick them by what they are."""
    words = _WORD.findall(key.casefold())
    if any(map(_TRAITS.fullmatch, words)):
        return f"{_AGGREGATES}, and nobody is picked by what they are or believe"
    if any(map(_LISTS.fullmatch, words)):
        return f"{_AGGREGATES}, and nobody is listed or named"
    if any(map(_PASTIMES.fullmatch, words)):
        return f"{_AGGREGATES}, and nobody is followed in what they do"
    return ""
