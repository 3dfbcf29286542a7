"""What people read of a page's HTML: its text, where its links lead, what its pictures say. Pure."""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Self

_BLOCKS = frozenset(
    {"address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4"}
    | {"h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul"}
)
_UNSEEN = frozenset({"script", "style", "template", "noscript"})
_PICTOGRAMS = frozenset({"emoji", "wp-smiley", "custom-emoji"})  #: classes of pictures that stand for a character


@dataclass(frozen=True)
class Hypertext:
    """What is read: blocks of text by line, then where each link leads and what each picture says, in order."""

    text: str
    links: tuple[str, ...]
    pictures: tuple[str, ...]  #: alternative texts; "" of a picture that has none

    @classmethod
    def of(cls, html: str) -> Self:
        """Read *html*; whatever is no HTML is text."""
        reader = _Reader()
        reader.feed(html)
        reader.close()
        return cls("".join(reader.pieces), tuple(reader.links), tuple(reader.pictures))


class _Reader(HTMLParser):
    """Takes the text out of HTML. A link whose words a platform cut short with … stands there whole."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.pictures: list[str] = []
        self._unseen = 0
        self._anchor: tuple[str, int] | None = None  # where it leads, and the piece that it begins with

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag == "img" and _PICTOGRAMS & set(said.get("class", "").split()):
            self.pieces.append(said.get("alt", ""))
        elif tag == "img":
            self.pictures.append(said.get("alt", ""))
        elif tag == "video":
            self.pictures.append(said.get("title", ""))
        elif tag == "a" and said.get("href"):
            self.links.append(said["href"])
            self._anchor = (said["href"], len(self.pieces))

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag == "a" and self._anchor is not None:
            href, start = self._anchor
            words = "".join(self.pieces[start:])
            if words.endswith(("…", "...")) and _bare(href).startswith(_bare(words.rstrip("…."))):
                self.pieces[start:] = [href]
            self._anchor = None


def _bare(address: str) -> str:
    return address.strip().removeprefix("https://").removeprefix("http://").removeprefix("www.")
