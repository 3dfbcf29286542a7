"""
What a campaign's writers wrote in one language alone, in a report of another: set apart, marked and named.

Such a text has no language of its own in the document. It is taken to be in the first language of the title, unless
its letters say otherwise.
"""

import re

from babel import Locale
from markupsafe import Markup, escape

from campaigns.documents import schema
from campaigns.locales import LOCALES, direction
from content.bidi import first_strong
from reports.presentation.words import ISOLATED, ISOLATED_END, Words

_APART = re.compile(f"{ISOLATED}([^{ISOLATED}{ISOLATED_END}]*){ISOLATED_END}")
_MARK = Markup('<bdi lang="{}" dir="{}">{}</bdi>')
_BARE, _ID = Markup('<bdi dir="{}">{}</bdi>'), Markup('<bdi class="id" dir="{}">{}</bdi>')


def language_of(document: schema.Campaign) -> str:
    """Return the locale in which *document* is written; "" where nothing tells."""
    return next(iter(document.title), "")


def written(text: str | None, document: schema.Campaign, words: Words) -> str:
    """Return *text*, and where the report is in another language, set apart and with the name of its own behind it."""
    tag = language_of(document)
    if not text or not _is_of(text, tag) or tag.split("-")[0] == words.language:
        return words.quoted(text or "")
    language = Locale.parse(LOCALES[tag].babel).get_language_name(words.locale.language) or tag
    return f"{ISOLATED}{text}{ISOLATED_END} {words.say('in-language', language=language)}"


def apart(text: object, tag: str = "") -> Markup:
    """Return *text* for a page, what is set apart in it as elements: ids in one piece, sentences of *tag* marked so."""
    return Markup(_APART.sub(lambda found: _element(found[1], tag), str(escape(text))))  # noqa: S704 (escaped before)


def _element(escaped: str, tag: str) -> str:
    inside, way = Markup(escaped), first_strong(escaped) or "ltr"  # noqa: S704 (escaped before)
    if not re.search(r"\s", escaped):
        return _ID.format(way, inside)
    return _MARK.format(tag, way, inside) if _is_of(escaped, tag) else _BARE.format(way, inside)


def _is_of(text: str, tag: str) -> bool:
    return tag in LOCALES and (first_strong(text) or "ltr") == direction(tag)
