"""
Render one message in one locale on one channel to the bytes that would leave.

The wording first, then the channel's template around it with attribution, help line and tagged link. The
result depends on the request and the template sources alone; `fingerprint` covers both.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from campaigns.documents import schema
from campaigns.locales import direction
from campaigns.settings import Settings
from content import (
    attribution,
    cards,
    embargo,
    formats,
    hosts,
    languages,
    layouts,
    limits,
    link,
    mail,
    measure,
    number_words,
    phrases,
    policy,
    servers,
    sources,
    threads,
    tidy,
    wording,
)
from content.environment import Compiled, Format, compiled, compiled_mail
from content.environment import render as fill
from content.rendering import MediaFile, Part, Rendering, Request

#: Counts changes of this floor that change a rendering or a finding. Part of every fingerprint.
VERSION = 5

#: What of a channel bears on when something goes out, never on what.
_NOT_SHOWN = {"rate", "pace", "quiet"}

#: The mark below a press notice, the same in every language.
END = "###"

#: In a text message a no-break space would cost the 7-bit alphabet, and more than half the room with it.
_ONE_SPACE = {0xA0: " ", 0x202F: " "}


def render(request: Request) -> Rendering:
    """
    Return the rendering of *request*. Where there is nothing to say in its locale, its one part is empty.

    Raises:
        TemplateFault: If a wording, a template or the link says what is not allowed.
    """
    manner = _manner(measure.network(request.channel), request.digits)
    body = _body(request, manner)
    part = Part("") if body is None else _part(request, body, manner)
    whole = Rendering(request.locale, direction(request.locale), (part,), request.media)
    if request.message.thread and threads.may(request.channel, request.message):
        whole = replace(whole, parts=_thread(request, whole, part))
    return replace(whole, facets=_facets(whole.parts)) if manner.facets else whole


def _thread(request: Request, rendering: Rendering, part: Part) -> tuple[Part, ...]:
    """Return *part* as a thread where it is longer than its channel takes; alone where no thread of it would fit."""
    kind, server = measure.network(request.channel), request.server_limits

    def fits(text: str, number: int) -> bool:
        field, words = measure.body(kind, rendering, replace(part, text=text), number)
        found = measure.measure(kind, words, field, server)
        return not (found.hard and found.over)

    def marked(number: int, total: int) -> str:
        return threads.mark(number, total, request.locale, request.digits)

    texts = None if fits(part.text, 0) else threads.split(part.text, fits, marked)
    if texts is None:
        return (part,)
    links = [part.link if part.link and part.link in text else None for text in texts]
    card = cards.title(request.channel.kind, request.channel.options, part.headline, part.link)
    titled = links.index(part.link) if card and part.link in links else 0  # a card stands where its link does
    return tuple(
        Part(text, part.html, part.headline if number == titled else None, links[number])
        for number, text in enumerate(texts)
    )


def fingerprint(request: Request) -> str:
    """Return the sha256, hex, of everything that the rendering of *request* and its checks depend on."""
    family = sources.family(request.channel.kind, request.channel.options.get("template"))
    kind = request.channel.kind
    facts = {
        "version": VERSION,
        "data": _data_digest(),
        "templates": [
            _template_digest(sources.source(kind, family, form, request.templates)) for form in sources.forms(kind)
        ],
        "campaign": request.campaign,
        "title": dict(request.title),
        "partners": [(key, partner.model_dump_json()) for key, partner in request.partners.items()],
        "message": request.message.model_dump_json(),
        "variant": request.variant,
        "locale": request.locale,
        "channel": request.channel.model_dump_json(exclude=_NOT_SHOWN),
        "messenger": request.messenger.model_dump_json() if request.messenger else None,
        "embargo": request.embargo.model_dump_json() if request.embargo else None,
        "policy": request.policy.digest,
        "server": sorted(request.server_limits.items()),
        "media": [(item.file, item.digest, item.size, item.kind, item.alt, _captions(item)) for item in request.media],
    }
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(canonical).hexdigest()


def _template_digest(found: sources.Source) -> str:
    """Return what stands for a template: its text and, for MJML, what makes HTML of it."""
    return f"{found.digest} {mail.maker()}" if found.mjml else found.digest


def _captions(item: MediaFile) -> tuple[str, str] | None:
    return (item.captions.file, item.captions.digest) if item.captions else None


def surroundings(settings: Settings) -> str:
    """
    Return the sha256, hex, of what every rendering in the workspace of *settings* depends on beside its campaign.

    Raises:
        TemplateFault: If a workspace's template cannot be read.
        InvalidDocument: If what servers declared cannot be read.
    """
    parts = (
        str(VERSION),
        _data_digest(),
        sources.all_digest(),
        mail.maker(),
        sources.workspace_digest(settings.templates),
        policy.load(settings).digest,
        servers.digest(settings),
    )
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


class _Manner(NamedTuple):
    """How a network and a workspace want texts: the same for every message."""

    digits: str  #: numbering system; "" for the locale's own
    isolates: bool  #: whether the network keeps what stands between isolates together
    plain_spaces: bool  #: whether a no-break space would cost too much there
    facets: bool  #: whether it is told of links, since it finds none by itself


@lru_cache(maxsize=256)
def _manner(network: str, digits: str) -> _Manner:
    return _Manner(digits, layouts.of(network).isolates, network in limits.TEXT_MESSAGES, network == "bluesky")


def _body(request: Request, manner: _Manner) -> str | None:
    """Return the wording with its values; None without a wording, or where it names what has no value."""
    ready = _compiled(request.message, request.variant, request.locale)
    values = wording.values(request.message)
    if ready is None or not ready.names.keys() <= values.keys():
        return None
    return tidy.clean(ready.name, fill(ready, request.locale, values, manner.digits, isolates=manner.isolates)) or None


def _part(request: Request, body: str, manner: _Manner) -> Part:
    channel, locale = request.channel, request.locale
    family = sources.family(channel.kind, channel.options.get("template"))
    post = family == sources.POST
    target = _link(request)
    form = sources.FORMS.get(channel.kind)
    said = attribution.line(
        request.partners, channel.issuer, locale, short=post, messenger=request.messenger, digits=manner.digits
    )
    helping = attribution.help_line(request.partners, channel.issuer, locale, manner.digits, isolates=manner.isolates)
    values: dict[str, Any] = {
        "text": body,
        "attribution": tidy.sound("the attribution", said),
        "help": tidy.sound("the help line", helping) if helping else "",
        "link": target or "",
        "embargo": embargo.sentence(request.embargo, locale, manner.digits) if request.embargo else "",
    }
    text = _written(request, family, sources.TEXT, values, manner)
    if manner.plain_spaces:
        text = text.translate(_ONE_SPACE)
    html = _written(request, family, form, values, manner) if form else None
    return Part(text, html, _card(request, target) if post else _headline(request), target)


def _written(request: Request, family: str, form: str, values: dict[str, Any], manner: _Manner) -> str:
    """Return the template of *family* in *form*, filled; *values* are added to where it names more than a post says."""
    found = sources.source(request.channel.kind, family, form, request.templates)
    ready = template(found, form, request.locale)
    if not ready.names.keys() <= values.keys():
        headline = _headline(request)
        preheader = mail.preheader(values["text"])
        values |= {**_fixed(request.locale), "headline": headline, "title": headline, "preheader": preheader}
    text = fill(ready, request.locale, values, manner.digits, isolates=manner.isolates)
    return tidy.lines(text) if form == sources.TEXT else text.strip() + "\n"


@lru_cache(maxsize=64)
def _fixed(locale: str) -> dict[str, str]:
    """Return what every template may name and no message changes."""
    words = phrases.of(locale)
    return {
        "lang": locale,
        "dir": direction(locale),
        "align": mail.ALIGN[direction(locale)],
        "read_more": words.read_more,
        "press_notice": words.press_notice,
        "for_immediate_release": words.for_immediate_release,
        "end": END,
    }


@lru_cache(maxsize=256)
def template(found: sources.Source, form: str, locale: str) -> Compiled:
    """
    Return a template ready to be filled in *locale*.

    Raises:
        TemplateFault: If it is not allowed.
    """
    tidy.sound(found.name, found.text)
    if found.mjml:
        return compiled_mail(found.name, found.text, locale)
    return compiled(Format(form), found.name, found.text, template=True)


def _facets(parts: Sequence[Part]) -> tuple[Mapping[str, Any], ...]:
    """Return what a network that finds no links by itself is told of them; `part` says of which but the first."""
    from content.facets import facets

    found = [(number, facet) for number, part in enumerate(parts) for facet in facets(part.text)]
    return tuple({**facet, "part": number} if number else facet for number, facet in found)


def _headline(request: Request) -> str:
    said = request.message.headline.get(request.locale) or request.title.get(request.locale) or request.campaign
    return tidy.clean(f"{request.message.id}, headline", said).replace("\n", " ")


def _card(request: Request, target: str | None) -> str | None:
    """Return the title of the card of a post's link: its message's own headline. Beside pictures there is no card."""
    own = request.message.headline.get(request.locale)
    brings = cards.may(request.channel.kind, request.channel.options)
    return _headline(request) if target and own and brings and not request.media else None


def _link(request: Request) -> str | None:
    chosen = link.choose(request.message.link, request.locale)
    if chosen is None:
        return None
    content = f"{request.message.id}-{request.variant}-{request.locale}"
    return link.tagged(chosen, request.channel.id, request.channel.kind, request.campaign, content)


@lru_cache(maxsize=1)
def _data_digest() -> str:
    """Return the sha256 of the data that renderings and checks read, on whatever page it stands."""
    types = [(row.types, sorted(row.alone)) for row in formats.FORMATS.values()]
    words = (phrases.PHRASES, languages.PINNED, number_words.source(), sorted(hosts.shorteners()))
    return hashlib.sha256(repr((limits.LIMITS, types, _layouts(), words)).encode()).hexdigest()


def _layouts() -> list[tuple[object, ...]]:
    """Return the rows of the layouts in one order: a set has none."""
    return [(each.kind, each.guessed_from, sorted(each.controls), each.cuts_links) for each in layouts.LAYOUTS]
