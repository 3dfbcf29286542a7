"""
Where the glossary's words stand in a text, in any script: Arabic with what is written onto words, French with articles.

Each glossary and locale is compiled once. A text is first asked for the longest word of each form, which costs next
to nothing; only forms that may be there are looked for.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from campaigns.locales import LOCALES
from content import quotation
from content.folding import fold, places
from content.glossary import Form, Glossary, Term

#: And, then, with, for, like: Arabic writes them onto the word, and the article between.
_PROCLITICS = "[وفبلك]{0,2}"
_ARTICLE = "ال"
_ARABIC_LETTER = re.compile("[\u0620-\u064a]")
#: What goes with the words that are replaced.
_ARTICLES = {"en": "(?:the )?", "fr": "(?:l')?"}
_BETWEEN = "'\"\u00ab\u00bb\u201c\u201d\u201e(_-"  #: marks between two words, apostrophes folded
_SIDE = 40  #: characters beside a hit that are looked at
_LONGEST = 120  #: characters of a form
_CAPITALS = 0.7  #: share of letters from which a sentence is written in capitals
_SENTENCE = re.compile(r"[.!?\n\u061f\u06d4]")


@dataclass(frozen=True)
class Hit:
    """One place where words of the glossary stand. Characters of the text, end exclusive."""

    term: Term
    form: Form
    start: int
    end: int
    forbidden: bool  #: under `never`, and certain
    quoted: bool
    so_called: bool


@dataclass(frozen=True)
class _Wanted:
    term: Term
    form: Form
    never: bool
    stem: str  #: its longest word; folded, and in small letters unless capitals count
    pattern: re.Pattern[str]
    certain: re.Pattern[str] | None  #: of what stands in front; none: always certain
    certain_behind: re.Pattern[str] | None
    other: re.Pattern[str] | None  #: in front: it means something else
    other_behind: re.Pattern[str] | None


class Lexicon:
    """One glossary in one locale."""

    def __init__(self, glossary: Glossary, locale: str) -> None:
        language = LOCALES[locale].language if locale in LOCALES else locale
        self._wanted = tuple(
            _wanted(term, form, never, language)
            for term in glossary.terms
            for never, forms in ((True, term.never), (False, term.avoid))
            for form in forms.get(locale, ())
        )
        self._so_called = _beside(glossary.so_called.get(locale, ()), behind=False)
        self._distance = _beside(glossary.so_called.get(locale, ()), behind=True)

    def hits(self, text: str, spoken: Callable[[], str]) -> list[Hit]:
        """
        Return where forms stand in *text*, the longest where several do, in order.

        *spoken* gives it with blanks for links and handles, in their places; it is asked only where something may be.
        """
        folded = fold(text)
        small = folded.lower()
        wanted = [each for each in self._wanted if each.stem in (folded if each.form.as_written else small)]
        if not wanted:
            return []
        folded, origin = fold(prose := spoken()), places(prose)
        quotations, sentences = quotation.spans(text), _Sentences(folded)
        found: dict[tuple[int, int], Hit] = {}
        for each in wanted:
            for match in each.pattern.finditer(folded):
                hit = self._hit(each, match, folded, origin, quotations, sentences)
                if hit and (hit.start, hit.end) not in found:
                    found[hit.start, hit.end] = hit
        return _longest(found.values())

    def _hit(
        self,
        wanted: _Wanted,
        match: re.Match[str],
        folded: str,
        origin: list[int],
        quotations: list[tuple[int, int]],
        sentences: "_Sentences",
    ) -> Hit | None:
        front = folded[max(0, match.start() - _SIDE) : match.start("bare")]
        behind = folded[match.end() : match.end() + _SIDE]
        if (wanted.other and wanted.other.search(front)) or (wanted.other_behind and wanted.other_behind.match(behind)):
            return None
        certain = True
        if wanted.certain or wanted.certain_behind:
            if sentences.in_capitals(match):
                return None
            certain = bool(
                (wanted.certain and wanted.certain.search(front))
                or (wanted.certain_behind and wanted.certain_behind.match(behind))
            )
        start, end = origin[match.start("core")], origin[match.end() - 1] + 1
        distance = (
            self._so_called and self._so_called.search(folded[max(0, match.start() - _SIDE) : match.start()])
        ) or (self._distance and self._distance.match(behind))
        return Hit(
            wanted.term,
            wanted.form,
            start,
            end,
            forbidden=wanted.never and certain,
            quoted=quotation.within(quotations, start, end),
            so_called=bool(distance),
        )


@lru_cache(maxsize=64)
def lexicon(glossary: Glossary, locale: str) -> Lexicon:
    """Return what *glossary* stands against in *locale*, ready to look for."""
    return Lexicon(glossary, locale)


@lru_cache(maxsize=1024)
def said(words: str, locale: str) -> re.Pattern[str]:
    """Return the pattern that finds *words* of *locale* in a folded text."""
    return _pattern(Form(term=words), LOCALES[locale].language if locale in LOCALES else locale)


def _wanted(term: Term, form: Form, never: bool, language: str) -> _Wanted:
    words = [word.rstrip("*") for word in fold(form.term).split()]
    stem = max(words, key=len)
    if stem.startswith(_ARTICLE) and len(stem) > len(_ARTICLE) + 1:
        stem = stem.removeprefix(_ARTICLE)  # which melts into a `for` in front of it
    return _Wanted(
        term,
        form,
        never,
        stem if form.as_written else stem.lower(),
        _pattern(form, language),
        _beside(form.after, behind=False),
        _beside(form.before, behind=True),
        _beside(form.not_after, behind=False),
        _beside(form.not_before, behind=True),
    )


def _pattern(form: Form, language: str) -> re.Pattern[str]:
    """Return a pattern with groups: `lead`, written onto the word; `core`, to be replaced; in it `bare`, the words."""
    words = [_word(word) for word in fold(form.term)[:_LONGEST].split()]
    rest = r"[\s_-]{0,3}".join(words)
    if form.as_written:
        rest = f"(?-i:{rest})"
    lead, bare = "", rest
    if _ARABIC_LETTER.match(words[0]):
        lead = _PROCLITICS
        if words[0].startswith(_ARTICLE):  # `for` and the article melt: lil- for li and al-
            bare = f"(?:{_ARTICLE}|(?<=ل)ل){rest.removeprefix(_ARTICLE)}"
        else:
            lead += f"(?:{_ARTICLE})?"
    article = _ARTICLES.get(language, "")
    return re.compile(
        rf"(?<![^\W_])(?P<lead>{lead})(?P<core>{article}(?P<bare>{bare}))(?![^\W_])",
        re.IGNORECASE,
    )


def _word(word: str) -> str:
    """Return the pattern of a folded word; `*` at its end stands for at most eight letters."""
    return f"{re.escape(word.rstrip('*'))}[^\\W_]{{0,8}}" if word.endswith("*") else re.escape(word)


def _beside(words: Iterable[str], *, behind: bool) -> re.Pattern[str] | None:
    """Return a pattern for one of *words* right behind something, or right in front of it; none without words."""
    choice = "|".join(re.escape(fold(word)).replace(r"\ ", r"\s+") for word in words)
    if not choice:
        return None
    if behind:
        return re.compile(rf"[\s{_BETWEEN}]{{0,4}}(?:{choice})(?![^\W_])", re.IGNORECASE)
    return re.compile(rf"(?<![^\W_])(?:{choice})[\s{_BETWEEN}]{{0,4}}(?:the\s|l')?$", re.IGNORECASE)


class _Sentences:
    """Where the sentences of a text end, and which are written in capitals: each is looked at once, where asked."""

    def __init__(self, folded: str) -> None:
        self._folded = folded
        self._ends: list[int] | None = None
        self._counted: dict[int, tuple[int, int]] = {}

    def in_capitals(self, match: re.Match[str]) -> bool:
        """Return whether what stands around *match* in its sentence is written in capitals."""
        if self._ends is None:
            self._ends = [0, *(each.end() for each in _SENTENCE.finditer(self._folded)), len(self._folded)]
        at = max(1, bisect_right(self._ends, match.start()))
        if at not in self._counted:
            sentence = self._folded[self._ends[at - 1] : self._ends[min(at, len(self._ends) - 1)]]
            self._counted[at] = sum(map(str.isupper, sentence)), sum(map(str.isalpha, sentence))
        capitals, letters = self._counted[at]
        own = sum(map(str.isupper, match[0]))
        return letters > own and capitals - own > _CAPITALS * (letters - own)


def _longest(hits: Iterable[Hit]) -> list[Hit]:
    """Return *hits* in order, without those that lie in a longer one, which is then as forbidden as they are."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda each: (each.start, -each.end)):
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
        elif hit.forbidden:
            kept[-1] = replace(kept[-1], forbidden=True)
    return kept
