"""Every plain text that a rendering says: its parts, their headlines, and the words that stand for its pictures."""

from dataclasses import dataclass

from content.rendering import Rendering


@dataclass(frozen=True, slots=True)
class Spoken:
    """One of them, as findings speak of it."""

    what: str  #: begins a sentence: `The headline`
    text: str
    part: int = 0
    placed: bool = False  #: whether a finding's span points into it: a span is of a part's text

    laid_out: bool = True  #: whether readers see it as text: the words of a picture are heard

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the span of a finding about its characters from *start* to *end*; None where none can be given."""
        return (start, end) if self.placed else None


def spoken(rendering: Rendering) -> list[Spoken]:
    """Return the texts that are not empty: of each part the text, then its headline; then all alt texts."""
    found = []
    for number, part in enumerate(rendering.parts):
        if part.text:
            found.append(Spoken("The text", part.text, number, placed=True))
        if part.headline:
            found.append(Spoken("The headline", part.headline, number))
    found.extend(
        Spoken(f"The alt text of '{item.file}'", item.alt, laid_out=False) for item in rendering.media if item.alt
    )
    return found
