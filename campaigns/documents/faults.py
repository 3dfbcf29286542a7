"""Something wrong at one place of a document's tree, before its line is known; and what was probably meant."""

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

#: The last step of a location that means the key itself, not its value. The word is pydantic's.
KEY = "[key]"

Loc = tuple[str | int, ...]


class Fault(NamedTuple):
    """One thing wrong. `loc` is the road to it: keys and positions, as `("releases", 0, "message")`."""

    loc: Loc
    message: str
    hint: str = ""
    severity: str = "error"  #: error | warning


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `did you mean 'x'?` for the closest of *known* to *word*, or nothing."""
    return "".join(f"did you mean '{close}'?" for close in closest(word, known))


def closest(word: str, known: Iterable[str]) -> list[str]:
    """Return the one of *known* that *word* was probably meant to be, or none."""
    return list(_closest(word[:80], tuple(known)))


@lru_cache(4_096)  # a document that is wrong in one way often is so hundreds of times
def _closest(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(get_close_matches(word, known, n=1, cutoff=0.6))


def one_of(known: Iterable[str], most: int = 8) -> str:
    """Return the first *most* of *known* as `a, b, c or d`; more end in `…`."""
    words = list(known)
    if len(words) > most:
        return ", ".join(words[:most]) + ", …"
    return " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def refers(name: str | None, known: Collection[str], loc: Loc, noun: str) -> Iterator[Fault]:
    """Yield a fault if *name* is given and none of *known*, with the nearest of those."""
    if name is not None and name not in known:
        hint = nearest(name, known) or (f"known here: {one_of(known)}" if known else "add it first")
        yield Fault(loc, f"unknown {noun} '{name}'", hint)
