"""
Whether a copy says what an official text says: wholly, in part, or with a difference that is shown. Pure.

A copy agrees wholly if its tokens are the official ones in their order, none more and none fewer, nothing hidden
was added, and every address leads to the same place. A part is a run of whole lines or sentences, or begins with one
and is cut with dots or with a platform's own words, so that nobody can leave the *not* out and still be confirmed.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum

from content.hosts import drawn_like
from scheduler.register.places import Sameness, beside
from scheduler.register.reading import ADDRESS, Kind, Reading, Token, read

LEAST = 4  #: words that a part must have; fewer are anybody's
_CUT = "…"
#: What platforms write after a text that they cut, as rows of tokens.
_MORE = tuple(
    read(words).keys
    for words in (
        *("Read more", "Show more", "See more", "more", "Continue reading", "View more", "Read More", "See More"),
        *("Lire la suite", "Voir plus", "Afficher plus", "plus", "Lire plus", "Afficher la suite", "En voir plus"),
        *(
            "المزيد",
            "عرض المزيد",
            "قراءة المزيد",
            "اقرأ المزيد",
            "شاهد المزيد",
            "عرض المزيد من المنشور",
            "إظهار المزيد",
        ),
    )
)
_LONGEST_MORE = max(map(len, _MORE)) + 1


class Level(StrEnum):
    """How far a copy agrees."""

    WHOLE = "whole"  #: all of it, and nothing else
    UNSHOWN = "unshown"  #: all the words; where an address or a name leads is not shown in full
    PART = "part"  #: as far as it goes; something is left out at an end
    NONE = "none"


@dataclass(frozen=True)
class Agreement:
    """How far a copy agrees with one official text, and what keeps it from agreeing wholly."""

    level: Level
    why: tuple[str, ...] = ()  #: in words, for people
    span: tuple[int, int] = (0, 0)  #: the official tokens that are there


def agree(official: Reading, copy: Reading) -> Agreement:
    """Return how far *copy* agrees with *official*."""
    whole = _run(official.tokens, copy.tokens) if len(official.tokens) == len(copy.tokens) else None
    if whole is not None and whole.level is not Level.NONE:
        if _lost_only(official.after, copy.after):
            return whole
        return Agreement(Level.NONE, ("something that cannot be seen was added at the end",))
    return _part(official, copy) or whole or Agreement(Level.NONE)


def _run(ours: Sequence[Token], theirs: Sequence[Token]) -> Agreement | None:
    """Compare token by token; None where the keys differ already."""
    why: list[str] = []
    level = Level.WHOLE
    for our, their in zip(ours, theirs, strict=True):
        if our.key != their.key:
            return None
        if not _lost_only(our.hidden, their.hidden):
            return Agreement(Level.NONE, (f"something that cannot be seen was added at “{their.text}”",))
        if our.kind is Kind.LINK:
            same = beside(_address(our), _address(their), cut=their.cut and not our.cut)
            if same is Sameness.OTHER:
                return Agreement(Level.NONE, (f"the link leads elsewhere: {their.text} instead of {our.text}",))
            if same is not Sameness.SAME:
                level = Level.UNSHOWN
                what = "is cut" if same is Sameness.CUT else "hides where it leads"
                why.append(f"the link {their.text} {what}; the official one is {our.text}")
        elif our.kind is Kind.NAME and our.text != their.text:
            if "@" in their.text[1:]:
                return Agreement(Level.NONE, (f"the account is another: {their.text} instead of {our.text}",))
            level = Level.UNSHOWN
            why.append(f"the account {their.text} is {our.text}")
    return Agreement(level, tuple(why), (0, len(ours)))


def _address(token: Token) -> str:
    return token.text.removesuffix("…").removesuffix("...") if token.cut else token.text


def _lost_only(ours: Sequence[tuple[int, str]], theirs: Sequence[tuple[int, str]]) -> bool:
    """Return whether everything hidden in the copy is hidden at the same place in the official text."""
    rest = iter(ours)
    return all(each in rest for each in theirs)


def _part(official: Reading, copy: Reading) -> Agreement | None:
    """Return how *copy* is a part of *official*; None if it is none."""
    theirs, cut = _shown(copy.tokens)
    if sum(token.kind is not Kind.MARK for token in theirs) < LEAST:
        return None
    for start in sorted(official.starts):
        found = _from(official, start, theirs, cut=cut)
        if found is not None:
            return found
    return None


def _from(official: Reading, start: int, theirs: Sequence[Token], *, cut: bool) -> Agreement | None:
    end = start + len(theirs)
    ours = official.tokens[start:end]
    if len(ours) < len(theirs) or ours[0].key != theirs[0].key:
        return None
    if not cut and end not in official.ends:
        return None
    last, shown = ours[-1], theirs[-1]
    if cut and (last.key != shown.key or shown.kind is Kind.LINK) and _begins(last, shown):
        ours, theirs = ours[:-1], theirs[:-1]
    run = _run(ours, theirs)
    if run is None or run.level is Level.NONE:
        return None
    return Agreement(Level.PART, run.why, (start, end))


def _begins(ours: Token, theirs: Token) -> bool:
    """Return whether a word or an address is cut in the middle. A figure or a name that is cut is another one."""
    if theirs.kind is Kind.LINK:
        shown = _address(theirs)
        return (
            ours.kind is Kind.LINK
            and theirs.cut
            and ours.text.removeprefix("https://").startswith(shown.removeprefix("https://"))
        )
    words = ours.kind is Kind.WORD and theirs.kind is Kind.WORD and not theirs.hidden
    return words and ours.key.startswith(theirs.key) and not any(map(str.isdigit, ours.key))


def _shown(tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], bool]:
    """Return *tokens* without what a platform wrote where it cut, and whether it did."""
    cut = False
    keys = [token.key for token in tokens[-_LONGEST_MORE:]]
    for more in _MORE:
        before = len(keys) - len(more)
        dotted = len(more) > 1 or (before > 0 and keys[before - 1] == _CUT)  # one word alone may be the author's
        if before > 0 and dotted and tuple(keys[before:]) == more:
            tokens, cut = tokens[: -len(more)], True
            break
    if tokens and tokens[-1].key == _CUT:
        return tokens[:-1], True
    cut = cut or bool(tokens and tokens[-1].cut)
    return tokens, cut


@dataclass(frozen=True)
class Change:
    """A place where a copy differs: what stands there officially, what instead, and what kind of change it is."""

    official: str
    copy: str
    what: str  #: removed | added | replaced | capitals | look-alike letters | accents | figure | link | name | hidden
    note: str = ""  #: which letters, where the eye cannot tell


@dataclass(frozen=True)
class Difference:
    """All changes of a copy, and how much of it is official."""

    changes: tuple[Change, ...]
    shared: int  #: words that both have, in order
    pieces: tuple[tuple[str, str], ...] = field(default=())  #: (same | removed | added, text), in order, for showing


def difference(official: Reading, copy: Reading) -> Difference:
    """Return what was changed from *official* to *copy*, word by word."""
    ours, theirs = _exact(official.tokens), _exact(copy.tokens)
    changes: list[Change] = []
    pieces: list[tuple[str, str]] = []
    shared = 0
    for act, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        old, new = (as_written(each).strip() for each in (official.tokens[a:b], copy.tokens[c:d]))
        if act == "equal":
            shared += sum(token.kind is not Kind.MARK for token in official.tokens[a:b])
            pieces.append(("same", as_written(copy.tokens[c:d])))
            continue
        what = _what(official.tokens[a:b], copy.tokens[c:d])
        changes.append(Change(old, new, what, _note(what, old, new, copy.tokens[c:d])))
        rows = (("removed", official.tokens[a:b]), ("added", copy.tokens[c:d]))
        pieces += [(how, as_written(row)) for how, row in rows if row]
    if not _lost_only(official.after, copy.after):
        changes.append(Change("", "", "hidden", f"at the end: {_named(mark for _, mark in copy.after)}"))
    return Difference(tuple(changes), shared, tuple(pieces))


def as_written(tokens: Sequence[Token]) -> str:
    """Return *tokens* with the blanks that stood before each."""
    return "".join(token.gap + token.text for token in tokens)


def _exact(tokens: Sequence[Token]) -> list[tuple[object, ...]]:
    """Return what must be equal for tokens to be shown as the same."""
    return [(t.key, t.text if t.key == ADDRESS or t.kind is Kind.NAME else "", t.hidden) for t in tokens]


def _what(ours: Sequence[Token], theirs: Sequence[Token]) -> str:
    """Return the kind of a change, the telling ones first."""
    if not ours or not theirs:
        return "added" if theirs else "removed"
    old, new = "".join(t.key for t in ours), "".join(t.key for t in theirs)
    if old == new:
        if any(t.hidden for t in theirs):
            return "hidden"
        return "link" if ADDRESS in old else "name"
    if any(t.kind is Kind.LINK for t in (*ours, *theirs)):
        return "link"
    if old.casefold() == new.casefold():
        return "capitals"
    if _skeleton(old) == _skeleton(new):
        return "look-alike letters"
    if _without_marks(old) == _without_marks(new):
        return "accents"
    if any(map(str.isdigit, old)) or any(map(str.isdigit, new)):
        return "figure"
    return "replaced"


def _skeleton(text: str) -> str:
    return drawn_like(unicodedata.normalize("NFKC", text))


def _without_marks(text: str) -> str:
    """Return *text* without accents, vowel signs and the stroke that stretches a word."""
    plain = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter) and letter != "\u0640")


def _note(what: str, old: str, new: str, theirs: Sequence[Token]) -> str:
    """Return by name the letters that the eye cannot tell from others, or not at all."""
    if what == "hidden":
        return _named(mark for token in theirs for _, mark in token.hidden)
    return _named(letter for letter in new if letter not in old) if what == "look-alike letters" else ""


def _named(letters: Iterable[str]) -> str:
    return ", ".join(f"U+{ord(each):04X} {unicodedata.name(each, '')}".strip() for each in dict.fromkeys(letters))
