"""
Render one message in one locale on one channel to the bytes that would leave.

The wording first, then the channel's template around it with attribution, help line and tagged link. The
result depends on the request and the template sources alone; `fingerprint` covers both.
"""

import hashlib
import json
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

from campaigns.documents import schema
from campaigns.locales import direction
from content import attribution, embargo, limits, link, phrases, sources, wording
from content.bidi import forbidden_controls
from content.environment import Compiled, Format, compiled
from content.environment import render as fill
from content.errors import TemplateFault
from content.rendering import Part, Rendering, Request

#: Counts changes of this floor that change a rendering or a finding. Part of every fingerprint.
VERSION = 2

#: What of a channel bears on when something goes out, never on what.
_NOT_SHOWN = {"rate", "pace", "quiet"}

#: The mark below a press notice, the same in every language.
END = "###"

_ALIGN = {"ltr": "left", "rtl": "right"}
_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
#: Control characters and noncharacters: no channel carries them, and XML may not.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def render(request: Request) -> Rendering:
    """
    Return the rendering of *request*. Where there is nothing to say in its locale, its one part is empty.

    Raises:
        TemplateFault: If a wording, a template or the link says what is not allowed.
    """
    body = _body(request)
    part = Part("") if body is None else _part(request, body)
    return Rendering(
        locale=request.locale,
        direction=direction(request.locale),
        parts=(part,),
        media=request.media,
    )


def fingerprint(request: Request) -> str:
    """Return the sha256, hex, of everything that the rendering of *request* and its checks depend on."""
    family = sources.family(request.channel.kind, request.channel.options.get("template"))
    forms = ("text", *([sources.FORMS[request.channel.kind]] if request.channel.kind in sources.FORMS else []))
    facts = {
        "version": VERSION,
        "data": _data_digest(),
        "templates": [sources.digest(family, form, request.templates) for form in forms],
        "campaign": request.campaign,
        "title": dict(request.title),
        "partners": [(key, partner.model_dump_json()) for key, partner in request.partners.items()],
        "message": request.message.model_dump_json(),
        "variant": request.variant,
        "locale": request.locale,
        "channel": request.channel.model_dump_json(exclude=_NOT_SHOWN),
        "messenger": request.messenger.model_dump_json() if request.messenger else None,
        "embargo": request.embargo.model_dump_json() if request.embargo else None,
        "media": [(item.file, item.digest, item.size, item.kind, item.alt) for item in request.media],
    }
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(canonical).hexdigest()


def surroundings(templates: Path) -> str:
    """
    Return the sha256, hex, of what every rendering depends on beside its request; *templates* is the workspace's.

    Raises:
        TemplateFault: If a workspace's template cannot be read.
    """
    parts = (str(VERSION), _data_digest(), sources.all_digest(), sources.workspace_digest(templates))
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def names(message: schema.Message, variant: str, locale: str) -> dict[str, int]:
    """
    Return the names that a wording uses, each with its first line; none where there is no wording.

    Raises:
        TemplateFault: If the wording is not allowed as a template.
    """
    return dict(ready.names) if (ready := _compiled(message, variant, locale)) else {}


def _compiled(message: schema.Message, variant: str, locale: str) -> Compiled | None:
    words = wording.choose(message, variant, locale)
    if words is None:
        return None
    return compiled(Format.TEXT, wording.label(message, variant, locale), words)


def _body(request: Request) -> str | None:
    """Return the wording with its values; None without a wording, or where it names what has no value."""
    ready = _compiled(request.message, request.variant, request.locale)
    values = wording.values(request.message)
    if ready is None or ready.names.keys() - values.keys():
        return None
    return _clean(ready.name, fill(ready, request.locale, values)) or None


def _part(request: Request, body: str) -> Part:
    channel, locale = request.channel, request.locale
    family = sources.family(channel.kind, channel.options.get("template"))
    words = phrases.of(locale)
    headline = _clean(f"{request.message.id}, headline", _headline(request)).replace("\n", " ")
    target = _link(request)
    values: dict[str, Any] = {
        "text": body,
        "headline": headline,
        "title": headline,
        "attribution": attribution.line(
            request.partners, channel.issuer, locale, short=family == sources.POST, messenger=request.messenger
        ),
        "help": attribution.help_line(request.partners, channel.issuer, locale) or "",
        "link": target or "",
        "lang": locale,
        "dir": direction(locale),
        "align": _ALIGN[direction(locale)],
        "read_more": words.read_more,
        "press_notice": words.press_notice,
        "embargo": embargo.sentence(request.embargo, locale) if request.embargo else "",
        "for_immediate_release": words.for_immediate_release,
        "end": END,
    }
    form = sources.FORMS.get(channel.kind)
    return Part(
        text=_written(request, family, "text", values),
        html=_written(request, family, form, values) if form else None,
        headline=None if family == sources.POST else headline,
        link=target,
    )


def _written(request: Request, family: str, form: str, values: dict[str, Any]) -> str:
    """Return the template of *family* in *form*, filled."""
    name, source = sources.source(family, form, request.templates)
    text = fill(compiled(Format(form), name, source, template=True), request.locale, values)
    return _clean(name, text) if form == "text" else text.strip() + "\n"


def _headline(request: Request) -> str:
    return request.message.headline.get(request.locale) or request.title.get(request.locale) or request.campaign


def _link(request: Request) -> str | None:
    chosen = link.choose(request.message.link, request.locale)
    if chosen is None:
        return None
    content = f"{request.message.id}-{request.variant}-{request.locale}"
    return link.tagged(chosen, request.channel.id, request.channel.kind, request.campaign, content)


def _clean(name: str, text: str) -> str:
    """
    Return *text* in NFC, without blanks at the ends of lines and with one empty line between paragraphs.

    Raises:
        TemplateFault: If it holds a character that no channel may carry.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if found := _UNPRINTABLE.search(text):
        message = f"'{name}' holds the control character U+{ord(found[0]):04X}."
        raise TemplateFault(name, message, "Delete it: it cannot be seen, and no channel carries it.")
    if not text.isascii() and (controls := forbidden_controls(text)):
        message = f"'{name}' holds {controls[0][1].lower()} at character {controls[0][0] + 1}."
        raise TemplateFault(name, message, "Delete it, and use the filter `ltr` for names in right-to-left text.")
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)).strip()


@lru_cache(maxsize=1)
def _data_digest() -> str:
    """Return the sha256 of the data that renderings and checks read: phrases and limits."""
    return hashlib.sha256(repr((phrases.PHRASES, limits.LIMITS)).encode()).hexdigest()
