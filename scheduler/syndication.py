"""
How a feed is written: RFC 4287 Atom, RSS 2.0 and JSON Feed 1.1, from plain entries to bytes. Pure.

Every text carries its language, and every block its direction: readers of a feed do not guess it well.
"""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from campaigns import clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

_ATOM = "http://www.w3.org/2005/Atom"
_XHTML = "http://www.w3.org/1999/xhtml"
_DC = "http://purl.org/dc/elements/1.1/"
_LANG = "xml:lang"
_JSON_FEED = "https://jsonfeed.org/version/1.1"


@dataclass(frozen=True)
class Media:
    """One file that an entry carries."""

    path: str  #: below the feed's folder
    kind: str  #: MIME type
    alt: str
    length: int  #: bytes


@dataclass(frozen=True)
class Entry:
    """One entry of the journal."""

    id: str  #: urn:uuid
    key: str  #: the idempotency key it was written under
    published: str  #: ISO instant, UTC
    title: str
    text: str
    html: str | None
    link: str | None
    locale: str
    direction: str  #: ltr | rtl
    author: str
    contributors: tuple[str, ...]
    media: tuple[Media, ...]

    def dumps(self) -> bytes:
        """Return the entry as the journal keeps it."""
        return f"{json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()

    @classmethod
    def loads(cls, raw: bytes) -> Self:
        """
        Read what `dumps` wrote.

        Raises:
            ValueError, TypeError, KeyError: If it is anything else.
        """
        data = json.loads(raw)
        media = tuple(Media(**item) for item in data["media"])
        return cls(**{**data, "contributors": tuple(data["contributors"]), "media": media})


@dataclass(frozen=True)
class Channel:
    """A feed: its head, and its entries, newest first."""

    id: str
    title: str
    home: str  #: the page it belongs to; may be ""
    url: str  #: where its folder is served, without a slash at the end; may be ""
    atom: str  #: file names
    rss: str
    json: str
    entries: tuple[Entry, ...]

    @property
    def updated(self) -> str:
        """The newest entry's instant; the epoch of an empty feed."""
        return max((entry.published for entry in self.entries), default="1970-01-01T00:00:00Z")


def atom(feed: Channel) -> bytes:
    """Return *feed* as Atom, UTF-8."""
    from xml.etree import ElementTree as ET

    root = ET.Element("feed", {"xmlns": _ATOM})
    put = _putter(root)
    put("id", feed.id)
    put("title", feed.title)
    put("updated", feed.updated)
    put("generator", "Cordiale")
    if feed.home:
        put("link", rel="alternate", href=feed.home)
    put("link", rel="self", href=_at(feed, feed.atom), type="application/atom+xml")
    for entry in feed.entries:
        node = put("entry")
        node.set(_LANG, entry.locale)
        add = _putter(node)
        add("id", entry.id)
        add("title", entry.title, type="text")
        add("published", entry.published)
        add("updated", entry.published)
        _putter(add("author"))("name", entry.author)
        for name in entry.contributors:
            _putter(add("contributor"))("name", name)
        if entry.link:
            add("link", rel="alternate", href=entry.link)
        for item in entry.media:
            add(
                "link",
                rel="enclosure",
                href=_at(feed, item.path),
                type=item.kind,
                length=str(item.length),
                title=item.alt,
            )
        block = _block(entry)
        if isinstance(block, str):
            add("content", block, type="html")
        else:
            add("content", type="xhtml").append(block)
    return _bytes(root)


def read_atom(raw: bytes) -> dict[str, dict[str, str | list[str]]]:
    """
    Return what an Atom feed shows: id -> `title`, `published`, `link`, `html`, and `alts` of its files.

    Raises:
        ValueError: If it is no XML.
    """
    from xml.etree import ElementTree as ET

    try:
        root = ET.fromstring(raw)  # noqa: S314 (expat limits what entities may blow up to)
    except ET.ParseError as error:
        raise ValueError(str(error)) from None
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    found: dict[str, dict[str, str | list[str]]] = {}
    for entry in root.iter("entry"):
        content, links = entry.find("content"), entry.findall("link")
        inside = "" if content is None else "".join(ET.tostring(each, "unicode", "html") for each in content)
        found[entry.findtext("id") or ""] = {
            "title": entry.findtext("title") or "",
            "published": entry.findtext("published") or "",
            "link": next((each.get("href", "") for each in links if each.get("rel") == "alternate"), ""),
            "html": inside or ("" if content is None else content.text or ""),
            "alts": [each.get("title", "") for each in links if each.get("rel") == "enclosure"],
        }
    return found


def rss(feed: Channel) -> bytes:
    """Return *feed* as RSS 2.0, UTF-8. An enclosure needs an absolute address, hence `url`."""
    from email.utils import format_datetime
    from xml.etree import ElementTree as ET

    root = ET.Element("rss", {"version": "2.0", "xmlns:atom": _ATOM, "xmlns:dc": _DC})
    channel = ET.SubElement(root, "channel")
    put = _putter(channel)
    put("title", feed.title)
    put("link", feed.home or feed.url or feed.id)
    put("description", feed.title)
    put("lastBuildDate", format_datetime(clock.parse_iso(feed.updated)))
    put("generator", "Cordiale")
    locales = {entry.locale for entry in feed.entries}
    if len(locales) == 1:
        put("language", *locales)
    if feed.url:
        put("atom:link", rel="self", href=_at(feed, feed.rss), type="application/rss+xml")
    for entry in feed.entries:
        node = put("item")
        node.set(_LANG, entry.locale)
        add = _putter(node)
        add("title", entry.title)
        add("guid", entry.id, isPermaLink="false")
        add("pubDate", format_datetime(clock.parse_iso(entry.published)))
        add("dc:creator", entry.author)
        add("dc:language", entry.locale)
        if entry.link:
            add("link", entry.link)
        block = _block(entry)
        add("description", block if isinstance(block, str) else _html(block))
        for item in entry.media[:1] if feed.url else ():  # RSS 2.0 readers take one
            add("enclosure", url=_at(feed, item.path), type=item.kind, length=str(item.length))
    return _bytes(root)


def json_feed(feed: Channel) -> bytes:
    """Return *feed* as JSON Feed, UTF-8. An attachment needs an absolute address, hence `url`."""
    locales = {entry.locale for entry in feed.entries}
    head: dict[str, Any] = {
        "version": _JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.home or feed.url,
        "feed_url": _at(feed, feed.json) if feed.url else "",
        "language": locales.pop() if len(locales) == 1 else "",
    }
    said = {name: value for name, value in head.items() if value} | {"items": [_item(feed, e) for e in feed.entries]}
    return f"{json.dumps(said, ensure_ascii=False, indent=1)}\n".encode()


def _item(feed: Channel, entry: Entry) -> dict[str, Any]:
    """Return one entry as JSON Feed has it, with its words plain and as HTML that says language and direction."""
    block = _block(entry)
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.link,
        "title": entry.title,
        "content_html": block if isinstance(block, str) else _html(block),
        "content_text": entry.text,
        "date_published": entry.published,
        "language": entry.locale,
        "authors": [{"name": name} for name in (entry.author, *entry.contributors)],
    }
    if entry.media and feed.url:
        item["attachments"] = [
            {"url": _at(feed, each.path), "mime_type": each.kind, "title": each.alt, "size_in_bytes": each.length}
            for each in entry.media
        ]
    return {name: value for name, value in item.items() if value is not None}


def _block(entry: Entry) -> "Element | str":
    """Return the entry's words in one XHTML block that says its language and direction; HTML where it is not XML."""
    from xml.etree import ElementTree as ET

    marks = {"dir": _direction(entry), "lang": entry.locale}
    if entry.html is not None:
        try:
            block = ET.fromstring(f"<div>{entry.html}</div>")  # noqa: S314 (inside an element no DTD can stand)
        except ET.ParseError:
            block = None
        if block is None or any("}" in node.tag for node in block.iter()):
            return f'<div dir="{marks["dir"]}" lang="{marks["lang"]}">{entry.html}</div>'
        block.attrib = {"xmlns": _XHTML, **marks, _LANG: entry.locale}
        return block
    block = ET.Element("div", {"xmlns": _XHTML, **marks, _LANG: entry.locale})
    for paragraph in entry.text.strip("\n").split("\n\n"):
        node = ET.SubElement(block, "p", dir=marks["dir"])
        first, *rest = paragraph.split("\n")
        node.text = first
        for line in rest:
            ET.SubElement(node, "br").tail = line
    return block


def _html(block: "Element") -> str:
    """Return an XHTML block as the HTML that RSS carries."""
    from xml.etree import ElementTree as ET

    plain = ET.Element(block.tag, {name: value for name, value in block.items() if name not in ("xmlns", _LANG)})
    plain.text = block.text
    plain.extend(block)
    return ET.tostring(plain, encoding="unicode", method="html")


def _direction(entry: Entry) -> str:
    return "rtl" if entry.direction == "rtl" else "ltr"


def _at(feed: Channel, path: str) -> str:
    return f"{feed.url}/{quote(path)}" if feed.url else quote(path)


def _putter(parent: "Element") -> "Callable[..., Element]":
    """Return a function that adds a child: `put(tag, text, **attributes)`."""
    from xml.etree import ElementTree as ET

    def put(tag: str, text: str | None = None, **attributes: str) -> "Element":
        node = ET.SubElement(parent, tag, attributes)
        node.text = text
        return node

    return put


def _bytes(root: "Element") -> bytes:
    from xml.etree import ElementTree as ET

    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text
