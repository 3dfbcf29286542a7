"""An alt text says what is seen: shortly, in its own language, and in words of its own."""

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.rendering import MediaFile, Rendering, Request

LONGEST = 250  #: characters that screen readers give in one go
_SHORT = 4  #: letters of a file's name that may stand in any sentence

#: What a screen reader says anyway, in the languages that we speak.
_OPENINGS = re.compile(
    r"(?:an? |the )?(?:image|picture|photo|photograph|graphic|screenshot) (?:of|showing|shows)\b"
    r"|(?:une? |la |l['\u2019])?(?:image|photo|photographie|illustration) (?:de|d['\u2019]|du|des|qui|montrant)\b"
    r"|(?:une |la )?capture d['\u2019]écran\b"
    r"|(?:ال)?صور[ةه](?:\s|:)|لقطة شاشة|تصویر\s|عکس\s|وێنە(?:ی)?\s|انځور\s"
    r"|wêne(?:yê|ya)?\s|resim:|görsel:|fotoğraf:|изображение\s|фотография\s|фото\s|picha ya\s|sawir\s|hoton\s",
    re.IGNORECASE,
)


class AltTextQuality:
    """No alt text is too long, a file's name, an announcement of a picture, the wording again, or untranslated."""

    id: ClassVar[str] = "alt-text-quality"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield what is wrong with each alt text; one that is missing is another check's business."""
        del context
        for item in rendering.media:
            said = item.alt.strip()
            if said:
                for words, remedy in self._faults(request, rendering, item, said):
                    message = f"The alt text of '{item.file}' in {request.locale} {words}."
                    yield Finding(self.id, self.severity, message, remedy)

    def _faults(self, request: Request, rendering: Rendering, item: MediaFile, said: str) -> Iterator[tuple[str, str]]:
        path, folded = PurePath(item.file), said.casefold()
        if len(said) > LONGEST:
            yield f"has {len(said)} characters; beyond {LONGEST} people lose the thread", "Say the main thing, and cut."
        name, stem = path.name.casefold(), path.stem.casefold()
        if folded not in {name, stem, item.file.casefold()} and _names(folded, name, stem):
            yield f"holds the file's name '{path.name}'", "Say what is seen in its place."
        if opening := _OPENINGS.match(said):
            yield (
                f"begins with '{opening[0].strip()}', which screen readers say by themselves",
                "Begin with what is seen.",
            )
        if any(_same(said, text) for part in rendering.parts for text in (part.text, part.headline or "")):
            yield "only repeats the wording", "Say what is seen; the wording is read out anyway."
        if others := _untranslated(request, item, said):
            yield f"is word for word that in {others}", f"Translate it into {request.locale}."


def _names(folded: str, name: str, stem: str) -> bool:
    """Return whether an alt text holds a file's name: with its ending, or where it is no word of any language."""
    marked = len(stem) > _SHORT and any(mark in stem for mark in "_0123456789")
    return ("." in name and name in folded) or (marked and stem in folded)


def _same(said: str, text: str) -> bool:
    """Return whether an alt text is the wording, or its first paragraph."""
    folded = " ".join(said.casefold().split())
    pieces = {" ".join(each.casefold().split()) for each in (text, text.partition("\n\n")[0])}
    return folded in pieces


def _untranslated(request: Request, item: MediaFile, said: str) -> str:
    """Return the other languages in which the same words stand, as far as they are other languages."""
    language = request.locale.partition("-")[0]
    others = [
        locale
        for media in request.message.media
        if media.file == item.file
        for locale, text in media.alt.items()
        if locale.partition("-")[0] != language and text.strip() == said
    ]
    return " and ".join(others)
