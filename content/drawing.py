"""
Draw one rendering as its channel will show it: a post, a mail, a feed entry, a press notice. HTML.

Everything is escaped; the HTML part of a mail stands in a sandboxed frame, where nothing of it can run or reach
the page. Every block has its language and an explicit direction.
"""

import base64
from pathlib import Path

from markupsafe import Markup, escape

from content import attribution, sources
from content.filters import bidi
from content.rendering import MediaFile, Part, Rendering, Request

LARGEST_PICTURE = 2_000_000  #: octets of a picture that is shown; larger ones are named
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def draw(request: Request, rendering: Rendering, media: Path | None = None) -> Markup:
    """Return the parts of *rendering* as HTML; pictures are embedded where *media*, their folder, is given."""
    family = sources.family(request.channel.kind, request.channel.options.get("template"))
    files = Markup().join(_file(item, request.locale, rendering.direction, media) for item in rendering.media)
    return Markup().join(_part(request, rendering, part, family, files) for part in rendering.parts)


def _part(request: Request, rendering: Rendering, part: Part, family: str, files: Markup) -> Markup:
    attributes = Markup('lang="{}" dir="{}"').format(request.locale, rendering.direction)
    if not part.text:
        return Markup('<div class="drawn nothing"><p>Nothing would be said here.</p></div>')
    if part.html is not None and request.channel.kind == "smtp":
        return _mail(request, part, attributes, files)
    if family == "entry":
        title = Markup('<h4 class="entry-title">{}</h4>').format(bidi(part.headline or ""))
        return _box("entry", attributes, _account(request, "Feed") + title + prose(part) + files)
    if family == "press":
        return _box("press", attributes, prose(part) + files)
    return _box("post", attributes, _account(request, "") + prose(part) + files)


def _box(kind: str, attributes: Markup, inside: Markup) -> Markup:
    return Markup('<div class="drawn {}" {}>{}</div>').format(kind, attributes, inside)


def _account(request: Request, label: str) -> Markup:
    """Return the line above a post: the issuer, and the account that it declares."""
    channel = request.channel
    issuer = attribution.name(request.partners, channel.issuer, request.locale)
    return Markup(
        '<div class="account"><span class="disc" aria-hidden="true">{}</span>'
        '<span><strong>{}</strong><br><bdi dir="ltr">{}</bdi></span>{}</div>'
    ).format(
        channel.issuer[:2].upper(),
        issuer,
        channel.account,
        Markup('<span class="label" lang="en-GB" dir="ltr">{}</span>').format(label) if label else "",
    )


def _mail(request: Request, part: Part, attributes: Markup, files: Markup) -> Markup:
    """Return a mail: its headers, its HTML part in a frame of its own, its text part below."""
    listed = str(request.channel.options.get("to", ""))
    headers = Markup(
        '<dl class="headers" lang="en-GB" dir="ltr"><dt>From</dt><dd><bdi dir="ltr">{1}</bdi></dd>'
        '<dt>To</dt><dd><bdi dir="ltr">{2}</bdi></dd><dt>Subject</dt><dd {0}><strong>{3}</strong></dd></dl>'
    ).format(attributes, request.channel.account, listed, bidi(part.headline or ""))
    frame = Markup(
        '<iframe class="frame" sandbox="" referrerpolicy="no-referrer" title="HTML part, {}" srcdoc="{}"></iframe>'
    ).format(request.locale, str(part.html))
    text = Markup('<details><summary>Text part</summary><div class="text-part" {}>{}</div></details>').format(
        attributes, prose(part)
    )
    return Markup('<div class="drawn mail">{}{}{}{}</div>').format(headers, frame, text, files)


def prose(part: Part) -> Markup:
    """Return the text of *part* as paragraphs; its tagged link runs left to right."""
    paragraphs = [_paragraph(paragraph, part.link) for paragraph in part.text.split("\n\n")]
    return Markup("\n").join(paragraphs)


def _paragraph(text: str, link: str | None) -> Markup:
    lines = [
        Markup('<a class="link" dir="ltr" href="{0}" rel="noreferrer">{0}</a>').format(line)
        if line == link
        else bidi(line)
        for line in text.split("\n")
    ]
    return Markup("<p>{}</p>").format(Markup("<br>").join(lines))


def _file(item: MediaFile, locale: str, direction: str, media: Path | None) -> Markup:
    """Return a media file with the words that stand for it."""
    words = (
        Markup('<span lang="{}" dir="{}">{}</span>').format(locale, direction, bidi(item.alt))
        if item.alt
        else Markup("<span><em>none</em></span>")
    )
    size = f"{item.size / 1000:,.0f} kB" if item.digest else "not there"
    return Markup(
        '<figure class="file">{}<figcaption lang="en-GB" dir="ltr"><span class="name">{} ({}, {})</span>'
        "<strong>Alt text</strong>{}</figcaption></figure>"
    ).format(_picture(item, media), item.file, item.kind, size, words)


def _picture(item: MediaFile, media: Path | None) -> Markup:
    if media is None or not item.digest or item.kind not in _PICTURES or item.size > LARGEST_PICTURE:
        return Markup('<div class="placeholder" aria-hidden="true"></div>')
    data = base64.b64encode((media / item.file).read_bytes()).decode("ascii")
    return Markup('<img alt="{}" src="data:{};base64,{}">').format(escape(item.alt), item.kind, data)
