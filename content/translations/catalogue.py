"""
A campaign's texts as a PO file for translators.

A call of plural() becomes an entry with `msgid_plural`, beside the sentence, in which a mark such as {{ plural(n) }}
keeps its place: every tool for PO files then shows a translator the boxes that the language has, each with its name
(six in Arabic), and checks that none is empty. Left in the sentence, the call would ask them to write template code and
to know the categories by heart; a whole sentence for each form would repeat links and figures six times, and could not
hold two counts. Forms of gender() are entries of their own, since gettext tells genders apart by context alone: only
those that are needed for who speaks are asked for.

A translation whose source changed since it was made is marked fuzzy.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns import clock
from campaigns.documents.load import Loaded
from campaigns.locales import LOCALES
from content import marks
from content.filters import GENDERS
from content.glossary import Glossary, shipped
from content.segments import Call, calls, sentence, split
from content.translations.notes import Notes
from content.translations.plural_forms import FORMS
from content.translations.texts import Text, texts

if TYPE_CHECKING:
    import polib  # type: ignore[import-untyped]

SOURCE_HEADER = "X-Source-Language"
_STALE = "The source has changed since this was translated: read it again."
_COUNT = "{} is the number, written in the reader's digits."


def catalogue(loaded: Sequence[Loaded], locale: str, source: str, glossary: Glossary | None = None) -> "polib.POFile":
    """
    Return the PO file of all texts of *loaded* that have words in *source*, with what there is in *locale*.

    Names in the *glossary*, by default the joint one, are told to the translator.
    """
    import polib

    file = polib.POFile()
    names = ", ".join(each.document.campaign for each in loaded)
    file.header = f"{LOCALES[locale].name} wordings of {names}.\nNames in double braces stay as they are."
    now = clock.now().strftime("%Y-%m-%d %H:%M+0000")
    file.metadata = {
        "Project-Id-Version": names,
        "POT-Creation-Date": now,
        "PO-Revision-Date": now,
        "Last-Translator": "",
        "Language-Team": LOCALES[locale].name,
        "Language": LOCALES[locale].babel,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": FORMS[locale].header,
        SOURCE_HEADER: source,
    }
    shared: set[tuple[str, object]] = set()  # what several campaigns include stands once
    for each in loaded:
        notes = Notes(each.document, locale, source, glossary or shipped())
        for text in texts(each.document):
            places, loc = each.places.home((*text.loc, source))
            if source in text.words and (places.file, loc) not in shared:
                shared.add((places.file, loc))
                where = places.near(loc)
                file += _entries(notes, text, locale, source, (where.file, where.line))
    return file


def unsaved(path: Path, file: "polib.POFile") -> int:
    """Return how many entries of the PO file at *path* hold words that *file*, which would replace it, has not."""
    import polib

    try:
        there = polib.pofile(str(path), encoding="utf-8-sig") if path.is_file() else ()
    except (OSError, ValueError):
        return 0  # another kind of file: replaced as any other
    has = {entry.msgctxt: (entry.msgstr, entry.msgstr_plural) for entry in file}
    return sum(
        1
        for entry in there
        if (entry.msgstr or any(entry.msgstr_plural.values()))
        and has.get(entry.msgctxt) != (entry.msgstr, entry.msgstr_plural)
    )


def _entries(notes: Notes, text: Text, locale: str, source: str, place: tuple[str, int]) -> "list[polib.POEntry]":
    """Return the entries of one text: its sentence, then the forms of each call in it."""
    import polib

    segments = split(text.words[source]) if text.template else (text.words[source],)
    there = text.words.get(locale)
    found = calls(segments)
    said, used = sentence(split(there), found) if there is not None and text.template else (there or "", {})
    comments = list(notes.of(text))
    flags = []
    if text.message and text.field in dict(marks.stale(text.message, locale)):
        comments.append(_STALE)
        flags.append("fuzzy")
    where = [(place[0], str(place[1] or ""))] if not any(letter.isspace() for letter in place[0]) else []
    facts = {"occurrences": where, "flags": flags}
    sentence_only = sentence(segments, found)[0]
    entries = [
        polib.POEntry(msgctxt=text.context, msgid=sentence_only, msgstr=said, comment="\n".join(comments), **facts)
    ]
    for mark, call in found.items():
        context = f"{text.context}/{mark.strip('{} ')}"
        stands = f"Stands where {mark} does in: {sentence_only}"
        if call.function == "plural":
            entries.append(_plural(context, call, used.get(mark), locale, stands, facts))
        else:
            value = text.message.values.get(call.name) if text.message else None
            entries += _genders(context, call, used.get(mark), value, stands, facts)
    return entries


def _plural(
    context: str, call: Call, there: Call | None, locale: str, stands: str, facts: "dict[str, object]"
) -> "polib.POEntry":
    import polib

    has = dict(there.forms) if there else {}
    forms = FORMS[locale].categories
    more = [f"{name}: {text}" for name, text in call.forms if name not in {"one", "other"}]
    comment = [stands, f"Forms here: {', '.join(forms)}.", *more, *([_COUNT] if "{}" in call.form("other") else [])]
    return polib.POEntry(
        msgctxt=context,
        msgid=call.form("one"),
        msgid_plural=call.form("other"),
        msgstr_plural={index: has.get(name, "") for index, name in enumerate(forms)},
        comment="\n".join(comment),
        **facts,
    )


def _genders(
    context: str, call: Call, there: Call | None, value: object, stands: str, facts: "dict[str, object]"
) -> "list[polib.POEntry]":
    import polib

    has = dict(there.forms) if there else {}
    named = {value, *dict(call.forms), *has}
    return [
        polib.POEntry(
            msgctxt=f"{context}/{name}",
            msgid=call.form(name),
            msgstr=has.get(name, ""),
            comment=f"{stands}\nWhere {call.name} is {name}.",
            **facts,
        )
        for name in GENDERS
        if name in named
    ]
