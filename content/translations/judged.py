"""
What of a returned PO file goes into the documents, and what keeps all of it out.

A translation keeps the names, conditions and calls of its source; forms hold no names; what comes out can be rendered.
Fuzzy entries and those with a form missing are left alone.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from campaigns.documents.load import Loaded
from campaigns.errors import Complaint
from content import marks
from content.bidi import controls
from content.environment import Format, compiled, render
from content.errors import TemplateFault
from content.filters import GENDERS
from content.segments import Call, blocks, calls, filled, marked, sentence, split
from content.translations.plural_forms import FORMS
from content.translations.returned import Returned
from content.translations.texts import Text, texts

if TYPE_CHECKING:
    import polib  # type: ignore[import-untyped]

_MARK = re.compile(r"\{\{ (plural|gender)\((\w+)")
_BRACES = re.compile(r"\{\{|\{%|\{#")
_BREAK = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: Embeddings and overrides: they turn the text behind them, and no channel takes them.
_LEAKING = frozenset("\u202a\u202b\u202c\u202d\u202e")
#: Forms that may leave the number out, since they say it: a partner, two partners.
_NUMBERED = frozenset({"few", "many", "other"})


@dataclass(frozen=True)
class Change:
    """A text that is new or different."""

    owner: Loaded
    text: Text
    words: str
    mark: str  #: as `content.marks` writes it


@dataclass
class Judged:
    """A returned file beside the documents."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0  #: texts that stand there already
    fuzzy: int = 0  #: texts that a translator is not sure of
    untranslated: int = 0  #: texts without words, or with a form missing
    unknown: list[str] = field(default_factory=list)  #: contexts that no document has
    complaints: list[Complaint] = field(default_factory=list)


def judge(returned: Returned, loaded: Sequence[Loaded]) -> Judged:
    """Return what *returned* brings to the documents *loaded*."""
    judged, known = Judged(), set[str]()
    for each in loaded:
        for text in texts(each.document):
            entry = returned.entries.get(text.context)
            if entry is not None:
                unit = _Unit(returned, text, entry)
                known |= {text.context, *unit.contexts}
                _take(judged, each, unit)
    judged.unknown = [context for context in returned.entries if context not in known]
    return judged


def _take(judged: Judged, owner: Loaded, unit: "_Unit") -> None:
    if any(entry.fuzzy for entry in unit.all()):
        judged.fuzzy += 1
        return
    words = unit.words()
    if words is None:
        judged.untranslated += 1
        return
    text, returned = unit.text, unit.returned
    there = text.words.get(returned.locale)
    same = there is not None and (split(words) == split(there) if text.template else words == there)
    stale = text.message is not None and text.field in dict(marks.stale(text.message, returned.locale))
    if same and not stale:
        judged.unchanged += 1
        return
    complaints = [] if same else list(unit.complaints(words))
    judged.complaints += complaints
    judged.changes.append(Change(owner, text, (there or "") if same else words, unit.mark(words)))


class _Unit:
    """One text in a returned file: its sentence, and the forms of the calls in it."""

    def __init__(self, returned: Returned, text: Text, entry: "polib.POEntry") -> None:
        self.returned = returned
        self.text = text
        self.entry = entry
        self._marks = marked(entry.msgid) if text.template else []

    @property
    def contexts(self) -> Iterator[str]:
        """The contexts of all forms."""
        for mark in self._marks:
            base = self._context(mark)
            yield from (base, *(f"{base}/{name}" for name in GENDERS))

    def all(self) -> "Iterator[polib.POEntry]":
        """Yield every entry that the text is made of."""
        found = (self.returned.entries.get(context) for context in self.contexts)
        yield self.entry
        yield from (each for each in found if each is not None)

    def words(self) -> str | None:
        """Return the translation with its forms in place; none where something of it lacks."""
        if not self.entry.msgstr:
            return None
        if not self.text.template:
            return str(self.entry.msgstr)
        made = {mark: self._call(mark) for mark in self._marks if mark in self.entry.msgstr}
        whole = {mark: call for mark, call in made.items() if call is not None}
        return filled(self.entry.msgstr, whole) if len(whole) == len(made) else None

    def mark(self, words: str) -> str:
        """Return the mark of *words*, made of what the file shows of the source."""
        seen = [self.entry.msgid]
        for mark in self._marks:
            base = self._context(mark)
            if _function(mark) == "plural":
                entry = self.returned.entries.get(base)
                seen += [entry.msgid, entry.msgid_plural] if entry else []
            else:
                shown = self._genders(base)
                forms = tuple((name, entry.msgid) for name, entry in shown.items())
                seen += [Call("gender", "", forms).form(name) for name in GENDERS] if forms else []
        there = self.text.words.get(self.returned.locale, "")
        kept = there if self.text.template and split(words) == split(there) else words
        return marks.mark(self.returned.source, tuple(seen), kept)

    def complaints(self, words: str) -> Iterator[Complaint]:
        """Yield what keeps *words* out."""
        yield from self._parity()
        yield from self._forms()
        yield from self._letters(words)
        if self.text.template and self.text.message:
            yield from self._sound(words)

    def _context(self, mark: str) -> str:
        return f"{self.text.context}/{mark.strip('{} ')}"

    def _genders(self, base: str) -> "dict[str, polib.POEntry]":
        found = {name: self.returned.entries.get(f"{base}/{name}") for name in GENDERS}
        return {name: entry for name, entry in found.items() if entry is not None}

    def _call(self, mark: str) -> Call | None:
        """Return the call that *mark* stands for, with the translated forms; none where one is missing."""
        base, name = self._context(mark), mark.strip("{} ").partition("(")[2].split(",")[0].rstrip(")")
        if _function(mark) == "gender":
            forms = {each: str(entry.msgstr) for each, entry in self._genders(base).items() if entry.msgstr}
            value = self.text.message.values.get(name) if self.text.message else None
            enough = "other" in forms or value in forms
            return Call("gender", name, tuple(forms.items())) if enough else None
        entry = self.returned.entries.get(base)
        categories = FORMS[self.returned.locale].categories
        said = {} if entry is None else {int(index): str(form) for index, form in entry.msgstr_plural.items()}
        if sorted(index for index, form in said.items() if form) != list(range(len(categories))):
            return None
        kept = self._there().get(mark)
        forms = {category: said[index] for index, category in enumerate(categories)}
        if kept and "other" not in forms and "other" in dict(kept.forms):
            forms["other"] = dict(kept.forms)["other"]
        return Call("plural", name, tuple(FORMS[self.returned.locale].complete(forms).items()))

    def _there(self) -> Mapping[str, Call]:
        """Return the calls of the translation that stands there, by the marks of the source."""
        there = self.text.words.get(self.returned.locale)
        source = self.text.words.get(self.returned.source, "")
        return sentence(split(there), calls(split(source)))[1] if there and self.text.template else {}

    def _parity(self) -> Iterator[Complaint]:
        """Find names, conditions and calls that are missing, or that the source does not have."""
        text, entry = self.text, self.entry
        wanted, has = blocks(entry.msgid), blocks(entry.msgstr)
        now = text.words.get(self.returned.source)
        if now is not None:
            shown = marks.shown(now, template=text.template)[0]
            if set(blocks(shown)) != set(wanted):
                hint = "export again, and translate what has changed"
                yield self._complaint(
                    f"its source has other names in {text.context} now than when it was exported", hint
                )
                return
        there = text.words.get(self.returned.locale)
        kept = blocks(sentence(split(there), calls(split(now or "")))[0]) if there else []
        if sorted(has) in (sorted(kept), sorted(wanted)):
            return
        for each in sorted(set(wanted) - set(has)):
            yield self._complaint(
                f"the translation lacks {each}", "put it where the sentence says it, as it is written"
            )
        for each in sorted(set(has) - set(wanted) - set(kept)):
            words = f"the translation has {each}, which the source does not"
            yield self._complaint(words, f"take it out; the source has {_listed(wanted)}")
        statements = [each for each in wanted if each.startswith("{%")]
        if sorted(statements) != sorted(each for each in has if each.startswith("{%")) and set(wanted) == set(has):
            yield self._complaint("the translation does not close its conditions as the source does", "keep each once")

    def _forms(self) -> Iterator[Complaint]:
        """Find forms that hold names, which are not filled there, or that lose the number."""
        for mark in self._marks:
            base = self._context(mark)
            for entry in filter(None, (self.returned.entries.get(base), *self._genders(base).values())):
                said = entry.msgstr_plural or {0: entry.msgstr}
                for index, form in said.items():
                    if _BRACES.search(form):
                        hint = "write {} for the number, and move the form's borders so that names stay in the sentence"
                        yield self.returned.complaint(entry, "a form cannot hold names", hint, int(index))
                if entry.msgid_plural and "{}" in entry.msgid_plural:
                    for index, category in enumerate(FORMS[self.returned.locale].categories):
                        if category in _NUMBERED and "{}" not in said.get(index, "{}"):
                            words = f"the form '{category}' lacks {{}}, where the number is written"
                            yield self.returned.complaint(entry, words, "put {} where the number belongs", index)

    def _letters(self, words: str) -> Iterator[Complaint]:
        """Find characters that may not be there, and lines where one is all there may be."""
        if self.text.line and _BREAK.search(words):
            yield self._complaint("this has one line only", "write it on one line")
        if found := _UNPRINTABLE.search(words):
            yield self._complaint(f"the translation holds the control character U+{ord(found[0]):04X}", "delete it")
        if leak := next((each for _, each in controls(words) if each in _LEAKING), None):
            hint = "delete it; names in right-to-left text take the filter `ltr`"
            name = unicodedata.name(leak).lower()
            yield self._complaint(f"the translation holds {name}, which cannot be seen", hint)

    def _sound(self, words: str) -> Iterator[Complaint]:
        """Find what the template engine does not take."""
        values = self.text.message.values if self.text.message else {}
        try:
            ready = compiled(Format.TEXT, f"{self.text.context} in {self.returned.locale}", words)
            if ready.names.keys() <= values.keys():
                render(ready, self.returned.locale, dict(values))
        except TemplateFault as fault:
            yield self._complaint(fault.message.rstrip("."), fault.hint)

    def _complaint(self, message: str, hint: str) -> Complaint:
        return self.returned.complaint(self.entry, message, hint)


def _function(mark: str) -> str:
    found = _MARK.match(mark)
    return found[1] if found else ""


def _listed(wanted: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(wanted)) or "none"
