"""What an inbox shows of a mail before it is opened: who sent it, its subject, and the first words of its body."""

from html.parser import HTMLParser

LONGEST = 110  #: characters of a preheader; inboxes show 40 to 110 of them
_UNSEEN = frozenset({"head", "style", "script", "title"})
_INLINE = frozenset(
    {"a", "b", "bdi", "bdo", "em", "i", "span", "strong", "sub", "sup", "u"}
)  #: words run on through them


class _Words(HTMLParser):
    """The words of a page, without those of its head."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0
        self._room = 4 * LONGEST

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a block begins, or what nobody sees."""
        del attrs
        self._unseen += tag in _UNSEEN
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note where a block ends, or what nobody sees."""
        self._unseen -= tag in _UNSEEN
        self._part(tag)

    def handle_data(self, data: str) -> None:
        """Keep words as long as there is room."""
        if self._unseen <= 0 and self._room > 0:
            self.pieces.append(data)
            self._room -= len(data.strip())

    def _part(self, tag: str) -> None:
        if tag not in _INLINE:
            self.pieces.append(" ")


def preheader(html: str | None, text: str) -> str:
    """Return the words that an inbox shows beside the subject: the first of the HTML part, or else of the text."""
    reader = _Words()
    if html:
        reader.feed(html)
    joined = " ".join(("".join(reader.pieces) if html else text[: 4 * LONGEST]).split())
    if len(joined) <= LONGEST:
        return joined
    return (joined[:LONGEST].rpartition(" ")[0] or joined[:LONGEST]) + "…"
