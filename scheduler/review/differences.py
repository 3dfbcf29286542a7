"""
What changed between two forms of a release, word by word. Pure.

A word is what a reader takes for one, in any script: letters with their marks (Arabic vowel signs are marks), joiners
inside it, a whole figure, a whole address. So `1,000` that becomes `1,001` is one word out and one in. Invisible
characters are words of their own, and are named where they come or go.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import TYPE_CHECKING, Literal

from scheduler.releases.outgoing import Outgoing
from scheduler.review.leave import leave

if TYPE_CHECKING:
    import regex

Kind = Literal["same", "out", "in"]
LONGEST = 20_000  #: words of a text that are compared one by one; a longer one is shown as replaced


@dataclass(frozen=True)
class Piece:
    """A run of a text: in both forms, only in the earlier one, or only in the later one."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Difference:
    """One thing that reads otherwise: which, and how."""

    field: str  #: text, headline, html, link, alt, media, captions, due, …: a stable key
    of: str  #: which one of several: the part's number, the file's name; "" where there is one
    pieces: tuple[Piece, ...]
    prose: bool  #: in the release's own language and direction; otherwise a technical value


def between(earlier: Outgoing, later: Outgoing) -> list[Difference]:
    """Return what of *later* is not as in *earlier*, words first, then media, then when and where; [] where nothing."""
    found = [*_parts(earlier, later), *_media(earlier, later)]
    for field in _VALUES:
        before, after = _said(earlier, field), _said(later, field)
        if before != after:
            said = words if field in {"content_warning", "waivers"} else _replaced
            found.append(Difference(field, "", said(before, after), prose=field == "content_warning"))
    return found


#: What else is signed, in the order in which a reader asks for it.
_VALUES = (
    *("content_warning", "due", "not_after", "if_late", "audiences", "channel", "kind", "account", "server", "issuer"),
    *("partners", "waivers", "message", "message_kind", "variant", "locale", "language", "visibility", "reply_to"),
    *("supersedes", "credential", "options", "facets", "direction"),
)


def _said(outgoing: Outgoing, field: str) -> str:
    value = getattr(outgoing, field)
    match field:
        case "waivers":
            return "; ".join(leave(each) for each in value)
        case "if_late":
            return f"{value['then']} when more than {value['after']:g} s late"
        case "facets":
            return "; ".join(str(dict(sorted(each.items()))) for each in value)
        case "options":
            return ", ".join(f"{name}: {value[name]}" for name in sorted(value))
    return ", ".join(value) if isinstance(value, tuple) else str(value if value is not None else "")


def _parts(earlier: Outgoing, later: Outgoing) -> Iterator[Difference]:
    several = max(len(earlier.parts), len(later.parts)) > 1
    for number in range(max(len(earlier.parts), len(later.parts))):
        old = earlier.parts[number] if number < len(earlier.parts) else None
        new = later.parts[number] if number < len(later.parts) else None
        of, told = str(number + 1) if several else "", False
        for field in ("headline", "text", "link", "html"):
            before, after = (str(getattr(each, field) or "") if each else "" for each in (old, new))
            if before == after or (field == "html" and told):  # the words of an HTML part are those of the text
                continue
            told = told or field == "text"
            pieces = _replaced(before, after) if field == "link" else words(before, after)
            yield Difference(field, of, pieces, prose=field in {"headline", "text"})


def _media(earlier: Outgoing, later: Outgoing) -> Iterator[Difference]:
    old, new = ({item.file: item for item in each.media} for each in (earlier, later))
    for file in dict.fromkeys([*old, *new]):
        before, after = old.get(file), new.get(file)
        was, now = (f"sha256 {each.digest[:16]}…" if each else "" for each in (before, after))
        if was != now:
            yield Difference("media", file, _replaced(was, now), prose=False)
        texts = (before.alt if before else ""), (after.alt if after else "")
        if texts[0] != texts[1]:
            yield Difference("alt", file, words(*texts), prose=True)
        said = [
            f"{c.file}, sha256 {c.digest[:16]}…" if each and (c := each.captions) else "" for each in (before, after)
        ]
        if said[0] != said[1]:
            yield Difference("captions", file, _replaced(*said), prose=False)
    if [item.file for item in earlier.media] != [item.file for item in later.media] and old.keys() == new.keys():
        listed = (", ".join(item.file for item in each.media) for each in (earlier, later))
        yield Difference("media", "", _replaced(*listed), prose=False)


def _replaced(before: str, after: str) -> tuple[Piece, ...]:
    pieces: tuple[Piece, ...] = (Piece("out", before), Piece("in", after))
    return tuple(each for each in pieces if each.text)


@cache
def _word() -> "regex.Pattern[str]":
    import regex

    return regex.compile(
        r"https?://\S+"
        r"|[@#][\w.\-]+"
        r"|\d(?:[\d.,\u066b\u066c\u00a0\u202f]*\d)?"  # a figure is one word, however it is grouped
        r"|[\p{L}\p{M}\p{N}\p{Pc}]+(?:[\u200c\u200d'\u2019\-][\p{L}\p{M}\p{N}\p{Pc}]+)*"
        r"|\n|[^\S\n]+|\X"
    )


def tokens(text: str) -> list[str]:
    """Return *text* as words, spaces and signs; joined they are the text again."""
    return _word().findall(text)


def words(before: str, after: str) -> tuple[Piece, ...]:
    """Return how *before* becomes *after*: joined, same and out are the one, same and in the other."""
    old, new = tokens(before), tokens(after)
    if len(old) > LONGEST or len(new) > LONGEST:
        return _replaced(before, after)
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    middle = SequenceMatcher(None, old[start : len(old) - end], new[start : len(new) - end], autojunk=False)
    runs: list[tuple[str, str]] = [("".join(old[:start]),) * 2] if start else []  # (earlier, later), equal where same
    for _, i, j, k, m in middle.get_opcodes():
        runs.append(("".join(old[start + i : start + j]), "".join(new[start + k : start + m])))
    if end:
        runs.append(("".join(old[len(old) - end :]),) * 2)
    return tuple(_pieces(_joined(runs)))


def _joined(runs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return *runs* with changes that only a space parts made one: two words changed are read as two words changed."""
    found: list[tuple[str, str]] = []
    for number, (old, new) in enumerate(runs):
        between_two = 0 < number < len(runs) - 1 and old == new and not old.strip() and "\n" not in old
        if found and (between_two or (old != new and found[-1][0] != found[-1][1])):
            found[-1] = (found[-1][0] + old, found[-1][1] + new)
        else:
            found.append((old, new))
    return found


def _pieces(runs: Sequence[tuple[str, str]]) -> Iterator[Piece]:
    for old, new in runs:
        if old == new:
            if old:
                yield Piece("same", old)
            continue
        if old:
            yield Piece("out", old)
        if new:
            yield Piece("in", new)
