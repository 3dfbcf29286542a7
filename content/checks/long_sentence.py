"""A sentence is short enough to be understood when it is heard once."""

from collections.abc import Iterator
from typing import ClassVar

from content import attribution
from content.check import Context, Finding, Severity
from content.reading import read
from content.rendering import Rendering, Request

MOST = 25  #: words a sentence, as the UK's Government Communication Service asks for
_SHORTEST = 50  #: characters below which no text has so many words


class LongSentence:
    """Sentences of more than 25 words are a warning. Who speaks is left out: many partners make a long list."""

    id: ClassVar[str] = "long-sentence"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield every sentence that is too long, with its place."""
        del context
        for number, part in enumerate(rendering.parts):
            if len(part.text) < _SHORTEST or part.text.count(" ") < MOST:
                continue
            reading = read(part.text)
            for sentence in reading.sentences:
                if len(sentence.text.split()) <= MOST:
                    continue
                length = sum(sentence.start <= word.start < sentence.end for word in reading.words)
                if length > MOST and not _says_who_speaks(request, sentence.text):
                    yield Finding(
                        self.id,
                        self.severity,
                        f"A sentence has {length} words: '{_beginning(sentence.text)}'.",
                        f"Make two of it; {MOST} words are as many as are understood at once.",
                        number,
                        sentence.span,
                    )


def _says_who_speaks(request: Request, sentence: str) -> bool:
    """Return whether *sentence* is part of the attribution line."""
    words = " ".join(sentence.split())
    return any(
        words
        in " ".join(
            attribution.line(
                request.partners, request.channel.issuer, request.locale, short=short, digits=request.digits
            ).split()
        )
        for short in (True, False)
    )


def _beginning(sentence: str) -> str:
    words = sentence.split()
    return " ".join(words[:6]) + " …"
