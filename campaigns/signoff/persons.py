"""Whether two names mean one person: trust files, `--as` and settings are typed by different hands."""

import unicodedata
from collections.abc import Collection
from functools import lru_cache


@lru_cache(maxsize=1024)
def folded(name: str) -> str:
    """Return *name* without what typing makes of it: NFKC, case-folded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def is_one_of(person: str, names: str | Collection[str]) -> bool:
    """Return whether *person* is the one named, or one of those named; an empty name is nobody's."""
    wanted = (names,) if isinstance(names, str) else names
    mine = folded(person)
    return bool(mine) and any(folded(each) == mine for each in wanted)
