"""
What the register says of a text: official, in part, withdrawn, altered, or not in it. Pure.

    verdict          exit   means
    official          0     every word, figure, mark and address is that of an entry that stands
    official-words    4     every word is; where an address or account leads is not shown in full, or is a shortener's
    part              4     whole lines or sentences of an entry that stands, or its beginning, cut
    withdrawn         6     it was official, and has been taken down or corrected since
    altered           1     near an entry, and different from it: the difference is shown
    not-in-register   5     near none
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from scheduler.register.agreement import Agreement, Difference, Level, agree, difference
from scheduler.register.entries import Entry, texts
from scheduler.register.reading import Kind, Reading, read

if TYPE_CHECKING:
    from scheduler.register.search import Search

LONGEST = 50_000  #: characters of a text that is looked for
_COMPARED = 4  #: nearest texts that are compared word by word
_SHARED = 3  #: words that both must have: of fewer, nothing is to be told
_ENOUGH = 0.4  #: of the words of the shorter, that both must have


class Verdict(StrEnum):
    """What the register says."""

    OFFICIAL = "official"
    WORDS = "official-words"
    PART = "part"
    WITHDRAWN = "withdrawn"
    ALTERED = "altered"
    UNKNOWN = "not-in-register"


EXIT = {
    Verdict.OFFICIAL: 0,
    Verdict.ALTERED: 1,
    Verdict.WORDS: 4,
    Verdict.PART: 4,
    Verdict.UNKNOWN: 5,
    Verdict.WITHDRAWN: 6,
}
_LEVELS = {Level.WHOLE: Verdict.OFFICIAL, Level.UNSHOWN: Verdict.WORDS, Level.PART: Verdict.PART}
_RANK = (Level.WHOLE, Level.UNSHOWN, Level.PART)


@dataclass(frozen=True)
class Answer:
    """What the register says of a text, and why."""

    verdict: Verdict
    entries: tuple[Entry, ...] = ()  #: the entries with that text, those that stand first
    why: tuple[str, ...] = ()
    difference: Difference | None = None


def judge(search: "Search", text: str) -> Answer:
    """
    Return what the register says of *text*.

    Raises:
        ValueError: If there is no word in it, or more than `LONGEST` characters.
    """
    copy = read(text)
    if not copy.tokens or len(text) > LONGEST:
        raise ValueError(text[:80])
    exact = search.exactly(copy)
    found = _best(exact, copy)
    if found is None:
        near = search.near(text)
        found = _best([group for group in near if group not in exact], copy)
        if found is None:
            return _altered([*exact, *near], copy) or Answer(Verdict.UNKNOWN)
    agreement, group = found
    standing = sorted(group, key=lambda entry: (not entry.stands, entry.published, entry.id))
    verdict = _LEVELS[agreement.level] if standing[0].stands else Verdict.WITHDRAWN
    why = agreement.why
    if verdict is Verdict.WITHDRAWN and agreement.level is not Level.WHOLE:
        why = ("it is a part of that text", *why) if agreement.level is Level.PART else why
    return Answer(verdict, tuple(standing), why)


def _best(groups: Sequence[Sequence[Entry]], copy: Reading) -> tuple[Agreement, Sequence[Entry]] | None:
    """Return the group that agrees most, those that stand first."""
    found: list[tuple[int, bool, int, Agreement]] = []
    for number, group in enumerate(groups):
        agreement = max((agree(each, copy) for each in _readings(group)), key=lambda each: -_rank(each.level))
        if agreement.level is not Level.NONE:
            gone = not any(entry.stands for entry in group)
            found.append((_rank(agreement.level), gone, number, agreement))
    if not found:
        return None
    _, _, number, agreement = min(found, key=lambda each: each[:3])
    return agreement, groups[number]


def _rank(level: Level) -> int:
    return _RANK.index(level) if level in _RANK else len(_RANK)


def _readings(group: Sequence[Entry]) -> Iterator[Reading]:
    """Yield the text of a group, read; with the warning before it as well, where a channel shows one."""
    said = texts(group[0])
    yield _known(said)
    for warning in dict.fromkeys(entry.warning for entry in group if entry.warning):
        yield read(f"{warning}\n{said[0]}", *said[1:])


@lru_cache(maxsize=4096)
def _known(said: tuple[str, ...]) -> Reading:
    """Return an official text, read: those near to one another are asked for again and again."""
    return read(*said)


def _altered(groups: Sequence[Sequence[Entry]], copy: Reading) -> Answer | None:
    """Return how *copy* differs from the nearest text, if one is near enough to speak of."""
    theirs = _words(copy)
    total = sum(theirs.values())
    ranked = []
    for number, group in enumerate(groups):
        reading = next(_readings(group))
        ours = _words(reading)
        both = (ours & theirs).total()
        if both >= _SHARED and both >= _ENOUGH * min(total, ours.total()):
            ranked.append((-both / max(total, ours.total()), number, reading))
    nearest: tuple[tuple[int, int, bool], Difference, Sequence[Entry]] | None = None
    for _, number, reading in sorted(ranked, key=lambda each: each[:2])[:_COMPARED]:
        found = difference(reading, copy)
        score = (-found.shared, len(found.changes), not any(entry.stands for entry in groups[number]))
        if nearest is None or score < nearest[0]:
            nearest = score, found, groups[number]
    if nearest is None:
        return None
    _, found, group = nearest
    why = agree(next(_readings(group)), copy).why
    return Answer(Verdict.ALTERED, tuple(group), why, found)


def _words(reading: Reading) -> "Counter[str]":
    """Return the words of *reading*, without regard to what `difference` will say of them more exactly."""
    return Counter(token.key.casefold() for token in reading.tokens if token.kind is not Kind.MARK)
