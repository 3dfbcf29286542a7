"""
The media of a page: each picture is embedded once, however many previews show it, and described each time.

A style rule holds its bytes and gives them to every `img` that shows it, so that five channels in three languages
do not make a page fifteen times as large.
"""

import base64
from collections.abc import Mapping
from pathlib import Path

from markupsafe import Markup

from campaigns.locales import Direction
from content.bidi import elements
from content.measure import measure
from content.preview.prepared import count
from content.rendering import MediaFile

LARGEST = 2_000_000  #: octets of a picture that is shown; a larger one is named
MOST = 24_000_000  #: octets of all pictures of a page
_KINDS = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
#: Where a video would play.
POSTER = Markup('<div class="poster" aria-hidden="true"><span class="play"></span></div>')
#: What an `img` holds until the style gives it its picture: a transparent dot.
_DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


class Pictures:
    """The pictures of one page, of those *held* by digest or else read from the folder *media*; none without both."""

    def __init__(self, media: Path | None, held: Mapping[str, bytes] | None = None) -> None:
        self._media = media
        self._held = held or {}
        self._rules: dict[str, tuple[str, str]] = {}  # digest -> class and declaration
        self._octets = 0

    @property
    def style(self) -> Markup:
        """The rules that hold the pictures' bytes."""
        rules = [Markup('.{} {{ content: url("{}"); }}').format(*rule) for rule in self._rules.values()]
        return Markup("\n").join(rules)

    def show(self, item: MediaFile, kind: str, locale: str, direction: Direction) -> Markup:
        """Return *item* with the words that stand for it, counted against what a channel of *kind* takes."""
        words = (
            Markup('<span lang="{}" dir="{}">{}</span>').format(locale, direction, elements(item.alt, direction))
            if item.alt
            else Markup("<span><em>none</em></span>")
        )
        room = measure(kind, item.alt, "alt")
        counted = f" ({count(room)})" if item.alt and room.limit is not None else ""
        return Markup(
            '<figure class="file">{}<figcaption lang="en-GB" dir="ltr"><span class="name">{} ({})</span>'
            "<strong>Alt text{}</strong>{}{}</figcaption></figure>"
        ).format(self._picture(item), item.file, _facts(item), counted, words, _captions(item))

    def _picture(self, item: MediaFile) -> Markup:
        if item.compared.matches:
            return Markup('<p class="listed" lang="en-GB" dir="ltr">Not shown: it is on a list of known content.</p>')
        if item.kind.startswith("video/"):
            return POSTER
        name = self._embedded(item)
        if name is None:
            return Markup('<div class="placeholder" aria-hidden="true"></div>')
        return Markup('<img class="{}" alt="{}" src="{}">').format(name, item.alt, _DOT)

    def _embedded(self, item: MediaFile) -> str | None:
        """Return the class that shows a picture; None where it is missing, of another kind or too large."""
        if item.digest in self._rules:
            return self._rules[item.digest][0]
        if not item.digest or item.kind not in _KINDS or (self._media is None and item.digest not in self._held):
            return None
        if item.size > LARGEST or self._octets + item.size > MOST:
            return None
        octets = self._held.get(item.digest)
        if octets is None and self._media is not None:
            octets = (self._media / item.file).read_bytes()
        data = base64.b64encode(octets or b"").decode("ascii")
        self._octets += item.size
        name = f"picture-{len(self._rules) + 1}"
        self._rules[item.digest] = (name, f"data:{item.kind};base64,{data}")
        return name


def _facts(item: MediaFile) -> str:
    """Return what a file is: `video/mp4, 31.0 MB, 1280 × 720 pixels, 42 s`."""  # noqa: RUF002 (a multiplication sign)
    if not item.digest:
        return f"{item.kind}, not there"
    said = [item.kind, _size(item.size)]
    if item.facts.width is not None and item.facts.height is not None:
        said.append(f"{item.facts.width:,} × {item.facts.height:,} pixels")  # noqa: RUF001 (as above)
    if item.facts.seconds is not None:
        said.append(f"{item.facts.seconds:,.0f} s")
    return ", ".join(said)


def _captions(item: MediaFile) -> Markup:
    """Return which captions a film has in the language of its release."""
    if not item.kind.startswith("video/"):
        return Markup()
    if item.captions is None or not item.captions.digest:
        return Markup("<strong>Captions</strong><span><em>none</em></span>")
    return Markup("<strong>Captions</strong><span>{}</span>").format(item.captions.file)


def _size(octets: int) -> str:
    return f"{octets / 1_000_000:,.1f} MB" if octets >= 1_000_000 else f"{octets / 1000:,.0f} kB"  # noqa: PLR2004 (a megabyte)
