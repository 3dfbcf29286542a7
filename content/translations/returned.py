"""
A PO file that comes back: read, and refused where its header is not the one that went out.

Every complaint has the file, its line and its column. Nothing of a refused file is used.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns.documents import files
from campaigns.errors import Complaint, InvalidDocument, Where
from campaigns.locales import LOCALES
from content.translations.catalogue import SOURCE_HEADER
from content.translations.plural_forms import FORMS, same

if TYPE_CHECKING:
    import polib  # type: ignore[import-untyped]

_SYNTAX = re.compile(r"\(line (\d+)\)(?:: (.*))?")
_UNTOLD = "it is no PO file, or a line of it was damaged; export again, or mend the line"
#: Where a text of an entry begins: its keyword, then a quote.
_BEGINS = {
    "msgid": re.compile(r'\s*msgid\s+(?=")'),
    "msgstr": re.compile(r'\s*msgstr(?:\[0\])?\s+(?=")'),
}


@dataclass(frozen=True)
class Returned:
    """A PO file whose header holds."""

    file: str
    locale: str
    source: str  #: the locale it was made of
    entries: "Mapping[str, polib.POEntry]"  #: by context
    lines: tuple[str, ...]

    def where(self, entry: "polib.POEntry", key: str = "msgstr", index: int = 0) -> Where:
        """Return where *key* of *entry* stands; *index* is that of a plural form."""
        begins = re.compile(rf'\s*msgstr\[{index}\]\s+(?=")') if index else _BEGINS[key]
        for number in range(max(entry.linenum - 1, 0), len(self.lines)):
            if found := begins.match(self.lines[number]):
                return Where(self.file, number + 1, found.end() + 1)
        return Where(self.file, entry.linenum, 1)

    def complaint(self, entry: "polib.POEntry", message: str, hint: str, index: int = 0) -> Complaint:
        """Return a complaint about what stands in *entry*."""
        return Complaint(self.where(entry, "msgstr", index), f"'{entry.msgctxt}': {message}", hint)


def read(path: Path, source: str | None = None) -> Returned:
    """
    Return the PO file at *path*; *source* is the locale it was made of, where its header does not say.

    Raises:
        InvalidDocument: If it cannot be read, is no PO file, or its header is not one that Cordiale writes.
    """
    import polib

    text = files.read(path).text
    lines = tuple(re.split(r"\r\n|\r|\n", text))
    try:
        file = polib.pofile(str(path), encoding="utf-8-sig")
    except (OSError, ValueError, IndexError, KeyError) as error:
        raise files.invalid(*_damage(str(path), str(error))) from None
    complaints = list(_header(file, str(path), lines, source))
    entries: dict[str, polib.POEntry] = {}
    for entry in file:
        if entry.obsolete:
            continue
        context = entry.msgctxt or ""
        where = Where(str(path), entry.linenum, 1)
        if context in entries:
            first = entries[context].linenum
            complaints.append(
                Complaint(where, f"'{context}' stands here a second time, first at line {first}", "keep one of them")
            )
        elif not context:
            hint = "take the entry out; texts are known by their msgctxt, which Cordiale writes"
            complaints.append(Complaint(where, "an entry has no msgctxt", hint))
        entries[context] = entry
    if complaints:
        raise InvalidDocument(complaints)
    return Returned(str(path), _tag(file.metadata["Language"]), source or file.metadata[SOURCE_HEADER], entries, lines)


def _damage(file: str, said: str) -> tuple[Where, str, str]:
    found = _SYNTAX.search(said)
    if found is None:
        return Where(file), "this is no PO file", _UNTOLD
    return Where(file, int(found[1]), 1), f"not PO: {found[2] or 'this line cannot stand here'}", _UNTOLD


def _tag(language: str) -> str:
    """Return the locale that a `Language` header names: `fr_FR` is fr-FR."""
    return language.strip().replace("_", "-")


def _header(file: "polib.POFile", name: str, lines: tuple[str, ...], source: str | None) -> Iterator[Complaint]:
    """Yield what is wrong with the header."""
    facts = file.metadata

    def at(key: str) -> Where:
        for number, line in enumerate(lines):
            if line.lstrip().startswith(f'"{key}:'):
                return Where(name, number + 1, line.index('"') + 1)
        return Where(name, 1, 1)

    tag = _tag(facts.get("Language", ""))
    if tag not in LOCALES:
        hint = f"write the locale that was exported: {', '.join(LOCALES)}"
        yield Complaint(at("Language"), f"the header's Language is '{tag}', which Cordiale does not speak", hint)
    elif not same(facts.get("Plural-Forms", ""), FORMS[tag]):
        said = " ".join(facts.get("Plural-Forms", "").split()) or "missing"
        order = ", ".join(FORMS[tag].categories)
        yield Complaint(
            at("Plural-Forms"),
            f"the header's Plural-Forms ({said[:200]}) is not that of {tag}: its forms would be mixed up",
            f'write "Plural-Forms: {FORMS[tag].header}\\n", and check that the forms stand in this order: {order}',
        )
    charset = facts.get("Content-Type", "").rpartition("charset=")[2].strip().upper()
    if charset not in {"UTF-8", "UTF8"}:
        hint = 'save the file as UTF-8, and write "Content-Type: text/plain; charset=UTF-8\\n"'
        yield Complaint(at("Content-Type"), f"the header's charset is '{charset}'", hint)
    made_of = source or facts.get(SOURCE_HEADER, "")
    if made_of not in LOCALES:
        hint = f'write "{SOURCE_HEADER}: en-GB\\n", or say it with --from'
        yield Complaint(at(SOURCE_HEADER), "the header does not say of which language this is a translation", hint)
    elif made_of == tag:
        yield Complaint(at(SOURCE_HEADER), f"this is a translation of {tag} into itself", "mend the header")
