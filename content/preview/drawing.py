"""
Draw one rendering as its channel will show it: a post, a mail, a feed entry, a text message, a press notice, a video.

Everything is escaped; the HTML part of a mail stands in a sandboxed frame, where nothing of it can run or reach
the page. Every block has its language and an explicit direction. Drawings are our own: no platform's marks or fonts.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from markupsafe import Markup

from content import attribution, limits, sources
from content.bidi import elements
from content.counting import gsm
from content.measure import network
from content.preview import bubbles, inbox, marking
from content.preview.pictures import POSTER, Pictures
from content.preview.prepared import Preview, card, of_part, verdict
from content.rendering import Part, Rendering, Request

#: How a finding is drawn, by its verdict.
DRESS = {"Blocks": "block", "Warning": "warn", "Waived": "waived"}
_ENGLISH = Markup('<span class="label" lang="en-GB" dir="ltr">{}</span>')


def draw(preview: Preview, key: str, pictures: Pictures) -> Markup:
    """Return the parts of *preview* as HTML; *key* makes the places of its findings unique on the page."""
    request, rendering = preview.request, preview.rendering
    if not any(part.text for part in rendering.parts):
        return Markup('<div class="drawn nothing"><p lang="en-GB" dir="ltr">Nothing would be said here.</p></div>')
    kind = network(request.channel)
    files = Markup().join(pictures.show(item, kind, request.locale, rendering.direction) for item in rendering.media)
    found: list[Markup] = []
    for number, part in enumerate(rendering.parts):
        marked = _Marked(key, preview, number)
        found.append(_part(preview, part, marked, Markup() if number else files))
    return Markup("\n").join(found)


class _Marked:
    """The text of one part as HTML, with its findings in place."""

    def __init__(self, key: str, preview: Preview, part: int) -> None:
        self._key = key
        self._around = preview.rendering.direction
        self._attributes = attributes(preview.rendering)
        self._findings = of_part(preview.findings, part)
        self._dress = {number: DRESS[verdict(each)] for number, each in self._findings}

    def __bool__(self) -> bool:
        return bool(self._findings)

    def prose(self, text: str, link: str | None = None) -> Markup:
        """Return *text* as paragraphs that each say their direction; its tagged *link* leads there."""
        paragraphs: list[list[Markup]] = [[]]
        for line in marking.lines(text, self._findings, around=self._around):
            if line:
                paragraphs[-1].append(self._line(line, link))
            elif paragraphs[-1]:
                paragraphs.append([])
        return Markup("\n").join(
            Markup("<p {}>{}</p>").format(self._attributes, Markup("<br>").join(lines)) for lines in paragraphs if lines
        )

    def flat(self, text: str, start: int, end: int) -> Markup:
        """Return what stands in *text* between *start* and *end*, its lines parted."""
        lines = marking.lines(text, self._findings, start, end, around=self._around)
        return Markup("<br>").join(self._line(line, None) for line in lines)

    def _line(self, line: Iterable[marking.Piece | marking.Run], link: str | None) -> Markup:
        return Markup().join(
            self._piece(each) if isinstance(each, marking.Piece) else self._run(each, link) for each in line
        )

    def _run(self, run: marking.Run, link: str | None) -> Markup:
        inside = self._line(run.inside, link)
        if run.kind == "link" and run.text == link:
            return Markup('<a class="link" dir="ltr" href="{}" rel="noreferrer">{}</a>').format(link, inside)
        if run.kind == "link":
            return Markup('<span class="link" dir="ltr">{}</span>').format(inside)
        if run.kind == "tag":
            return Markup('<span class="tag">{}</span>').format(inside)
        return Markup('<bdi dir="{}">{}</bdi>').format(run.kind, inside)

    def _piece(self, piece: marking.Piece) -> Markup:
        if not piece.marks:
            return Markup("{}").format(piece.text)
        dress = min((self._dress[number] for number in piece.marks), key=("block", "warn", "waived").index)
        begins = Markup().join(
            Markup('<span id="{}-at-{}" class="anchor"></span>').format(self._key, number) for number in piece.begins
        )
        ends = Markup().join(
            Markup('<sup class="number" lang="en-GB" dir="ltr"><span class="hidden">finding </span>{}</sup>').format(
                number
            )
            for number in piece.ends
        )
        text = Markup('<mark class="{}">{}</mark>').format(dress, piece.text) if piece.text else ""
        return Markup("{}{}{}").format(begins, text, ends)


def attributes(rendering: Rendering) -> Markup:
    """Return language and direction as attributes."""
    return Markup('lang="{}" dir="{}"').format(rendering.locale, rendering.direction)


def _part(preview: Preview, part: Part, marked: _Marked, files: Markup) -> Markup:
    request, rendering = preview.request, preview.rendering
    family = sources.family(request.channel.kind, request.channel.options.get("template"))
    kind = network(request.channel)
    if part.html is not None and request.channel.kind == "smtp":
        return _mail(preview, part, marked, files)
    if kind in limits.TEXT_MESSAGES:
        return _messages(preview, part, marked, files)
    prose = marked.prose(part.text, part.link)
    if kind == "youtube":
        poster = "" if files else POSTER
        inside = Markup("{}{}{}{}").format(poster, files, _title(part, rendering), _account(request, "Video"))
        return _box("video", rendering, inside + prose)
    if family == "entry":
        return _box("entry", rendering, _account(request, "Feed entry") + _title(part, rendering) + prose + files)
    if family == sources.PRESS:
        return _box("press", rendering, prose + files)
    return _box(
        "post",
        rendering,
        _account(request, "Post") + _warning(rendering) + prose + _card(request, part, rendering) + files,
    )


def _title(part: Part, rendering: Rendering) -> Markup:
    if not part.headline:
        return Markup()
    words = elements(part.headline, rendering.direction, names=True)
    return Markup('<p class="entry-title" {}>{}</p>').format(attributes(rendering), words)


def _card(request: Request, part: Part, rendering: Rendering) -> Markup:
    """Return the card that readers see below a post of where its link leads: its title, and the site."""
    title = card(request, part)
    if title is None:
        return Markup()
    words, site = elements(title, rendering.direction, names=True), urlsplit(part.link or "").hostname or ""
    return Markup(
        '<div class="card"><p class="card-title" {}>{}</p><p class="site"><bdi dir="ltr">{}</bdi></p></div>'
    ).format(attributes(rendering), words, site)


def _warning(rendering: Rendering) -> Markup:
    """Return the words that a reader sees before a post that is hidden until asked for."""
    if not rendering.content_warning:
        return Markup()
    words = elements(rendering.content_warning, rendering.direction)
    return Markup('<p class="warned" {}><strong>{}</strong></p>').format(attributes(rendering), words)


def _box(kind: str, rendering: Rendering, inside: Markup) -> Markup:
    return Markup('<div class="drawn {}" {}>{}</div>').format(kind, attributes(rendering), inside)


def _account(request: Request, label: str) -> Markup:
    """Return the line above a post: the issuer, and the account that it declares."""
    channel = request.channel
    issuer = attribution.name(request.partners, channel.issuer, request.locale)
    return Markup(
        '<div class="account">{}<span class="who"><strong>{}</strong><br><bdi dir="ltr">{}</bdi></span>{}</div>'
    ).format(_disc(request), issuer, channel.account, _ENGLISH.format(label))


def _disc(request: Request) -> Markup:
    return Markup('<span class="disc" aria-hidden="true">{}</span>').format(request.channel.issuer[:2].upper())


def _mail(preview: Preview, part: Part, marked: _Marked, files: Markup) -> Markup:
    """Return a mail: its line in the inbox, its headers, its HTML part in a frame of its own, its text part."""
    request, rendering = preview.request, preview.rendering
    said, subject = attributes(rendering), elements(part.headline or "", rendering.direction)
    row = Markup(
        '<div class="inbox">{}<div class="row" {}><span class="sender"><bdi dir="ltr">{}</bdi></span>'
        '<span class="subject"><strong>{}</strong></span><span class="preheader">{}</span></div>{}</div>'
    ).format(
        _disc(request),
        said,
        request.channel.account,
        subject,
        elements(inbox.preheader(part.html, part.text), rendering.direction),
        _ENGLISH.format("In the inbox"),
    )
    headers = Markup(
        '<dl class="headers" lang="en-GB" dir="ltr"><dt>From</dt><dd><bdi dir="ltr">{1}</bdi></dd>'
        '<dt>To</dt><dd><bdi dir="ltr">{2}</bdi></dd><dt>Subject</dt><dd {0}><strong>{3}</strong></dd></dl>'
    ).format(said, request.channel.account, str(request.channel.options.get("to", "")), subject)
    frame = Markup(
        '<iframe class="frame" sandbox="" referrerpolicy="no-referrer" title="HTML part, {}" srcdoc="{}"></iframe>'
    ).format(preview.name, str(part.html))
    text = Markup('<details{}><summary>Text part</summary><div class="text-part" {}>{}</div></details>').format(
        Markup(" open") if marked else "", said, marked.prose(part.text, part.link)
    )
    return Markup('<div class="drawn mail">{}{}{}{}{}</div>').format(row, headers, frame, text, files)


def _messages(preview: Preview, part: Part, marked: _Marked, files: Markup) -> Markup:
    """Return a text message as the telephone shows it, with the places where the network cuts it."""
    found, start, shown = gsm.segments(part.text), 0, []
    parts, said = bubbles.split(part.text), attributes(preview.rendering)
    for number, text in enumerate(parts, 1):
        words = marked.flat(part.text, start, start + len(text))
        cut = Markup('<p class="cut" lang="en-GB" dir="ltr">Part {} of {}</p>').format(number, len(parts))
        shown.append(Markup('<p class="bubble" {}>{}</p>{}').format(said, words, cut))
        start += len(text)
    seven = found.encoding == "gsm-7"
    alphabet = "septets of the 7-bit alphabet" if seven else "units of the 16-bit alphabet (UCS-2)"
    joined = f"; sent in {len(parts)} parts, which the telephone joins" if len(parts) > 1 else ""
    note = Markup('<p class="note" lang="en-GB" dir="ltr">{} {}{}.</p>').format(f"{found.units:,}", alphabet, joined)
    account = _account(preview.request, "Text message")
    return _box("phone", preview.rendering, account + Markup("\n").join(shown) + note + files)
