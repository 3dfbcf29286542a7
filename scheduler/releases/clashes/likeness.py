"""
Different messages that say nearly the same, to the same people or on the same account, within some days. Pure.

Texts are compared as sets of three-word shingles. The comparison is exact, not a guess: two texts that share enough
also share one of their rarest shingles, so only those are looked up (prefix filtering, Chaudhuri, Ganti and Kaushik
2006). A shingle that many texts have leads to the last POSTED of them alone, so that the work grows with the texts.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain

from campaigns.clock import iso
from content.sameness import ALIKE, POSTED, shingles
from scheduler.releases.clashes.clash import CROWD, Clash, Going, Kind, called, entry_of, listed

DAYS = timedelta(days=28)  #: nearer than this, the same words are noticed
HINT = "Say it otherwise, or make them one message with several releases."

Place = tuple[str, ...]  #: an account, or an audience


@dataclass
class _Text:
    """What one message says in one locale, and every release that says it, by where."""

    entry: str
    message: tuple[str, str]
    words: str
    places: dict[Place, list[Going]] = field(default_factory=lambda: defaultdict(list))
    moves: bool = False


@dataclass
class _Twins:
    """Two messages that say nearly the same: how nearly, where, and by which releases."""

    share: int
    nearest: tuple[Going, Going]
    locales: set[str] = field(default_factory=set)
    entries: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)


def likeness(goings: Iterable[Going], within: timedelta = DAYS) -> list[Clash]:
    """Return a clash for each two messages with nearly the same words in a locale, less than *within* apart."""
    by_locale: dict[str, list[Going]] = defaultdict(list)
    for going in goings:
        if going.words:
            by_locale[going.locale].append(going)
    told: dict[tuple[tuple[str, str], tuple[str, str]], _Twins] = {}
    for locale, here in sorted(by_locale.items()):
        texts = _texts(here)
        for one, other, share in _pairs(texts):
            if nearest := _nearest(one, other, within):
                first, second = sorted((one, other), key=lambda each: each.message)
                twins = told.setdefault((first.message, second.message), _Twins(share, nearest))
                if share > twins.share:
                    twins.share, twins.nearest = share, nearest
                twins.locales.add(locale)
                twins.entries.update(map(entry_of, nearest))
                twins.ids.update(each.id for each in nearest)
    return [_told(messages, twins) for messages, twins in told.items()]


def alike(texts: Sequence[frozenset[str]], asked: Sequence[bool]) -> Iterator[tuple[int, int, int]]:
    """
    Yield each two of *texts* that are alike, of which one is *asked* about, with their share in per cent, rounded down.

    Every such pair, unless a text has more than CROWD before it, or a shingle that more than POSTED of those have.
    """
    often = Counter(chain.from_iterable(texts))
    posted: dict[str, deque[int]] = {}
    for number, text in enumerate(texts):
        length = len(text)
        # As many of the rarest as no text that is alike can miss all of. Once is too rare to lead anywhere.
        looked_up = length - -(-ALIKE * length // 100) + 1
        common = [each for each in text if often[each] > 1]
        rare = sorted(common, key=lambda each: (often[each], each))[: max(0, looked_up - length + len(common))]
        near = {other for each in rare for other in posted.get(each, ())}
        found = 0
        for other in sorted(near, reverse=True):
            if found < CROWD and (asked[number] or asked[other]):
                both = len(text & texts[other])
                share = 100 * both // (length + len(texts[other]) - both)
                if share >= ALIKE:
                    found += 1
                    yield other, number, share
        for each in rare:
            posted.setdefault(each, deque(maxlen=POSTED)).append(number)


def _texts(goings: Iterable[Going]) -> list[_Text]:
    """Return what is said, by the instant at which it is said first."""
    found: dict[tuple[str, str, str], _Text] = {}
    for going in sorted(goings, key=lambda each: (each.due, each.id)):
        key = (going.campaign, going.message, going.words)
        text = found.setdefault(key, _Text(entry_of(going), (going.campaign, going.message), going.words))
        text.places["account", *going.account].append(going)
        for audience in going.audiences:
            text.places["audience", *audience].append(going)
        text.moves = text.moves or going.moves
    return list(found.values())


def _pairs(texts: Sequence[_Text]) -> Iterator[tuple[_Text, _Text, int]]:
    """Yield texts of different messages that are alike. The same words are compared once, whoever says them."""
    saying: dict[str, list[_Text]] = defaultdict(list)
    for text in texts:
        saying[text.words].append(text)
    groups = list(saying.values())
    for group in groups:
        for one, other in _crossed(group, group):
            yield one, other, 100
    sets = [shingles(words) for words in saying]
    for first, second, share in alike(sets, [any(text.moves for text in group) for group in groups]):
        for one, other in _crossed(groups[first], groups[second]):
            yield one, other, share


def _crossed(ones: Sequence[_Text], others: Sequence[_Text]) -> Iterator[tuple[_Text, _Text]]:
    """Yield pairs of different messages of which one moves; each text with the next CROWD, as all stand in time."""
    for at, one in enumerate(ones):
        beside = others[at + 1 : at + 1 + CROWD] if ones is others else others[:CROWD]
        for other in beside:
            if one.message != other.message and (one.moves or other.moves):
                yield one, other


def _nearest(one: _Text, other: _Text, within: timedelta) -> tuple[Going, Going] | None:
    """Return the nearest two releases at one place, of which one moves; none where all are *within* or more apart."""
    found = [
        pair
        for place in one.places.keys() & other.places.keys()
        for pair in (
            _closest([each for each in one.places[place] if each.moves], other.places[place]),
            _closest(one.places[place], [each for each in other.places[place] if each.moves]),
        )
        if pair and abs(pair[0].due - pair[1].due) < within
    ]
    return min(
        found, key=lambda pair: (abs(pair[0].due - pair[1].due), pair[0].due, pair[0].id, pair[1].id), default=None
    )


def _closest(ones: Sequence[Going], others: Sequence[Going]) -> tuple[Going, Going] | None:
    """Return the two releases that are nearest in time, one of each list; both stand in order of time."""
    best = None
    left = right = 0
    while left < len(ones) and right < len(others):
        one, other = ones[left], others[right]
        if best is None or abs(one.due - other.due) < abs(best[0].due - best[1].due):
            best = (one, other)
        if one.due <= other.due:
            left += 1
        else:
            right += 1
    return best


def _told(messages: tuple[tuple[str, str], tuple[str, str]], twins: _Twins) -> Clash:
    one, other = called(*(f"{campaign}:{message}" for campaign, message in messages))
    first, second = sorted(twins.nearest, key=lambda each: (each.due, each.id))
    same = "say the same" if twins.share == 100 else f"share {twins.share} % of their words"  # noqa: PLR2004 (per cent)
    said = (
        f"Messages {one} and {other} {same} in {listed(sorted(twins.locales))}: {first.name} at {iso(first.due)}"
        f" and {second.name} at {iso(second.due)}."
    )
    entries, ids = tuple(sorted(twins.entries)), tuple(sorted(twins.ids))
    return Clash(Kind.WORDS, first.due, said, HINT, entries, ids, share=twins.share)
