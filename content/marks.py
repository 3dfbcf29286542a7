"""
Which words a translation was made of: a mark for each field, and whether it still holds.

    translated: {ar: {wording: en-GB/3f2a9c1b/77aa01cd}}

says that the Arabic wording was made of the English one with the digest 3f2a9c1b, and was itself then 77aa01cd. Where
the English has changed since, the translation is stale. Where the Arabic was changed by hand since, the mark is void:
whoever wrote it knew what they were doing, and nothing is said.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache

from campaigns.documents import schema
from content.filters import GENDERS
from content.segments import calls, sentence, split

ORIGINAL = "wording"  #: the field of the message's own wording
_SHOWN = {"plural": ("one", "other"), "gender": GENDERS}


def fields(message: schema.Message) -> dict[str, Mapping[str, str]]:
    """Return the texts of *message* that go out, by field, each by locale."""
    found: dict[str, Mapping[str, str]] = {"headline": message.headline} if message.headline else {}
    found[ORIGINAL] = message.wording
    found |= {f"{letter}/{ORIGINAL}": variant.wording for letter, variant in message.variants.items()}
    for item in message.media:
        if item.alt:
            found.setdefault(f"{item.file}/alt", item.alt)
    return found


def templated(field: str) -> bool:
    """Return whether *field* is a wording, in which names are filled."""
    return field == ORIGINAL or field.endswith(f"/{ORIGINAL}")


def shown(text: str, *, template: bool) -> tuple[str, ...]:
    """Return what a translator sees of a source: its sentence, then the forms of each call that are shown for it."""
    if not template:
        return (text,)
    segments = split(text)
    marks = calls(segments)
    said, _ = sentence(segments, marks)
    return (said, *(call.form(name) for call in marks.values() for name in _SHOWN[call.function]))


def mark(source: str, seen: tuple[str, ...], words: str) -> str:
    """Return the mark of *words*, which were made of what a translator has *seen* in the locale *source*."""
    return f"{source}/{digest(seen)}/{digest((words,))}"


def stale(message: schema.Message, locale: str) -> Iterator[tuple[str, str]]:
    """Yield each field whose translation in *locale* was made of words that changed since, with their locale."""
    marked = message.translated.get(locale)
    if not marked:
        return
    found = fields(message)
    for field, written in marked.items():
        source, seen, made = written.split("/")
        words, now = found.get(field, {}).get(locale), found.get(field, {}).get(source)
        if words is None or now is None or digest((words,)) != made:
            continue
        if digest(shown(now, template=templated(field))) != seen:
            yield field, source


@lru_cache(maxsize=8192)
def digest(texts: tuple[str, ...]) -> str:
    """Return eight hexadecimal figures of the sha256 of *texts*: enough to see a change, not to prove one."""
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()[:8]
