"""
The texts of a campaign that go out and that a language has of its own, each with its name and its place.

Titles, headlines, wordings and those of variants, alternative texts, what partners and messengers are called, help
lines and disclosures. Links are no text: a page in another language is chosen, not translated. What only staff and
reports read (statements, scripts, names of audiences) stays at home.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from campaigns.documents import schema
from campaigns.documents.faults import Loc
from content import marks


@dataclass(frozen=True)
class Text:
    """One text by locale."""

    context: str  #: campaign/message/field: the `msgctxt` of a PO file
    loc: Loc  #: where its locales stand in the document
    words: Mapping[str, str]
    message: schema.Message | None = None
    field: str = ""  #: of the message, as its marks name it
    line: bool = False  #: may have one line only

    @property
    def template(self) -> bool:
        """Whether names in it are filled."""
        return marks.templated(self.field)


def texts(document: schema.Campaign) -> Iterator[Text]:
    """Yield the texts of *document* in its order."""
    name = document.campaign
    if document.title:
        yield Text(f"{name}/title", ("title",), document.title)
    for partner, facts in document.partners.items():
        for key, words in (("name", facts.name), ("help", facts.help)):
            if words:
                yield Text(f"{name}/partners/{partner}/{key}", ("partners", partner, key), words)
    for number, messenger in enumerate(document.messengers):
        for key, said in (("name", messenger.name), ("disclosure", messenger.disclosure)):
            if said:
                yield Text(f"{name}/messengers/{messenger.id}/{key}", ("messengers", number, key), said, line=True)
    for number, message in enumerate(document.messages):
        for field, written in marks.fields(message).items():
            place: Loc = ("messages", number, *_place(message, field))
            yield Text(f"{name}/{message.id}/{field}", place, written, message, field, line=field == "headline")


def _place(message: schema.Message, field: str) -> Loc:
    """Return where *field* stands in its message."""
    if field in {"headline", marks.ORIGINAL}:
        return (field,)
    owner, _, key = field.rpartition("/")
    if key == marks.ORIGINAL:
        return ("variants", owner, key)
    return ("media", next(n for n, item in enumerate(message.media) if item.file == owner and item.alt), key)
